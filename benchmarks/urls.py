"""The portal's routes, and beside them the bare page that they are measured by."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from estates.models import Unit

ROWS = 25
PAGE = engines["django"].from_string(
    "<!doctype html><title>-</title><table>{% for unit in units %}"
    "<tr><td>{{ unit.pk }}<td>{{ unit.number }}<td>{{ unit.floor }}<td>{{ unit.get_state_display }}"
    "{% endfor %}</table>"
)


@login_required
def bare(request: HttpRequest) -> HttpResponse:
    """What Django takes for 25 rows of one table, behind the same sign-in and middleware."""
    units = Unit.objects.order_by("pk")[:ROWS]
    return HttpResponse(PAGE.render({"units": units}, request))


urlpatterns = [path("bare/", bare, name="bare"), path("", include("config.urls"))]
