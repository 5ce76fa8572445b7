"""The refusals of the verbs as pages: mapped once, so that views only call the verb."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import reswap, trigger_client_event

from workflow.refusals import Refusal

REFUSED = "banyan:refused"


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refused(request, error) if isinstance(error, Refusal) else None


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A page with the sentence; htmx keeps its page and says the sentence over it."""
    if getattr(request, "htmx", False):
        answer = HttpResponse(str(refusal), status=refusal.status, content_type="text/plain")
        return trigger_client_event(
            reswap(answer, "none"), REFUSED, {"sentence": str(refusal), "status": refusal.status}
        )
    return render(request, "workflow/refusal.html", {"refusal": refusal}, status=refusal.status)
