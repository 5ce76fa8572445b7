"""A place changes hands, or two places do: whole, or not at all."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from audit.models import Entry as Said
from notifications.models import Message
from tests import factories as make
from tests.people import World
from volunteers.models import Entry, Membership, Shift, Swap
from volunteers.services import entries, members, shifts, swaps
from workflow.refusals import Invalid, NotAllowed, WrongState

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AT = timezone.make_aware(datetime.fromisoformat("2026-12-08T12:00"))


def standing() -> list[tuple[str, str]]:
    """Of each shift who has a place, and how many are counted there."""
    rows = Entry.objects.standing().order_by("shift__starts_at", "shift", "user__username")
    return [(one.user.username, one.status) for one in rows.select_related("user")]


def counted(*rows: Shift) -> list[int]:
    return [shift.posts.get().taken for shift in rows]


class Two:
    """The volunteer has the first shift, the mate the second, two days on."""

    def __init__(self, world: World, **said: Any) -> None:
        self.world = world
        self.first = make.make_shift(world.team, AT + DAY, **said)
        self.second = make.make_shift(world.team, AT + 3 * DAY)
        self.mine = make.make_entry(self.first, world.volunteer)
        self.theirs = make.make_entry(self.second, world.mate)

    def ask(self, *, whole: bool = True) -> Swap:
        return swaps.ask(
            self.mine,
            actor=self.world.volunteer,
            at=AT,
            member=Membership.objects.get(user=self.world.mate),
            other=self.theirs if whole else None,
        )

    def refused(self, swap: Swap, at: datetime = AT) -> str:
        """Nothing is other than before."""
        before = standing(), counted(self.first, self.second), Said.objects.count()
        with pytest.raises((Invalid, WrongState)) as refusal:
            swaps.accept(swap, actor=self.world.mate, at=at)
        assert (standing(), counted(self.first, self.second), Said.objects.count()) == before
        swap.refresh_from_db()
        return str(refusal.value)


def test_two_places_change_hands_and_both_are_told(world: World) -> None:
    two = Two(world)
    swap = two.ask()
    swaps.accept(swap, actor=world.mate, at=AT)
    assert standing() == [("mate", "confirmed"), ("volunteer", "confirmed")]
    assert counted(two.first, two.second) == [1, 1]
    for old in (two.mine, two.theirs):
        old.refresh_from_db()
        assert old.status == "withdrawn"
    kinds = Message.objects.values_list("kind", "recipient__username")
    assert sorted(kinds) == [
        ("volunteers.swap.accept", "team_lead"),
        ("volunteers.swap.accept", "volunteer"),
        ("volunteers.swap.ask", "mate"),
    ]


def test_somebody_simply_steps_in(world: World) -> None:
    two = Two(world)
    swaps.accept(two.ask(whole=False), actor=world.mate, at=AT)
    assert standing() == [("mate", "confirmed"), ("mate", "confirmed")]
    assert counted(two.first, two.second) == [1, 1]


def test_two_posts_of_one_shift_change_hands(world: World) -> None:
    shift = make.make_shift(world.team, AT + DAY)
    shifts.add_post(shift, actor=world.team_lead, at=AT, name="摄影", wanted=1, places=1)
    guide, camera = shift.posts.order_by("pk")
    mine = make.make_entry(shift, world.volunteer, post=guide)
    theirs = make.make_entry(shift, world.mate, post=camera)
    swap = make.make_swap(mine, world.mate, other=theirs)
    swaps.accept(swap, actor=world.mate, at=AT)
    found = Entry.objects.standing().order_by("user__username").values_list("user", "post")
    assert list(found) == [(world.mate.pk, guide.pk), (world.volunteer.pk, camera.pk)]


def test_whoever_collides_takes_nothing_over(world: World) -> None:
    two = Two(world)
    swap = two.ask()
    make.make_entry(make.make_shift(world.team, AT + DAY + HOUR), world.mate)
    assert two.refused(swap) == "This collides with another shift."
    assert swap.status == "asked"


def test_where_the_one_who_asked_collides_meanwhile_neither_changes(world: World) -> None:
    two = Two(world)
    swap = two.ask()
    make.make_entry(make.make_shift(world.team, AT + 3 * DAY + HOUR), world.volunteer)
    assert two.refused(swap) == "This collides with another shift."


def test_what_one_gives_does_not_collide_with_what_one_takes(world: World) -> None:
    first = make.make_shift(world.team, AT + DAY)
    second = make.make_shift(world.team, AT + DAY + HOUR)
    mine, theirs = make.make_entry(first, world.volunteer), make.make_entry(second, world.mate)
    swaps.accept(make.make_swap(mine, world.mate, other=theirs), actor=world.mate, at=AT)
    assert standing() == [("mate", "confirmed"), ("volunteer", "confirmed")]


@pytest.mark.parametrize("who", ["mate", "volunteer"])
def test_both_need_the_certificate_of_what_they_take(world: World, who: str) -> None:
    two = Two(world, needs="first_aid")
    if who == "volunteer":
        two.first.posts.update(needs="")
        two.second.posts.update(needs="first_aid")
    swap = two.ask()
    assert two.refused(swap) == "“引导员” needs a certificate."
    make.make_paper(getattr(world, who), status="confirmed", expires_on=date(2027, 6, 1))
    swaps.accept(swap, actor=world.mate, at=AT)
    assert standing() == [("mate", "confirmed"), ("volunteer", "confirmed")]


@pytest.mark.parametrize("state", ["confirmed", "waitlisted"])
def test_who_is_in_the_shift_already_takes_no_second_place(world: World, state: str) -> None:
    two = Two(world)
    swap = two.ask(whole=False)
    make.make_entry(two.first, world.mate, status=state)
    assert two.refused(swap) == "Already in this shift."


def test_where_one_of_the_shifts_has_begun_neither_changes(world: World) -> None:
    two = Two(world)
    swap = two.ask()
    words = "Only places of shifts that are ahead are changed."
    assert two.refused(swap, two.first.starts_at) == words
    with pytest.raises(Invalid) as late:
        swaps.ask(
            two.theirs,
            actor=world.mate,
            at=two.first.starts_at,
            member=Membership.objects.get(user=world.volunteer),
            other=two.mine,
        )
    assert str(late.value) == words


def test_where_one_has_withdrawn_meanwhile_neither_changes(world: World) -> None:
    two = Two(world)
    swap = two.ask()
    entries.withdraw(two.theirs, actor=world.mate, at=AT)
    assert two.refused(swap) == "Only places of shifts that are ahead are changed."


def test_where_one_shift_is_called_off_meanwhile_neither_changes(world: World) -> None:
    two = Two(world)
    swap = two.ask()
    shifts.cancel(two.second, actor=world.team_lead, at=AT, reason="下大雨")
    assert two.refused(swap) == "Only places of shifts that are ahead are changed."


def test_who_has_left_the_team_meanwhile_takes_nothing(world: World) -> None:
    two = Two(world)
    swap = two.ask(whole=False)
    members.leave(Membership.objects.get(user=world.mate), actor=world.mate, at=AT)
    assert two.refused(swap) == "Only members of the team can be asked."


def test_it_is_accepted_once(world: World) -> None:
    two = Two(world)
    swap = two.ask()
    swaps.accept(swap, actor=world.mate, at=AT)
    two.refused(Swap.objects.get(pk=swap.pk))
    assert standing() == [("mate", "confirmed"), ("volunteer", "confirmed")]


def test_what_was_refused_or_taken_back_is_not_accepted(world: World) -> None:
    two = Two(world)
    swap = two.ask()
    swaps.refuse(swap, actor=world.mate, at=AT)
    two.refused(swap)
    swap = two.ask()
    swaps.withdraw(swap, actor=world.volunteer, at=AT)
    two.refused(swap)


def test_one_is_asked_at_a_time_and_only_of_the_team_and_of_ones_own(world: World) -> None:
    two = Two(world)

    def ask(actor: User, member: User, **said: Any) -> str:
        with pytest.raises((Invalid, NotAllowed, WrongState)) as refusal:
            swaps.ask(
                said.pop("entry", two.mine),
                actor=actor,
                at=AT,
                member=Membership.objects.filter(user=member).latest("pk"),
                **said,
            )
        return str(refusal.value)

    assert ask(world.mate, world.volunteer) == "You can only give a place of your own."
    assert ask(world.volunteer, world.volunteer) == "Ask somebody else."
    elsewhere = make.make_team(world.court.community, "文艺队", kind="culture")
    make.make_membership(world.neighbour, elsewhere)
    words = "Only members of the team can be asked."
    assert ask(world.volunteer, world.neighbour) == words
    other = make.make_entry(two.second, world.team_lead)
    assert ask(world.volunteer, world.mate, other=other) == "This place is not theirs."
    waits = make.make_entry(
        make.make_shift(world.team, AT + 9 * DAY), world.volunteer, status="waitlisted"
    )
    words = "Only places of shifts that are ahead are changed."
    assert ask(world.volunteer, world.mate, entry=waits) == words
    two.ask()
    assert ask(world.volunteer, world.mate) == "Somebody is asked already."
