from django.urls import path

from portal.views import calendar, home

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("switch/", home.switch, name="switch"),
    path("manifest.webmanifest", home.manifest, name="manifest"),
    path("worker.js", home.worker, name="worker"),
    path("offline/", home.offline, name="offline"),
    path("calendar/", calendar.show, name="calendar"),
    path("calendar/renew/", calendar.renew, name="calendar-renew"),
    path("calendar/events.ics", calendar.public, name="calendar-events"),
    path("calendar/<str:token>.ics", calendar.feed, name="calendar-feed"),
]
