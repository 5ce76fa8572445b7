"""Hours: from coming and going to a ledger that nobody changes, and certificates of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from notifications.models import Message
from tests import factories as make
from tests.people import World
from tests.workflow.lives import SignIn
from volunteers.models import Certificate, Entry, HourLine, Membership
from volunteers.services import certificates, entries, hours, sweeps
from volunteers.states import STARS
from workflow.actors import SYSTEM
from workflow.refusals import Invalid, Refusal

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def local(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


# Nine to twelve, a Tuesday; the gate is half an hour before.
BEGIN = local("2026-12-08T09:00")
END = BEGIN + 3 * HOUR
# Ten in the evening to two in the morning.
NIGHT = local("2026-12-08T22:00")


def comes(world: World, begin: datetime = BEGIN, **said: Any) -> Entry:
    return make.make_entry(make.make_shift(world.team, begin, **said), world.volunteer)


def night(world: World) -> Entry:
    return comes(world, NIGHT, ends_at=NIGHT + 4 * HOUR)


def told(kind: str) -> list[str]:
    rows = Message.objects.filter(kind=f"volunteers.entry.{kind}")
    return sorted(rows.values_list("recipient__username", flat=True))


def ledger() -> list[int]:
    return list(HourLine.objects.order_by("pk").values_list("minutes", flat=True))


def here(entry: Entry, world: World, at: datetime) -> Entry:
    return entries.check_in(entry, actor=world.team_lead, at=at)


def gone(entry: Entry, world: World, at: datetime, **said: Any) -> Entry:
    return entries.check_out(entry, actor=said.pop("actor", world.team_lead), at=at, **said)


def confirm(entry: Entry, world: World, at: datetime) -> int:
    return entries.confirm_hours(entry, actor=world.team_lead, at=at).minutes or 0


# --- coming and going


def test_what_counts_is_from_coming_to_going_and_not_the_way_there(world: World) -> None:
    entry = comes(world)
    here(entry, world, BEGIN - HOUR)  # the gate opens half an hour later
    gone(entry, world, END - 20 * MINUTE)
    assert confirm(entry, world, END) == 190
    [line] = HourLine.objects.all()
    assert (line.user, line.team, line.entry) == (world.volunteer, world.team, entry)
    assert (line.on, line.minutes, line.at) == (date(2026, 12, 8), 190, END)


def test_whoever_comes_is_noted_from_an_hour_before_the_gate_on(world: World) -> None:
    entry = comes(world)
    first = BEGIN - 90 * MINUTE
    with pytest.raises(Refusal) as early:
        here(entry, world, first - MINUTE)
    assert str(early.value) == "Whoever comes is noted from an hour before the gate on."
    assert here(entry, world, first).arrived_at == first


def test_a_phone_without_signal_says_when_it_was_but_not_what_is_to_come(world: World) -> None:
    entry = comes(world)
    at = BEGIN + HOUR
    for moment, kept in (
        (BEGIN + MINUTE, BEGIN + MINUTE),
        (at + HOUR, at),
        (BEGIN - DAY, BEGIN - 90 * MINUTE),
    ):
        with rolled_back():
            seen = entries.check_in(entry, actor=world.team_lead, at=at, moment=moment)
            assert seen.arrived_at == kept
        entry.refresh_from_db()


def test_members_say_that_they_go_and_only_a_lead_that_they_stayed_longer(world: World) -> None:
    mine, theirs = comes(world), make.make_entry(make.make_shift(world.team, BEGIN), world.mate)
    for entry in (mine, theirs):
        here(entry, world, BEGIN)
    gone(mine, world, END + HOUR, actor=world.volunteer)
    gone(theirs, world, END + HOUR)
    assert (mine.left_at, theirs.left_at) == (END, END + HOUR)
    assert [confirm(one, world, END + HOUR) for one in (mine, theirs)] == [180, 240]


def test_a_forgotten_check_out_counts_to_the_end_of_the_shift_and_asks(world: World) -> None:
    entry = comes(world)
    here(entry, world, BEGIN + 10 * MINUTE)
    assert sweeps.end(END + 29 * MINUTE).done == 0
    late = END + 9 * HOUR
    assert [sweeps.end(late).done for _ in range(2)] == [1, 0]
    entry.refresh_from_db()
    assert (entry.status, entry.left_at, entry.forgotten) == ("checked_out", END, True)
    assert told("ask_left") == ["volunteer"]
    assert ledger() == []  # until the lead has looked
    assert confirm(entry, world, late) == 170


def test_who_came_when_it_was_over_is_counted_for_nothing(world: World) -> None:
    entry = comes(world)
    here(entry, world, END + 10 * MINUTE)
    sweeps.end(END + HOUR)
    entry.refresh_from_db()
    assert confirm(entry, world, END + HOUR) == 0
    assert ledger() == []


def test_who_was_missed_and_came_after_all_is_noted(world: World) -> None:
    entry = comes(world)
    entries.no_show(entry, actor=world.team_lead, at=BEGIN + HOUR)
    here(entry, world, BEGIN + 2 * HOUR)
    gone(entry, world, END)
    assert confirm(entry, world, END) == 60


# --- across midnight


def test_hours_over_midnight_are_of_the_day_on_which_the_shift_began(world: World) -> None:
    entry = night(world)
    here(entry, world, NIGHT)
    gone(entry, world, NIGHT + 4 * HOUR)
    assert confirm(entry, world, NIGHT + 5 * HOUR) == 240
    assert HourLine.objects.get().on == date(2026, 12, 8)


@pytest.mark.parametrize(
    ("came", "went", "minutes"),
    [
        (time(22), time(1, 30), 210),
        (time(0, 15), time(2), 105),
        (time(21, 30), time(23, 59), 149),
        (time(21, 0), time(22, 30), 60),  # nobody is counted before the gate
        (time(23), time(2, 45), 225),
    ],
)
def test_times_are_corrected_over_midnight(
    world: World, came: time, went: time, minutes: int
) -> None:
    entry = night(world)
    here(entry, world, NIGHT)
    gone(entry, world, NIGHT + 4 * HOUR)
    at = NIGHT + 12 * HOUR
    entries.correct(entry, actor=world.team_lead, at=at, came=came, went=went, reason="看了监控")
    assert confirm(entry, world, at) == minutes


def test_an_end_before_its_start_is_the_next_day(world: World) -> None:
    entry = comes(world)
    here(entry, world, BEGIN)
    gone(entry, world, END)
    said = {"actor": world.team_lead, "came": time(10), "went": time(9, 30), "reason": "是的"}
    with pytest.raises(Invalid) as ahead:
        entries.correct(entry, at=END, **said)
    assert str(ahead.value) == "This moment has not come yet."
    entries.correct(entry, at=END + 2 * DAY, **said)
    assert entry.left_at == local("2026-12-09T09:30")


def test_a_correction_of_hours_that_are_booked_takes_them_back_and_books_anew(
    world: World,
) -> None:
    entry = comes(world)
    here(entry, world, BEGIN)
    gone(entry, world, END)
    confirm(entry, world, END)
    entries.correct(
        entry, actor=world.team_lead, at=END, came=time(9), went=time(11), reason="早走了"
    )
    assert (entry.status, entry.minutes, ledger()) == ("hours_confirmed", 120, [180, -180, 120])


def test_while_somebody_says_that_hours_are_not_right_they_count_for_nothing(
    world: World,
) -> None:
    entry = comes(world)
    here(entry, world, BEGIN)
    gone(entry, world, END)
    confirm(entry, world, END)
    entries.say(entry, actor=world.volunteer, at=END, words="我一点才走")
    assert (entry.status, entry.minutes, entry.dispute) == ("checked_out", None, "我一点才走")
    assert HourLine.objects.total() == 0
    assert told("say") == ["team_lead"]
    confirm(entry, world, END)
    assert (entry.dispute, ledger()) == ("", [180, -180, 180])


# --- any order


@dataclass(frozen=True)
class Step:
    """After so many minutes, somebody does this to one of the entries."""

    verb: str
    which: int = 0
    minutes: int = 30
    hour: int = 9
    other: int = 12


VERBS = ("check_in", "check_out", "go", "end", "correct", "say", "confirm_hours", "no_show")
STEPS = st.builds(
    Step,
    verb=st.sampled_from(VERBS),
    which=st.integers(0, 2),
    minutes=st.sampled_from([0, 1, 30, 90, 200, 600]),
    hour=st.integers(0, 23),
    other=st.integers(0, 23),
)
PLAIN = [
    Step("check_in"),
    Step("check_out"),
    Step("confirm_hours"),
    Step("say"),
    Step("confirm_hours"),
    Step("correct", minutes=600, hour=9, other=11),
    Step("correct", hour=10, other=10, minutes=1500),
    Step("say"),
    Step("correct"),
    Step("confirm_hours"),
    Step("confirm_hours"),
]
FORGOTTEN = [
    Step("check_in"),
    Step("end", minutes=600),
    Step("confirm_hours"),
    Step("check_in", 1, 200),
    Step("correct", 0, 0, 23, 1),
    Step("end", minutes=900),
    Step("say", 1),
    Step("confirm_hours", 1),
    Step("correct", 1, 0, 22, 2),
]


@contextmanager
def rolled_back() -> Iterator[None]:
    """Each example begins with the same tables."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(PLAIN)
@example(FORGOTTEN)
@given(st.lists(STEPS, min_size=6, max_size=24))
def test_the_ledger_is_always_the_sum_of_what_is_confirmed(world: World, steps: list[Step]) -> None:
    with rolled_back():
        live(world, [comes(world), night(world), comes(world, BEGIN + DAY)], steps)


def live(world: World, rows: list[Entry], steps: list[Step]) -> None:
    at, booked = BEGIN - HOUR, ledger()
    for step in steps:
        at += step.minutes * MINUTE
        with suppress(Refusal):
            do(step, Entry.objects.get(pk=rows[step.which].pk), world, at)
        now = ledger()
        assert now[: len(booked)] == booked
        booked = now
        mine = Entry.objects.filter(user=world.volunteer).select_related("shift")
        true = mine.filter(status="hours_confirmed").aggregate(sum=Sum("minutes"))["sum"] or 0
        assert HourLine.objects.of(world.volunteer).total() == true
        for entry in mine:
            # and of each entry by itself
            its = HourLine.objects.filter(entry=entry).total()
            assert its == (entry.minutes or 0)
            if entry.status == "hours_confirmed":
                assert entry.minutes == entry.true_minutes
            if entry.forgotten:
                assert entry.left_at == max(entry.shift.ends_at, entry.arrived_at)


def do(step: Step, entry: Entry, world: World, at: datetime) -> None:
    lead: dict[str, Any] = {"actor": world.team_lead, "at": at}
    match step.verb:
        case "check_in":
            entries.check_in(entry, **lead)
        case "check_out":
            entries.check_out(entry, **lead)
        case "go":
            entries.check_out(entry, actor=world.volunteer, at=at)
        case "end":
            assert not sweeps.end(at).errors
        case "correct":
            came, went = time(step.hour), time(step.other, 30)
            entries.correct(entry, came=came, went=went, reason="看了监控", **lead)
        case "say":
            entries.say(entry, actor=world.volunteer, at=at, words="不对")
        case "confirm_hours":
            entries.confirm_hours(entry, **lead)
        case "no_show":
            entries.no_show(entry, **lead)


def test_the_database_itself_changes_and_deletes_no_line(world: World) -> None:
    line = make.make_hours(world.volunteer, world.team, at=END)
    rows = HourLine.objects.filter(pk=line.pk)
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        rows.update(minutes=600)
    with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
        rows.delete()
    assert ledger() == [180]


# --- sums and stars


@pytest.mark.parametrize(
    ("minutes", "stars", "following", "left"),
    [
        (0, 0, 100, "100.0"),
        (100 * 60 - 1, 0, 100, "0.0"),
        (100 * 60, 1, 300, "200.0"),
        (299 * 60, 1, 300, "1.0"),
        (300 * 60, 2, 600, "300.0"),
        (600 * 60, 3, 1000, "400.0"),
        (1000 * 60, 4, 1500, "500.0"),
        (1500 * 60 - 90, 4, 1500, "1.5"),
        (1500 * 60, 5, 1500, "0.0"),
        (9000 * 60, 5, 1500, "0.0"),
    ],
)
def test_stars_come_at_their_hours(minutes: int, stars: int, following: int, left: str) -> None:
    found = hours.goal(minutes)
    assert (found.stars, found.next, found.left) == (stars, following, left)
    assert found.share <= found.next
    assert STARS == (100, 300, 600, 1000, 1500)


def test_what_was_given_is_summed_by_service_and_by_month(world: World) -> None:
    user = world.volunteer
    one, two, three = comes(world), comes(world, BEGIN + DAY), comes(world, BEGIN + 2 * DAY)
    for entry, minutes, title, on in (
        (one, 180, "便民服务日", date(2026, 3, 1)),
        (two, 60, "便民服务日", date(2026, 3, 31)),
        (three, 300, "陪诊", date(2026, 12, 31)),
        # taken back, and booked anew with less
        (three, -300, "陪诊", date(2026, 12, 31)),
        (three, 250, "陪诊", date(2026, 12, 31)),
        # taken back for good
        (one, -180, "便民服务日", date(2026, 3, 1)),
    ):
        make.make_hours(user, world.team, minutes, title=title, on=on, entry=entry)
    make.make_hours(user, world.team, 30, on=date(2027, 1, 1), origin=make.make_ticket(world.pipes))
    make.make_hours(world.mate, world.team, 999)
    lines = HourLine.objects.of(user)
    year = lines.between(date(2026, 1, 1), date(2026, 12, 31))
    assert hours.by_service(year) == [("陪诊", 1, 250), ("便民服务日", 1, 60)]
    found = hours.given(lines)
    assert (found.minutes, found.times) == (340, 3)
    assert (found.first, found.last) == (date(2026, 3, 1), date(2027, 1, 1))
    months = hours.by_month(lines, 2026)
    assert [one for one in months if one[1]] == [(3, 60), (12, 250)]
    assert [month for month, _minutes in months] == list(range(1, 13))
    ids = [user.pk, world.team_lead.pk]
    assert hours.totals(ids, date(2026, 1, 1), date(2026, 6, 30), world.team.pk) == {user.pk: 60}


def test_of_nothing_the_sums_are_nothing(world: World) -> None:
    lines = HourLine.objects.of(world.volunteer)
    assert hours.given(lines) == hours.Given(0, 0, None, None)
    assert hours.by_service(lines) == []
    assert sum(minutes for _month, minutes in hours.by_month(lines, 2026)) == 0


def test_hours_stay_with_whoever_leaves_the_team(world: World) -> None:
    make.make_hours(world.volunteer, world.team)
    Membership.objects.filter(user=world.volunteer).update(status="left")
    assert HourLine.objects.of(world.volunteer).total() == 180


# --- certificates


def issue(world: World, at: datetime = END, **said: Any) -> Certificate:
    return certificates.issue(world.court.community, actor=world.volunteer, at=at, **said)


def hold(world: World, minutes: int = 240, **said: Any) -> None:
    said.setdefault("on", date(2026, 12, 1))
    make.make_hours(world.volunteer, world.team, minutes, **said)


def test_certificates_are_numbered_in_their_order(world: World) -> None:
    hold(world)
    found = [issue(world).number for _ in range(3)]
    assert found == ["V2026-000001", "V2026-000002", "V2026-000003"]
    assert issue(world, local("2027-01-01T00:30")).number == "V2027-000001"


def test_a_certificate_holds_what_was_so_on_its_day(world: World) -> None:
    hold(world)
    made = issue(world)
    hold(world, 600, title="陪诊")
    hold(world, -240)
    world.volunteer.display_name = "改了名"
    world.volunteer.save()
    made.refresh_from_db()
    assert (made.name, made.minutes, made.times) == ("volunteer", 240, 1)
    assert made.services == [["便民服务日", 1, 240]]
    assert (made.from_date, made.to_date) == (date(2026, 12, 1), date(2026, 12, 8))
    assert made.signed_by == "team_lead"


def test_of_two_days_it_holds_what_lies_between_them(world: World) -> None:
    hold(world, 60, on=date(2026, 3, 1))
    hold(world, 90, on=date(2026, 6, 1))
    made = issue(world, first=date(2026, 5, 1), last=date(2026, 6, 1))
    assert (made.minutes, made.from_date, made.to_date) == (
        90,
        date(2026, 5, 1),
        date(2026, 6, 1),
    )


def test_without_hours_in_that_time_and_community_there_is_none(world: World) -> None:
    elsewhere = make.make_team(world.garden.community)
    make.make_hours(world.volunteer, elsewhere, on=date(2026, 12, 1))
    hold(world, on=date(2026, 12, 20))  # not come yet
    for said in ({}, {"first": date(2026, 12, 5), "last": date(2026, 12, 1)}):
        with pytest.raises(Invalid) as none:
            issue(world, **said)
        assert str(none.value) == "There are no confirmed hours in this time."


def page(number: str) -> str:
    return f"/volunteers/certificates/{number}/"


@pytest.mark.parametrize("who", [None, "neighbour", "team_lead"])
def test_the_public_page_shows_that_it_is_valid_and_what_was_agreed_to(
    world: World, as_: SignIn, who: str | None
) -> None:
    row = make.make_certificate(
        world.volunteer,
        world.court.community,
        minutes=4_321 * 6,
        services=[["陪诊服务", 7, 4_321 * 6]],
        issued_at=END,
    )
    row.name = "何守望"
    row.save()
    parts = {"shows_name": "何守望", "shows_hours": "432.1", "shows_services": "陪诊服务"}
    client = as_(getattr(world, who) if who else None)
    for shown in ([], ["shows_name"], ["shows_hours"], ["shows_services"], list(parts)):
        for name in parts:
            setattr(row, name, name in shown)
        row.save()
        answer = client.get(page(row.number))
        assert answer.status_code == 200
        html = answer.content.decode()
        assert row.number in html
        assert [name for name, words in parts.items() if words in html] == shown


def test_a_withdrawn_certificate_says_so_and_shows_no_more_than_that(
    world: World, as_: SignIn
) -> None:
    row = make.make_certificate(world.volunteer, world.court.community, issued_at=END)
    certificates.revoke(row, actor=world.volunteer, at=END, reason="重复")
    html = as_(None).get(page(row.number)).content.decode()
    assert "withdrawn" in html.lower()
    assert "重复" not in html


def test_a_number_that_was_never_issued_is_like_any_other_that_is_not_there(
    world: World, as_: SignIn
) -> None:
    make.make_certificate(world.volunteer, world.court.community, number="V2026-000001")
    client = as_(None)
    found = [client.get(page(n)) for n in ("V2026-000002", "V1999-000001", "nonsense")]
    assert [one.status_code for one in found] == [404] * 3
    bodies = {
        one.content.decode().replace(n, "")
        for one, n in zip(found, ("V2026-000002", "V1999-000001", "nonsense"), strict=True)
    }
    assert all("V2026-000001" not in body for body in bodies)


def test_nobody_leafs_through_the_numbers(world: World, as_: SignIn) -> None:
    row = make.make_certificate(world.volunteer, world.court.community, issued_at=END)
    client = as_(None)
    found = [client.get(page(f"V2026-{n:06d}")).status_code for n in range(30)]
    assert set(found) == {404}
    assert client.get(page("V2026-000031")).status_code == 429
    # also of one that is there
    assert client.get(page(row.number)).status_code == 429


def test_the_end_is_the_portal_s(world: World) -> None:
    entry = comes(world)
    here(entry, world, BEGIN)
    entries.check_out(entry, actor=SYSTEM, at=END + HOUR, moment=END + HOUR)
    assert (entry.left_at, entry.forgotten) == (END, True)
