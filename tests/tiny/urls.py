"""The portal's routes, and those of the tiny noun."""

from django.urls import include, path
from rest_framework.routers import DefaultRouter

from config.urls import urlpatterns as portal
from tests.tiny import doors
from tests.tiny.doors import LampViewSet

router = DefaultRouter()
router.register("lamps", LampViewSet, "lamp")
urlpatterns = [
    path("tiny/", include((doors.urlpatterns, "tiny"))),
    path("api/v1/", include(router.urls)),
    *portal,
]
