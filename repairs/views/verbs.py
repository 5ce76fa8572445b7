"""One page for every verb, and the page of the one-use links that answer without signing in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notifications.models import ActionLink
from notifications.services import live_link, use_link
from repairs import services
from repairs.forms import FORMS, VerbForm
from repairs.models import Ticket
from workflow.moves import check, open_to
from workflow.refusals import Invalid

# What the portal says when it is done; other verbs are called by their button.
DONE: dict[str, str | Promise] = {
    "confirm": _("Thank you. The ticket is closed."),
    "dispute": _("We are sorry. The front desk will look after it at once."),
    "rate": _("Thank you for your rating."),
    "urge": _("The front desk and the technician have been reminded."),
    "cancel": _("The report is cancelled."),
    "reopen": _("It is open again. The front desk will look after it."),
    "comment": _("Sent."),
    "amend": _("Saved."),
}
# What an e-mail may ask, in the order of the buttons.
ANSWERS = ("confirm", "dispute", "rate")


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Every verb of MOVES: GET asks for what the verb needs, POST does it.

    One view, for the verbs differ only in their form and service; each has its own route.
    """
    at = timezone.now()
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user).with_place(), number=number)
    check(services.MOVES, verb, ticket, request.user, at=at)
    form = verb_form(request, verb, ticket, request.user, at)
    if request.method == "POST" and form.is_valid() and done(form, verb, request.user, at):
        messages.success(request, str(DONE.get(verb, services.MOVES[verb].label)))
        return redirect(next_page(request, ticket))
    context: dict[str, Any] = {
        "ticket": ticket,
        "form": form,
        "verb": verb,
        "move": services.MOVES[verb],
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "at": at,
    }
    return render(request, "repairs/act.html", context)


def verb_form(request: HttpRequest, verb: str, ticket: Ticket, user: Any, at: datetime) -> VerbForm:
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return FORMS.get(verb, VerbForm)(data, files, ticket=ticket, user=user, at=at)


def done(form: VerbForm, verb: str, user: Any, at: datetime) -> bool:
    """What does not make sense is said over the form, which keeps what was typed."""
    try:
        getattr(services, verb)(form.ticket, actor=user, at=at, **form.cleaned_data)
    except Invalid as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as error:
        form.add_error(None, error)
    return not form.errors


def next_page(request: HttpRequest, ticket: Ticket) -> str:
    """`next` of this site only; else the ticket, or the list once the ticket is out of sight."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    still = Ticket.objects.visible_to(request.user).filter(pk=ticket.pk).exists()
    return ticket.get_absolute_url() if still else "repairs:list"


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """From a message, without signing in. GET never acts: mail scanners open every link."""
    at = timezone.now()
    link = live_link(token, services.ANSWER, at=at)
    ticket = answered_ticket(link)
    if link is None or ticket is None:
        return render(request, "repairs/answer_gone.html", status=410)
    verbs = [v for v in open_to(services.MOVES, ticket, link.user, at=at) if v in ANSWERS]
    verb = request.POST.get("verb", "")
    form = verb_form(request, verb if verb in verbs else "", ticket, link.user, at)
    if request.method == "POST" and verb in verbs and form.is_valid():
        with transaction.atomic():
            used = use_link(link, at=at)
            acted = used and done(form, verb, link.user, at)
            if not acted:
                transaction.set_rollback(True)
        if not used:
            return render(request, "repairs/answer_gone.html", status=410)
        if acted:
            return render(request, "repairs/answered.html", {"said": DONE[verb], "ticket": ticket})
    context = {"ticket": ticket, "verbs": verbs, "form": form, "at": at}
    return render(request, "repairs/answer.html", context)


def answered_ticket(link: ActionLink | None) -> Ticket | None:
    """The link's ticket, if its person may still see it."""
    if link is None:
        return None
    rows = Ticket.objects.visible_to(link.user).with_place()
    found: Ticket | None = rows.filter(pk=link.object_id).first()
    return found
