"""Routes of repairs: one per verb."""

from django.urls import path

from repairs.services import MOVES
from repairs.views import resident, verbs

app_name = "repairs"
urlpatterns = [
    path("", resident.ticket_list, name="list"),
    path("new/", resident.new, name="new"),
    path("at/<str:qr>/", resident.at, name="at"),
    path("answer/<str:token>/", verbs.answer, name="answer"),
    # words before numbers: these two keep their places at the end
    path("<str:number>/", resident.ticket, name="ticket"),
    *(path(f"<str:number>/{verb}/", verbs.act, {"verb": verb}, name=verb) for verb in MOVES),
    path("<str:number>/follow/", resident.follow, name="follow"),
    path("<str:number>/unfollow/", resident.unfollow, name="unfollow"),
]
