"""/api/v1/ of the volunteers: the rows, verbs and refusals of the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories as make
from tests.people import World
from volunteers.models import Certificate, Entry, Membership, Shift, Swap

API = "/api/v1/"
SignIn = Callable[..., Client]
NOUNS = (
    "teams", "memberships", "qualifications", "shifts", "entries", "swaps", "hours", "certificates",
)  # fmt: skip


@pytest.fixture
def world(world: World) -> World:
    """Everybody reads English here."""
    for person in world.people().values():
        person.language = "en"
        person.save(update_fields=["language"])
    return world


def listed(client: Client, noun: str, query: str = "") -> list[Any]:
    rows: list[Any] = client.get(f"{API}{noun}/{query}").json()["results"]
    return rows


def send(client: Client, address: str, **data: Any) -> Any:
    return client.post(f"{API}{address}/", data, content_type="application/json")


def all_rows(world: World, n: int = 0) -> dict[str, Any]:
    """A row of each noun, of the volunteer's where it is somebody's; `n` keeps days apart."""
    shift = make.make_shift(world.team, timezone.now() + timedelta(days=2 + n), title=f"shift {n}")
    entry = make.make_entry(shift, world.volunteer)
    done = make.make_shift(world.team, timezone.now() - timedelta(days=2 + n), status="ended")
    make.make_entry(done, world.team_lead, status="checked_out")
    return {
        "teams": make.make_team(world.court.community, f"队 {n}"),
        "memberships": make.make_membership(make.make_user(f"applicant{n}"), world.team),
        "qualifications": make.make_paper(world.volunteer),
        "shifts": shift,
        "entries": entry,
        "swaps": make.make_swap(entry, world.mate),
        "hours": make.make_hours(world.volunteer, world.team),
        "certificates": make.make_certificate(world.volunteer, world.court.community),
    }


def key_of(noun: str, row: Any) -> Any:
    return row.number if noun == "certificates" else row.pk


# Who reads the volunteer's rows.
READERS = {
    "teams": {"volunteer", "mate", "team_lead", "resident"},
    "memberships": {"volunteer", "mate", "team_lead"},
    "qualifications": {"volunteer", "team_lead"},
    "shifts": {"volunteer", "mate", "team_lead", "resident"},
    "entries": {"volunteer", "team_lead"},
    "swaps": {"volunteer", "mate", "team_lead"},
    "hours": {"volunteer", "team_lead"},
    "certificates": {"volunteer"},
}


@pytest.mark.parametrize("noun", NOUNS)
def test_who_reads_it(world: World, as_: SignIn, noun: str) -> None:
    key = key_of(noun, all_rows(world)[noun])
    name = "number" if noun == "certificates" else "id"
    seen, opened = set(), set()
    for person in ("volunteer", "mate", "team_lead", "resident", "stranger"):
        client = as_(getattr(world, person))
        if key in [one[name] for one in listed(client, noun)]:
            seen.add(person)
        if client.get(f"{API}{noun}/{key}/").status_code == 200:
            opened.add(person)
    assert seen == opened == READERS[noun]
    assert as_(None).get(f"{API}{noun}/").status_code in {401, 403}


@pytest.mark.parametrize("reader", ["team_lead", "volunteer", "admin"])
@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_costs_the_same_for_one_row_and_three(
    world: World, as_: SignIn, noun: str, reader: str
) -> None:
    client = as_(getattr(world, reader))

    def queries() -> int:
        listed(client, noun)
        with CaptureQueriesContext(connection) as found:
            listed(client, noun)
        return len(found)

    all_rows(world)
    one = queries()
    for n in (1, 2):
        all_rows(world, n)
    assert queries() == one


# --- memberships


def test_phone_guardian_and_words_are_for_the_lead_and_oneself(world: World, as_: SignIn) -> None:
    world.volunteer.phone = "+8613800002207"
    world.volunteer.save()
    row = Membership.objects.get(user=world.volunteer)
    row.words, row.is_minor, row.guardian, row.guardian_phone = "你好", True, "张母", "13800000009"
    row.consented_on = timezone.localdate()
    row.save()
    make.make_posting(world.outsider, world.court.community, "manager")
    names = ("phone", "words", "is_minor", "guardian", "guardian_phone", "consented_on")
    whole = ["+8613800002207", "你好", True, "张母", "13800000009", row.consented_on.isoformat()]
    for person, told in (
        ("volunteer", whole),
        ("team_lead", whole),
        ("mate", ["", "", None, "", "", None]),
        # who founds the community's teams
        ("outsider", ["", "", None, "", "", None]),
    ):
        client = as_(getattr(world, person))
        shown = client.get(f"{API}memberships/{row.pk}/").json()
        assert [shown[name] for name in names] == told
        [line] = [one for one in listed(client, "memberships") if one["id"] == row.pk]
        assert [line[name] for name in names] == told
        assert shown["name"] == world.volunteer.name


def test_joining_a_team(world: World, as_: SignIn) -> None:
    resident, team = as_(world.resident), world.team.pk
    answer = send(resident, "memberships", team=team, skills=["escort"], words="周末有空")
    assert answer.status_code == 201
    row = Membership.objects.get(user=world.resident)
    assert answer.json()["id"] == row.pk
    assert (row.team, row.status, row.skills, row.words) == (
        world.team,
        "applied",
        ["escort"],
        "周末有空",
    )
    again = send(resident, "memberships", team=team)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    minor = send(as_(world.neighbour), "memberships", team=team, is_minor=True)
    assert (minor.status_code, "guardian" in minor.json()["detail"]) == (400, True)
    far = send(as_(world.stranger), "memberships", team=team)
    assert (far.status_code, list(far.json())) == (400, ["team"])
    odd = send(as_(world.neighbour), "memberships", team=team, skills=["flying"])
    assert (odd.status_code, list(odd.json())) == (400, ["skills"])
    approved = send(as_(world.team_lead), f"memberships/{row.pk}/approve")
    assert (approved.status_code, approved.json()["status"]) == (200, "active")


def test_the_lead_alone_may_judge_a_certificate_that_is_shown(world: World, as_: SignIn) -> None:
    paper, own = make.make_paper(world.volunteer), make.make_paper(world.team_lead)
    lead = {one["id"]: one["actions"] for one in listed(as_(world.team_lead), "qualifications")}
    assert lead == {paper.pk: ["confirm", "refuse"], own.pk: ["withdraw"]}
    [line] = listed(as_(world.volunteer), "qualifications")
    assert line["actions"] == ["withdraw"]
    assert send(as_(world.volunteer), f"qualifications/{paper.pk}/confirm").status_code == 403
    assert send(as_(world.mate), f"qualifications/{paper.pk}/confirm").status_code == 404
    answer = send(as_(world.team_lead), f"qualifications/{paper.pk}/confirm")
    assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")


# --- shifts


def plan(world: World, **said: Any) -> dict[str, Any]:
    begin = (timezone.now() + timedelta(days=3)).replace(microsecond=0)
    return {
        "team": world.team.pk,
        "title": "便民服务日",
        "starts_at": begin.isoformat(),
        "ends_at": (begin + timedelta(hours=3)).isoformat(),
        "posts": [
            {"name": "引导员", "wanted": 1, "places": 2},
            {"name": "义诊", "needs": "medical"},
        ],
        **said,
    }


def test_the_lead_makes_a_shift(world: World, as_: SignIn) -> None:
    answer = send(as_(world.team_lead), "shifts", **plan(world))
    shift = Shift.objects.get()
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["id"], shown["status"], shown["wanted"], shown["places"]) == (
        shift.pk, "open", 2, 3,
    )  # fmt: skip
    assert [(p["name"], p["places"], p["taken"], p["needs"]) for p in shown["posts"]] == [
        ("引导员", 2, 0, ""),
        ("义诊", 1, 0, "medical"),
    ]
    assert shift.gate_at == shift.starts_at


def test_shifts_that_cannot_be_made(world: World, as_: SignIn) -> None:
    lead, now = as_(world.team_lead), timezone.now()
    far = make.make_team(world.garden.community, "远处的队")
    assert send(as_(world.volunteer), "shifts", **plan(world)).status_code == 403
    gone, late = (now - timedelta(days=1)).isoformat(), (now + timedelta(days=9)).isoformat()
    twice = [{"name": "引导员"}, {"name": "引导员\u200b"}]
    for wrong, place in (
        ({"team": far.pk}, "team"),
        ({"posts": []}, "posts"),
        ({"posts": [{"name": ""}]}, "posts"),
        ({"title": ""}, "title"),
        ({"title": "\u200b"}, "title"),
        ({"starts_at": "0001-01-01T00:00:00"}, "starts_at"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"starts_at": gone}, "detail"),
        ({"ends_at": late}, "detail"),
        ({"gate_at": now.isoformat()}, "detail"),
        ({"posts": twice}, "detail"),
        ({"posts": [{"name": "引导员", "wanted": 3, "places": 2}]}, "detail"),
    ):
        answer = send(lead, "shifts", **plan(world, **wrong))
        assert (answer.status_code, place in answer.json()) == (400, True), wrong
    assert Shift.objects.count() == 0


def test_sign_up_that_would_have_opened_long_ago_is_open(world: World, as_: SignIn) -> None:
    answer = send(as_(world.team_lead), "shifts", **plan(world, opens_at="0001-01-02T00:00:00Z"))
    assert (answer.status_code, answer.json()["opens_at"]) == (201, None)


def test_each_post_answers_its_reader(world: World, as_: SignIn) -> None:
    shift = make.make_shift(world.team)
    post = shift.posts.get()

    def answer(person: Any) -> list[tuple[int, str]]:
        shown = as_(person).get(f"{API}shifts/{shift.pk}/").json()
        assert all(one["words"] for one in shown["answers"])
        return [(one["post"], one["reason"]) for one in shown["answers"]]

    assert answer(world.volunteer) == [(post.pk, "free")]
    assert answer(world.resident) == [(post.pk, "not_member")]
    make.make_entry(shift, world.volunteer)
    assert answer(world.volunteer) == [(post.pk, "in")]
    make.make_entry(shift, world.team_lead)
    assert answer(world.mate) == [(post.pk, "full")]


def test_what_was_done_to_a_shift_is_for_its_lead(world: World, as_: SignIn) -> None:
    made = send(as_(world.team_lead), "shifts", **plan(world)).json()
    assert [one["verb"] for one in made["timeline"]] == ["make"]
    assert as_(world.volunteer).get(f"{API}shifts/{made['id']}/").json()["timeline"] == []


def test_signing_up(world: World, as_: SignIn) -> None:
    shift = make.make_shift(world.team, places=1)
    post, address = shift.posts.get(), f"shifts/{shift.pk}/sign-up"
    answer = send(as_(world.volunteer), address, post=post.pk)
    entry = Entry.objects.get()
    assert (answer.status_code, answer.json()["id"]) == (201, entry.pk)
    shown = answer.json()
    assert (shown["status"], shown["name"], shown["post_name"], shown["title"]) == (
        "confirmed",
        world.volunteer.name,
        post.name,
        shift.title,
    )
    assert "withdraw" in shown["actions"]
    again = send(as_(world.volunteer), address, post=post.pk)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    full = send(as_(world.mate), address, post=post.pk)
    assert (full.status_code, "All places are taken" in full.json()["detail"]) == (409, True)
    waits = send(as_(world.mate), address, post=post.pk, wait=True)
    assert (waits.status_code, waits.json()["status"]) == (201, "waitlisted")
    outside = send(as_(world.resident), address, post=post.pk)
    assert (outside.status_code, outside.json()["code"]) == (403, "not_allowed")
    assert send(as_(world.stranger), address, post=post.pk).status_code == 404
    other = make.make_shift(world.team, timezone.now() + timedelta(days=5)).posts.get()
    for wrong in ({}, {"post": other.pk}, {"post": 1.5}, {"post": "x"}):
        refused = send(as_(world.team_lead), address, **wrong)
        assert (refused.status_code, list(refused.json())) == (400, ["post"])
    assert Entry.objects.count() == 2


# --- entries and swaps


def test_a_lead_reads_who_comes_and_acts(world: World, as_: SignIn) -> None:
    shift = make.make_shift(world.team, timezone.now() + timedelta(minutes=20))
    entry = make.make_entry(shift, world.volunteer)
    [line] = listed(as_(world.team_lead), "entries", f"?shift={shift.pk}")
    assert (line["name"], line["shift"], line["minutes"]) == (
        world.volunteer.name, shift.pk, None,
    )  # fmt: skip
    assert "check_in" in line["actions"]
    answer = send(as_(world.team_lead), f"entries/{entry.pk}/check_in")
    assert (answer.status_code, answer.json()["status"]) == (200, "checked_in")
    assert [one["verb"] for one in answer.json()["timeline"]] == ["check_in"]


def test_nobody_confirms_hours_of_their_own_where_another_leads(world: World, as_: SignIn) -> None:
    done = make.make_shift(world.team, timezone.now() - timedelta(days=2), status="ended")
    own = make.make_entry(done, world.team_lead, status="checked_out")

    def actions() -> list[str]:
        [line] = listed(as_(world.team_lead), "entries")
        return list(line["actions"])

    assert "confirm_hours" in actions()
    make.make_membership(world.resident, world.team, "deputy")
    assert "confirm_hours" not in actions()
    assert send(as_(world.team_lead), f"entries/{own.pk}/confirm_hours").status_code == 403


def test_asking_a_member_to_swap(world: World, as_: SignIn) -> None:
    entry = make.make_entry(make.make_shift(world.team), world.volunteer)
    later = make.make_shift(world.team, timezone.now() + timedelta(days=4), title="夜巡")
    other = make.make_entry(later, world.mate)
    mate, own = (Membership.objects.get(user=who) for who in (world.mate, world.volunteer))
    volunteer = as_(world.volunteer)
    for wrong, place in (
        ({"entry": other.pk}, "entry"),
        ({"member": own.pk}, "detail"),
        ({"other": entry.pk}, "other"),
        ({"member": 0}, "member"),
    ):
        said = {"entry": entry.pk, "member": mate.pk, **wrong}
        answer = send(volunteer, "swaps", **said)
        assert (answer.status_code, place in answer.json()) == (400, True), wrong
    asked: dict[str, Any] = {"entry": entry.pk, "member": mate.pk, "other": other.pk}
    answer = send(volunteer, "swaps", **asked, words="可以吗")
    swap = Swap.objects.get()
    assert (answer.status_code, answer.json()["id"]) == (201, swap.pk)
    shown = answer.json()
    assert (shown["name"], shown["asked_name"], shown["other_title"], shown["actions"]) == (
        world.volunteer.name,
        world.mate.name,
        "夜巡",
        ["withdraw"],
    )
    assert send(volunteer, "swaps", **asked).status_code == 409
    assert send(volunteer, f"swaps/{swap.pk}/accept").status_code == 403
    taken = send(as_(world.mate), f"swaps/{swap.pk}/accept")
    assert (taken.status_code, taken.json()["status"]) == (200, "accepted")
    assert set(Entry.objects.standing().values_list("shift", "user")) == {
        (entry.shift_id, world.mate.pk),
        (later.pk, world.volunteer.pk),
    }


# --- hours and certificates


def test_hours_are_read_and_never_written(world: World, as_: SignIn) -> None:
    line = make.make_hours(world.volunteer, world.team, 90)
    [shown] = listed(as_(world.volunteer), "hours")
    assert (shown["id"], shown["minutes"], shown["name"]) == (line.pk, 90, world.volunteer.name)
    assert send(as_(world.volunteer), "hours", minutes=900).status_code == 405
    for noun in ("teams", "qualifications", "entries"):
        assert send(as_(world.admin), noun).status_code == 405


def test_issuing_a_certificate(world: World, as_: SignIn) -> None:
    make.make_hours(world.volunteer, world.team, 90)
    community, volunteer = world.court.community.pk, as_(world.volunteer)
    answer = send(volunteer, "certificates", community=community)
    made = Certificate.objects.get()
    assert (answer.status_code, answer.json()["number"]) == (201, made.number)
    assert answer.json()["services"] == [{"title": "便民服务日", "times": 1, "minutes": 90}]
    assert answer.json()["actions"] == ["show", "revoke"]
    early = send(volunteer, "certificates", community=community, last="2000-01-01")
    assert (early.status_code, "no confirmed hours" in early.json()["detail"]) == (400, True)
    none = send(as_(world.mate), "certificates", community=community)
    assert (none.status_code, list(none.json())) == (400, ["community"])
    shown = send(volunteer, f"certificates/{made.number}/show", shows_hours=True)
    assert (shown.status_code, shown.json()["shows_hours"]) == (200, True)
    assert send(as_(world.mate), f"certificates/{made.number}/revoke").status_code == 404


# --- filters and the schema


def test_lists_are_filtered(world: World, as_: SignIn) -> None:
    rows = all_rows(world)
    lead = as_(world.team_lead)
    for query, noun, found in (
        ("?upcoming=true", "shifts", [rows["shifts"].pk]),
        ("?status=confirmed", "entries", [rows["entries"].pk]),
        ("?kind=driving", "qualifications", []),
        ("?status=accepted", "swaps", []),
        (f"?team={world.team.pk}", "hours", [rows["hours"].pk]),
        ("?q=队 0", "teams", [rows["teams"].pk]),
    ):
        assert [one["id"] for one in listed(lead, noun, query)] == found, noun
    assert lead.get(f"{API}shifts/?status=nonsense").status_code == 400


def test_the_schema_says_what_is_sent_and_answered(world: World, as_: SignIn) -> None:
    schema = as_(world.admin).get("/api/schema/?format=json").json()
    paths, parts = schema["paths"], schema["components"]["schemas"]
    for noun in NOUNS:
        assert "get" in paths[f"{API}{noun}/"]
    for address, asked, answered in (
        ("memberships/", "NewMembership", "Membership"),
        ("shifts/", "NewShift", "ShiftDetail"),
        ("shifts/{id}/sign-up/", "SignUp", "EntryDetail"),
        ("swaps/", "NewSwap", "Swap"),
        ("certificates/", "NewCertificate", "Certificate"),
    ):
        post = paths[f"{API}{address}"]["post"]
        sent = post["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        told = post["responses"]["201"]["content"]["application/json"]["schema"]["$ref"]
        assert (sent.rpartition("/")[2], told.rpartition("/")[2]) == (f"{asked}Request", answered)
    assert "guardian_phone" in parts["NewMembershipRequest"]["properties"]
    assert set(parts["ShiftDetail"]["properties"]) >= {"posts", "answers", "timeline", "links"}
