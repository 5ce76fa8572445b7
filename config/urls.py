"""Root routes. The probes /healthz and /readyz are answered by config.health before these."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.api import MeView
from config.api import router
from config.health import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/me/", MeView.as_view(), name="api-me"),
    path("api/v1/", include(router.urls)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    # the split view keeps its script in a file of its own, as the CSP wants
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
    path("attachments/", include("attachments.urls")),
    path("notifications/", include("notifications.urls")),
    path("estates/", include("estates.urls")),
    path("repairs/", include("repairs.urls")),
    path("safety/", include("safety.urls")),
    path("grids/", include("grids.urls")),
    path("parties/", include("parties.urls")),
    path("volunteers/", include("volunteers.urls")),
    path("events/", include("events.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("", include("portal.urls")),
]
