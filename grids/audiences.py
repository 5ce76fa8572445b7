"""Named sets of people of flags and visits. `watchers` is the inverse of `visible_to`."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from estates.audiences import Audience, Rows, of
from estates.querysets import current, holding
from estates.standing import today
from grids.states import Duty

HOUSEHOLD = "unit__household__grid"
OF_FLAG = f"occupant__{HOUSEHOLD}"


def posted(rows: Rows, grid: str, *duties: str) -> Audience:
    """Who holds one of `duties` in the grid at the end of the path, to the minute."""
    path = f"{grid}__postings"
    there = holding(timezone.now(), path) & Q(**{f"{path}__duty__in": duties})
    return of(rows, f"{path}__user", there)


def led(rows: Rows, grid: str) -> Audience:
    """Who leads the micro-grid, or the grid around it."""
    return posted(rows, grid, Duty.LEADER) | posted(rows, f"{grid}__parent", Duty.LEADER)


def kept(rows: Rows, grid: str) -> Audience:
    return posted(rows, grid, Duty.MEMBER)


def watchers(visits: Rows) -> Audience:
    return led(visits, HOUSEHOLD) | kept(visits, HOUSEHOLD)


def flag_watchers(flags: Rows) -> Audience:
    """Of people who live there now."""
    here = flags.filter(current(today(), "occupant"))
    return led(here, OF_FLAG) | kept(here, OF_FLAG)


def leaders(visits: Rows) -> Audience:
    return led(visits, HOUSEHOLD)


def flag_leaders(flags: Rows) -> Audience:
    return led(flags, OF_FLAG)


def assignee(visits: Rows) -> Audience:
    return of(visits, "assignee")


def proposer(flags: Rows) -> Audience:
    return of(flags, "proposed_by")


def posted_person(postings: Rows) -> Audience:
    return of(postings, "user")
