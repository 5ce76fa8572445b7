"""The pages of members, of the lead and of residents: what they say, what one tap does, and what
they cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.dates import said_span
from tests import factories as make
from tests.people import World
from volunteers.models import Entry, HourLine, Membership, Shift, ShiftPost, Swap
from volunteers.services.entries import code_of

AsUser = Callable[..., Client]
DAY = timedelta(days=1)


@pytest.fixture
def english(world: World) -> World:
    for person in world.people().values():
        person.language = "en"
        person.save(update_fields=["language"])
    return world


def begun(world: World, **fields: Any) -> Shift:
    """One that has begun an hour ago."""
    return make.make_shift(world.team, timezone.now() - timedelta(hours=1), **fields)


def page_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def messages_of(answer: Any) -> list[str]:
    return [str(one) for one in answer.context["messages"]]


# --- members


def test_the_next_shift_is_the_pass_and_the_others_stand_below(english: World, as_: AsUser) -> None:
    later = make.make_entry(
        make.make_shift(english.team, timezone.now() + 2 * DAY, title="Later"), english.volunteer
    )
    first = make.make_entry(make.make_shift(english.team, title="First"), english.volunteer)
    answer = as_(english.volunteer).get("/volunteers/")
    assert answer.context["next"] == first
    assert answer.context["later"] == [later]
    assert reverse("volunteers:entry", args=[first.pk]) in answer.content.decode()


def test_an_offer_is_never_the_pass(english: World, as_: AsUser) -> None:
    entry = make.make_entry(make.make_shift(english.team), english.volunteer, status="offered")
    answer = as_(english.volunteer).get("/volunteers/")
    assert (answer.context["next"], answer.context["offered"]) == (None, [entry])
    assert "A place is held for you" in answer.content.decode()


def test_each_post_stands_in_the_list_with_its_reason(english: World, as_: AsUser) -> None:
    make.make_shift(english.team, title="Open")
    full = make.make_shift(english.team, timezone.now() + 2 * DAY, title="Full", places=1)
    make.make_entry(full, english.mate)
    make.make_shift(english.team, timezone.now() + 3 * DAY, title="Licensed", needs="medical")
    client = as_(english.volunteer)
    answer = client.get("/volunteers/")
    found = {line["shift"].title: line["answer"].reason for line in answer.context["open"]}
    shut = {line["shift"].title: line["answer"].reason for line in answer.context["shut"]}
    assert (found, shut) == ({"Open": "free"}, {"Full": "full", "Licensed": "not_qualified"})
    assert answer.context["counts"] == {"all": 3, "can": 1, "skilled": 0}
    assert list(client.get("/volunteers/?view=can").context["shut"]) == []
    assert client.get("/volunteers/?view=nonsense").context["view"] == "all"


@pytest.mark.parametrize(
    ("hour", "ends"), [(9, "09:00–12:00"), (22, "22:00–")], ids=["by day", "past midnight"]
)
def test_the_list_and_the_shift_say_the_same_time(
    english: World, as_: AsUser, hour: int, ends: str
) -> None:
    now = timezone.localtime()
    begin = (now + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
    shift = make.make_shift(english.team, begin, title="Same")
    client, said = as_(english.volunteer), said_span(shift.starts_at, shift.ends_at, now)
    assert ends in said
    for url in (
        "/volunteers/",
        shift.get_absolute_url(),
        english.team.get_absolute_url(),
    ):
        assert said in page_of(client, url), url


def test_signing_up_twice_says_that_one_is_in(english: World, as_: AsUser) -> None:
    post = ShiftPost.objects.get(shift=make.make_shift(english.team))
    client, url = as_(english.volunteer), reverse("volunteers:sign-up", args=[post.pk])
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 409
    assert Entry.objects.filter(user=english.volunteer).count() == 1


def test_whoever_is_in_no_team_is_led_to_the_teams(english: World, as_: AsUser) -> None:
    client = as_(english.resident)
    assert client.get("/volunteers/")["Location"] == "/volunteers/teams/"
    assert english.team.name in page_of(client, "/volunteers/teams/")


def test_a_swap_is_asked_on_the_page_and_read_by_both(english: World, as_: AsUser) -> None:
    entry = make.make_entry(make.make_shift(english.team, title="Mine"), english.volunteer)
    url = reverse("volunteers:swap-new", args=[entry.pk])
    mate = Membership.objects.get(user=english.mate)
    client = as_(english.volunteer)
    assert "Mine" in page_of(client, url)
    assert client.post(url, {"member": ""}).status_code == 422
    answer = client.post(url, {"member": mate.pk, "words": "I am away"})
    swap = Swap.objects.get()
    assert answer["Location"] == swap.get_absolute_url()
    shown = page_of(as_(english.mate), swap.get_absolute_url())
    assert "I am away" in shown
    assert "simply step in" in shown
    assert "asks you to take a place" in page_of(as_(english.mate), "/volunteers/")


def test_a_minor_joins_with_a_guardian_whom_mates_do_not_read(english: World, as_: AsUser) -> None:
    url = reverse("volunteers:join", args=[english.team.pk])
    client = as_(english.neighbour)
    sent = {"is_minor": "on", "words": "I like to help"}
    assert client.post(url, sent).status_code == 422
    sent |= {"guardian": "Aunt Zhuo", "guardian_phone": "13900002222"}
    assert client.post(url, sent).status_code == 302
    row = Membership.objects.get(user=english.neighbour)
    assert "Aunt Zhuo" in page_of(as_(english.team_lead), row.get_absolute_url())
    approve = reverse("volunteers:membership-approve", args=[row.pk])
    lead = as_(english.team_lead)
    assert lead.post(approve, {}).status_code == 200
    assert Membership.objects.get(pk=row.pk).status == "applied"
    assert lead.post(approve, {"consented_on": f"{timezone.localdate()}"}).status_code == 302
    read = page_of(as_(english.mate), row.get_absolute_url())
    assert "neighbour" in read
    for secret in ("Aunt Zhuo", "0000 2222", "I like to help", "Under 18"):
        assert secret not in read


# --- the lead at the gate


def test_the_gate_checks_in_by_one_tap_and_out_by_the_next(english: World, as_: AsUser) -> None:
    shift = begun(english)
    entry = make.make_entry(shift, english.volunteer)
    client, gate = as_(english.team_lead), reverse("volunteers:gate", args=[shift.pk])
    assert "0 of 1 here" in page_of(client, gate)
    url = reverse("volunteers:entry-check_in", args=[entry.pk])
    assert url in page_of(client, gate)
    answer = client.post(url, {"next": gate})
    assert answer["Location"] == gate
    shown = page_of(client, gate)
    assert "1 of 1 here" in shown
    assert reverse("volunteers:entry-check_out", args=[entry.pk]) in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("4321", "Is here."),
        ("138 0000 4321", "Is here."),
        ("9999", "Nobody of this shift has these digits."),
        ("21", "Nobody of this shift has these digits."),
        ("", "Nobody of this shift has these digits."),
    ],
)
def test_the_digits_of_a_phone_check_in(english: World, as_: AsUser, typed: str, said: str) -> None:
    english.volunteer.phone = "+8613800004321"
    english.volunteer.save()
    shift = begun(english)
    make.make_entry(shift, english.volunteer)
    url = reverse("volunteers:tail", args=[shift.pk])
    answer = as_(english.team_lead).post(url, {"tail": typed}, follow=True)
    assert said in messages_of(answer)[0]


def test_the_same_digits_twice_are_taken_from_the_list(english: World, as_: AsUser) -> None:
    shift = begun(english)
    for person, number in ((english.volunteer, "+8613800004321"), (english.mate, "+8613900004321")):
        person.phone = number
        person.save()
        make.make_entry(shift, person)
    url = reverse("volunteers:tail", args=[shift.pk])
    answer = as_(english.team_lead).post(url, {"tail": "4321"}, follow=True)
    assert messages_of(answer) == ["More than one has these digits: take them from the list."]
    assert not Entry.objects.came().exists()


def test_a_pass_leads_the_lead_on_and_others_nowhere(english: World, as_: AsUser) -> None:
    entry = make.make_entry(begun(english), english.volunteer)
    url = reverse("volunteers:pass", args=[code_of(entry)])
    lead = as_(english.team_lead)
    assert lead.get(url)["Location"] == reverse("volunteers:entry-check_in", args=[entry.pk])
    assert as_(english.volunteer).get(url)["Location"] == entry.get_absolute_url()
    assert as_(english.mate).get(url).status_code == 404
    forged = reverse("volunteers:pass", args=[f"{entry.pk}-aaaaaaaaaaaa"])
    assert lead.get(forged).status_code == 404
    Entry.objects.filter(pk=entry.pk).update(status="checked_in", arrived_at=timezone.now())
    assert lead.get(url)["Location"] == reverse("volunteers:entry-check_out", args=[entry.pk])


def test_all_rows_at_once_leave_questioned_hours_alone(english: World, as_: AsUser) -> None:
    shift = make.make_shift(english.team, timezone.now() - DAY, places=3)
    plain = make.make_entry(shift, english.volunteer, status="checked_out")
    asked = make.make_entry(shift, english.mate, status="checked_out", dispute="No")
    client, url = as_(english.team_lead), reverse("volunteers:all", args=[shift.pk])
    answer = client.post(url, {"verb": "confirm_hours", "back": "board"})
    assert answer["Location"] == reverse("volunteers:board", args=[english.team.pk])
    plain.refresh_from_db()
    asked.refresh_from_db()
    assert (plain.status, asked.status) == ("hours_confirmed", "checked_out")
    assert client.post(url, {"verb": "withdraw"}).status_code == 404


def test_the_board_says_what_is_at_risk(english: World, as_: AsUser) -> None:
    make.make_shift(english.team, title="Short", wanted=2, places=4)
    make.make_shift(english.team, timezone.now() + 9 * DAY, title="Far", wanted=2, places=4)
    late = begun(english, title="Running", wanted=0)
    make.make_entry(late, english.volunteer)
    answer = as_(english.team_lead).get(reverse("volunteers:board", args=[english.team.pk]))
    risks = {one.shift.title: (one.missing, one.absent) for one in answer.context["board"].risks}
    assert risks == {"Running": (0, ["volunteer"]), "Short": (2, [])}


def test_a_shift_is_made_by_hand_like_another_and_wrongly(english: World, as_: AsUser) -> None:
    client, url = as_(english.team_lead), reverse("volunteers:shift-new")
    assert client.post(url, {}).status_code == 422
    day = timezone.localdate() + timedelta(days=3)
    sent = {
        "team": english.team.pk,
        "title": "Night walk",
        "on": f"{day}",
        "begin": "22:00",
        "end": "01:00",
        "gate": "21:45",
        "withdraw_hours": "4",
        "post_1": "Walker",
        "wanted_1": "2",
        "places_1": "3",
        "post_2": "Light",
        "wanted_2": "1",
        "places_2": "1",
    }
    made = Shift.objects.get(pk=int(client.post(url, sent)["Location"].strip("/").split("/")[-1]))
    # an end before its start is the next day
    assert made.ends_at - made.starts_at == timedelta(hours=3)
    assert (made.wanted, made.places) == (3, 4)
    again = client.get(f"{url}?like={made.pk}").context["form"]
    assert again["title"].value() == "Night walk"
    assert again["on"].value() == day + timedelta(days=7)
    assert again["post_2"].value() == "Light"
    assert client.post(url, {**sent, "places_1": "1"}).status_code == 422


# --- isolation


def test_another_community_finds_nothing(english: World, as_: AsUser) -> None:
    entry = make.make_entry(make.make_shift(english.team, title="Zqx"), english.volunteer)
    make.make_hours(english.volunteer, english.team, title="Zqx")
    for person in (english.stranger, english.outsider, english.far_member):
        client = as_(person)
        for url in ("/volunteers/teams/", "/volunteers/hours/", "/calendar/"):
            assert "Zqx" not in page_of(client, url)
        for url in (entry.get_absolute_url(), entry.shift.get_absolute_url()):
            assert client.get(url).status_code == 404


def test_a_shift_stands_in_the_calendar_of_whoever_is_in_it(english: World, as_: AsUser) -> None:
    shift = make.make_shift(english.team, timezone.now() + timedelta(hours=2), title="Zqx")
    make.make_entry(shift, english.volunteer)
    month = f"/calendar/?month={timezone.localtime(shift.gate_at):%Y-%m}"
    assert "Zqx" in page_of(as_(english.volunteer), month)
    assert "Zqx" not in page_of(as_(english.mate), month)


# --- statements


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def more(world: World, n: int, at: datetime) -> None:
    """One more of everything: a member, a shift of each time, entries and hours."""
    person = make.make_user(f"more-{n}")
    make.make_membership(person, world.team)
    ahead = make.make_shift(world.team, at + (n + 1) * DAY, places=9, needs="first_aid")
    soon = make.make_shift(world.team, at - timedelta(minutes=n), places=9)
    past = make.make_shift(world.team, at - (n + 2) * DAY, places=9)
    for who in (person, world.volunteer):
        make.make_entry(ahead, who)
        make.make_entry(past, who, status="checked_out")
    make.make_entry(soon, person)
    make.make_entry(soon, world.mate, status="waitlisted")
    free = make.make_shift(world.team, at + (n + 1) * DAY + timedelta(hours=4), places=9)
    make.make_swap(make.make_entry(free, person), world.volunteer)
    make.make_hours(world.volunteer, world.team, title=f"Service {n}")
    make.make_paper(person)
    make.make_shift(world.team, at + (n + 1) * DAY, status="asked", asked_by=world.desk)


def test_one_row_costs_as_much_as_three(english: World, as_: AsUser) -> None:
    at = timezone.now()
    more(english, 0, at)
    shift = begun(english, places=20)
    make.make_entry(shift, english.mate)
    member, lead = as_(english.volunteer), as_(english.team_lead)
    team = english.team.pk
    pages = [
        *((member, url) for url in ("/volunteers/", "/volunteers/hours/", "/volunteers/teams/")),
        *((lead, reverse(f"volunteers:{name}", args=[team])) for name in ("team", "board")),
        *((lead, reverse(f"volunteers:{name}", args=[shift.pk])) for name in ("shift", "gate")),
        *((lead, reverse(f"volunteers:{name}")) for name in ("members", "ledger")),
    ]
    once = [queries(client, url) for client, url in pages]
    for n in (1, 2):
        more(english, n, at)
        person = make.make_user(f"here-{n}")
        make.make_membership(person, english.team)
        make.make_entry(shift, person)
    thrice = [queries(client, url) for client, url in pages]
    urls = [url for _client, url in pages]
    assert dict(zip(urls, thrice, strict=True)) == dict(zip(urls, once, strict=True))
    assert HourLine.objects.count() == 3


# --- a team is asked


def asked_of(english: World, kind: str) -> tuple[Any, Any]:
    """A row of which a shift is made, and somebody who works on it."""
    if kind == "ticket":
        return make.make_ticket(english.pipes, unit=english.home, title="Bulb"), english.dispatcher
    if kind == "visit":
        visit = make.make_visit(english.home, assignee=english.grid_member)
        return visit, english.grid_member
    matter = make.make_matter(
        english.branch, english.property_branch, title="Inner zqxkvj", public_title="Bulb"
    )
    return matter, english.secretary


@pytest.mark.parametrize("kind", ["ticket", "visit", "matter"])
def test_a_ticket_a_visit_and_a_matter_ask_a_team(english: World, as_: AsUser, kind: str) -> None:
    row, person = asked_of(english, kind)
    client = as_(person)
    shown = page_of(client, row.get_absolute_url())
    url = f"{reverse('volunteers:ask')}?origin={row._meta.label_lower}.{row.pk}"
    assert url in shown
    form = client.get(url).context["form"]
    assert form["title"].value() == ("" if kind == "visit" else "Bulb")
    sent = {
        "team": english.team.pk,
        "title": "Home repair for an elder",
        "helpers": "2",
        "on": f"{timezone.localdate() + DAY}",
        "begin": "10:00",
        "end": "11:00",
    }
    shift = Shift.objects.get(pk=int(client.post(url, sent)["Location"].strip("/").split("/")[-1]))
    assert (shift.status, shift.origin, shift.asked_by) == ("asked", row, person)
    assert "Home repair for an elder" in page_of(client, row.get_absolute_url())
    assert row.get_absolute_url() in page_of(client, shift.get_absolute_url())
    lead = as_(english.team_lead)
    read = page_of(lead, shift.get_absolute_url())
    assert row.get_absolute_url() not in read
    assert "zqxkvj" not in read
    assert lead.post(reverse("volunteers:shift-take_on", args=[shift.pk])).status_code == 302
    assert as_(english.stranger).get(url).status_code == 403
