"""Words that were planted as care notes, visits and needs are found in clear nowhere: not in the
database, the logs, Redis, messages, mails or the log of who did what. Nor is why somebody is looked
after, beyond the flag's own row."""

from __future__ import annotations

import base64
import json
import logging
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone, translation

from accounts.models import User
from audit.models import SWEEPS, Entry
from common.secrets import Unreadable
from config.celery import app
from config.engines import CannotStart, Postgres
from config.env import cache_url
from estates.models import Occupant
from grids.models import CareFlag, HeardNeed, Visit, opened, sealed
from grids.services import privacy
from grids.states import Need
from notifications.models import Delivery, Message
from notifications.tasks import deliver
from tests import factories as make
from tests.engines import database_url
from tests.grids.doors import body
from tests.people import World, build_world

SignIn = Callable[..., Any]
DAY = timedelta(days=1)
NOTE, SECOND, THIRD, WORDS, NEED, NOTED = (
    f"槐树伞{n}zq7x{what}"
    for n, what in enumerate(("note", "second", "third", "words", "need", "noted"))
)
PLANTED = (NOTE, SECOND, THIRD, WORDS, NEED, NOTED)
KIND = Need.LIVING_ALONE


def kind_words() -> set[str]:
    """Its code, and how it is called in both languages."""
    found = {KIND.value, "独居", "独自居住"}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found.add(str(KIND.label))
    return found


# --- everything that is done with it


@dataclass
class Doing:
    world: World
    member: Any
    leader: Any

    def post(self, client: Any, url: str, **data: Any) -> str:
        answer = client.post(url, data)
        text = body(answer)
        assert answer.status_code in (200, 302), (url, answer.status_code)
        if answer.status_code == 200:
            assert "/reveal/" in url, (url, text[-3000:])
        return text

    def propose(self, person: Occupant, note: str) -> CareFlag:
        today = timezone.localdate()
        self.post(
            self.member,
            f"/grids/flags/new/?household={person.unit_id}",
            occupant=person.pk,
            kind=KIND.value,
            tier="red",
            is_elder="on",
            source="neighbour",
            review_on=today + 90 * DAY,
            consent_by=person.name,
            consent_on=today,
            consent_how="in_person",
            hint_two="on",
            note=note,
        )
        return CareFlag.objects.latest("pk")

    def verb(self, client: Any, row: Any, verb: str, **data: Any) -> None:
        self.post(client, f"{row.get_absolute_url()}{verb}/", **data)


def lived(world: World, as_: SignIn) -> None:
    """From the proposal to the end, by the pages and the API; every sweep; all mail delivered."""
    do = Doing(world, as_(world.grid_member), as_(world.grid_leader))
    person = Occupant.objects.get(unit=world.home)
    today, at = timezone.localdate(), timezone.now()
    flag = do.propose(person, NOTE)
    do.verb(do.leader, flag, "confirm")
    do.verb(do.member, flag, "write", note=SECOND)
    for client in (do.member, do.leader):
        assert NOTE in do.post(client, f"{flag.get_absolute_url()}reveal/", why="door")
    answer = do.leader.post(f"/api/v1/care-flags/{flag.pk}/reveal/", {"reason": "?"})
    assert SECOND in answer.json()["note"]
    visit = Visit.objects.planned().get(unit=world.home)
    do.verb(
        do.member,
        visit,
        "log",
        result="met",
        wellbeing="urgent",
        words=WORDS,
        need_1=NEED,
        need_1_becomes="",
        need_2=NOTED,
        need_2_becomes="",
    )
    assert WORDS in body(do.leader.get(visit.get_absolute_url()))
    change = {"tier": "yellow", "source": "family", "review_on": today + 60 * DAY}
    do.verb(do.leader, flag, "change", kind=Need.BEREAVED.value, **change)
    do.verb(do.leader, flag, "change", kind=KIND.value, **change)
    for page in ("", "flags/", "visits/", "coverage/", "looks/", "mine/"):
        body(do.leader.get(f"/grids/{page}"))
    for name in sorted(SWEEPS):
        if name.startswith("grids."):
            for days in (0, 61, 92):
                SWEEPS[name].run(at + days * DAY)
    flag.refresh_from_db()
    if flag.status != "ended":
        do.verb(do.leader, flag, "end", reason="better")
    # one more stays as it is, with its note
    standing = do.propose(person, THIRD)
    do.verb(do.leader, standing, "confirm")
    assert standing.kind == KIND
    while deliver()["sent"]:
        pass


@pytest.fixture
def logs(caplog: Any, capfd: Any) -> Callable[[], str]:
    """All that was logged at any level, as records and as it was printed."""
    caplog.set_level(logging.DEBUG)

    def read() -> str:
        records = "\n".join(repr(vars(record)) for record in caplog.records)
        printed = capfd.readouterr()
        return "\n".join((records, caplog.text, printed.out, printed.err))

    return read


@pytest.fixture
def planted(
    transactional_db: None, as_: SignIn, settings: Any, logs: Callable[[], str]
) -> Iterator[World]:
    """With a broker that keeps what is queued, as in production."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    world = build_world()
    User.objects.filter(pk=world.grid_leader.pk).update(language="zh-hans")
    User.objects.filter(pk=world.grid_member.pk).update(language="en")
    lived(world, as_)
    yield world
    app.control.purge()


def found_in(text: str, words: Any) -> list[str]:
    """In clear, or as JSON writes it."""
    escaped = {word: json.dumps(word)[1:-1] for word in words}
    return [word for word, other in escaped.items() if word in text or other in text]


# --- where it might lie


def pg_dump() -> Path | None:
    try:
        program = Postgres(django_settings.VAR_DIR).bin / "pg_dump"
    except CannotStart:
        return None
    return program if program.exists() else None


@pytest.mark.skipif(pg_dump() is None, reason="no pg_dump beside the server of the tests")
def test_no_planted_word_lies_in_the_database(planted: World) -> None:
    url = database_url(str(connection.settings_dict["NAME"]))
    dumped = subprocess.run(
        [str(pg_dump()), "--data-only", "--inserts", url],
        capture_output=True,
        check=True,
        cwd="/",
    ).stdout.decode()
    # it is the whole of it: rows of today, and what is sealed
    assert "grids_careflag" in dumped
    assert CareFlag.objects.exclude(sealed_note="").get().sealed_note in dumped
    assert Visit.objects.exclude(sealed_words="").get().sealed_words in dumped
    assert found_in(dumped, PLANTED) == []


def test_what_was_planted_is_there(planted: World) -> None:
    """Else nothing would be proved."""
    assert THIRD in opened(CareFlag.objects.exclude(sealed_note="").get().sealed_note)
    assert opened(Visit.objects.exclude(sealed_words="").get().sealed_words) == WORDS
    assert [opened(n.sealed_words) for n in HeardNeed.objects.order_by("pk")] == [NEED, NOTED]
    assert set(CareFlag.objects.values_list("kind", "status")) == {
        (KIND.value, "ended"),
        (KIND.value, "confirmed"),
    }


def test_nothing_of_it_is_logged(planted: World, logs: Callable[[], str]) -> None:
    logging.getLogger("grids").debug("heard %s", "all that is logged")
    text = logs()
    assert "all that is logged" in text
    assert found_in(text, (*PLANTED, *kind_words())) == []


# What is queued, and what a worker that was killed had taken.
BODY = re.compile(r'"body": "([A-Za-z0-9+/=]+)"')


def everything(url: str) -> Iterator[str]:
    """All keys and values of a Redis database, what is queued unpacked."""
    client = redis.Redis.from_url(url)
    readers: dict[bytes, Callable[[Any], Any]] = {
        b"string": client.get,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"hash": client.hgetall,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"stream": client.xrange,
    }
    for key in client.scan_iter():
        kind: Any = client.type(key)
        value = readers[kind](key)
        yield f"{key!r} {key.decode(errors='replace')}"
        for part in value if isinstance(value, list | set) else [value]:
            text = part.decode(errors="replace") if isinstance(part, bytes) else repr(part)
            yield text
            for packed in BODY.findall(text):
                yield base64.b64decode(packed).decode()
    client.close()


def test_nothing_of_it_lies_in_redis(planted: World) -> None:
    # the broker's, and the cache's with what sessions and bars keep
    urls = (django_settings.REDIS_URL, cache_url(django_settings.REDIS_URL))
    text = "\n".join(line for url in urls for line in everything(url))
    # what is queued was read, too
    assert "notifications.deliver" in text
    assert found_in(text, (*PLANTED, *kind_words())) == []


def test_nothing_of_it_leaves_in_a_message(planted: World) -> None:
    told = "\n".join(
        f"{title}\n{text}\n{url}"
        for title, text, url in Message.objects.values_list("title", "body", "url")
    )
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert {"grids.flag.propose", "grids.flag.confirm", "grids.visit.urgent"} <= kinds
    assert found_in(told, (*PLANTED, *kind_words())) == []
    parts = [part for m in mail.outbox for part in (m.subject, m.body, vars(m)["alternatives"])]
    sent = "\n".join(map(str, parts))
    assert len(mail.outbox) >= 3
    assert found_in(sent, (*PLANTED, *kind_words())) == []
    errors = "\n".join(Delivery.objects.values_list("error", flat=True))
    assert found_in(errors, (*PLANTED, *kind_words())) == []


def test_nothing_of_it_stands_in_the_log_of_who_did_what(planted: World) -> None:
    codes = set(Entry.objects.values_list("code", flat=True))
    verbs = ("propose", "confirm", "write", "change", "end")
    assert {*(f"grids.flag.{verb}" for verb in verbs), "grids.visit.log", "grids.reveal"} <= codes
    rows = Entry.objects.values_list("code", "before", "after", "note")
    text = json.dumps(list(rows), ensure_ascii=False, default=str)
    assert found_in(text, (*PLANTED, *kind_words(), "bereaved")) == []


def test_no_page_shows_a_note_that_nobody_asked_for(planted: World, as_: SignIn) -> None:
    """Neither the pages, the sheets nor the API of those who may see the flag."""
    flag = CareFlag.objects.exclude(sealed_note="").get()
    pages = (
        f"/grids/households/{planted.home.pk}/",
        "/grids/mine/?view=all",
        "/grids/flags/",
        "/grids/flags/?export=csv",
        "/grids/visits/?export=csv",
        "/grids/looks/",
        f"/grids/flags/{flag.pk}/",
        "/api/v1/care-flags/",
        f"/api/v1/care-flags/{flag.pk}/",
        "/api/v1/households/",
    )
    admins = (
        f"/admin/grids/careflag/{flag.pk}/change/",
        "/admin/grids/careflag/",
        "/admin/audit/entry/",
    )
    for user, urls in ((planted.grid_leader, pages), (planted.admin, (*pages, *admins))):
        client = as_(user)
        text = "\n".join(body(client.get(url)) for url in urls)
        assert found_in(text, (NOTE, SECOND, THIRD, flag.sealed_note)) == []
    for url in ("/grids/flags/?export=csv", "/grids/visits/?export=csv"):
        sheet = body(as_(planted.grid_leader).get(url))
        assert found_in(sheet, (*PLANTED, *kind_words())) == []


# --- new keys

OLD, NEW, LOST = (f"{name}-0123456789-abcdefghijklmnopqrstuvwxyz" for name in ("old", "new", "lo"))


def write_all(world: World) -> None:
    person = Occupant.objects.get(unit=world.home)
    flag = make.make_flag(person, note=NOTE)
    make.make_flag(person, kind="disabled")
    visit = make.make_visit(world.home, status="met", wellbeing="good", sealed_words=sealed(WORDS))
    HeardNeed.objects.create(visit=visit, position=1, sealed_words=sealed(NEED))
    assert flag.sealed_note


def read_all() -> list[str]:
    notes = CareFlag.objects.exclude(sealed_note="").values_list("sealed_note", flat=True)
    words = Visit.objects.exclude(sealed_words="").values_list("sealed_words", flat=True)
    needs = HeardNeed.objects.values_list("sealed_words", flat=True)
    return [opened(text) for text in (*notes, *words, *needs)]


def rotate() -> str:
    said = StringIO()
    call_command("rotate_care_keys", stdout=said)
    return said.getvalue()


ALL = [NOTE, WORDS, NEED]


def test_under_a_new_key_all_is_read_with_the_new_key_alone(world: World, settings: Any) -> None:
    settings.CARE_KEYS = [OLD]
    write_all(world)
    settings.CARE_KEYS = [NEW]
    with pytest.raises(Unreadable):
        read_all()
    settings.CARE_KEYS = [NEW, OLD]
    assert read_all() == ALL
    assert "3 texts are under the first key now." in rotate()
    settings.CARE_KEYS = [NEW]
    assert read_all() == ALL
    settings.CARE_KEYS = [OLD]
    with pytest.raises(Unreadable):
        read_all()
    settings.CARE_KEYS = [NEW, OLD]
    assert ("3 texts" in rotate(), read_all()) == (True, ALL)


def test_what_was_written_before_there_was_a_key_comes_under_it(
    world: World, settings: Any
) -> None:
    settings.CARE_KEYS = []
    write_all(world)
    settings.CARE_KEYS = [NEW]
    assert "3 texts" in rotate()
    settings.SECRET_KEY = "another-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
    assert read_all() == ALL


def test_more_than_a_page_is_put_under_the_new_key(world: World, settings: Any) -> None:
    settings.CARE_KEYS = [OLD]
    visit = make.make_visit(world.home, status="met", wellbeing="good")
    HeardNeed.objects.bulk_create(
        HeardNeed(visit=visit, position=n, sealed_words=sealed(f"{NEED}{n}")) for n in range(405)
    )
    settings.CARE_KEYS = [NEW, OLD]
    assert "405 texts" in rotate()
    settings.CARE_KEYS = [NEW]
    assert sorted(read_all()) == sorted(f"{NEED}{n}" for n in range(405))


def test_without_the_key_that_is_gone_it_says_so(world: World, settings: Any) -> None:
    settings.CARE_KEYS = [LOST]
    write_all(world)
    before = list(CareFlag.objects.order_by("pk").values_list("sealed_note", flat=True))
    settings.CARE_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match="put the key that is gone back first"):
        rotate()
    assert list(CareFlag.objects.order_by("pk").values_list("sealed_note", flat=True)) == before
    settings.CARE_KEYS = [NEW, LOST]
    assert ("3 texts" in rotate(), read_all()) == (True, ALL)


def test_pages_say_it_where_a_key_is_gone(world: World, as_: SignIn, settings: Any) -> None:
    """A reveal is refused with a sentence, and nobody's own data fail."""
    settings.CARE_KEYS = [LOST]
    write_all(world)
    settings.CARE_KEYS = [NEW]
    flag = CareFlag.objects.exclude(sealed_note="").get()
    member = as_(world.grid_member)
    answer = member.post(f"/api/v1/care-flags/{flag.pk}/reveal/", {"reason": "?"})
    assert (answer.status_code, "CARE_KEYS" in body(answer)) == (409, True)
    assert not Entry.objects.filter(code="grids.reveal").exists()
    # nothing is written over what may be read again
    before, url = flag.sealed_note, f"/api/v1/care-flags/{flag.pk}/write/"
    assert member.post(url, {"note": SECOND}).status_code == 409
    flag.refresh_from_db()
    assert flag.sealed_note == before
    assert [one["note"] for one in privacy.export(world.resident)["care_flags"]] == ["", ""]


@pytest.mark.parametrize("url", ["/grids/visits/{visit}/", "/grids/households/{home}/"])
def test_a_visit_opens_where_the_key_of_its_words_is_gone(
    world: World, as_: SignIn, settings: Any, url: str
) -> None:
    settings.CARE_KEYS = [LOST]
    write_all(world)
    settings.CARE_KEYS = [NEW]
    visit = Visit.objects.get()
    page = url.format(visit=visit.pk, home=world.home.pk)
    assert as_(world.grid_member).get(page).status_code == 200


def test_with_the_account_go_note_and_consent(world: World) -> None:
    write_all(world)
    privacy.erase(world.resident)
    said = CareFlag.objects.values_list(
        "sealed_note", "consent_by", "consent_on", "consent_how", "hint_two"
    )
    assert set(said) == {("", "", None, "", False)}
