"""When a template comes: its days of a year, moved to working days where it wants that, and events
that draft themselves in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.days import begin_of
from common.recurrence import BadRule, Rule
from estates.services import workdays
from events import almanac
from events.models import Event, SeasonalTemplate
from events.services import events
from events.states import RuleKind, WorkdayShift

DAY = timedelta(days=1)
# No row of days off is longer; whoever looks farther would look for ever.
FARTHEST = 30
MOST_A_YEAR = 60


@dataclass(frozen=True)
class Occasion:
    """A day of a template: where the rule puts it, and where it is held."""

    template: SeasonalTemplate
    on: date
    held_on: date
    # The official days off of that year are known; else weekends are all that is.
    is_known: bool

    @property
    def is_moved(self) -> bool:
        return self.on != self.held_on


class Days:
    """Which days are worked: the table of all estates, and plain weeks beyond it."""

    def __init__(self) -> None:
        week = workdays.week()
        self.is_worked = week.is_workday
        self.years = {day.year for day in week.exceptions}

    def moved(self, day: date, shift: str) -> date:
        match shift:
            case WorkdayShift.BEFORE:
                return self._first(day, -DAY, worked=True)
            case WorkdayShift.AFTER:
                return self._first(day, DAY, worked=True)
            case WorkdayShift.DAY_OFF:
                return self._first(day, DAY, worked=False)
        return day

    def _first(self, day: date, step: timedelta, *, worked: bool) -> date:
        for n in range(FARTHEST):
            if self.is_worked(day + n * step) == worked:
                return day + n * step
        return day


def rule_days(template: SeasonalTemplate, year: int) -> list[date]:
    """Where the rule puts it; none in a year without such a day (29 February, a fifth Monday)."""
    month, day = template.month or 1, template.day or 1
    match template.kind:
        case RuleKind.FIXED:
            return almanac.fixed(year, month, day)
        case RuleKind.NTH_WEEKDAY:
            return almanac.nth_weekday(year, month, template.nth or 1, template.weekday or 0)
        case RuleKind.LUNAR:
            return almanac.lunar(year, month, day)
        case RuleKind.SOLAR_TERM:
            return almanac.solar_term(year, template.term or 0)
    return _by_rule(template, year)


def _by_rule(template: SeasonalTemplate, year: int) -> list[date]:
    start = template.starts_on or date(year, 1, 1)
    rule = Rule(template.rrule, start, template.begins_at)
    begin, end = begin_of(date(year, 1, 1)), begin_of(date(year + 1, 1, 1))
    try:
        found = rule.between(begin, end)
    except BadRule:
        return []
    return sorted({timezone.localtime(moment).date() for moment in found})[:MOST_A_YEAR]


def occasions(templates: Iterable[SeasonalTemplate], year: int, days: Days) -> list[Occasion]:
    """Of a year, in the order in which they are held."""
    found = [
        Occasion(one, day, held, held.year in days.years)
        for one in templates
        for day in rule_days(one, year)
        for held in [days.moved(day, one.shift)]
    ]
    return sorted(found, key=lambda one: (one.held_on, one.template.pk or 0))


def draft_due(template: SeasonalTemplate, at: datetime) -> bool:
    """The events of a template whose time to be planned has come, each once. Whether there were
    any."""
    today = timezone.localdate(at)
    until = today + timedelta(days=template.days_before)
    years = range(today.year, until.year + 1)
    days = Days()
    made = 0
    for one in (one for year in years for one in occasions([template], year, days)):
        if today < one.held_on <= until:
            made += _draft(template, one, at)
    return bool(made)


def _draft(template: SeasonalTemplate, occasion: Occasion, at: datetime) -> int:
    if Event.objects.filter(template=template, occasion=occasion.on).exists():
        return 0
    starts_at = timezone.make_aware(datetime.combine(occasion.held_on, template.begins_at))
    facts: dict[str, Any] = {
        "title": template.name,
        "title_en": template.name_en,
        "story": template.story,
        "place": template.place,
        "team": template.team,
        "organiser": template.organiser,
        "capacity": template.capacity,
        "budget": template.budget,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=template.minutes),
        "template": template,
        "occasion": occasion.on,
    }
    try:
        with transaction.atomic():
            events.draft(template.community, at=at, tasks=template.checklist.splitlines(), **facts)
    except IntegrityError:
        # somebody else's sweep was first
        return 0
    return 1


def note_of(occasion: Occasion) -> str:
    """Why it is held on that day, where that is not plain."""
    if not occasion.is_moved:
        return ""
    said = _("moved from %(day)s") % {"day": f"{occasion.on:%m-%d}"}
    if not occasion.is_known:
        said += " · " + _("by weekends alone: the days off of this year are not known yet")
    return said
