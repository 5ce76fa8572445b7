"""Routes of repairs: one per verb."""

from django.urls import path

from repairs import views
from repairs.services import MOVES

app_name = "repairs"
urlpatterns = [
    *(path(f"<str:number>/{verb}/", views.act, {"verb": verb}, name=verb) for verb in MOVES),
]
