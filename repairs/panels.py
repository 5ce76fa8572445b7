"""What homes say of repairs. Only reads; every number equals the list that it opens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from attachments.services import with_photos
from common.paging import NEWEST, first, number_of, page
from estates.rules import manages_any
from estates.standing import TECHNICIAN, estates_lived_in, estates_staffed
from repairs import rules
from repairs.desk import TRIAGE
from repairs.filters import VIEWS
from repairs.lives import TICKET
from repairs.models import Category, Ticket
from repairs.states import AT_WORK, UNDER_WAY, Status
from workflow.panels import RESIDENT, Action, Figure, Panel
from workflow.tiles import tiles_of

# The way to the whole form, the first of its tiles and the other forms fill whole rows.
IN_A_ROW = 4
MOST_ROWS = 5
MOST_JOBS = 20
WORTH_A_NUMBER = ("to_accept", "to_dispatch", "overdue", "at_work", "on_hold", "to_confirm")

Shown = Mapping[str, Any]


def view_url(view: str) -> str:
    return f"{TRIAGE.url()}?view={view}"


# --- the desk


def figures(user: Any, at: datetime) -> Shown:
    numbers = TRIAGE.counts(user, at)
    return {
        "figures": [
            Figure(VIEWS[key].label, numbers[key], view_url(key), late=VIEWS[key].late)
            for key in WORTH_A_NUMBER
        ]
    }


def late(user: Any, at: datetime) -> Shown:
    said = {"title": _("Late"), "empty": _("Nothing is late"), "icon": "circle-check"}
    return said | _queue(TRIAGE.rows(user).overdue(at), at, "overdue")


def untaken(user: Any, at: datetime) -> Shown:
    said = {"title": _("Nobody has taken"), "empty": _("Everything has been taken")}
    return said | {"icon": "user-check"} | _queue(TRIAGE.rows(user).untaken(), at, "to_dispatch")


def _queue(tickets: Any, at: datetime, view: str) -> dict[str, Any]:
    rows = page(tickets, TRIAGE.orders["due"][0], "", MOST_ROWS, TICKET.joined).rows
    return {"tickets": rows, "url": view_url(view), "at": at}


def loads(user: Any, at: datetime) -> Shown:
    """Who has how much open; the fullest hands first."""
    rows = (
        TRIAGE.rows(user)
        .filter(status__in=AT_WORK, assignee__isnull=False)
        .order_by()
        .values("assignee", name=F("assignee__display_name"), username=F("assignee__username"))
        .annotate(open=Count("*"))
        .order_by("-open", "name")[:MOST_ROWS]
    )
    most = max((row["open"] for row in rows), default=0)
    url = view_url("at_work")
    named = [{**row, "name": row["name"] or row["username"], "most": most} for row in rows]
    return {"loads": named, "url": url} if named else {}


# --- whoever repairs, and whoever walks


def repairs_things(user: Any) -> bool:
    return bool(estates_staffed(user, TECHNICIAN))


def jobs(user: Any, at: datetime) -> Shown:
    tickets = Ticket.objects.visible_to(user)
    mine = tickets.jobs_of(user)
    rows = first(
        mine, [F("visit_from").asc(nulls_last=True), "due", "pk"], MOST_JOBS, TICKET.joined
    )
    number = number_of(mine, rows, MOST_JOBS)
    url = reverse("repairs:jobs")
    return {
        "figures": [
            Figure(_("My jobs"), number, url),
            Figure(_("To be taken"), tickets.to_take(user).count(), url),
        ],
        "tickets": rows,
        "url": url,
        "at": at,
    }


def walks(user: Any) -> bool:
    return bool(estates_staffed(user, "inspector"))


def reported(user: Any, at: datetime) -> Shown:
    """What became of what an inspector reported."""
    mine = Ticket.objects.of_home(user).filter(status__in=UNDER_WAY)
    rows = page(mine, NEWEST, "", MOST_ROWS, TICKET.joined).rows
    url = f"{reverse('repairs:list')}?state=open"
    return {
        "figures": [Figure(_("Reported by me, under way"), mine.count(), url)],
        "tickets": rows,
        "url": url,
        "at": at,
    }


# --- residents


def tiles(user: Any, at: datetime) -> Shown:
    """The first things that break, of the first estate; the form shows the rest."""
    found = list(Category.objects.visible_to(user).tiles().order_by("estate", "order", "pk")[:9])
    first = [tile for tile in found if tile.estate_id == found[0].estate_id]
    others = tiles_of(user)
    rows = 2 if others else 1
    most = max(rows * IN_A_ROW - 1 - len(others), 0)
    return {"tiles": first[:most], "others": others, "url": reverse("repairs:new")}


def belongs(user: Any) -> bool:
    return user.is_superuser or bool(estates_staffed(user) | estates_lived_in(user))


def mine(user: Any, at: datetime) -> Shown:
    """What waits for the resident's own answer stands on top."""
    tickets = Ticket.objects.of_home(user).filter(status__in=UNDER_WAY)
    return {
        "tickets": with_photos(_mine_first(tickets)),
        "under_way": tickets.count(),
        "url": f"{reverse('repairs:list')}?state=open",
        "at_home": belongs(user),
        "at": at,
    }


def _mine_first(tickets: QuerySet[Ticket]) -> list[Ticket]:
    asks = Case(When(status=Status.RESOLVED, then=Value(0)), default=Value(1))
    return first(tickets, [asks, "-pk"], MOST_ROWS, TICKET.joined)


ENTER = Action(_("Enter a report"), "plus", "repairs:new", key="n")
REPORT = Action(_("Report a repair"), "tool", "repairs:new", key="n")

PANELS = (
    Panel("repairs.figures", 10, rules.works_at_desk, "", figures, action=ENTER),
    Panel("repairs.jobs", 11, repairs_things, "repairs/panels/jobs.html", jobs),
    Panel("repairs.late", 20, rules.works_at_desk, "repairs/panels/queue.html", late),
    Panel("repairs.untaken", 21, rules.works_at_desk, "repairs/panels/queue.html", untaken),
    Panel("repairs.loads", 30, manages_any, "repairs/panels/loads.html", loads),
    Panel("repairs.reported", 40, walks, "repairs/panels/reported.html", reported, action=REPORT),
    Panel("repairs.tiles", 0, belongs, "repairs/panels/tiles.html", tiles, side=RESIDENT),
    Panel("repairs.mine", 20, lambda user: True, "repairs/panels/mine.html", mine, side=RESIDENT),
)
