"""Routes of one's account. Signing in, up and out are django-allauth's, beside these."""

from django.urls import path
from django.views.generic import RedirectView

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="accounts:me"), name="home"),
    path("me/", views.me, name="me"),
    path("preferences/", views.preferences, name="preferences"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", views.revoke_token, name="revoke_token"),
    path("privacy/", views.privacy, name="privacy"),
    path("privacy/agree/", views.agree, name="agree"),
    path("export/", views.export, name="export"),
    path("erase/", views.erase, name="erase"),
    path("demo/<slug:username>/", views.demo, name="demo"),
]
