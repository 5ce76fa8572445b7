"""The portal's routes, and those of the two made-up apps."""

from django.urls import include, path

from config.urls import urlpatterns as portal
from tests.tiny import doors as tiny
from tests.tiny import plugs
from tests.wishes import doors

urlpatterns = [
    path("tiny/", include((tiny.urlpatterns, "tiny"))),
    path("lamps/", include((plugs.urlpatterns, "lamps"))),
    path("wishes/", include((doors.urlpatterns, "wishes"))),
    *portal,
]
