"""What homes say of rounds and hazards: one's own, and what whoever leads must see to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import begin_of
from common.tallies import tally
from estates.standing import homes_of
from safety import rules
from safety.filters import HAZARD_VIEWS, IMPROVEMENT_VIEWS
from safety.models import Drill, DrillHome, Hazard, Improvement, Round
from safety.standing import drills_served
from safety.states import AHEAD, DRILL_OPEN, SHORT, DrillStatus
from workflow.panels import RESIDENT, Figure, Panel

MOST_ROWS = 5
SINCE = timedelta(days=30)
# The homes see a drill on their first page so long before it.
SOON = timedelta(days=21)

Shown = Mapping[str, Any]


def today(user: Any, at: datetime) -> Shown:
    """What somebody has to walk before the day ends."""
    begin = begin_of(timezone.localdate(at))
    mine = Round.objects.visible_to(user).ahead().for_walker(user)
    due = mine.on_between(begin, begin + timedelta(days=1))
    rows = list(due.with_all().with_progress().order_by("planned_at", "pk")[:MOST_ROWS])
    url = reverse("safety:rounds")
    return {"rounds": rows, "url": url, "at": at}


def lead(user: Any, at: datetime) -> Shown:
    """One statement: how many of today are open, how many lately were missed and not made up for,
    and what waits of hazards."""
    begin = begin_of(timezone.localdate(at))
    tomorrow = begin + timedelta(days=1)
    rounds = Round.objects.visible_to(user).at_desk_of(user)
    here = Hazard.objects.inside(user)
    found = tally(
        open=rounds.filter(status__in=AHEAD, planned_at__gte=begin, planned_at__lt=tomorrow),
        short=rounds.filter(
            status__in=SHORT, planned_at__gte=at - SINCE, planned_at__lt=tomorrow, made_up=None
        ),
        to_order=here.filter(HAZARD_VIEWS["to_order"].rows(at, user)),
        late=here.filter(HAZARD_VIEWS["late"].rows(at, user)),
        drills=Drill.objects.inside(user).filter(status=DrillStatus.ENDED),
        better=Improvement.objects.visible_to(user).filter(
            IMPROVEMENT_VIEWS["late"].rows(at, user)
        ),
    )
    url = reverse("safety:week")
    return {
        "figures": [
            Figure(_("Rounds to be walked today"), found["open"], url),
            Figure(_("Rounds missed, not made up for"), found["short"], url, late=True),
            _figure(_("Hazards to order put right"), "to_order", found),
            _figure(_("Hazards late"), "late", found),
            *_of_drills(found),
        ]
    }


def _of_drills(found: Mapping[str, int]) -> list[Figure]:
    """What of drills waits for the manager, where something does."""
    to_evaluate = f"{reverse('safety:drills')}?view=to_evaluate"
    late = f"{reverse('safety:improvements')}?view=late"
    shown = [
        Figure(_("Drills to evaluate"), found["drills"], to_evaluate),
        Figure(_("Improvements late"), found["better"], late, late=True),
    ]
    return [one for one in shown if one.number]


def has_roles(user: Any) -> bool:
    return bool(drills_served(user))


def my_drills(user: Any, at: datetime) -> Shown:
    """Those with a role of theirs that are not done with."""
    mine = Drill.objects.inside(user).filter(pk__in=drills_served(user), status__in=DRILL_OPEN)
    return {"drills": list(mine.order_by("planned_at", "pk")[:MOST_ROWS]), "at": at}


def is_home(user: Any) -> bool:
    return bool(homes_of(user))


def announced(user: Any, at: datetime) -> Shown:
    """What is announced to their homes for the next weeks, and what runs there now."""
    there = DrillHome.objects.filter(
        unit__in=homes_of(user),
        part__drill__status__in=(DrillStatus.ANNOUNCED, DrillStatus.RUNNING),
        part__drill__planned_at__gte=at - timedelta(days=1),
        part__drill__planned_at__lt=at + SOON,
    )
    rows = Drill.objects.visible_to(user).filter(pk__in=there.values("part__drill"))
    shown = rows.select_related("assembly").order_by("planned_at", "pk")
    return {"drills": list(shown[:MOST_ROWS]), "at": at}


def _figure(label: Any, view: str, found: Mapping[str, int]) -> Figure:
    url = f"{reverse('safety:hazards')}?view={view}"
    return Figure(label, found[view], url, late=HAZARD_VIEWS[view].late)


def works_on_hazards(user: Any) -> bool:
    """A manager reads it beside the rounds."""
    return rules.hears_of_hazards(user) and not rules.plans_any(user)


def hazards(user: Any, at: datetime) -> Shown:
    """What of hazards waits for this person, and nothing where nothing does."""
    here = Hazard.objects.inside(user)
    said = {"mine": _("Hazards to put right")}
    if rules.works_in_safety(user):
        said |= {"to_grade": _("Hazards to grade"), "to_inspect": _("Hazards to look at again")}
    elif not rules.works_here(user):
        said |= {"open": _("Hazards brought to the meeting")}
    found = tally(**{view: here.filter(HAZARD_VIEWS[view].rows(at, user)) for view in said})
    return {"figures": [_figure(said[view], view, found) for view in said if found[view]]}


PANELS = (
    Panel("safety.rounds", 15, rules.walks, "safety/panels/rounds.html", today),
    Panel(
        "safety.announced", 14, is_home, "safety/panels/announced.html", announced, side=RESIDENT
    ),
    Panel("safety.drills", 16, has_roles, "safety/panels/drills.html", my_drills),
    Panel("safety.lead", 25, rules.plans_any, "", lead),
    Panel("safety.hazards", 26, works_on_hazards, "", hazards),
)
