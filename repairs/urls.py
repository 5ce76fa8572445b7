"""Routes of repairs: one per verb."""

from django.urls import path

from repairs.lives import TICKET
from repairs.views import answer, export, jobs, resident, saved_views, triage
from workflow.verbs import urls

app_name = "repairs"
urlpatterns = [
    path("", resident.ticket_list, name="list"),
    path("new/", resident.new, name="new"),
    path("at/<str:qr>/", resident.at, name="at"),
    path("triage/", triage.triage, name="triage"),
    path("triage/bulk/", triage.bulk, name="bulk"),
    path("triage/export/", export.export, name="export"),
    path("triage/views/", saved_views.save_view, name="save_view"),
    path("triage/views/<int:pk>/rename/", saved_views.rename_view, name="rename_view"),
    path("triage/views/<int:pk>/delete/", saved_views.delete_view, name="delete_view"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("answer/<str:token>/", answer.answer, name="answer"),
    # words before numbers: these two keep their places at the end
    path("<str:number>/", resident.ticket, name="ticket"),
    *urls(TICKET, "<str:number>/"),
    path("<str:number>/follow/", resident.follow, name="follow"),
    path("<str:number>/unfollow/", resident.unfollow, name="unfollow"),
]
