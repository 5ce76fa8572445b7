from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.message_list, name="list"),
    path("bell/", views.bell, name="bell"),
    path("read/", views.read, name="read"),
    path("settings/", views.mute_settings, name="settings"),
    path("<int:pk>/", views.open_message, name="open"),
]
