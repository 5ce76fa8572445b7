"""When a household is to be seen next, and the one visit that is planned for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from audit.models import Entry
from audit.services import entry_of
from estates.models import Estate
from grids.models import GridPosting, Household, Rhythm, Visit
from grids.services.moves import VISIT_MOVES
from grids.states import Duty, Tier
from workflow.actors import SYSTEM
from workflow.moves import move

TIERS = tuple(Tier)


def tier_of(household: Any) -> str:
    """Of one that was read `with_care`; empty where nobody is looked after."""
    return "" if household.rank is None else TIERS[household.rank]


def rhythms(estates: Iterable[int]) -> Mapping[int, Rhythm]:
    """Estate pk → its rhythm, or the usual one."""
    wanted = set(estates)
    own = {r.estate_id: r for r in Rhythm.objects.filter(estate__in=wanted)}
    return {pk: own.get(pk) or Rhythm(estate_id=pk) for pk in wanted}


def rhythm_of(estate: Estate) -> Rhythm:
    return rhythms([estate.pk])[estate.pk]


def with_care(household: Household, on: date) -> Any:
    return Household.objects.with_care(on).with_address().get(pk=household.pk)


def latest_day(household: Any, rhythm: Rhythm) -> date | None:
    """The day by which somebody is to be seen again, counted from when they were last seen or
    spoken with, else from when the first flag was confirmed. May lie in the past."""
    tier = tier_of(household)
    since = household.reached_at or household.since
    if not tier or since is None:
        return None
    return timezone.localdate(since) + timedelta(days=rhythm.days(tier))


def plan(households: Sequence[Any], *, at: datetime, actor: Any = SYSTEM) -> int:
    """A visit for each household of these that is looked after and has none; the caller holds their
    locks and read them `with_care` and `with_address`. How many were planned."""
    known = rhythms(h.unit.estate.pk for h in households)
    sole = sole_members({h.grid_id for h in households}, at)
    made = []
    for household in households:
        due = latest_day(household, known[household.unit.estate.pk])
        if due is not None:
            made.append(
                Visit(
                    unit=household.unit,
                    tier=tier_of(household),
                    due_on=due,
                    assignee_id=sole.get(household.grid_id),
                )
            )
    made = Visit.objects.bulk_create(made)
    Entry.objects.bulk_create(
        entry_of(VISIT_MOVES.code_of("plan"), row, actor=actor, at=at, after={"due_on": row.due_on})
        for row in made
    )
    return len(made)


def sole_members(grids: Iterable[int], at: datetime) -> dict[int, int]:
    """Micro-grid → its member, where there is one and no more."""
    rows = GridPosting.objects.holding(at).filter(grid__in=list(grids), duty=Duty.MEMBER)
    found: dict[int, list[int]] = {}
    for grid, user in rows.values_list("grid", "user").distinct():
        found.setdefault(grid, []).append(user)
    return {grid: users[0] for grid, users in found.items() if len(users) == 1}


def lock_household(pk: int) -> Household | None:
    """Flags are locked before their household, and it before its visits."""
    rows = Household.objects.select_for_update(of=("self",), no_key=True)
    found: Household | None = rows.filter(pk=pk).first()
    return found


def replan(unit: int, *, at: datetime) -> None:
    """What is planned for a household follows what is known of it now: a higher tier comes sooner,
    and where nobody is looked after any more the visit is called off.

    Call it in the transaction of the change.
    """
    if lock_household(unit) is None:
        return
    household: Any = Household.objects.with_care(timezone.localdate(at)).with_address().get(pk=unit)
    visit = Visit.objects.planned().filter(unit=unit).first()
    tier = tier_of(household)
    if visit is None:
        if tier:
            plan([household], at=at)
        return
    if not visit.tier and not tier:
        return  # somebody planned it without a flag
    if not tier:
        move(VISIT_MOVES, "call_off", visit, actor=SYSTEM, at=at)
    elif visit.tier != tier:
        _retier(visit, household, tier)


def _retier(visit: Visit, household: Any, tier: str) -> None:
    due = latest_day(household, rhythm_of(household.unit.estate))
    if due is not None and (visit.tier == "" or due < visit.due_on):
        visit.due_on = due
    visit.tier = tier
    visit.climbed_at = None
    visit.save(update_fields=["tier", "due_on", "climbed_at", "updated_at"])
