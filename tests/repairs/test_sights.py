"""Who sees which ticket: the quick form beside a plain one, over worlds made at random."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import User
from estates.models import Estate, Occupant, Posting, Unit
from repairs.models import Assignment, Category, Follow, Ticket
from repairs.querysets import watchers
from tests import factories as make
from tests.everything import people

DESK = {"manager", "dispatcher", "desk"}
AT = timezone.now()
TODAY = timezone.localdate()
DUTIES = list(Posting.Duty.values)
WORLDS, PEOPLE, TICKETS = 12, 12, 40


# --- the plain form: row by row, in the words of the rule


def estates_of(posting: Posting) -> set[int]:
    if posting.estate_id:
        return {posting.estate_id}
    return set(Estate.objects.filter(community=posting.community).values_list("pk", flat=True))


def works(user: Any, ticket: Ticket) -> list[Posting]:
    """Of postings that hold, those at the ticket's estate."""
    held = [p for p in Posting.objects.filter(user=user) if p.holds_at(timezone.now())]
    return [p for p in held if ticket.estate_id in estates_of(p)]


def homes(user: Any) -> list[Unit]:
    rows = Occupant.objects.filter(user=user)
    return [
        row.unit
        for row in rows
        if (row.from_date is None or row.from_date <= TODAY)
        and (row.to_date is None or row.to_date >= TODAY)
    ]


def sees(user: Any, ticket: Ticket) -> bool:
    if user.is_superuser:
        return True
    if user.pk is None:
        return False
    postings = works(user, ticket)
    if any(p.duty in DESK for p in postings):
        return True
    if any(p.duty == "technician" and ticket.category.trade in p.trades for p in postings):
        return True
    if postings and Assignment.objects.filter(ticket=ticket, worker=user).exists():
        return True
    if ticket.reporter_id == user.pk:
        return True
    if ticket.private:
        return False
    if ticket.unit_id in {home.pk for home in homes(user)}:
        return True
    stands_here = postings or any(
        home.entrance.building.estate_id == ticket.estate_id for home in homes(user)
    )
    return bool(stands_here) and Follow.objects.filter(ticket=ticket, user=user).exists()


# --- worlds


def world_of(seed: int) -> tuple[list[Any], list[Ticket]]:
    luck = Random(seed)
    estates = [make.make_estate(f"e{seed}-{n}") for n in range(3)]
    estates[1].community = estates[0].community
    estates[1].save()
    units = [make.make_unit(estate, "1", "1", str(n)) for estate in estates for n in range(2)]
    categories = [
        make.make_category(estate, code, trade=trade)
        for estate in estates
        for code, trade in (("pipes", "plumbing"), ("lifts", "lift"))
    ]
    users = [make.make_user(f"w{seed}-{n}") for n in range(PEOPLE)]
    users[0].is_superuser = True
    users[0].save()
    for user in users[1:]:
        _stand(luck, user, estates, units)
    tickets = [_ticket(luck, categories, units, users) for _ in range(TICKETS)]
    for _ in range(TICKETS):
        Follow.objects.get_or_create(ticket=luck.choice(tickets), user=luck.choice(users))
    # As the next request reads them.
    return [*User.objects.filter(pk__in=[u.pk for u in users]), AnonymousUser()], tickets


def _stand(luck: Random, user: User, estates: list[Estate], units: list[Unit]) -> None:
    """Some work somewhere, some live somewhere, some did, some do both, some neither."""
    days = [None, TODAY - timedelta(days=9), TODAY + timedelta(days=9)]
    for _ in range(luck.choice([0, 1, 1, 2])):
        where = luck.choice([*estates, estates[0].community])
        duty = luck.choice(DUTIES)
        trades = [luck.choice(["plumbing", "lift"])] if duty == "technician" else []
        make.make_posting(
            user,
            where,
            duty,
            trades=trades,
            to_date=luck.choice(days),
            ended_at=luck.choice([None, None, AT - timedelta(minutes=5)]),
        )
    for unit in luck.sample(units, luck.choice([0, 1, 1, 2])):
        make.make_occupant(unit, user, to_date=luck.choice(days))


def _ticket(
    luck: Random, categories: list[Category], units: list[Unit], users: list[User]
) -> Ticket:
    category = luck.choice(categories)
    here = [u for u in units if u.entrance.building.estate_id == category.estate_id]
    ticket = make.make_ticket(
        category,
        unit=luck.choice([None, *here]),
        reporter=luck.choice([None, *users]),
        private=luck.random() < 0.3,
    )
    if luck.random() < 0.4:
        worker = luck.choice(users)
        Assignment.objects.create(ticket=ticket, worker=worker, started_at=AT)
    return ticket


@pytest.mark.parametrize(
    "seed", [pytest.param(n, marks=[pytest.mark.soak] if n > 2 else []) for n in range(WORLDS)]
)
def test_the_quick_form_is_the_plain_one(db: None, seed: int) -> None:
    everybody, tickets = world_of(seed)
    for user in everybody:
        seen = set(Ticket.objects.visible_to(user))
        assert seen == {ticket for ticket in tickets if sees(user, ticket)}, user
        # What a desk handles is a part of it, and so are somebody's own matters.
        if user.pk:
            assert set(Ticket.objects.at_desk_of(user)) <= seen
            assert set(Ticket.objects.of_home(user)) <= seen
    watched = {reader: set() for reader in everybody}  # type: ignore[var-annotated]
    for ticket in tickets:
        for person in people(watchers(Ticket.objects.filter(pk=ticket.pk))):
            watched[person].add(ticket)
    for user in everybody:
        if user.pk and not user.is_superuser:
            assert watched[user] == {ticket for ticket in tickets if sees(user, ticket)}, user


@pytest.mark.parametrize("status", Ticket.Status.values)
def test_late_is_what_the_row_says_of_itself(world: Any, status: str) -> None:
    """`due`, which the queues and the sweeps ask, beside `is_overdue` of one row."""
    luck = Random(status)
    times = [None, AT - timedelta(hours=1), AT + timedelta(hours=1)]
    for _ in range(12):
        fields: dict[str, Any] = {
            "respond_by": luck.choice(times),
            "resolve_by": luck.choice(times),
            "responded_at": luck.choice(times[:2]),
        }
        held = {"held_at": AT, "held_until": AT} if status == "on_hold" else {}
        ended: dict[str, Any] = {}
        if status in ("closed", "rejected", "cancelled"):
            ended = {"closed_at": AT}
        if status == "merged":
            ended = {"closed_at": AT, "merged_into": make.make_ticket(world.pipes)}
        if status in ("assigned", "in_progress"):
            fields["assignee"] = world.technician
        row = make.make_ticket(world.pipes, status=status, **fields, **held, **ended)
        assert Ticket.objects.overdue(AT).filter(pk=row.pk).exists() == row.is_overdue(AT), fields
        row.refresh_from_db()
        if row.next_deadline is not None:
            assert row.due == row.next_deadline, fields
