"""The technician's day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Case, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attachments.services import of_rows
from common.paging import by_key, keys_of, number_of
from grids.services.hints import two_people
from repairs import rules, services
from repairs.lives import TICKET
from repairs.models import Ticket
from repairs.states import JOBS
from workflow.refusals import NotAllowed

# The one that is open becomes the green button of a job.
NEXT = ("resolve", "start", "resume", "take")
# What is done on the spot; comments and notes are written on the page of the ticket.
BESIDE = ("plan_visit", "add_cost", "hold", "hand_back")
MOST_MINE, ALL_MINE, MOST_POOL, MOST_DONE = 30, 1000, 20, 20


@dataclass(frozen=True)
class Job:
    ticket: Any
    verbs: list[str]
    late: bool
    missed: datetime | None
    phone: str
    windows: list[str]
    photos: list[Any]
    # Somebody of the home agreed that technicians read: two people, please.
    in_pairs: bool

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
    at, tickets = timezone.now(), Ticket.objects.visible_to(user)
    mine, pool = tickets.jobs_of(user), tickets.to_take(user)
    done = tickets.assigned_to(user).filter(resolved_at__gte=midnight(at))
    most = ALL_MINE if request.GET.get("all") else MOST_MINE
    keys = [
        keys_of(mine, turn(), most),
        keys_of(pool, ["due", "pk"], MOST_POOL),
        keys_of(done, ["-resolved_at"], MOST_DONE),
    ]
    # All three together, in one statement.
    rows = by_key(tickets, list(chain(*keys)), TICKET.joined)
    shown = [[rows[key] for key in some if key in rows] for some in keys]
    photos = of_rows([*shown[0], *shown[1]])
    pairs = two_people({ticket.unit_id for ticket in shown[0]} - {None})
    context = {
        "at": at,
        "mine": [
            job_of(ticket, user, at, photos, in_pairs=ticket.unit_id in pairs)
            for ticket in shown[0]
        ],
        "of_mine": number_of(mine, shown[0], most),
        "pool": [job_of(ticket, user, at, photos) for ticket in shown[1]],
        "of_pool": number_of(pool, shown[1], MOST_POOL),
        "done": shown[2],
    }
    return render(request, "repairs/jobs.html", context)


def midnight(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def turn() -> list[Any]:
    """What is in hand first, then by visit or deadline, what is held last."""
    in_turn = [When(status=status, then=Value(place)) for place, status in enumerate(JOBS)]
    return [Case(*in_turn), Coalesce("visit_from", "due"), "pk"]


def job_of(
    ticket: Ticket,
    user: Any,
    at: datetime,
    photos: Mapping[int, list[Any]],
    *,
    in_pairs: bool = False,
) -> Job:
    return Job(
        ticket=ticket,
        verbs=TICKET.open_to(ticket, user, at=at),
        late=ticket.is_overdue(at),
        missed=ticket.missed(at),
        phone=ticket.contact_phone if rules.can_work(user, ticket) else "",
        windows=[services.said_window(window, at) for window in ticket.windows],
        photos=photos.get(ticket.pk, []),
        in_pairs=in_pairs,
    )
