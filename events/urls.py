"""Routes of events."""

from django.urls import path

from events.lives import EVENT, SIGNUP, SLOT
from events.views import doors, events, signups, slots, year
from workflow.verbs import urls

app_name = "events"
urlpatterns = [
    path("", events.index, name="index"),
    path("year/", year.plan, name="year"),
    path("year/<int:pk>/seeds/", year.lay_seeds, name="seeds"),
    path("new/", events.new, name="new"),
    *(route for register in year.REGISTERS for route in register.urls()),
    path("services/<int:pk>/book/", slots.book, name="service-book"),
    path("services/<int:pk>/call/", slots.call_next, name="service-call"),
    path("services/<int:pk>/walk-in/", slots.walk_in, name="service-walk-in"),
    path("services/<int:pk>/remove/", slots.remove, name="service-remove"),
    *urls(SLOT, "slots/<int:pk>/"),
    path("<str:number>/services/new/", slots.new, name="service-new"),
    path("<str:number>/desk/", slots.desk, name="desk"),
    path("<str:number>/hall/", slots.hall, name="hall"),
    path("signups/<int:pk>/", signups.signup, name="signup"),
    *urls(SIGNUP, "signups/<int:pk>/"),
    path("pass/<str:code>/", signups.scanned, name="pass"),
    path("answer/<str:token>/", signups.answer, name="answer"),
    path("scans/<int:pk>/", doors.verdict, name="verdict"),
    path("<str:number>.ics", events.as_file, name="event-file"),
    path("<str:number>/", events.event, name="event"),
    path("<str:number>/sign-up/", signups.sign_up, name="sign-up"),
    path("<str:number>/signups/", signups.listed, name="signups"),
    path("<str:number>/door/", doors.door, name="door"),
    path("<str:number>/door/scan/", doors.scan, name="scan"),
    path("<str:number>/poster/", events.poster, name="poster"),
    path("<str:number>/report/", events.closing_report, name="report"),
    *urls(EVENT, "<str:number>/"),
]
