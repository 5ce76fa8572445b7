"""Named sets of people of plans and rounds. `watchers` is the inverse of `visible_to`."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import F, Q

from estates.audiences import Audience, Rows, of, posted, working_at
from safety.standing import INSPECTOR, SAFETY


def watchers(rounds: Rows) -> Audience:
    return _watching(rounds, "plan__lead") | working_at(rounds, "handed_from", "estate")


def plan_watchers(plans: Rows) -> Audience:
    return _watching(plans, "lead")


def _watching(rows: Rows, lead: str) -> Audience:
    theirs = working_at(rows, "assignee", "estate") | working_at(rows, lead, "estate")
    return posted(rows, "estate", *SAFETY) | theirs


def walker(rounds: Rows) -> Audience:
    """Whoever is sent; where that is nobody who works here, the inspectors who are on duty at its
    time; where there are none, all inspectors."""
    sent = working_at(rounds, "assignee", "estate")
    left = _without(rounds, sent)
    there = on_duty(left)
    return sent | there | posted(_without(left, there), "estate", INSPECTOR)


def on_duty(rounds: Rows) -> Audience:
    """The inspectors whose shift covers the time of the round."""

    def at(path: str) -> Audience:
        shift = f"{path}__shifts"
        covers = Q(
            **{
                f"{shift}__starts_at__lte": F("planned_at"),
                f"{shift}__ends_at__gt": F("planned_at"),
                f"{shift}__called_off_at__isnull": True,
                f"{path}__duty": INSPECTOR,
            }
        )
        return of(rounds, f"{path}__user", covers)

    return at("estate__postings") | at("estate__community__postings")


def lead(rounds: Rows) -> Audience:
    """Who leads the plan; the managers where that is nobody who works here."""
    led = working_at(rounds, "plan__lead", "estate")
    return led | posted(_without(rounds, led), "estate", "manager")


def assignee(rows: Rows) -> Audience:
    return of(rows, "assignee")


def _without(rows: Rows, found: Audience) -> Rows:
    """Those of the rows of which the audience names nobody."""
    named = reduce(or_, (Q(pk__in=pairs.values("pk")) for pairs in found.sets))
    return rows.exclude(named)
