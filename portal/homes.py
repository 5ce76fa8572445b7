"""What each role's home says. Only reads; every number equals the list that it opens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, QuerySet, Value, When
from django.urls import reverse

from attachments.services import with_photos
from common.dates import part_of_day
from estates.models import Claim, Estate, Unit
from estates.standing import DESK, duties_of
from repairs.filters import VIEWS, counts
from repairs.models import Category, Ticket
from repairs.states import AT_WORK, JOBS, UNDER_WAY, Status

MOST_TILES = 3
MOST_ROWS = 5
WORTH_A_NUMBER = ("to_accept", "to_dispatch", "overdue", "at_work", "on_hold", "to_confirm")


def role(user: Any) -> str:
    """The duty whose home somebody gets; the desk's before the technician's."""
    duties = set().union(*duties_of(user).values())
    if user.is_superuser or duties & set(DESK):
        return "desk"
    return "technician" if "technician" in duties else "resident"


def landing() -> dict[str, Any]:
    """For nobody in particular: the estates' names and the number to call."""
    estates = list(Estate.objects.order_by("pk")[:MOST_ROWS])
    return {"estates": estates, "numbers": [estate for estate in estates if estate.phone]}


def resident(user: Any, at: datetime) -> dict[str, Any]:
    homes = list(Unit.objects.lived_in_by(user).with_address()[:MOST_ROWS])
    mine = Ticket.objects.of_home(user).filter(status__in=UNDER_WAY)
    return {
        "greeting": part_of_day(at),
        "homes": homes,
        "estates": list(Estate.objects.visible_to(user)[:MOST_ROWS]),
        "claim": None if homes else Claim.objects.visible_to(user).pending().first(),
        "tiles": _tiles(user),
        "tickets": with_photos(_mine_first(mine)),
        "under_way": mine.count(),
    }


def _tiles(user: Any) -> list[Category]:
    """The first things that break, of the first estate; the form shows the rest."""
    tiles = list(Category.objects.visible_to(user).tiles().order_by("estate", "order", "pk")[:9])
    return [tile for tile in tiles if tile.estate_id == tiles[0].estate_id][:MOST_TILES]


def _mine_first(tickets: QuerySet[Ticket]) -> list[Ticket]:
    """What waits for the resident's own answer stands on top."""
    asks = Case(When(status=Status.RESOLVED, then=Value(0)), default=Value(1))
    return list(tickets.with_place().order_by(asks, "-pk")[:MOST_ROWS])  # type: ignore[attr-defined]


def desk(user: Any, at: datetime) -> dict[str, Any]:
    tickets = Ticket.objects.visible_to(user).filter(
        estate__in=Estate.objects.staffed_by(user, *DESK)
    )
    numbers = counts(tickets, at, user)
    claims = Claim.objects.visible_to(user).pending().exclude(user=user).count()
    return {
        "greeting": part_of_day(at),
        "numbers": [
            (VIEWS[key].label, f"{reverse('repairs:triage')}?view={key}", key, numbers[key])
            for key in WORTH_A_NUMBER
        ],
        "claims": claims,
        "late": list(tickets.overdue(at).with_due().with_place().order_by("due", "pk")[:MOST_ROWS]),
        "untaken": list(
            tickets.untaken().with_due().with_place().order_by("due", "pk")[:MOST_ROWS]
        ),
        "loads": loads(user, tickets) if is_manager(user) else [],
    }


def is_manager(user: Any) -> bool:
    return user.is_superuser or any("manager" in held for held in duties_of(user).values())


def loads(user: Any, tickets: QuerySet[Ticket]) -> list[dict[str, Any]]:
    """Who has how much open; the fullest hands first."""
    rows = (
        tickets.filter(status__in=AT_WORK, assignee__isnull=False)
        .order_by()
        .values("assignee", name=F("assignee__display_name"), username=F("assignee__username"))
        .annotate(open=Count("pk", distinct=True))
        .order_by("-open", "name")[:MOST_ROWS]
    )
    most = max((row["open"] for row in rows), default=0)
    return [{**row, "name": row["name"] or row["username"], "most": most} for row in rows]


def technician(user: Any, at: datetime) -> dict[str, Any]:
    tickets = Ticket.objects.visible_to(user)
    jobs = tickets.assigned_to(user).filter(status__in=JOBS).with_place()
    return {
        "greeting": part_of_day(at),
        "jobs": list(jobs.order_by(F("visit_from").asc(nulls_last=True), "resolve_by", "pk")),
        "pool": tickets.to_take(user).count(),
    }


HOMES = {"resident": resident, "desk": desk, "technician": technician}
