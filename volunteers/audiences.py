"""Named sets of people of memberships, shifts, entries and what goes with them."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils import timezone

from estates.audiences import Audience, Rows, of
from estates.querysets import holding
from volunteers.states import (
    AHEAD,
    BUSY,
    LEADING,
    EntryStatus,
    MembershipStatus,
    ShiftStatus,
    Skill,
)


def _in_team(rows: Rows, team: str, *roles: str) -> Audience:
    path = f"{team}__memberships"
    there = Q(**{f"{path}__status": MembershipStatus.ACTIVE})
    if roles:
        there &= Q(**{f"{path}__role__in": roles})
    return of(rows, f"{path}__user", there)


def _founders(rows: Rows, community: str) -> Audience:
    """The community's own managers."""
    path = f"{community}__postings"
    there = holding(timezone.now(), path) & Q(**{f"{path}__duty": "manager"})
    return of(rows, f"{path}__user", there)


# --- memberships and qualifications


def person(rows: Rows) -> Audience:
    return of(rows, "user")


def keepers(memberships: Rows) -> Audience:
    return _in_team(memberships, "team", *LEADING)


def membership_watchers(memberships: Rows) -> Audience:
    active = memberships.filter(status=MembershipStatus.ACTIVE)
    return (
        person(memberships)
        | keepers(memberships)
        | _in_team(active, "team")
        | _founders(active, "team__community")
    )


def judges(qualifications: Rows) -> Audience:
    """Who leads a team in which the holder is."""
    path = "user__team_memberships"
    mates = f"{path}__team__memberships"
    there = Q(**{f"{path}__status": MembershipStatus.ACTIVE}) & Q(
        **{f"{mates}__status": MembershipStatus.ACTIVE, f"{mates}__role__in": LEADING}
    )
    return of(qualifications, f"{mates}__user", there)


def qualification_watchers(qualifications: Rows) -> Audience:
    return person(qualifications) | judges(qualifications)


# --- shifts


def leads(shifts: Rows) -> Audience:
    return _in_team(shifts, "team", *LEADING)


def asker(shifts: Rows) -> Audience:
    return of(shifts, "asked_by")


def members(shifts: Rows) -> Audience:
    return _in_team(shifts, "team")


def in_it(shifts: Rows) -> Audience:
    """Who has a place, or waits for one."""
    return of(shifts, "entries__user", Q(entries__status__in=AHEAD))


def coming(shifts: Rows) -> Audience:
    there = Q(entries__status__in=(EntryStatus.REQUESTED, EntryStatus.CONFIRMED))
    return of(shifts, "entries__user", there)


def able(shifts: Rows) -> Audience:
    """Members of the team who can do what is short of people, and are not busy at that time."""
    path = "team__memberships"
    active = Q(**{f"{path}__status": MembershipStatus.ACTIVE})
    short = Q(posts__taken__lt=F("posts__places"))
    skilled = Q(posts__skill="")
    for one in Skill.values:
        skilled |= Q(**{"posts__skill": one, f"{path}__skills__contains": [one]})
    told = of(shifts, f"{path}__user", active & short & skilled)
    busy = of(
        shifts,
        f"{path}__user",
        active
        & Q(
            **{
                f"{path}__user__shift_entries__status__in": BUSY,
                f"{path}__user__shift_entries__starts_at__lt": F("ends_at"),
                f"{path}__user__shift_entries__ends_at__gt": F("starts_at"),
            }
        ),
    )
    return told.without(busy)


def watchers(shifts: Rows) -> Audience:
    """Of those who are told of shifts: all of them live, work or help in the community. One that is
    asked for is its asker's and the lead's."""
    known = shifts.exclude(status=ShiftStatus.ASKED)
    return leads(shifts) | asker(shifts) | _in_team(known, "team")


# --- entries and swaps


def entry_leads(entries: Rows) -> Audience:
    return _in_team(entries, "shift__team", *LEADING)


def entry_watchers(entries: Rows) -> Audience:
    return person(entries) | entry_leads(entries)


def asked(swaps: Rows) -> Audience:
    return of(swaps, "asked")


def asking(swaps: Rows) -> Audience:
    return of(swaps, "entry__user")


def swap_leads(swaps: Rows) -> Audience:
    return _in_team(swaps, "entry__shift__team", *LEADING)


def swap_watchers(swaps: Rows) -> Audience:
    return asked(swaps) | asking(swaps) | swap_leads(swaps)
