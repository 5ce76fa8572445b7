"""invite, revoke and the codes of letters."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from estates.models import Claim, Invitation, Occupant
from estates.services import claims, invitations
from tests import factories as make
from tests.people import World, build_world
from workflow.refusals import Invalid, NotAllowed, Refusal, TooOften, WrongState

SignIn = Callable[..., Client]
AT = timezone.now()


@pytest.fixture
def newcomer(world: World) -> User:
    return make.make_user("newcomer", display_name="林女士")


def letter(world: World) -> Invitation:
    return invitations.invite([world.home], actor=world.desk, at=AT)[0]


def test_a_letter_written_again_keeps_its_code(world: World) -> None:
    units = [world.home, world.next_door]
    first = invitations.invite([world.home], actor=world.desk, at=AT)
    both = invitations.invite(units, actor=world.desk, at=AT + timedelta(days=1))
    assert both[0] == first[0]
    assert [row.unit for row in both] == units
    assert Invitation.objects.count() == 2


@pytest.mark.parametrize("who", ["technician", "inspector", "resident", "outsider"])
def test_others_write_no_letters(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        invitations.invite([world.home], actor=getattr(world, who), at=AT)


def test_the_code_opens_the_home_once(world: World, newcomer: User) -> None:
    row = letter(world)
    written = invitations.grouped(row.code).lower()
    claim = claims.claim_by_code(written, actor=newcomer, at=AT, name="林女士")
    row.refresh_from_db()
    occupant = Occupant.objects.get(user=newcomer)
    assert (claim.status, claim.method, occupant.unit) == ("approved", "code", world.home)
    assert (row.used_by, row.used_at) == (newcomer, AT)
    with pytest.raises(Invalid):
        claims.claim_by_code(row.code, actor=world.stranger, at=AT, name="x")


def test_old_and_revoked_codes_open_nothing(world: World, newcomer: User) -> None:
    row = letter(world)
    late = AT + invitations.VALID_FOR
    with pytest.raises(Invalid):
        claims.claim_by_code(row.code, actor=newcomer, at=late, name="x")
    invitations.revoke(row, actor=world.desk, at=AT)
    with pytest.raises(Invalid):
        claims.claim_by_code(row.code, actor=newcomer, at=AT, name="x")
    with pytest.raises(WrongState):
        invitations.revoke(row, actor=world.desk, at=AT)
    assert not Occupant.objects.filter(user=newcomer).exists()


def test_guessing_ends_after_ten_wrong_codes(world: World, newcomer: User) -> None:
    row = letter(world)
    for _turn in range(claims.WRONG_CODES):
        with pytest.raises(Invalid):
            claims.claim_by_code("WRONGWRONG", actor=newcomer, at=AT, name="x")
    with pytest.raises(TooOften):
        claims.claim_by_code(row.code, actor=newcomer, at=AT, name="x")
    assert (
        claims.claim_by_code(row.code, actor=world.stranger, at=AT, name="y").status == "approved"
    )


def test_page_of_the_code_keeps_what_was_typed(world: World, newcomer: User, as_: SignIn) -> None:
    client, url = as_(newcomer), reverse("estates:claim-by-code")
    wrong = client.post(url, {"code": "nonsense", "name": "林", "relation": "tenant"})
    assert wrong.status_code == 422
    assert b"nonsense" in wrong.content
    right = client.post(
        url, {"code": letter(world).code, "name": "林", "relation": "tenant"}, follow=True
    )
    assert (right.status_code, Claim.objects.get().relation) == (200, "tenant")


def test_letters_are_printed_with_code_and_picture(world: World, as_: SignIn) -> None:
    desk = as_(world.desk)
    sent = desk.post(reverse("estates:letters"), {"pick": [world.home.pk, world.far_home.pk]})
    row = Invitation.objects.get()
    assert row.unit == world.home
    sheet = desk.get(sent["Location"])
    assert invitations.grouped(row.code) in sheet.content.decode()
    assert sheet.content.count(b"<svg") == 1
    assert b"style=" not in sheet.content
    foreign = as_(world.outsider).get(sent["Location"])
    assert foreign.context["sheets"] == []


def test_revoking_is_the_desks(world: World, as_: SignIn) -> None:
    url = reverse("estates:revoke-invitation", args=[letter(world).pk])
    statuses = [
        as_(getattr(world, who)).post(url).status_code
        for who in ("outsider", "technician", "resident", "desk", "desk")
    ]
    assert statuses == [404, 404, 404, 302, 409]


# Races: the canary shows that two threads do meet; the conditional update lets one through.


def at_once(*doings: Callable[[], Any]) -> list[str]:
    """Each in a thread and connection of its own, from one start; how each ended."""
    start, ends = threading.Barrier(len(doings)), ["" for _ in doings]

    def run(index: int, do: Callable[[], Any]) -> None:
        try:
            start.wait()
            do()
            ends[index] = "done"
        except Refusal as refusal:
            ends[index] = type(refusal).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


@pytest.mark.django_db(transaction=True)
def test_two_people_with_one_letter_and_one_gets_in() -> None:
    world = build_world()
    people = [make.make_user(f"racer{n}") for n in range(4)]
    row = letter(world)

    def use(user: User) -> Callable[[], Any]:
        return lambda: claims.claim_by_code(row.code, actor=user, at=AT, name=user.name)

    ends = at_once(*(use(user) for user in people))
    assert ends.count("done") == 1
    assert Occupant.objects.filter(user__in=people).count() == 1


@pytest.mark.django_db(transaction=True)
def test_canary_without_the_conditional_update_two_get_in() -> None:
    """What `claim_by_code` would do if it believed what it had read."""
    world = build_world()
    people = [make.make_user(f"racer{n}") for n in range(2)]
    row = letter(world)
    read = threading.Barrier(2)

    def naive(user: User) -> None:
        found = Invitation.objects.usable(AT).get(pk=row.pk)
        read.wait()
        Invitation.objects.filter(pk=found.pk).update(used_at=AT, used_by=user)
        make.make_occupant(found.unit, user)

    ends = at_once(*(lambda user=user: naive(user) for user in people))
    assert ends == ["done", "done"]
    assert Occupant.objects.filter(user__in=people).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_desks_approve_one_claim_once() -> None:
    world = build_world()
    newcomer = make.make_user("newcomer")
    row = claims.claim(world.home, name="林", relation="owner", actor=newcomer, at=AT)

    def approve(user: User) -> Callable[[], Any]:
        mine = Claim.objects.get(pk=row.pk)
        return lambda: claims.approve(mine, actor=user, at=AT)

    assert at_once(approve(world.desk), approve(world.manager)) == ["WrongState", "done"]
    assert Occupant.objects.filter(user=newcomer).count() == 1


def test_a_typed_name_takes_no_row_that_carries_a_phone(world: World, newcomer: User) -> None:
    """Whoever holds the letter could otherwise read the owner's phone as their own."""
    owner = make.make_occupant(world.home, name="林女士", phone="+8613800000009")
    claims.claim_by_code(letter(world).code, actor=newcomer, at=AT, name="林女士")
    owner.refresh_from_db()
    mine = Occupant.objects.get(user=newcomer)
    assert (owner.user, mine.pk != owner.pk, mine.phone) == (None, True, "")


def test_a_typed_name_takes_the_row_without_a_phone(world: World, newcomer: User) -> None:
    row = make.make_occupant(world.home, name="林女士")
    claims.claim_by_code(letter(world).code, actor=newcomer, at=AT, name="林女士")
    row.refresh_from_db()
    assert row.user == newcomer
