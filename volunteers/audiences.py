"""Named sets of people of memberships, shifts, entries and what goes with them."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from estates.audiences import Audience, Rows, of
from estates.querysets import holding
from volunteers.states import (
    AHEAD,
    ASIDE,
    BUSY,
    LEADING,
    EntryStatus,
    MembershipStatus,
    QualificationStatus,
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
    """The lead and the deputies; of a team that nobody leads yet, who founded it."""
    leads = memberships.model.objects.active().filter(team=OuterRef("team"), role__in=LEADING)
    led_by_nobody = memberships.filter(~Exists(leads))
    return _in_team(memberships, "team", *LEADING) | _founders(led_by_nobody, "team__community")


def membership_watchers(memberships: Rows) -> Audience:
    active = memberships.filter(status=MembershipStatus.ACTIVE)
    standing = memberships.filter(status__in=(MembershipStatus.APPLIED, MembershipStatus.ACTIVE))
    return (
        person(memberships)
        | _in_team(memberships, "team", *LEADING)
        | _in_team(active, "team")
        | _founders(standing, "team__community")
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
    """Members of the team who can do what is short of people, hold what it needs, and are not busy
    at that time."""
    path = "team__memberships"
    papers = f"{path}__user__qualifications"
    active = Q(**{f"{path}__status": MembershipStatus.ACTIVE})
    short = Q(posts__taken__lt=F("posts__places"))
    skilled = Q(posts__skill="")
    for one in Skill.values:
        skilled |= Q(**{"posts__skill": one, f"{path}__skills__contains": [one]})
    holds = Q(posts__needs="") | Q(
        **{
            f"{papers}__kind": F("posts__needs"),
            f"{papers}__status": QualificationStatus.CONFIRMED,
            f"{papers}__expires_on__gte": F("ends_at__date"),
        }
    )
    told = of(shifts, f"{path}__user", active & short & skilled & holds)
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
    asked for, or was refused, is its asker's and the lead's."""
    known = shifts.exclude(status__in=ASIDE)
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
