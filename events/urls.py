"""Routes of events."""

from django.urls import path

from events.lives import EVENT
from events.views import events, year
from workflow.verbs import urls

app_name = "events"
urlpatterns = [
    path("", events.index, name="index"),
    path("year/", year.plan, name="year"),
    path("year/<int:pk>/seeds/", year.lay_seeds, name="seeds"),
    path("new/", events.new, name="new"),
    *(route for register in year.REGISTERS for route in register.urls()),
    path("<str:number>.ics", events.as_file, name="event-file"),
    path("<str:number>/", events.event, name="event"),
    *urls(EVENT, "<str:number>/"),
]
