"""Routes of repairs: one per verb."""

from django.urls import path

from repairs.desk import TRIAGE
from repairs.lives import TICKET
from repairs.views import answer, jobs, resident
from workflow.desk_pages import urls as desk_urls
from workflow.verbs import urls

app_name = "repairs"
urlpatterns = [
    path("", resident.ticket_list, name="list"),
    path("new/", resident.new, name="new"),
    path("at/<str:qr>/", resident.at, name="at"),
    *desk_urls(TRIAGE),
    path("jobs/", jobs.jobs, name="jobs"),
    path("answer/<str:token>/", answer.answer, name="answer"),
    # words before numbers: these two keep their places at the end
    path("<str:number>/", resident.ticket, name="ticket"),
    *urls(TICKET, "<str:number>/"),
    path("<str:number>/follow/", resident.follow, name="follow"),
    path("<str:number>/unfollow/", resident.unfollow, name="unfollow"),
]
