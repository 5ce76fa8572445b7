"""Who hears of what happens to homes and their people."""

from __future__ import annotations

from estates.audiences import HOME, Audience, Rows, of, posted
from estates.standing import DESK


def desk(rows: Rows) -> Audience:
    """Those who keep the roster of the homes' estates."""
    return posted(rows, HOME, *DESK)


def claimant(claims: Rows) -> Audience:
    return of(claims, "user")


def on_shift(shifts: Rows) -> Audience:
    return of(shifts, "posting__user")


def posted_person(postings: Rows) -> Audience:
    return of(postings, "user")
