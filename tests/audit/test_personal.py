"""What the log may keep: models name their personal fields, and it masks those and no others."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services import issue_token
from audit.models import Entry
from audit.services import record
from common.models import Timestamped
from estates.models import Estate, Occupant
from estates.services.invitations import invite
from repairs.models import Category
from tests import factories as make
from tests.people import World

SignIn = Callable[..., Client]

OURS = [
    model
    for model in apps.get_models()
    if (settings.BASE_DIR / model.__module__.split(".")[0]).is_dir()
    and not model.__module__.startswith("tests.")
]
REACHES = re.compile(
    r"contact_.*|display_name|on_behalf_of|username|password|(.*_)?(phone|email|hash)"
)
# The number of a front desk is the estate's; whoever changes it is to be seen.
NOBODYS = {(Estate, "phone")}


def named(model: type[models.Model]) -> set[str]:
    return set(vars(model)["personal"])


def fields(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


def changes(row: models.Model) -> list[tuple[str, dict[str, object], dict[str, object]]]:
    entries = Entry.objects.for_row(row).order_by("pk")
    return [(entry.code, entry.before, entry.after) for entry in entries]


def test_every_model_says_which_in_its_own_words() -> None:
    assert [model._meta.label for model in OURS if "personal" not in vars(model)] == []
    assert "personal" not in vars(Timestamped)
    assert {
        "accounts",
        "audit",
        "estates",
        "repairs",
        "attachments",
        "notifications",
        "safety",
        "grids",
        "parties",
        "volunteers",
        "events",
    } == {model._meta.app_label for model in OURS}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_what_is_named_is_a_field_and_what_reaches_a_person_is_named(
    model: type[models.Model],
) -> None:
    assert named(model) - fields(model) == set()
    reaching = {
        field.name
        for field in model._meta.concrete_fields
        if (REACHES.fullmatch(field.name) or isinstance(field, models.EmailField))
        and (model, field.name) not in NOBODYS
    }
    assert reaching - named(model) == set()


def test_a_row_whose_model_says_nothing_is_not_recorded(world: World) -> None:
    group = Group.objects.create(name="guests")
    with pytest.raises(AttributeError, match="personal"):
        record("admin.add", group, actor=world.admin, at=timezone.now(), after={"name": "guests"})
    assert Entry.objects.for_row(group).count() == 0


def test_an_occupant_of_the_register_leaves_no_name_and_no_whole_phone(
    world: World, as_: SignIn
) -> None:
    typed = {"unit": world.home.pk, "name": "王小明", "relation": "tenant"}
    desk = as_(world.dispatcher)
    desk.post(reverse("estates:occupants-new"), {**typed, "phone": "138 1234 2207"})
    row = Occupant.objects.get(name="王小明")
    url = reverse("estates:occupants-edit", args=[row.pk])
    desk.post(url, {**typed, "name": "王晓明", "phone": "139 0000 1111"})
    desk.post(url, {**typed, "name": "王晓明", "phone": "", "no_phone": "on"})
    assert changes(row) == [
        (
            "estates.create_occupant",
            {},
            {"unit": world.home.pk, "name": "•••", "phone": "138****2207", "relation": "tenant"},
        ),
        (
            "estates.edit_occupant",
            {"name": "•••", "phone": "138****2207"},
            {"name": "•••", "phone": "139****1111"},
        ),
        ("estates.edit_occupant", {"phone": "139****1111"}, {"phone": ""}),
    ]


def test_an_occupant_of_the_admin_leaves_no_name_and_no_whole_phone(
    world: World, as_: SignIn
) -> None:
    row = make.make_occupant(world.home, name="王小明", phone="+8613812342207")
    as_(world.admin).post(f"/admin/estates/occupant/{row.pk}/delete/", {"post": "yes"})
    entry = Entry.objects.get(code="admin.remove", object_id=row.pk)
    assert (entry.before["name"], entry.before["phone"], entry.after) == ("•••", "138****2207", {})
    assert entry.before["unit"] == world.home.pk


def test_the_code_of_a_category_can_be_read(world: World, as_: SignIn) -> None:
    typed = {
        "estate": world.court.pk, "code": "roof", "name": "屋顶", "icon": "tool",
        "place_kind": "any", "trade": "masonry", "priority": "normal", "respond_minutes": 120,
        "resolve_minutes": 600, "clock": "working", "dispatch": "by_hand", "return_visit": "low",
        "order": 9,
    }  # fmt: skip
    as_(world.admin).post("/admin/repairs/category/add/", typed)
    [(code, before, after)] = changes(Category.objects.get(code="roof"))
    assert (code, before) == ("admin.add", {})
    assert {name: after[name] for name in ("estate", "code", "name", "order")} == {
        "estate": world.court.pk,
        "code": "roof",
        "name": "屋顶",
        "order": 9,
    }


def test_keys_and_codes_are_masked(world: World) -> None:
    at = timezone.now()
    token, _secret = issue_token(world.resident, name="林家的手机", actor=world.resident, at=at)
    record("admin.edit", token, actor=world.admin, at=at, before={"token_hash": token.token_hash})
    [letter] = invite([world.home], actor=world.desk, at=at)
    record("admin.remove", letter, actor=world.admin, at=at, before={"code": letter.code})
    assert changes(token) == [
        ("accounts.issue_token", {}, {"name": "•••"}),
        ("admin.edit", {"token_hash": "•••"}, {}),
    ]
    assert changes(letter) == [
        ("estates.invite", {}, {}),
        ("admin.remove", {"code": "•••"}, {}),
    ]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("+8613812342207", "138****2207"),
        ("13812342207", "•••"),
        ("找老王 +8613812342207", "•••"),
        ("", ""),
        (None, None),
    ],
)
def test_only_a_number_as_we_keep_them_is_shown_by_its_ends(
    world: World, value: str | None, kept: str | None
) -> None:
    ticket = make.make_ticket(world.pipes)
    at = timezone.now()
    record("repairs.ticket.amend", ticket, actor=world.desk, at=at, after={"contact_phone": value})
    assert changes(ticket) == [("repairs.ticket.amend", {}, {"contact_phone": kept})]
