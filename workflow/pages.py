"""The refusals of the verbs as pages: mapped once, so that views only call the verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django_htmx.http import reswap, trigger_client_event

from workflow.desk_pages import answer_row, desk_of_row
from workflow.lives import life_of
from workflow.refusals import Refusal, WrongState

REFUSED = "banyan:refused"
MOST_STEPS = 3


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refused(request, error) if isinstance(error, Refusal) else None


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A page with the sentence; htmx keeps its page and says the sentence over it. Where somebody
    else was first, a row of a queue shows what they did."""
    if getattr(request, "htmx", False):
        desk = desk_of_row(request) if isinstance(refusal, WrongState) else None
        if desk and refusal.row is not None:  # type: ignore[attr-defined]
            row = refusal.row  # type: ignore[attr-defined]
            answer = answer_row(request, desk, row, timezone.now(), status=refusal.status)
            return _said(answer, refusal)
        answer = HttpResponse(str(refusal), status=refusal.status, content_type="text/plain")
        return _said(reswap(answer, "none"), refusal)
    context = {"refusal": refusal, **_way_on(request, refusal)}
    return render(request, "workflow/refusal.html", context, status=refusal.status)


def _said(answer: HttpResponse, refusal: Refusal) -> HttpResponse:
    said = {"sentence": str(refusal), "status": refusal.status}
    return trigger_client_event(answer, REFUSED, said)


def _way_on(request: HttpRequest, refusal: Refusal) -> dict[str, Any]:
    """Who came too late is led back to the row, and to what can be done there now."""
    row = refusal.row if isinstance(refusal, WrongState) else None
    if row is None or not hasattr(row, "get_absolute_url"):
        return {}
    life = life_of(row)
    steps = life.buttons(row, request.user, at=timezone.now()) if life else []
    return {"back": row.get_absolute_url(), "row": row, "steps": steps[:MOST_STEPS]}
