"""What a reader found: each stays mended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import Message
from tests import factories as make
from tests.people import World
from volunteers.models import Entry, Membership, Shift, Swap
from volunteers.services import entries, members, shifts, swaps, sweeps
from workflow.actors import SYSTEM
from workflow.refusals import Invalid, WrongState

AsUser = Callable[..., Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_what_a_team_refused_is_read_by_who_asked_and_the_lead_alone(
    world: World, as_: AsUser
) -> None:
    shift = make.make_shift(world.team, status="asked", asked_by=world.desk, title="zqxkvj")
    shifts.refuse(shift, actor=world.team_lead, at=timezone.now(), reason="It names somebody")
    for person in (world.desk, world.team_lead):
        assert as_(person).get(shift.get_absolute_url()).status_code == 200
    for person in (world.mate, world.resident, world.manager):
        client = as_(person)
        assert client.get(shift.get_absolute_url()).status_code == 404
        assert "zqxkvj" not in client.get("/api/v1/shifts/?status=refused").content.decode()


def test_all_at_the_gate_are_those_who_were_expected(world: World, as_: AsUser) -> None:
    shift = make.make_shift(world.team, timezone.now() - HOUR, places=5)
    expected = make.make_entry(shift, world.volunteer)
    missed = make.make_entry(shift, world.mate, status="no_show")
    offered = make.make_entry(shift, world.team_lead, status="offered")
    url = reverse("volunteers:all", args=[shift.pk])
    as_(world.team_lead).post(url, {"verb": "check_in"})
    found = [Entry.objects.get(pk=one.pk).status for one in (expected, missed, offered)]
    assert found == ["checked_in", "no_show", "offered"]


def test_the_first_of_a_new_team_is_taken_in_by_who_founded_it(world: World, as_: AsUser) -> None:
    at = timezone.now()
    make.make_posting(world.manager, world.court.community, "manager")
    team = make.make_team(world.court.community, name="火花队")
    row = members.join(team, actor=world.resident, at=at)
    told = Message.objects.filter(kind="volunteers.membership.join")
    assert [one.recipient for one in told] == [world.manager]
    client = as_(world.manager)
    assert client.get(row.get_absolute_url()).status_code == 200
    members.approve(row, actor=world.manager, at=at)
    members.appoint(row, actor=world.manager, at=at, role="lead")
    second = members.join(team, actor=world.neighbour, at=at)
    told = Message.objects.filter(kind="volunteers.membership.join", object_id=second.pk)
    assert [one.recipient for one in told] == [world.resident]


def test_who_is_here_is_corrected_without_a_time_of_going(world: World, as_: AsUser) -> None:
    shift = make.make_shift(world.team, timezone.now() - HOUR)
    entry = make.make_entry(shift, world.volunteer, status="checked_in")
    url = reverse("volunteers:entry-correct", args=[entry.pk])
    client = as_(world.team_lead)
    form = client.get(url).context["form"]
    assert list(form.fields)[:2] == ["came", "reason"]
    came = timezone.localtime(shift.starts_at + timedelta(minutes=10))
    sent = {"came": f"{came:%H:%M}", "reason": "Saw it"}
    assert client.post(url, sent | {"version": ""}).status_code == 302
    entry.refresh_from_db()
    assert entry.status == "checked_in"
    assert timezone.localtime(entry.arrived_at).strftime("%H:%M") == sent["came"]


def test_a_lead_s_withdrawal_passes_the_place_on_and_tells_its_person(world: World) -> None:
    at = timezone.now()
    shift = make.make_shift(world.team, at + DAY, places=1)
    entry = make.make_entry(shift, world.volunteer)
    first = make.make_entry(shift, world.mate, status="waitlisted")
    entries.withdraw(entry, actor=world.team_lead, at=at)
    first.refresh_from_db()
    assert first.status == "offered"
    told = Message.objects.filter(kind="volunteers.entry.withdraw")
    assert [one.recipient for one in told] == [world.volunteer]


def test_a_place_that_nobody_could_take_is_offered_once_somebody_can(world: World) -> None:
    at = timezone.now()
    shift = make.make_shift(world.team, at + DAY, places=1)
    entry = make.make_entry(shift, world.volunteer)
    waits = make.make_entry(shift, world.mate, status="waitlisted")
    other = make.make_entry(make.make_shift(world.team, at + DAY), world.mate)
    entries.withdraw(entry, actor=world.volunteer, at=at)
    assert sweeps.run_out(at).done == 0
    assert Entry.objects.get(pk=waits.pk).status == "waitlisted"
    entries.withdraw(other, actor=world.mate, at=at)
    assert (sweeps.run_out(at).done, sweeps.run_out(at).done) == (1, 0)
    assert Entry.objects.get(pk=waits.pk).status == "offered"
    assert shift.posts.get().taken == 1


def test_a_swap_lapses_with_its_place(world: World, as_: AsUser) -> None:
    at = timezone.now()
    entry = make.make_entry(make.make_shift(world.team, at + DAY), world.volunteer)
    stays = make.make_entry(make.make_shift(world.team, at + 2 * DAY), world.volunteer)
    gone, kept = make.make_swap(entry, world.mate), make.make_swap(stays, world.mate)
    entries.withdraw(entry, actor=world.volunteer, at=at)
    assert [one.pk for one in as_(world.mate).get("/volunteers/").context["swaps"]] == [kept.pk]
    assert (sweeps.lapse(at).done, sweeps.lapse(at).done) == (1, 0)
    found = [Swap.objects.get(pk=one.pk).status for one in (gone, kept)]
    assert found == ["withdrawn", "asked"]
    with pytest.raises(WrongState):
        swaps.accept(gone, actor=world.mate, at=at)
    # and whoever asked finds what they asked
    page = as_(world.volunteer).get(stays.get_absolute_url()).content.decode()
    assert kept.get_absolute_url() in page


def test_what_is_left_open_after_the_end_is_closed_a_day_later(world: World) -> None:
    at = timezone.now()
    shift = make.make_shift(world.team, at - 2 * DAY, status="ended", places=5)
    here = make.make_entry(shift, world.volunteer, status="checked_in")
    never = make.make_entry(shift, world.mate)
    assert sweeps.tidy(at).done == 0
    Entry.objects.update(updated_at=at - DAY - HOUR)
    assert (sweeps.tidy(at).done, sweeps.tidy(at).done) == (1, 0)
    found = [Entry.objects.get(pk=one.pk) for one in (here, never)]
    assert [one.status for one in found] == ["checked_out", "no_show"]
    assert found[0].left_at == shift.ends_at


def test_an_offer_is_not_taken_with_a_certificate_that_ran_out(world: World) -> None:
    at = timezone.now()
    shift = make.make_shift(world.team, at + DAY, needs="first_aid")
    waits = make.make_entry(shift, world.mate, status="waitlisted")
    with pytest.raises(WrongState):
        entries.offer(waits, actor=world.team_lead, at=at)
    offered = make.make_entry(shift, world.volunteer, status="offered")
    with pytest.raises(Invalid):
        entries.accept(offered, actor=world.volunteer, at=at)


def test_the_ninth_shift_is_at_risk_too(world: World, as_: AsUser) -> None:
    at = timezone.now()
    for n in range(9):
        make.make_shift(world.team, at + HOUR + n * timedelta(hours=5), wanted=0)
    make.make_shift(world.team, at + 2 * DAY, title="Short", wanted=2)
    board = as_(world.team_lead).get(reverse("volunteers:board", args=[world.team.pk])).context
    assert [one.shift.title for one in board["board"].risks] == ["Short"]
    assert len(board["board"].shifts) == 8


def test_only_who_holds_what_a_post_needs_is_asked(world: World) -> None:
    at = timezone.now()
    make.make_paper(world.mate, status="confirmed")
    shift = make.make_shift(world.team, at + DAY, needs="first_aid", wanted=1)
    shifts.ask_members(shift, actor=world.team_lead, at=at)
    told = Message.objects.filter(kind="volunteers.shift.ask_members")
    assert [one.recipient for one in told] == [world.mate]


def test_who_came_and_went_in_the_same_minute_gave_no_day(world: World) -> None:
    shift = make.make_shift(world.team, timezone.now() - DAY)
    entry = make.make_entry(shift, world.volunteer, status="checked_out")
    same = timezone.localtime(shift.starts_at).time().replace(second=0, microsecond=0)
    entries.correct(
        entry,
        actor=world.team_lead,
        at=timezone.now(),
        came=time(same.hour, same.minute),
        went=time(same.hour, same.minute),
        reason="Left at once",
    )
    assert Entry.objects.get(pk=entry.pk).true_minutes == 0


def test_a_team_keeps_one_of_two_leads_who_go(world: World) -> None:
    at = timezone.now()
    Membership.objects.filter(user=world.mate).update(role="lead")
    one, two = (Membership.objects.get(user=who) for who in (world.team_lead, world.mate))
    members.leave(one, actor=world.team_lead, at=at)
    with pytest.raises(Invalid):
        members.leave(two, actor=world.mate, at=at)


def test_if_match_locks_the_shift_before_the_entry(
    world: World, as_: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of all others: else the end's sweep and a lead would wait for each other."""
    from volunteers.services import places

    locked: list[Any] = []
    real = places.lock_shift

    def noted(pk: int) -> Shift:
        locked.append(pk)
        return real(pk)

    monkeypatch.setattr(places, "lock_shift", noted)
    shift = make.make_shift(world.team, timezone.now() - HOUR)
    entry = make.make_entry(shift, world.volunteer, status="checked_in")
    client = as_(world.team_lead)
    url = reverse("volunteers:entry-correct", args=[entry.pk])
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields} | {"reason": "Seen"}
    assert client.post(url, sent).status_code == 302
    # once for the version that the page carried, once in the verb
    assert locked == [shift.pk, shift.pk]
    assert SYSTEM.pk is None
