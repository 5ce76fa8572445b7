"""Routes of repairs: one per verb."""

from django.urls import path

from repairs.services import MOVES
from repairs.views import verbs

app_name = "repairs"
urlpatterns = [
    *(path(f"<str:number>/{verb}/", verbs.act, {"verb": verb}, name=verb) for verb in MOVES),
]
