"""The technician's day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attachments.services import of_rows
from repairs import rules, services
from repairs.lives import TICKET
from repairs.models import Ticket
from repairs.states import JOBS
from workflow.refusals import NotAllowed

# The one that is open becomes the green button of a job.
NEXT = ("resolve", "start", "resume", "take")
# What is done on the spot; comments and notes are written on the page of the ticket.
BESIDE = ("plan_visit", "add_cost", "hold", "hand_back")
MOST_DONE = 20


@dataclass(frozen=True)
class Job:
    ticket: Any
    verbs: list[str]
    late: bool
    missed: datetime | None
    phone: str
    windows: list[str]
    photos: list[Any]

    @property
    def lead(self) -> tuple[str, Any] | None:
        return next(((v, TICKET.moves[v]) for v in NEXT if v in self.verbs), None)

    @property
    def beside(self) -> list[tuple[str, Any]]:
        return [(v, TICKET.moves[v]) for v in BESIDE if v in self.verbs]


@login_required
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """What is mine now, what I may take, and what I have done today."""
    user = request.user
    if not rules.is_technician(user):
        raise NotAllowed(_("This page is for technicians."))
    at = timezone.now()
    mine = list(Ticket.objects.visible_to(user).jobs_of(user).with_place())
    pool = list(
        Ticket.objects.visible_to(user).to_take(user).with_due().with_place().order_by("due")[:20]
    )
    done = Ticket.objects.visible_to(user).assigned_to(user).filter(resolved_at__gte=midnight(at))
    photos = of_rows([*mine, *pool])
    context = {
        "at": at,
        "mine": [job_of(ticket, user, at, photos) for ticket in sorted(mine, key=turn)],
        "pool": [job_of(ticket, user, at, photos) for ticket in pool],
        "done": list(done.with_place().order_by("-resolved_at")[:MOST_DONE]),
    }
    return render(request, "repairs/jobs.html", context)


def midnight(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def turn(ticket: Ticket) -> tuple[int, datetime, int]:
    """What is in hand first, then by visit or deadline, what is held last."""
    when_due = ticket.visit_from or ticket.next_deadline or ticket.held_until or ticket.reported_at
    return JOBS.index(Ticket.Status(ticket.status)), when_due, ticket.pk


def job_of(ticket: Ticket, user: Any, at: datetime, photos: Mapping[int, list[Any]]) -> Job:
    return Job(
        ticket=ticket,
        verbs=TICKET.open_to(ticket, user, at=at),
        late=ticket.is_overdue(at),
        missed=ticket.missed(at),
        phone=ticket.contact_phone if rules.can_work(user, ticket) else "",
        windows=[services.said_window(window, at) for window in ticket.windows],
        photos=photos.get(ticket.pk, []),
    )
