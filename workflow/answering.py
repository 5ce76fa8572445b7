"""A message is answered by its one-use link, without signing in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from notifications.models import ActionLink
from notifications.services import use_link
from workflow.forms import VerbForm
from workflow.lives import Lifecycle
from workflow.verbs import done, verb_form

GONE = "gone"


def answer_by_link(
    request: HttpRequest,
    life: Lifecycle,
    link: ActionLink,
    row: Any,
    verbs: list[str],
    at: datetime,
) -> tuple[str, VerbForm]:
    """The verb that was done by a POST, GONE where somebody used the link first, or nothing; and
    the form that says why not. GET never acts: mail scanners open every link."""
    verb = request.POST.get("verb", "")
    form = verb_form(request, life, verb if verb in verbs else "", row, link.user, at)
    if request.method != "POST" or verb not in verbs or not form.is_valid():
        return "", form
    with transaction.atomic():
        used = use_link(link, at=at)
        acted = used and done(life, verb, form)
        if not acted:
            transaction.set_rollback(True)
    return verb if acted else "" if used else GONE, form
