"""Signing up, waiting, withdrawing, being offered a place; and what the portal does for shifts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from notifications.models import Message
from tests import factories as make
from tests.people import World
from volunteers.models import Entry, Membership, Shift, ShiftPost, ShiftSeries
from volunteers.services import entries, places, shifts, sweeps
from volunteers.standing import memberships_of
from workflow.actors import SYSTEM
from workflow.refusals import Invalid, NotAllowed, WrongState

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def local(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


# A Tuesday.
AT = local("2026-12-08T12:00")


def answer(shift: Shift, user: User, at: datetime = AT) -> places.Answer:
    return places.answer(Shift.objects.get(pk=shift.pk), shift.posts.get(), user, at)


def sign_up(shift: Shift, user: User, at: datetime = AT, **said: Any) -> Entry:
    return entries.sign_up(shift.posts.get(), actor=user, at=at, **said)


def refused(shift: Shift, user: User, at: datetime = AT, **said: Any) -> str:
    """The words with which a sign-up is refused: those of the answer."""
    before = Entry.objects.count()
    with pytest.raises((WrongState, NotAllowed)) as refusal:
        sign_up(shift, user, at, **said)
    assert Entry.objects.count() == before
    assert str(refusal.value) == answer(shift, user, at).words
    return str(refusal.value)


def member(world: World, name: str) -> User:
    user = make.make_user(name)
    make.make_membership(user, world.team)
    return user


def states(shift: Shift) -> dict[str, str]:
    rows = Entry.objects.filter(shift=shift).order_by("pk")
    return dict(rows.values_list("user__username", "status"))


def taken(shift: Shift) -> int:
    return shift.posts.get().taken


def told(kind: str) -> list[str]:
    rows = Message.objects.filter(kind=f"volunteers.{kind}")
    return sorted(rows.values_list("recipient__username", flat=True))


# --- the answer


def test_a_free_place_says_how_many_are_wanted_and_then_how_many_are_left(world: World) -> None:
    shift = make.make_shift(world.team, AT + DAY, wanted=2, places=3)
    first = answer(shift, world.volunteer)
    assert (first.reason, first.words, first.may) == ("free", "2 more are urgently wanted.", True)
    sign_up(shift, world.volunteer)
    assert answer(shift, world.mate).words == "1 more is urgently wanted."
    sign_up(shift, world.mate)
    assert answer(shift, world.team_lead).words == "1 place is free."


def test_signing_up_takes_a_place_and_the_lead_hears_of_it(world: World) -> None:
    shift = make.make_shift(world.team, AT + DAY)
    entry = sign_up(shift, world.volunteer)
    assert (entry.status, entry.queued_at, taken(shift)) == ("confirmed", AT, 1)
    assert (entry.starts_at, entry.ends_at) == (shift.starts_at, shift.ends_at)
    assert told("entry.sign_up") == ["team_lead"]


def test_where_the_lead_confirms_the_place_is_held_until_then(world: World) -> None:
    shift = make.make_shift(world.team, AT + DAY, lead_confirms=True)
    entry = sign_up(shift, world.volunteer)
    assert (entry.status, taken(shift)) == ("requested", 1)
    entries.confirm(entry, actor=world.team_lead, at=AT)
    assert (entry.status, taken(shift)) == ("confirmed", 1)


def test_who_is_in_is_told_so_and_is_not_in_twice(world: World) -> None:
    shift = make.make_shift(world.team, AT + DAY)
    entry = sign_up(shift, world.volunteer)
    found = answer(shift, world.volunteer)
    assert (found.reason, found.words, found.entry) == ("in", "is in", entry)
    assert refused(shift, world.volunteer) == "is in"
    assert taken(shift) == 1


def test_a_collision_names_the_other_shift_and_its_times(world: World) -> None:
    first = make.make_shift(world.team, local("2026-12-09T09:00"), title="早市引导")
    second = make.make_shift(world.team, local("2026-12-09T11:59"))
    sign_up(first, world.volunteer)
    assert answer(second, world.volunteer).reason == "collides"
    assert (
        refused(second, world.volunteer) == "At the same time you are in “早市引导”, 09:00–12:00."
    )
    # also with `wait`
    assert "早市引导" in refused(second, world.volunteer, wait=True)


def test_two_shifts_a_day_are_fine_also_one_right_after_the_other(world: World) -> None:
    first = make.make_shift(world.team, local("2026-12-09T09:00"))
    second = make.make_shift(world.team, local("2026-12-09T12:00"))
    for shift in (first, second):
        sign_up(shift, world.volunteer)
    assert Entry.objects.filter(user=world.volunteer, status="confirmed").count() == 2


def test_waiting_takes_no_time_and_collides_with_nothing(world: World) -> None:
    full = make.make_shift(world.team, AT + DAY, places=1)
    make.make_entry(full, world.mate)
    sign_up(full, world.volunteer, wait=True)
    other = make.make_shift(world.team, AT + DAY)
    assert sign_up(other, world.volunteer).status == "confirmed"


def test_a_post_that_needs_a_certificate_is_for_those_who_hold_one_on_that_day(
    world: World,
) -> None:
    shift = make.make_shift(world.team, local("2026-12-20T22:30"), needs="first_aid")
    none = "It needs a first aid certificate. Show yours, and the lead confirms it."
    assert refused(shift, world.volunteer) == none
    make.make_paper(world.volunteer, expires_on=date(2027, 6, 1))
    assert refused(shift, world.volunteer, wait=True) == none  # nobody has looked at it
    # the shift ends on the 21st
    old = make.make_paper(world.volunteer, status="confirmed", expires_on=date(2026, 12, 20))
    ran_out = "Your first aid certificate is valid until 2026-12-20 only. Show the new one."
    assert answer(shift, world.volunteer).reason == "not_qualified"
    assert refused(shift, world.volunteer) == ran_out
    old.expires_on = date(2026, 12, 21)
    old.save()
    assert sign_up(shift, world.volunteer).status == "confirmed"


def test_a_full_post_says_the_turn_that_one_would_have(world: World) -> None:
    shift = make.make_shift(world.team, AT + DAY, places=1)
    sign_up(shift, world.mate)
    found = answer(shift, world.volunteer)
    assert (found.reason, found.turn, found.may_wait) == ("full", 1, True)
    words = "All places are taken. On the waiting list you would be number 1."
    assert refused(shift, world.volunteer) == words
    assert sign_up(shift, world.volunteer, wait=True).status == "waitlisted"
    assert answer(shift, world.team_lead).turn == 2
    assert answer(shift, world.volunteer).words == "on the waiting list"
    assert taken(shift) == 1


def test_waiting_where_a_place_is_free_takes_it(world: World) -> None:
    shift = make.make_shift(world.team, AT + DAY)
    assert sign_up(shift, world.volunteer, wait=True).status == "confirmed"


def test_sign_up_opens_at_its_moment(world: World) -> None:
    opens = local("2026-12-08T20:00")
    shift = make.make_shift(world.team, AT + 2 * DAY, opens_at=opens)
    assert answer(shift, world.volunteer).reason == "too_early"
    words = refused(shift, world.volunteer, opens - MINUTE)
    assert words.startswith("Sign-up opens ")
    assert "20:00" in words
    assert sign_up(shift, world.volunteer, opens).status == "confirmed"


def test_a_shift_that_has_begun_ended_or_is_called_off_is_closed_each_in_its_words(
    world: World,
) -> None:
    shift = make.make_shift(world.team, AT)
    off = make.make_shift(world.team, AT + DAY, status="cancelled")
    ended = make.make_shift(world.team, AT - DAY, status="ended")
    words = [
        refused(shift, world.volunteer, AT),
        refused(shift, world.volunteer, AT + 3 * HOUR),
        refused(ended, world.volunteer),
        refused(off, world.volunteer),
    ]
    assert words == [
        "It has begun. Ask the lead, who can still enter you.",
        "It is over.",
        "It is over.",
        "It is called off.",
    ]
    assert answer(shift, world.volunteer).reason == "over"
    assert answer(shift, world.volunteer, AT - MINUTE).reason == "free"


def test_who_is_not_in_the_team_is_sent_there_first(world: World) -> None:
    shift = make.make_shift(world.team, AT + DAY)
    asking = make.make_user("asking")
    make.make_membership(asking, world.team, status="applied")
    for user in (world.resident, asking):
        assert answer(shift, user).reason == "not_member"
        assert refused(shift, user, wait=True) == "Join the team first; its page says how."


def test_answers_of_many_shifts_are_those_of_each(
    world: World, django_assert_num_queries: Any
) -> None:
    rows = [make.make_shift(world.team, AT + n * DAY, places=1) for n in (1, 2, 3, 4)]
    sign_up(rows[0], world.volunteer)
    sign_up(rows[1], world.mate)
    make.make_shift(world.team, AT + 3 * DAY)
    make.make_entry(make.make_shift(world.team, AT + 3 * DAY + HOUR), world.volunteer)
    memberships_of(world.volunteer)
    with django_assert_num_queries(4):
        found = places.answers(rows, world.volunteer, AT)
    assert [found[one.pk][0][1].reason for one in rows] == ["in", "full", "collides", "free"]


# --- withdrawing and offers


def waiting_line(world: World, *names: str, places: int = 1, begin: datetime = AT + DAY) -> Shift:
    """The volunteer and, for two places, the mate are in; the others wait in this order."""
    shift = make.make_shift(world.team, begin, places=places)
    for user in (world.volunteer, world.mate)[:places]:
        make.make_entry(shift, user)
    for n, name in enumerate(names):
        user = User.objects.filter(username=name).first() or member(world, name)
        make.make_entry(shift, user, status="waitlisted", queued_at=AT - HOUR + n * MINUTE)
    return shift


def withdraw(shift: Shift, user: User, at: datetime = AT) -> None:
    entries.withdraw(Entry.objects.standing().get(shift=shift, user=user), actor=user, at=at)


def test_a_place_that_is_given_back_is_offered_to_whoever_waits_first(world: World) -> None:
    shift = waiting_line(world, "first", "second")
    withdraw(shift, world.volunteer)
    assert states(shift) == {
        "volunteer": "withdrawn",
        "first": "offered",
        "second": "waitlisted",
    }
    assert taken(shift) == 1
    assert told("entry.offer") == ["first"]
    # and nobody takes it from them meanwhile
    assert answer(shift, world.team_lead).turn == 2


def test_who_withdrew_may_sign_up_anew_at_the_end_of_the_line(world: World) -> None:
    shift = waiting_line(world, "first")
    withdraw(shift, world.volunteer)
    entry = sign_up(shift, world.volunteer, AT + MINUTE, wait=True)
    assert (entry.status, answer(shift, world.mate).turn) == ("waitlisted", 2)


def test_until_the_limit_one_withdraws_oneself_to_the_minute(world: World) -> None:
    shift = make.make_shift(world.team, AT + DAY, withdraw_hours=5)
    for user in (world.volunteer, world.mate):
        make.make_entry(shift, user)
    limit = shift.starts_at - 5 * HOUR
    withdraw(shift, world.volunteer, limit)
    with pytest.raises(Invalid) as late:
        withdraw(shift, world.mate, limit + MINUTE)
    assert str(late.value) == "It is too late to withdraw here. Please ring the lead."
    assert states(shift) == {"volunteer": "withdrawn", "mate": "confirmed"}


def test_who_waits_or_is_offered_a_place_says_no_also_after_the_limit(world: World) -> None:
    begin = AT + HOUR
    shift = waiting_line(world, "first", "second", "third", begin=begin)
    withdraw(shift, User.objects.get(username="second"))
    entries.withdraw(
        Entry.objects.get(shift=shift, user=world.volunteer), actor=world.team_lead, at=AT
    )
    assert states(shift)["first"] == "offered"
    withdraw(shift, User.objects.get(username="first"))
    assert states(shift) == {
        "volunteer": "withdrawn",
        "first": "withdrawn",
        "second": "withdrawn",
        "third": "offered",
    }
    assert taken(shift) == 1


def test_who_collides_or_is_not_qualified_is_passed_over_and_waits_on(world: World) -> None:
    shift = waiting_line(world, "busy", "plain", "able")
    ShiftPost.objects.filter(shift=shift).update(needs="first_aid")
    for name in ("busy", "able"):
        user = User.objects.get(username=name)
        make.make_paper(user, status="confirmed", expires_on=date(2027, 6, 1))
    other = make.make_shift(world.team, shift.starts_at + HOUR)
    make.make_entry(other, User.objects.get(username="busy"))
    withdraw(shift, world.volunteer)
    assert states(shift) == {
        "volunteer": "withdrawn",
        "busy": "waitlisted",
        "plain": "waitlisted",
        "able": "offered",
    }


def test_where_nobody_can_come_the_place_is_free_for_all(world: World) -> None:
    shift = waiting_line(world, "busy")
    other = make.make_shift(world.team, shift.starts_at)
    make.make_entry(other, User.objects.get(username="busy"))
    withdraw(shift, world.volunteer)
    assert (states(shift)["busy"], taken(shift)) == ("waitlisted", 0)
    assert answer(shift, world.mate).reason == "free"


@pytest.mark.parametrize(
    ("left", "held"),
    [
        (3 * DAY, 6 * HOUR),
        (12 * HOUR, 6 * HOUR),
        (4 * HOUR, 2 * HOUR),
        (HOUR, 30 * MINUTE),
        (20 * MINUTE, 15 * MINUTE),
        (16 * MINUTE, 15 * MINUTE),
        (15 * MINUTE, None),
        (MINUTE, None),
        (-MINUTE, None),
    ],
)
def test_an_offer_holds_six_hours_or_half_of_what_is_left_and_never_too_short(
    world: World, left: timedelta, held: timedelta | None
) -> None:
    shift = waiting_line(world, "first", begin=AT + left)
    entry = Entry.objects.get(shift=shift, user=world.volunteer)
    entries.withdraw(entry, actor=world.team_lead, at=AT)
    waits = Entry.objects.get(shift=shift, user__username="first")
    assert waits.status == ("offered" if held else "waitlisted")
    assert waits.offered_until == (AT + held if held else None)
    assert taken(shift) == bool(held)


def test_an_offer_is_taken_until_its_time_is_over(world: World) -> None:
    shift = waiting_line(world, "first")
    withdraw(shift, world.volunteer)
    entry = Entry.objects.get(shift=shift, user__username="first")
    with pytest.raises(WrongState):
        entries.accept(entry, actor=entry.user, at=AT + 6 * HOUR)
    entries.accept(entry, actor=entry.user, at=AT + 6 * HOUR - MINUTE)
    assert (entry.status, entry.offered_until, taken(shift)) == ("confirmed", None, 1)


def test_an_offer_that_ran_out_is_passed_on_once(world: World) -> None:
    shift = waiting_line(world, "first", "second", "third")
    withdraw(shift, world.volunteer)
    late = AT + 6 * HOUR
    assert sweeps.run_out(late - MINUTE).done == 0
    assert [sweeps.run_out(late).done for _ in range(2)] == [1, 0]
    assert states(shift) == {
        "volunteer": "withdrawn",
        "first": "offer_expired",
        "second": "offered",
        "third": "waitlisted",
    }
    assert taken(shift) == 1
    assert told("entry.expire") == ["first"]
    assert told("entry.offer") == ["first", "second"]
    again = Entry.objects.get(shift=shift, user__username="second")
    assert again.offered_until == late + 6 * HOUR


def test_several_places_go_to_as_many_in_their_order(world: World) -> None:
    shift = waiting_line(world, "first", "second", "third", "fourth")
    post = shift.posts.get()
    shifts.set_places(shift, actor=world.team_lead, at=AT, post=post, wanted=1, places=4)
    assert states(shift) == {
        "volunteer": "confirmed",
        "first": "offered",
        "second": "offered",
        "third": "offered",
        "fourth": "waitlisted",
    }
    assert (taken(shift), Shift.objects.get(pk=shift.pk).places) == (4, 4)
    sweeps.run_out(AT + 6 * HOUR)
    assert list(states(shift).values())[1:] == ["offer_expired"] * 3 + ["offered"]
    assert taken(shift) == 2


def test_places_are_not_fewer_than_are_taken(world: World) -> None:
    shift = waiting_line(world, places=2)
    with pytest.raises(Invalid) as few:
        shifts.set_places(
            shift, actor=world.team_lead, at=AT, post=shift.posts.get(), wanted=1, places=1
        )
    assert str(few.value) == "So many are in it already: 2."


def test_a_declined_request_is_passed_on(world: World) -> None:
    shift = make.make_shift(world.team, AT + DAY, places=1, lead_confirms=True)
    entry = sign_up(shift, world.volunteer)
    sign_up(shift, world.mate, wait=True)
    entries.decline(entry, actor=world.team_lead, at=AT, reason="人已够了")
    assert states(shift) == {"volunteer": "declined", "mate": "offered"}


# --- by hand


def take_in(shift: Shift, user: User, world: World, at: datetime = AT, **said: Any) -> None:
    its = Membership.objects.get(user=user, team=world.team)
    post = said.pop("post", None) or shift.posts.get()
    shifts.take_in(shift, actor=world.team_lead, at=at, post=post, member=its, **said)


def test_once_it_has_begun_only_the_lead_enters_somebody(world: World) -> None:
    shift = make.make_shift(world.team, AT - HOUR)
    assert refused(shift, world.volunteer) == "It has begun. Ask the lead, who can still enter you."
    take_in(shift, world.volunteer, world)
    assert states(shift) == {"volunteer": "confirmed"}
    assert told("entry.entered") == ["volunteer"]
    shifts.end(shift, actor=SYSTEM, at=AT + 3 * HOUR)
    take_in(shift, world.mate, world, AT + DAY)
    assert states(shift) == {"volunteer": "no_show", "mate": "confirmed"}
    assert taken(shift) == 2


def test_two_at_once_need_a_reason(world: World) -> None:
    shift = make.make_shift(world.team, AT + DAY)
    sign_up(make.make_shift(world.team, AT + DAY + HOUR), world.volunteer)
    for reason in ("", "  "):
        with pytest.raises(Invalid) as refusal:
            take_in(shift, world.volunteer, world, reason=reason)
        assert str(refusal.value).startswith("This collides with another shift of theirs.")
    take_in(shift, world.volunteer, world, reason="两处相邻")
    entry = Entry.objects.get(shift=shift)
    assert (entry.overlaps, entry.overlap_reason) == (True, "两处相邻")


def test_a_reason_where_nothing_collides_is_not_kept_as_two_at_once(world: World) -> None:
    shift = make.make_shift(world.team, AT + DAY)
    take_in(shift, world.volunteer, world, reason="他打了电话")
    entry = Entry.objects.get(shift=shift)
    assert (entry.overlaps, entry.overlap_reason) == (False, "")


def test_who_waits_is_entered_out_of_turn_and_waits_no_more(world: World) -> None:
    shift = waiting_line(world, "first", "second", places=1)
    ShiftPost.objects.filter(shift=shift).update(places=2)
    take_in(shift, User.objects.get(username="second"), world)
    rows = Entry.objects.filter(shift=shift, user__username="second").order_by("pk")
    assert [one.status for one in rows] == ["cancelled", "confirmed"]
    assert (states(shift)["first"], taken(shift)) == ("waitlisted", 2)


def test_the_lead_too_keeps_to_places_certificates_and_the_team(world: World) -> None:
    shift = waiting_line(world)
    with pytest.raises(Invalid) as full:
        take_in(shift, world.mate, world)
    assert str(full.value) == "All places are taken. Change the places first."
    needs = make.make_shift(world.team, AT + DAY, needs="medical")
    with pytest.raises(Invalid) as plain:
        take_in(needs, world.mate, world)
    assert str(plain.value) == "It needs a certificate that this member has not shown."
    with pytest.raises(Invalid) as other:
        take_in(shift, world.mate, world, post=needs.posts.get())
    assert str(other.value) == "This post is of another shift."
    Membership.objects.filter(user=world.mate).update(status="left")
    with pytest.raises(Invalid) as gone:
        take_in(make.make_shift(world.team, AT + DAY), world.mate, world)
    assert str(gone.value) == "Only members of the team are entered."


@pytest.mark.parametrize("state", ["confirmed", "offered", "checked_in", "hours_confirmed"])
def test_who_is_in_is_not_entered_twice(world: World, state: str) -> None:
    shift = make.make_shift(world.team, AT - HOUR)
    make.make_entry(shift, world.volunteer, status=state)
    with pytest.raises((Invalid, WrongState)) as twice:
        take_in(shift, world.volunteer, world)
    assert str(twice.value) == "Already in this shift."
    assert taken(shift) == 1


def test_who_was_missed_and_is_elsewhere_is_not_noted_as_here(world: World) -> None:
    """Nobody is in two at once, and the lead hears why."""
    shift = make.make_shift(world.team, AT - HOUR)
    entry = make.make_entry(shift, world.volunteer, status="no_show")
    make.make_entry(make.make_shift(world.team, AT - HOUR), world.volunteer, status="checked_in")
    with pytest.raises(WrongState) as refusal:
        entries.check_in(entry, actor=world.team_lead, at=AT)
    assert str(refusal.value) == "This collides with another shift."


def test_who_was_missed_is_checked_in_and_not_entered_anew(world: World) -> None:
    """A second entry would hold a second place."""
    shift = make.make_shift(world.team, AT - HOUR)
    entry = make.make_entry(shift, world.volunteer, status="no_show")
    with pytest.raises(Invalid):
        take_in(shift, world.volunteer, world)
    entries.check_in(entry, actor=world.team_lead, at=AT)
    assert (states(shift), taken(shift)) == ({"volunteer": "checked_in"}, 1)


# --- the shift itself


def moved(shift: Shift, world: World, day: date, begin: time, end: time, at: datetime = AT) -> None:
    shifts.change(
        shift, actor=world.team_lead, at=at, title=shift.title, on=day, begin=begin, end=end
    )


def test_a_moved_shift_tells_those_in_it_and_takes_their_time_anew(world: World) -> None:
    shift = waiting_line(world, "first", begin=local("2026-12-10T09:00"))
    moved(shift, world, date(2026, 12, 11), time(14), time(16))
    assert told("shift.change") == ["first", "volunteer"]
    times = {(one.starts_at, one.ends_at) for one in shift.entries.all()}
    assert times == {(local("2026-12-11T14:00"), local("2026-12-11T16:00"))}
    assert shift.remind_at == local("2026-12-10T14:00")


def test_whose_other_shift_it_now_collides_with_stays_in_both(world: World) -> None:
    shift = make.make_shift(world.team, local("2026-12-10T09:00"))
    other = make.make_shift(world.team, local("2026-12-11T09:00"))
    for one in (shift, other):
        make.make_entry(one, world.volunteer)
    make.make_entry(shift, world.mate)
    moved(shift, world, date(2026, 12, 11), time(10), time(12))
    found = Entry.objects.filter(shift=shift).order_by("pk")
    assert [(one.overlaps, one.overlap_reason) for one in found] == [
        (True, "the shift was moved"),
        (False, ""),
    ]


def test_an_end_before_its_start_is_the_next_day(world: World) -> None:
    shift = make.make_shift(world.team, local("2026-12-10T09:00"))
    moved(shift, world, date(2026, 12, 11), time(22), time(2))
    assert shift.ends_at == local("2026-12-12T02:00")


def test_a_shift_is_not_moved_into_the_past_or_once_it_has_begun(world: World) -> None:
    shift = make.make_shift(world.team, local("2026-12-10T09:00"))
    with pytest.raises(Invalid) as past:
        moved(shift, world, date(2026, 12, 8), time(9), time(12))
    assert str(past.value) == "A shift lies ahead."
    with pytest.raises(WrongState) as begun:
        moved(shift, world, date(2026, 12, 20), time(9), time(12), local("2026-12-10T09:00"))
    assert str(begun.value) == "It has begun: it cannot be moved any more."


def test_an_offer_is_not_held_beyond_the_beginning_of_a_shift_that_was_moved(
    world: World,
) -> None:
    shift = waiting_line(world, "first", begin=local("2026-12-10T09:00"))
    withdraw(shift, world.volunteer)
    moved(shift, world, date(2026, 12, 8), time(14), time(16))
    entry = Entry.objects.get(shift=shift, user__username="first")
    with pytest.raises(WrongState):
        entries.accept(entry, actor=entry.user, at=local("2026-12-08T14:30"))


def test_a_shift_that_is_called_off_frees_those_in_it_and_tells_them(world: World) -> None:
    shift = waiting_line(world, "first", "second")
    withdraw(shift, world.volunteer)
    sign_up(make.make_shift(world.team, AT + 5 * DAY), world.volunteer)
    shifts.cancel(shift, actor=world.team_lead, at=AT, reason="下大雨")
    assert states(shift) == {
        "volunteer": "withdrawn",
        "first": "cancelled",
        "second": "cancelled",
    }
    assert taken(shift) == 0
    assert told("shift.cancel") == ["first", "second"]
    other = make.make_shift(world.team, shift.starts_at)
    assert sign_up(other, User.objects.get(username="first")).status == "confirmed"


def test_who_is_there_when_it_is_called_off_is_counted_until_then(world: World) -> None:
    shift = make.make_shift(world.team, AT - HOUR)
    entry = make.make_entry(shift, world.volunteer, status="checked_in")
    shifts.cancel(shift, actor=world.team_lead, at=AT, reason="下大雨")
    entry.refresh_from_db()
    assert (entry.status, entry.left_at, entry.true_minutes) == ("checked_out", AT, 60)


# --- series


def made_of(shift: Shift) -> list[datetime]:
    rows = Shift.objects.filter(series=shift.series_id).order_by("starts_at")
    return list(rows.values_list("starts_at", flat=True))


def weekly(world: World, rule: str = "FREQ=WEEKLY") -> Shift:
    shift = make.make_shift(world.team, local("2026-12-09T09:00"), wanted=2, places=3)
    shifts.repeat(shift, actor=world.team_lead, at=AT, rule=rule)
    return shift


def test_a_series_stands_four_weeks_ahead_and_each_shift_is_made_once(world: World) -> None:
    shift = weekly(world)
    first = local("2026-12-09T09:00")
    assert made_of(shift) == [first + n * 7 * DAY for n in range(4)]
    later = AT + 7 * DAY
    assert [sweeps.make_due(later).done for _ in range(2)] == [1, 0]
    assert made_of(shift) == [first + n * 7 * DAY for n in range(5)]
    posts = ShiftPost.objects.filter(shift__series=shift.series_id)
    assert {(one.name, one.wanted, one.places, one.taken) for one in posts} == {("引导员", 2, 3, 0)}
    newest = Shift.objects.filter(series=shift.series_id).latest("starts_at")
    assert newest.remind_at == newest.starts_at - DAY


def test_the_next_is_like_the_newest(world: World) -> None:
    shift = weekly(world)
    newest = Shift.objects.filter(series=shift.series_id).latest("starts_at")
    shifts.change(
        newest,
        actor=world.team_lead,
        at=AT,
        title="冬季服务",
        on=date(2026, 12, 30),
        begin=time(10),
        end=time(11, 30),
        withdraw_hours=24,
    )
    shifts.add_post(newest, actor=world.team_lead, at=AT, name="摄影", wanted=0, places=1)
    sweeps.make_due(AT + 7 * DAY)
    made = Shift.objects.filter(series=shift.series_id).latest("pk")
    assert (made.title, made.withdraw_hours, made.places) == ("冬季服务", 24, 4)
    assert (made.starts_at, made.ends_at) == (local("2027-01-06T09:00"), local("2027-01-06T10:30"))
    assert [one.name for one in made.posts.order_by("pk")] == ["引导员", "摄影"]


def test_a_series_that_ends_or_is_stopped_makes_no_more(world: World) -> None:
    counted = weekly(world, "FREQ=WEEKLY;COUNT=3")
    assert len(made_of(counted)) == 3
    shift = weekly(world)
    shifts.stop(shift, actor=world.team_lead, at=AT)
    assert ShiftSeries.objects.get(pk=shift.series_id).next_at is None
    assert sweeps.make_due(AT + 90 * DAY).done == 0
    assert (len(made_of(counted)), len(made_of(shift))) == (3, 4)


def test_what_fell_into_an_outage_is_not_made_up_for(world: World) -> None:
    shift = weekly(world)
    back = AT + 60 * DAY
    assert sweeps.make_due(back).done == 1
    new = made_of(shift)[4:]
    assert new[0] == local("2027-02-10T09:00")
    assert len(new) == 4


def test_a_rule_that_says_nothing_or_comes_once_is_refused(world: World) -> None:
    shift = make.make_shift(world.team, local("2026-12-09T09:00"))
    for rule in ("every week", "FREQ=DAILY;COUNT=1"):
        with pytest.raises(Invalid):
            shifts.repeat(shift, actor=world.team_lead, at=AT, rule=rule)
    assert not ShiftSeries.objects.exists()


def test_a_shift_of_a_series_is_not_moved_onto_another_of_it(world: World) -> None:
    shift = weekly(world)
    with pytest.raises(Invalid) as same:
        moved(shift, world, date(2026, 12, 16), time(9), time(12))
    assert str(same.value) == "The series has a shift at this time already."


# --- reminders


def reminders(shift: Shift) -> list[str]:
    rows = Message.objects.filter(kind="volunteers.shift.remind").about(shift)
    return sorted(rows.values_list("recipient__username", flat=True))


def test_who_comes_is_reminded_the_day_before_and_two_hours_before_once_each(
    world: World,
) -> None:
    begin = local("2026-12-12T09:00")
    shift = shifts.make(
        world.team,
        actor=world.team_lead,
        at=AT,
        title="便民服务日",
        posts=[shifts.Wanted("引导员", 1, 3)],
        starts_at=begin,
        ends_at=begin + 3 * HOUR,
    )
    sign_up(shift, world.volunteer)
    gone = sign_up(shift, world.mate)
    entries.withdraw(gone, actor=world.mate, at=AT)
    found = []
    for before in (DAY + MINUTE, DAY, DAY - MINUTE, 2 * HOUR + MINUTE, 2 * HOUR, HOUR):
        for _ in range(2):
            sweeps.remind(begin - before)
        found.append(len(reminders(shift)))
    assert found == [0, 1, 1, 1, 2, 2]
    assert set(reminders(shift)) == {"volunteer"}


def test_nobody_is_reminded_when_its_time_has_come(world: World) -> None:
    shift = make.make_shift(world.team, AT - MINUTE, remind_at=AT - 2 * HOUR)
    make.make_entry(shift, world.volunteer)
    sweeps.remind(AT)
    assert reminders(shift) == []


def test_both_reminders_that_fell_into_an_outage_are_one(world: World) -> None:
    shift = make.make_shift(world.team, AT + HOUR, remind_at=AT - 23 * HOUR)
    make.make_entry(shift, world.volunteer)
    for _ in range(2):
        sweeps.remind(AT)
    assert reminders(shift) == ["volunteer"]


def test_whose_certificate_runs_out_hears_of_it_once_a_month_before(world: World) -> None:
    paper = make.make_paper(world.volunteer, status="confirmed", expires_on=date(2027, 1, 10))
    make.make_paper(world.mate, expires_on=date(2027, 1, 10))
    found = []
    for day in ("2026-12-10", "2026-12-11", "2026-12-12", "2027-01-11"):
        for _ in range(2):
            sweeps.papers_run_out(local(f"{day}T08:00"))
        found.append(told("qualification.remind"))
    assert found == [[], *[["volunteer"]] * 3]
    paper.refresh_from_db()
    assert paper.reminded_on == date(2026, 12, 11)


# --- asked of the team


def asked(world: World, **said: Any) -> Shift:
    begin = AT + 2 * DAY
    return shifts.ask(
        world.team,
        actor=said.pop("actor", world.desk),
        at=AT,
        title="陪老人就医",
        helpers=2,
        starts_at=begin,
        ends_at=begin + 2 * HOUR,
        **said,
    )


def test_a_team_is_asked_for_help_with_a_ticket_and_takes_it_on(world: World) -> None:
    ticket = make.make_ticket(world.pipes)
    shift = asked(world, origin=ticket)
    assert (shift.status, shift.asked_by, shift.origin) == ("asked", world.desk, ticket)
    assert told("shift.ask") == ["team_lead"]
    assert answer(shift, world.volunteer).reason == "over"
    shifts.take_on(shift, actor=world.team_lead, at=AT)
    assert shift.status == "open"
    assert told("shift.take_on") == ["desk"]
    assert sign_up(shift, world.volunteer).status == "confirmed"
    assert [one.wanted for one in shift.posts.all()] == [2]


def test_a_team_that_cannot_says_why(world: World) -> None:
    shift = asked(world)
    shifts.refuse(shift, actor=world.team_lead, at=AT, reason="人不够")
    assert shift.status == "refused"
    [message] = Message.objects.filter(kind="volunteers.shift.refuse")
    assert message.recipient == world.desk


def test_a_question_whose_time_has_come_is_not_taken_on(world: World) -> None:
    shift = asked(world)
    with pytest.raises(Invalid) as late:
        shifts.take_on(shift, actor=world.team_lead, at=AT + 2 * DAY)
    assert str(late.value) == "Its time has come already."


def test_only_who_works_for_the_estate_or_its_grids_asks_and_of_what_they_see(
    world: World,
) -> None:
    for who in (world.resident, world.volunteer, world.outsider):
        with pytest.raises(NotAllowed):
            asked(world, actor=who)
    with pytest.raises(NotAllowed):
        asked(world, origin=make.make_ticket(world.far_pipes))
    assert not Shift.objects.exists()
    for who in (world.grid_member, world.technician):
        assert asked(world, actor=who).status == "asked"
