"""claim, approve, refuse, withdraw: through the service, the page and the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from estates.models import Claim, Occupant, Relation
from estates.services import claims
from notifications.models import Message
from tests import factories as make
from tests.people import World
from workflow.refusals import Invalid, NotAllowed, TooOften, WrongState

SignIn = Callable[..., Client]
AT = timezone.now()


@pytest.fixture
def newcomer(world: World) -> User:
    return make.make_user("newcomer", display_name="林女士")


@pytest.fixture
def asked(world: World, newcomer: User) -> Claim:
    """林女士 says that she lives in 1204."""
    return claims.claim(
        world.home, name="林女士", relation=Relation.TENANT, actor=newcomer, at=AT, words="刚租"
    )


def told(kind: str) -> list[str]:
    messages = Message.objects.filter(kind=kind).order_by("recipient__username")
    return [message.recipient.username for message in messages]


def test_claim_waits_and_tells_the_desk_of_that_estate(asked: Claim) -> None:
    assert asked.status == "pending"
    assert told("estates.claim.claim") == ["desk", "dispatcher", "manager"]
    assert list(Entry.objects.for_row(asked).values_list("code", flat=True)) == [
        "estates.claim.claim"
    ]


def test_a_second_claim_to_the_home_is_refused(asked: Claim, newcomer: User) -> None:
    with pytest.raises(WrongState):
        claims.claim(asked.unit, name="林", relation="owner", actor=newcomer, at=AT)
    assert Claim.objects.count() == 1


def test_an_occupant_cannot_claim_the_own_home(world: World) -> None:
    with pytest.raises(WrongState):
        claims.claim(world.home, name="x", relation="owner", actor=world.resident, at=AT)


def test_nobody_claims_the_whole_house(world: World, newcomer: User) -> None:
    for number in range(claims.PENDING_AT_ONCE):
        unit = make.make_unit(world.court, "9 栋", "", f"{number}")
        claims.claim(unit, name="x", relation="owner", actor=newcomer, at=AT)
    with pytest.raises(TooOften):
        claims.claim(world.home, name="x", relation="owner", actor=newcomer, at=AT)


@pytest.mark.parametrize("who", ["manager", "dispatcher", "desk"])
def test_the_desk_approves(world: World, asked: Claim, newcomer: User, who: str) -> None:
    claims.approve(asked, actor=getattr(world, who), at=AT)
    occupant = Occupant.objects.get(user=newcomer)
    assert (asked.status, asked.method, asked.occupant) == ("approved", "staff", occupant)
    assert (occupant.unit, occupant.name, occupant.relation) == (world.home, "林女士", "tenant")
    assert told("estates.claim.approve") == ["newcomer"]


def test_approving_takes_the_row_of_that_name_from_the_roster(world: World, asked: Claim) -> None:
    row = make.make_occupant(world.home, name="林女士", phone="+8613800000001")
    claims.approve(asked, actor=world.desk, at=AT)
    row.refresh_from_db()
    assert (row.user, row.relation) == (asked.user, "owner")
    assert Occupant.objects.filter(unit=world.home, name="林女士").count() == 1


@pytest.mark.parametrize("who", ["technician", "inspector", "resident", "outsider"])
def test_others_may_not_decide(world: World, asked: Claim, who: str) -> None:
    for verb in (claims.approve, lambda row, **k: claims.refuse(row, reason="no", **k)):
        with pytest.raises(NotAllowed):
            verb(asked, actor=getattr(world, who), at=AT)
    assert Claim.objects.get().status == "pending"


def test_nobody_approves_the_own_claim(world: World) -> None:
    row = claims.claim(world.home, name="x", relation="owner", actor=world.desk, at=AT)
    with pytest.raises(NotAllowed):
        claims.approve(row, actor=world.desk, at=AT)


def test_refusing_wants_a_reason_and_tells_it(world: World, asked: Claim) -> None:
    with pytest.raises(Invalid):
        claims.refuse(asked, reason="  ", actor=world.desk, at=AT)
    claims.refuse(asked, reason="请带租赁合同", actor=world.desk, at=AT)
    assert (asked.status, asked.reason, asked.decided_at) == ("refused", "请带租赁合同", AT)
    assert "请带租赁合同" in Message.objects.get(kind="estates.claim.refuse").body


def test_only_the_claimant_withdraws(world: World, asked: Claim, newcomer: User) -> None:
    with pytest.raises(NotAllowed):
        claims.withdraw(asked, actor=world.desk, at=AT)
    claims.withdraw(asked, actor=newcomer, at=AT)
    assert asked.status == "withdrawn"


@pytest.mark.parametrize("verb", claims.MOVES)
def test_a_decided_claim_is_decided(world: World, asked: Claim, newcomer: User, verb: str) -> None:
    claims.refuse(asked, reason="no", actor=world.desk, at=AT)
    actor = newcomer if verb == "withdraw" else world.desk
    options: dict[str, Any] = {"reason": "no"} if verb == "refuse" else {}
    with pytest.raises(WrongState):
        getattr(claims, verb)(asked, actor=actor, at=AT, **options)


# By the phone


def verified(username: str, phone: str, **fields: Any) -> User:
    return make.make_user(username, phone=phone, phone_verified=True, **fields)


def test_signing_in_with_a_phone_of_the_roster_is_coming_home(world: World, client: Client) -> None:
    row = make.make_occupant(world.home, name="周先生", phone="+8613800000002")
    somebody = verified("somebody", "+8613800000002")
    client.force_login(somebody)
    row.refresh_from_db()
    assert row.user == somebody
    claim = Claim.objects.get()
    assert (claim.status, claim.method, claim.occupant) == ("approved", "phone", row)
    assert claims.claim_by_phone(somebody, at=AT) == []


def test_an_unverified_phone_opens_nothing(world: World) -> None:
    make.make_occupant(world.home, name="周先生", phone="+8613800000002")
    somebody = make.make_user("somebody", phone="+8613800000002")
    assert claims.claim_by_phone(somebody, at=AT) == []
    assert not Occupant.objects.filter(user=somebody).exists()


def test_of_two_rows_with_one_phone_the_own_name_counts(world: World) -> None:
    make.make_occupant(world.home, name="甲", phone="+8613800000003")
    mine = make.make_occupant(world.home, name="乙", phone="+8613800000003")
    elsewhere = make.make_occupant(world.next_door, name="丙", phone="+8613800000003")
    ended = make.make_occupant(
        world.far_home, name="乙", phone="+8613800000003", to_date=AT.date() - timedelta(days=9)
    )
    somebody = verified("somebody", "+8613800000003", display_name="乙")
    claims.claim_by_phone(somebody, at=AT)
    assert list(Occupant.objects.filter(user=somebody).order_by("pk")) == [mine, elsewhere]
    assert ended.user is None


# The doors


def test_pages_of_a_claim(world: World, asked: Claim, newcomer: User, as_: SignIn) -> None:
    page = reverse("estates:claim", args=[asked.pk])
    statuses = {
        who: as_(getattr(world, who)).get(page).status_code
        for who in ("desk", "manager", "technician", "resident", "stranger", "outsider")
    }
    assert statuses == {
        "desk": 200,
        "manager": 200,
        "technician": 404,
        "resident": 404,
        "stranger": 404,
        "outsider": 404,
    }
    answer = as_(newcomer).get(page)
    assert (answer.status_code, answer.context["verbs"]) == (200, ["withdraw"])
    assert list(answer.context["roster"]) == []


@pytest.mark.parametrize("verb", claims.MOVES)
def test_verbs_opened_by_get_ask_and_change_nothing(
    world: World, asked: Claim, newcomer: User, as_: SignIn, verb: str
) -> None:
    url = reverse(f"estates:claim-{verb}", args=[asked.pk])
    may, may_not = (newcomer, world.desk) if verb == "withdraw" else (world.desk, newcomer)
    answers = [as_(may).get(url), as_(may).head(url), as_(may_not).get(url)]
    assert [answer.status_code for answer in answers] == [200, 200, 403]
    asked.refresh_from_db()
    assert asked.status == "pending"


def test_page_approves_once(world: World, asked: Claim, as_: SignIn) -> None:
    desk, url = as_(world.desk), reverse("estates:claim-approve", args=[asked.pk])
    assert desk.post(url).status_code == 302
    second, other = desk.post(url), as_(world.manager).post(url)
    assert (second.status_code, other.status_code) == (409, 409)
    assert "You did so already (today " in second.content.decode()
    page = other.content.decode()
    assert "desk was first (today " in page
    assert "approved a claim). It is now “approved”." in page
    assert f'href="/estates/claims/{asked.pk}/"' in page
    assert Occupant.objects.filter(user=asked.user).count() == 1


def test_page_refuses_the_claimant_as_judge(asked: Claim, newcomer: User, as_: SignIn) -> None:
    answer = as_(newcomer).post(reverse("estates:claim-approve", args=[asked.pk]))
    assert answer.status_code == 403
    assert Claim.objects.get().status == "pending"


def test_htmx_is_told_the_sentence(asked: Claim, newcomer: User, as_: SignIn) -> None:
    answer = as_(newcomer).post(
        reverse("estates:claim-approve", args=[asked.pk]), headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer["HX-Reswap"]) == (403, "none")
    assert "banyan:refused" in answer["HX-Trigger"]


def test_api_has_the_same_verbs_and_refusals(
    world: World, asked: Claim, newcomer: User, as_: SignIn
) -> None:
    base = f"/api/v1/claims/{asked.pk}/"
    assert as_(newcomer).get(base).json()["actions"] == ["withdraw"]
    assert as_(world.desk).get(base).json()["actions"] == ["approve", "refuse"]
    assert as_(world.stranger).post(f"{base}approve/").status_code == 404
    refused = as_(newcomer).post(f"{base}approve/")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    done = as_(world.desk).post(f"{base}approve/")
    assert (done.status_code, done.json()["status"]) == (200, "approved")
    late = as_(world.desk).post(f"{base}refuse/", {"reason": "x"}, content_type="application/json")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


def test_api_claims_a_home(world: World, newcomer: User, as_: SignIn) -> None:
    answer = as_(newcomer).post(
        "/api/v1/claims/",
        {"unit": world.home.pk, "name": "林女士"},
        content_type="application/json",
    )
    assert answer.status_code == 201
    assert (answer.json()["status"], answer.json()["relation"]) == ("pending", "owner")


# Choosing a home


def test_choosing_step_by_step_shows_numbers_and_no_names(
    world: World, newcomer: User, as_: SignIn
) -> None:
    client, url = as_(newcomer), reverse("estates:claim-new")
    house = world.home.entrance.building
    asked: dict[str, int] = {}
    seen = b""
    for step, row in [
        ("estate", world.court),
        ("building", house),
        ("unit", world.home),
    ]:
        answer = client.get(url, asked)
        assert answer.context["step"] == step
        asked[step] = row.pk
        if step == "building":
            asked["entrance"] = world.home.entrance.pk
        seen += answer.content
    assert client.get(url, asked).context["step"] == ""
    assert b"1204" in seen
    assert b"resident<" not in seen
    sent = client.post(url, {**asked, "name": "林女士", "relation": "tenant"})
    assert (sent.status_code, Claim.objects.get().unit) == (302, world.home)


def test_a_unit_of_another_building_cannot_be_slipped_in(
    world: World, newcomer: User, as_: SignIn
) -> None:
    asked = {
        "estate": world.court.pk,
        "building": world.home.entrance.building.pk,
        "entrance": world.home.entrance.pk,
        "unit": world.far_home.pk,
        "name": "x",
        "relation": "owner",
    }
    answer = as_(newcomer).post(reverse("estates:claim-new"), asked)
    assert (answer.status_code, answer.context["step"]) == (422, "unit")
    assert Claim.objects.count() == 0


# Leaving, and looking


def test_a_resident_says_when_they_leave(world: World, as_: SignIn) -> None:
    row = Occupant.objects.get(user=world.resident)
    url = reverse("estates:leave", args=[row.pk])
    assert as_(world.resident).post(url, {"on": "2030-01-31"}).status_code == 302
    row.refresh_from_db()
    assert str(row.leaving_on) == "2030-01-31"
    assert told("estates.leave") == ["desk", "dispatcher", "manager"]
    assert as_(world.neighbour).post(url, {"on": "2030-01-31"}).status_code == 404
    assert as_(world.desk).post(url, {"on": "2030-01-31"}).status_code == 403


def test_a_phone_is_revealed_for_a_reason_that_the_person_reads(world: World, as_: SignIn) -> None:
    row = Occupant.objects.get(user=world.resident)
    Occupant.objects.filter(pk=row.pk).update(phone="+8613812342207")
    url = reverse("estates:reveal", args=[row.pk])
    desk = as_(world.desk)
    listed = desk.get(reverse("estates:occupants")).content.decode()
    assert ("138****2207" in listed, "2342207" in listed) == (True, False)
    form = desk.get(reverse("estates:occupants-edit", args=[row.pk])).content.decode()
    assert "2342207" not in form
    assert desk.post(url, {"reveal-reason": " "}).status_code == 400
    shown = desk.post(url, {"reveal-reason": "回访漏水"})
    assert "138 1234 2207" in shown.content.decode()
    assert "回访漏水" in as_(world.resident).get(reverse("estates:home")).content.decode()
    assert as_(world.technician).post(url, {"reveal-reason": "x"}).status_code == 404
    assert as_(world.neighbour).post(url, {"reveal-reason": "x"}).status_code == 404


def test_household_sees_names_but_no_phones(world: World, as_: SignIn) -> None:
    make.make_occupant(world.home, name="小林", phone="+8613812342207", relation="family")
    page = as_(world.resident).get(reverse("estates:home")).content.decode()
    assert ("小林" in page, "2207" in page) == (True, False)
    api = as_(world.resident).get("/api/v1/occupants/").json()["results"]
    assert [row["phone"] for row in api] == ["", "138****2207"]
