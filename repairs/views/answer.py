"""The page of the one-use links that answer without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notifications.models import ActionLink
from notifications.services import live_link
from repairs import services
from repairs.lives import TICKET
from repairs.models import Ticket
from workflow.answering import GONE, answer_by_link

# What an e-mail may ask, in the order of the buttons.
ANSWERS = ("confirm", "dispute", "rate")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """From a message, without signing in."""
    at = timezone.now()
    link = live_link(token, services.ANSWER, at=at)
    ticket = answered_ticket(link)
    if link is None or ticket is None:
        return render(request, "repairs/answer_gone.html", status=410)
    verbs = [v for v in TICKET.open_to(ticket, link.user, at=at) if v in ANSWERS]
    did, form = answer_by_link(request, TICKET, link, ticket, verbs, at)
    if did == GONE:
        return render(request, "repairs/answer_gone.html", status=410)
    if did:
        said = TICKET.moves[did].done
        return render(request, "repairs/answered.html", {"said": said, "ticket": ticket})
    context = {"ticket": ticket, "verbs": verbs, "form": form, "at": at}
    return render(request, "repairs/answer.html", context)


def answered_ticket(link: ActionLink | None) -> Ticket | None:
    """The link's ticket, if its person may still see it."""
    if link is None:
        return None
    rows = Ticket.objects.visible_to(link.user).with_place()
    found: Ticket | None = rows.filter(pk=link.object_id).first()
    return found
