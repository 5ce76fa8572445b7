"""Named sets of people of events."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from estates.audiences import Audience, Rows, of
from estates.querysets import holding
from volunteers.states import LEADING, MembershipStatus


def organiser(events: Rows) -> Audience:
    return of(events, "organiser")


def leads(events: Rows) -> Audience:
    path = "team__memberships"
    there = Q(**{f"{path}__status": MembershipStatus.ACTIVE, f"{path}__role__in": LEADING})
    return of(events, f"{path}__user", there)


def managers(events: Rows) -> Audience:
    """The community's own."""
    path = "community__postings"
    there = holding(timezone.now(), path) & Q(**{f"{path}__duty": "manager"})
    return of(events, f"{path}__user", there)


def planners(events: Rows) -> Audience:
    return organiser(events) | leads(events)


def watchers(events: Rows) -> Audience:
    """Of those who are told of events: who plans them."""
    return planners(events) | managers(events)


# --- sign-ups


def person(signups: Rows) -> Audience:
    return of(signups, "user")


def callers(signups: Rows) -> Audience:
    """Who rings those without an account: whoever plans the event."""
    rang = signups.filter(user__isnull=True)
    path = "event__team__memberships"
    there = Q(**{f"{path}__status": MembershipStatus.ACTIVE, f"{path}__role__in": LEADING})
    return of(rang, "event__organiser") | of(rang, f"{path}__user", there)


def signup_watchers(signups: Rows) -> Audience:
    return person(signups) | callers(signups)


# --- turns


def whose(slots: Rows) -> Audience:
    """Who booked the turn."""
    return of(slots, "user")
