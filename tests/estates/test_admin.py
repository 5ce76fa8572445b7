"""The admin: every list and form opens, states change by verbs alone, exports are harmless."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from estates.models import Claim, Invitation, Occupant, RosterImport
from estates.services import claims, invitations
from estates.services.roster import imports
from tests import factories as make
from tests.people import World

SignIn = Callable[..., Client]
AT = timezone.now()
MODELS = sorted(str(m._meta.model_name) for m in apps.get_app_config("estates").get_models())


@pytest.fixture
def asked(world: World) -> Claim:
    newcomer = make.make_user("newcomer")
    return claims.claim(world.home, name="林女士", relation="tenant", actor=newcomer, at=AT)


@pytest.fixture
def full(world: World, asked: Claim) -> World:
    type(world.admin).objects.filter(pk=world.admin.pk).update(language="en")
    make.make_facility(make.make_place(world.court, "大堂"), "电梯")
    invitations.invite([world.home], actor=world.desk, at=AT)
    imports.upload(
        world.court, io.BytesIO("楼栋,房号\n9,1".encode()), "a.csv", actor=world.desk, at=AT
    )
    return world


@pytest.mark.parametrize("name", MODELS)
def test_lists_and_forms_open(full: World, as_: SignIn, name: str) -> None:
    admin = as_(full.admin)
    assert admin.get(reverse(f"admin:estates_{name}_changelist")).status_code == 200
    for row in apps.get_model("estates", name).objects.all()[:1]:
        page = admin.get(reverse(f"admin:estates_{name}_change", args=[row.pk]))
        assert page.status_code == 200


def act(client: Client, name: str, action: str, pk: int) -> str:
    url = reverse(f"admin:estates_{name}_changelist")
    data = {"action": action, "_selected_action": [pk]}
    return client.post(url, data, follow=True).content.decode()


def test_a_claim_is_decided_by_its_verb(full: World, asked: Claim, as_: SignIn) -> None:
    admin = as_(full.admin)
    assert "Approved: the home is theirs. 1 row." in act(admin, "claim", "approve", asked.pk)
    asked.refresh_from_db()
    assert (asked.status, Occupant.objects.get(user=asked.user).unit) == ("approved", full.home)
    assert "It is now “approved”." in act(admin, "claim", "refuse", asked.pk)
    codes = list(Entry.objects.for_row(asked).values_list("code", flat=True))
    assert codes == ["estates.claim.claim", "estates.claim.approve"]


def test_the_state_is_no_field(full: World, asked: Claim, as_: SignIn) -> None:
    url = reverse("admin:estates_claim_change", args=[asked.pk])
    as_(full.admin).post(url, {"status": "approved"})
    asked.refresh_from_db()
    assert asked.status == "pending"


def test_letters_and_imports_by_their_verbs(full: World, as_: SignIn) -> None:
    admin = as_(full.admin)
    act(admin, "invitation", "revoke", Invitation.objects.get().pk)
    act(admin, "rosterimport", "apply_roster", RosterImport.objects.get().pk)
    assert Invitation.objects.get().revoked_at is not None
    assert RosterImport.objects.get().status == "applied"


def test_codes_of_letters_stay_on_paper(full: World, as_: SignIn) -> None:
    row = Invitation.objects.get()
    admin = as_(full.admin)
    for url in (
        reverse("admin:estates_invitation_changelist"),
        reverse("admin:estates_invitation_change", args=[row.pk]),
    ):
        assert row.code not in admin.get(url).content.decode()


def test_exports_start_no_formula(full: World, as_: SignIn) -> None:
    make.make_occupant(full.home, name="=1+1")
    admin, url = as_(full.admin), reverse("admin:estates_occupant_export")
    sent = admin.post(url, {"format": "0", "resource": "0"})
    assert sent.status_code == 200
    text = sent.content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert ",=1+1" not in text
