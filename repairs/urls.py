"""Routes of repairs: one per verb."""

from django.urls import path

from repairs.services import MOVES
from repairs.views import resident, staff, verbs

app_name = "repairs"
urlpatterns = [
    path("", resident.ticket_list, name="list"),
    path("new/", resident.new, name="new"),
    path("at/<str:qr>/", resident.at, name="at"),
    path("triage/", staff.triage, name="triage"),
    path("triage/bulk/", staff.bulk, name="bulk"),
    path("triage/export/", staff.export, name="export"),
    path("triage/views/", staff.save_view, name="save_view"),
    path("triage/views/<int:pk>/rename/", staff.rename_view, name="rename_view"),
    path("triage/views/<int:pk>/delete/", staff.delete_view, name="delete_view"),
    path("jobs/", staff.jobs, name="jobs"),
    path("answer/<str:token>/", verbs.answer, name="answer"),
    # words before numbers: these two keep their places at the end
    path("<str:number>/", resident.ticket, name="ticket"),
    *(path(f"<str:number>/{verb}/", verbs.act, {"verb": verb}, name=verb) for verb in MOVES),
    path("<str:number>/follow/", resident.follow, name="follow"),
    path("<str:number>/unfollow/", resident.unfollow, name="unfollow"),
]
