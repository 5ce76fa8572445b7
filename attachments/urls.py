from django.urls import path

from attachments import views

app_name = "attachments"
urlpatterns = [
    path("<str:key>/", views.file, name="file"),
    path("<str:key>/thumb/", views.thumbnail, name="thumbnail"),
]
