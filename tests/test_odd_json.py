"""Odd JSON at every address of the API that takes a body: a sentence, never a crash."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import product
from typing import Any, cast

import pytest
from django import forms
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from attachments.forms import PhotosField
from tests import factories as make
from tests.attachments.conftest import stored  # noqa: F401
from tests.everything import Rows, build_rows
from tests.people import World
from tests.routes_kwargs import kwargs_of
from tests.routes_may import MAY
from tests.test_routes import verb_fields
from volunteers.models import Shift, ShiftSeries
from workflow.lives import Lifecycle, all_lives
from workflow.standing import forget

AsUser = Callable[[Any], Client]
BODIES = {
    "list": b"[1]",
    "text": b'"x"',
    "number": b"5",
    "null": b"null",
    "true": b"true",
    "bottomless": b"[" * 100_000,
    "bottomless-value": b'{"reason": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep": b'{"reason": ' + b"[" * 400 + b"]" * 400 + b"}",
    "broken-utf-8": b'{"reason": "\xff\xfe"}',
    "nan": b'{"reason": NaN}',
    "infinity": b'{"reason": -Infinity}',
    "beyond-floats": b'{"reason": 1e400}',
    "huge": b'{"reason": ' + b"9" * 5000 + b"}",
    "nul": b'{"reason": "a\\u0000b"}',
    "surrogate": b'{"reason": "\\ud800"}',
    "nul-in-a-name": b'{"a\\u0000": 1}',
    "not-json": b"reason=x",
}
# These are objects, and reach what looks at their fields.
REACHING = ("nul", "surrogate", "nul-in-a-name")
# Lives that tests make up have no address in the API.
LIVES = [life for life in all_lives() if not life.model.__module__.startswith("tests.")]
ASKERS = (
    "admin",
    "resident",
    pytest.param("dispatcher", marks=pytest.mark.soak),
    pytest.param("technician", marks=pytest.mark.soak),
)


def doors() -> Iterator[tuple[str, str, bool]]:
    """Route, method and whether it reads JSON, of all that /api/ takes a body at."""
    for pattern in _api():
        view: Any = pattern.callback
        methods = view.actions if hasattr(view, "actions") else vars(view.view_class)
        for method in ("post", "put", "patch"):
            if method in methods and "format" not in pattern.pattern.regex.groupindex:
                parsers = [parser.media_type for parser in view.cls.parser_classes]
                yield pattern.name, method, "application/json" in parsers


def _api() -> Iterator[Any]:
    for entry in get_resolver().url_patterns:
        if str(entry.pattern).startswith("api/v1/"):
            yield from getattr(entry, "url_patterns", [entry])


DOORS = sorted(doors())


@pytest.fixture
def world(world: World) -> World:
    """Everybody reads English here, as the tests do."""
    for person in world.people().values():
        person.language = "en"
        person.save(update_fields=["language"])
    return world


@pytest.fixture
def rows(world: World) -> Rows:
    return build_rows(world)


@pytest.fixture(params=ASKERS)
def asker(request: pytest.FixtureRequest, world: World) -> Any:
    return getattr(world, request.param)


def sent(client: Client, method: str, url: str, body: bytes) -> Any:
    """What is written is taken back; nobody waits for a throttle."""
    cache.clear()
    with transaction.atomic():
        answer = getattr(client, method)(url, body, content_type="application/json")
        transaction.set_rollback(True)
    return answer


def says_something(answer: Any) -> bool:
    return bool(answer.json()) and all(answer.json().values())


def test_every_noun_s_verbs_are_among_the_doors() -> None:
    names = {name for name, _method, _reads in DOORS}
    verbs = {f"{life.noun}-{verb}" for life in LIVES for verb in life.moves}
    assert verbs - names == set()
    made = {"ticket-list", "claim-list", "token-list", "attachment-list"}
    acting = {"api-me", "occupant-reveal", "message-read", "message-read-all"}
    assert (made | acting) - names == set()


def test_odd_bodies_are_refused_at_every_address(
    world: World, rows: Rows, as_: AsUser, asker: Any
) -> None:
    client, found = as_(asker), {}
    # What is no object is refused by the parser, before anybody asks who sent it: whoever may do a
    # verb is tried with more of them below.
    wanted = (*REACHING, "list", "deep", "not-json") if asker == world.admin else REACHING
    kinds = {kind: BODIES[kind] for kind in wanted}
    for name, method, reads in DOORS:
        url = reverse(name, kwargs=kwargs_of(name, world, rows))
        fine = {400, 403, 404, 409} if reads else {404, 415}
        for kind, body in kinds.items():
            answer = sent(client, method, url, body)
            if answer.status_code not in fine or not says_something(answer):
                found[f"{method} {name} {kind}"] = answer.status_code
    assert found == {}


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_a_body_that_is_no_object_is_told_so_in_one_sentence(
    world: World, as_: AsUser, kind: str
) -> None:
    url = reverse("message-read-all")
    answer = sent(as_(world.resident), "post", url, BODIES[kind])
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])
    assert str(answer.json()["detail"]).endswith(".")


@pytest.mark.parametrize("charset", ["zlib", "hex", "rot13", "undefined", "idna", "nonsense"])
def test_no_codec_makes_another_thing_of_a_body(world: World, as_: AsUser, charset: str) -> None:
    client, url = as_(world.resident), reverse("claim-list")
    kind = f"application/json; charset={charset}"
    answer = client.generic("POST", url, b'{"name": 1, "\xff": 2}', content_type=kind)
    assert answer.status_code == 400


# Values that are none of the field


HUGE = 10**400
WRONG: dict[str, list[Any]] = {
    "text": [{"a": [1]}, ["a"], [], True, False],
    "one": [{"a": 1}, ["a"], [], True, HUGE],
    "row": [{"a": 1}, [1], [], True, 1.5, "x", HUGE, -1],
    "several": [{"a": 1}, "a", 5, True, [{"a": 1}], [["a"]], [True], [None]],
    "number": [{"a": 1}, [1], True, "x", HUGE, 1e300, "NaN", "1e999"],
    "instant": [{"a": 1}, ["2026-01-01"], True, 5, HUGE, "x", "0001-01-01T00:00:00+14:00"],
    "yes_or_no": [{"a": 1}, [True], [], 5, HUGE, "perhaps"],
}


def shape_of(field: forms.Field) -> str:
    kinds: tuple[tuple[Any, str], ...] = (
        ((PhotosField, forms.MultipleChoiceField, forms.ModelMultipleChoiceField), "several"),
        (forms.ModelChoiceField, "row"),
        (forms.ChoiceField, "one"),
        (forms.IntegerField, "number"),
        (forms.DateTimeField, "instant"),
        (forms.BooleanField, "yes_or_no"),
    )
    return next((shape for kind, shape in kinds if isinstance(field, kind)), "text")


# What a row of an end has, whichever noun it is of.
ENDS = (
    *("resolved_at", "closed_at", "decided_at", "finished_at", "visited_at", "logged_at"),
    *("published_at", "ended_at", "done_at", "verified_at"),
)
NOUNS = sorted(life.noun for life in LIVES)


def life_called(noun: str) -> Lifecycle:
    return next(life for life in LIVES if life.noun == noun)


def dates_of(names: set[str], at: datetime) -> list[dict[str, Any]]:
    """What else a row may need to be in some state, or for some verb."""
    hour = timedelta(hours=1)
    came = {"arrived_at": at - 2 * hour, "left_at": at - hour, "minutes": 60}
    kinds: list[dict[str, Any]] = [
        {},
        dict.fromkeys(ENDS, at),
        dict.fromkeys(("held_at", "held_until"), at),
        {**came, "offered_until": at + hour},
        {"series": ShiftSeries.objects.get()},
    ]
    known = [{n: value for n, value in kind.items() if n in names} for kind in kinds]
    return [{}, *(kind for kind in known if kind)]


def begun(rows: Rows, life: Lifecycle, at: datetime) -> Iterator[bool]:
    """As it stands, and once more after the shift of an entry has begun."""
    yield False
    if life.noun == "entry":
        hour = timedelta(hours=1)
        when = {"gate_at": at - 3 * hour, "starts_at": at - 3 * hour, "ends_at": at + hour}
        Shift.objects.filter(pk=rows.shift.pk).update(**when)
        yield True


def held(world: World, rows: Rows, life: Lifecycle, state: str, at: datetime) -> dict[str, Any]:
    """A turn is somebody's or free, at an event that is announced; a sign-up of an event that was
    moved is asked anew."""
    if life.noun == "signup":
        return {"asked_at": at}
    if life.noun == "improvement" and state == "done":
        return {"done_by": rows.improvement.owner}
    if life.noun == "drill":
        # what it showed is verified, so that it may be archived
        facts = {"status": "verified", "done_by": world.technician, "done_at": at}
        facts |= {"verified_by": world.inspector, "verified_at": at}
        type(rows.improvement).objects.filter(drill=rows.drill).update(**facts)
        # it may be announced, or is to be held today
        return {"planned_at": at + timedelta(minutes=1)}
    if life.noun != "slot":
        return {}
    type(rows.event).objects.update(status="published", published_at=at)
    if state == "free":
        return {"user": None, "person": "", "booked_at": None, "called_at": None}
    return {"person": "奶奶"}


def open_for(world: World, rows: Rows, life: Lifecycle, verb: str) -> tuple[Any, Any]:
    """The row in a state from which the verb starts, and somebody who may do it."""
    row, at = getattr(rows, life.noun), timezone.now()
    type(world.pipes).objects.update(dispatch="pool")  # so that somebody may take it
    names = {field.name for field in life.model._meta.fields}
    for state, dated in product(life.moves[verb].start, dates_of(names, at)):
        for _again in begun(rows, life, at):
            try:
                with transaction.atomic():
                    facts = dated | held(world, rows, life, state, at)
                    life.model.objects.filter(pk=row.pk).update(status=state, **facts)
            except IntegrityError:
                continue
            row.refresh_from_db()
            for person in world.people().values():
                seen = life.rows(person).filter(pk=row.pk).exists()
                if seen and verb in life.open_to(row, person, at=at):
                    return row, person
    raise AssertionError(f"nobody may {verb}")


@contextmanager
def taken_back(world: World) -> Iterator[None]:
    """One verb after another on the same people and rows."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    for person in world.people().values():
        forget(person)


@pytest.mark.parametrize("noun", NOUNS)
def test_a_value_of_the_wrong_shape_is_refused_under_its_name(
    world: World, rows: Rows, as_: AsUser, noun: str
) -> None:
    for verb in life_called(noun).forms:
        with taken_back(world):
            assert wrongly_taken(world, rows, as_, noun, verb) == {}


def wrongly_taken(
    world: World, rows: Rows, as_: AsUser, noun: str, verb: str
) -> dict[str, tuple[int, list[str]]]:
    life = life_called(noun)
    row, person = open_for(world, rows, life, verb)
    client = as_(person)
    url = reverse(f"{noun}-{verb}", kwargs={life.key: life.key_of(row)})
    asked = life.form(verb, row=row, user=person, at=timezone.now()).fields
    right, found = verb_fields(world, rows), {}
    # Two nouns may call different choices the same.
    right |= {
        name: next(iter(dict(cast(Any, field.choices))))
        for name, field in asked.items()
        if type(field) is forms.ChoiceField and not field.valid_value(right.get(name, ""))
    }
    for name, field in asked.items():
        for value in WRONG[shape_of(field)]:
            answer = sent(client, "post", url, json.dumps(right | {name: value}).encode())
            if (answer.status_code, list(answer.json())) != (400, [name]):
                said = (answer.status_code, list(answer.json()))
                found[f"{noun} {verb} {name}={str(value)[:40]}"] = said
    return found


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_who_may_do_a_verb_is_told_of_an_odd_body(
    world: World, rows: Rows, as_: AsUser, noun: str, whole: bool
) -> None:
    """One parser reads them for all verbs: the first is tried with each kind, the others with what
    reaches their forms, and in script/soak with the rest."""
    life, found = life_called(noun), {}
    for n, verb in enumerate(verb for verb in sorted(life.moves) if MAY[life.code][verb]):
        kinds = BODIES if whole or not n else dict.fromkeys(("list", *REACHING))
        with taken_back(world):
            row, person = open_for(world, rows, life, verb)
            client, url = (
                as_(person),
                reverse(f"{noun}-{verb}", kwargs={life.key: life.key_of(row)}),
            )
            for kind in kinds:
                found[verb, kind] = sent(client, "post", url, BODIES[kind]).status_code
    assert found == dict.fromkeys(found, 400)


# What is made, and what is changed, by serializers of their own

SERIALIZED: dict[str, dict[str, str]] = {
    "ticket-list": {
        "category": "row",
        "description": "text",
        "title": "text",
        "unit": "row",
        "place": "row",
        "facility": "row",
        "place_words": "text",
        "priority": "one",
        "on_behalf_of": "text",
        "contact_name": "text",
        "contact_phone": "text",
        "private": "yes_or_no",
        "windows": "several",
        "may_enter": "yes_or_no",
        "photos": "several",
        "origin": "text",
    },
    "claim-list": {
        "unit": "row",
        "code": "text",
        "name": "text",
        "relation": "one",
        "words": "text",
    },
    "token-list": {"login": "text", "password": "text", "name": "text", "code": "text"},
    "api-me": {"display_name": "text", "language": "one"},
    "occupant-reveal": {"reason": "text"},
}
FULL: dict[str, Callable[[World], dict[str, Any]]] = {
    "ticket-list": lambda w: {
        "category": w.pipes.pk,
        "description": "水槽漏水",
        "unit": w.home.pk,
    },
    "claim-list": lambda w: {"unit": w.next_door.pk, "name": "林"},
    "token-list": lambda w: {"login": "resident", "password": "x", "name": "手机"},
}


@pytest.mark.parametrize("name", sorted(SERIALIZED))
def test_what_is_made_refuses_wrong_shapes_under_their_names(
    world: World, rows: Rows, as_: AsUser, name: str
) -> None:
    person = world.dispatcher if name == "occupant-reveal" else world.resident
    client, url = as_(person), reverse(name, kwargs=kwargs_of(name, world, rows))
    method = "patch" if name == "api-me" else "post"
    found = {}
    for field, shape in SERIALIZED[name].items():
        for value in WRONG[shape]:
            body = (FULL[name](world) if name in FULL else {}) | {field: value}
            answer = sent(client, method, url, json.dumps(body).encode())
            if (answer.status_code, list(answer.json())) != (400, [field]):
                found[f"{field}={str(value)[:40]}"] = (answer.status_code, list(answer.json()))
    assert found == {}


def test_half_a_row_is_none(world: World, as_: AsUser) -> None:
    body = FULL["ticket-list"](world) | {"category": world.pipes.pk + 0.5}
    answer = sent(as_(world.resident), "post", reverse("ticket-list"), json.dumps(body).encode())
    assert (answer.status_code, answer.json()) == (
        400,
        {"category": ["A valid integer is required."]},
    )


@pytest.mark.parametrize("depth", [20, 100, 300, 500, 700, 900, 980])
def test_nesting_of_any_depth_is_refused(world: World, as_: AsUser, depth: int) -> None:
    body = b'{"name": "a", "unit": ' + b"[" * depth + b"]" * depth + b"}"
    answer = sent(as_(world.resident), "post", reverse("claim-list"), body)
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


@pytest.mark.parametrize(
    ("noun", "verb", "fields"),
    [("ticket", "plan_visit", ("visit_from", "visit_to")), ("ticket", "hold", ("until",))],
)
@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59", "0001-01-01"],
)
def test_the_ends_of_time_are_refused(
    world: World,
    rows: Rows,
    as_: AsUser,
    noun: str,
    verb: str,
    fields: tuple[str, ...],
    moment: str,
) -> None:
    life = life_called(noun)
    row, person = open_for(world, rows, life, verb)
    url = reverse(f"{noun}-{verb}", kwargs={life.key: life.key_of(row)})
    body = verb_fields(world, rows) | dict.fromkeys(fields, moment)
    answer = sent(as_(person), "post", url, json.dumps(body).encode())
    assert answer.status_code == 400


def test_no_is_no_however_it_is_written(world: World, as_: AsUser) -> None:
    ticket = make.make_ticket(
        world.pipes, unit=world.home, reporter=world.resident, may_enter=True, status="new"
    )
    url = reverse("ticket-amend", kwargs={"number": ticket.number})
    for said, kept in ((1, True), (0, False), ("yes", True), ("no", False), (True, True)):
        body = {"description": "漏水", "may_enter": said}
        answer = as_(world.resident).post(url, body, content_type="application/json")
        assert (answer.status_code, answer.json()["may_enter"]) == (200, kept)
