"""Leaving the house: once each, whatever happens to mail servers and workers."""

from __future__ import annotations

import email
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPServerDisconnected,
)
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import User
from notifications.backends import FileMailBackend
from notifications.models import ActionLink, Delivery, Message, Mute
from notifications.services import Kind, deliver_next, live_link, notify, register_answer, retry
from notifications.tasks import deliver
from tests.engines import real_worker, start_worker
from tests.factories import make_user
from tests.people import World, build_world
from workflow.actors import SYSTEM

CODE = "tests.told"
Register = Callable[..., Kind]


def tell(row: Any, at: datetime | None = None, occasion: str = "") -> None:
    notify(CODE, row, actor=SYSTEM, at=at or timezone.now(), occasion=occasion)


def states() -> list[tuple[str, int]]:
    return list(Delivery.objects.order_by("pk").values_list("state", "attempts"))


def test_message_leaves_as_text_and_html_with_links(
    world: World, kind: Register, settings: Any
) -> None:
    settings.SITE_URL = "https://banyan.example"
    User.objects.filter(pk=world.resident.pk).update(language="en")
    kind([world.resident], "Water is off\nTomorrow <9:00>")
    tell(world.home)
    Message.objects.update(url="/somewhere/")
    assert (deliver()["sent"], states()) == (1, [("sent", 1)])

    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["resident@example.org"], "Water is off")
    html = sent.alternatives[0][0]
    for part in (str(sent.body), str(html)):
        assert "https://banyan.example/somewhere/" in part
        assert "https://banyan.example/notifications/settings/" in part
    assert ("Tomorrow <9:00>" in sent.body, "Tomorrow &lt;9:00&gt;" in html) == (True, True)
    assert sent.extra_headers["List-Unsubscribe"] == (
        "<https://banyan.example/notifications/settings/>"
    )
    assert sent.extra_headers["Message-ID"].endswith("@banyan.example>")


def test_answer_link_is_made_when_it_leaves(world: World, kind: Register, settings: Any) -> None:
    # any page that takes one word will do for a link
    register_answer("tests.answer", "attachments:file")
    kind([world.resident], answer="tests.answer")
    tell(world.home)
    assert ActionLink.objects.count() == 0
    deliver()
    token = str(mail.outbox[0].body).split("/attachments/")[1].split("/")[0]
    link = live_link(token, "tests.answer", at=timezone.now())
    assert link is not None
    assert (link.user, link.row) == (world.resident, world.home)


def test_second_try_says_the_same_id_and_the_same_link(world: World, kind: Register) -> None:
    """A worker that died after it had sent, and before it could say so."""
    register_answer("tests.answer", "attachments:file")
    kind([world.resident], answer="tests.answer")
    tell(world.home)
    deliver()
    Delivery.objects.update(state="pending", sent_at=None)
    deliver()
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert (first.body, ActionLink.objects.count()) == (second.body, 1)


def test_failure_is_put_off_again_and_again_then_given_up(
    world: World, kind: Register, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.no_such_backend.Backend"
    kind([world.resident])
    at = timezone.now()
    tell(world.home, at=at)
    waits = []
    for _ in range(8):
        delivery = deliver_next(at=at)
        assert delivery is not None
        waits.append(int((delivery.next_attempt_at - at).total_seconds() // 60))
        assert deliver_next(at=at) is None
        at = delivery.next_attempt_at
    assert waits == [1, 5, 15, 60, 240, 720, 1440, 0]
    given_up = Delivery.objects.get()
    assert (given_up.state, given_up.attempts) == ("failed", 8)
    assert given_up.error.startswith("ModuleNotFoundError: ")
    assert deliver_next(at=at + timedelta(days=9)) is None

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert (retry(given_up, at=at), retry(given_up, at=at)) == (True, False)
    deliver_next(at=at)
    assert (states(), len(mail.outbox)) == ([("sent", 1)], 1)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SMTPRecipientsRefused({"a@example.org": (550, b"no such user")}), "refused"),
        (SMTPRecipientsRefused({"a@example.org": (450, b"greylisted")}), "pending"),
        (SMTPDataError(554, b"looks like spam"), "refused"),
        (SMTPDataError(451, b"try later"), "pending"),
        (SMTPAuthenticationError(535, b"our password is wrong"), "pending"),
        (SMTPServerDisconnected("gone"), "pending"),
    ],
    ids=str,
)
def test_what_will_never_be_taken_is_refused_at_once(
    world: World, kind: Register, monkeypatch: pytest.MonkeyPatch, error: Exception, state: str
) -> None:
    def answer(self: Any, messages: Any) -> int:
        raise error

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", answer)
    kind([world.resident])
    tell(world.home)
    deliver()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (state, 1)
    assert str(error) in delivery.error
    assert retry(delivery, at=timezone.now()) is (state == "refused")


def test_refused_addresses_do_not_stop_the_others(
    world: World, kind: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(self: Any, messages: Any) -> int:
        raise SMTPRecipientsRefused({"a@example.org": (550, b"no such user")})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", answer)
    kind(User.objects.all())
    tell(world.home)
    assert deliver() == {"sent": 0, "failed": User.objects.count(), "dropped": 0}
    assert set(Delivery.objects.values_list("state", flat=True)) == {"refused"}


def test_bad_one_does_not_hold_up_the_others(world: World, kind: Register) -> None:
    kind([world.resident, world.neighbour, world.desk])
    tell(world.home)
    User.objects.filter(pk=world.resident.pk).update(email="a\nb@example.org")
    assert deliver() == {"sent": 2, "failed": 1, "dropped": 0}
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["refused", "sent", "sent"]


def test_bad_content_is_set_aside_at_once_and_delays_nobody(world: World, kind: Register) -> None:
    """The handed fault: three mails with a CR in their title, and all others waited behind them."""
    kind([world.resident, world.neighbour, world.desk, world.manager])
    tell(world.home)
    bad = Message.objects.exclude(recipient=world.manager)
    with connection.cursor() as cursor:  # past the field, which lets no such title through
        cursor.execute(
            "UPDATE notifications_message SET title = %s WHERE id = ANY(%s)",
            ["Water\ris off", list(bad.values_list("pk", flat=True))],
        )
    assert deliver() == {"sent": 1, "failed": 3, "dropped": 0}
    assert sorted(states()) == [("refused", 1), ("refused", 1), ("refused", 1), ("sent", 1)]
    assert all("BadHeaderError" in one.error for one in Delivery.objects.filter(state="refused"))


@pytest.mark.parametrize("broken", ["\r", "\n", "\r\n", "\x0b", "\x85", "\u2028"], ids=repr)
def test_title_with_a_break_in_it_leaves_as_one_line(
    world: World, kind: Register, broken: str
) -> None:
    kind([world.resident], "About {{ row.number }}\nbody")
    world.home.number = f"12{broken}04"
    tell(world.home)
    deliver()
    [sent] = mail.outbox
    assert len(sent.message()["Subject"].splitlines()) == 1
    assert states() == [("sent", 1)]


def test_one_way_that_is_away_does_not_delay_the_other(
    world: World, kind: Register, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMS_URL = "json://localhost:1/{phone}"
    monkeypatch.setattr("apprise.Apprise.notify", lambda *args, **options: False)
    people = [world.resident, world.neighbour, world.desk, world.manager]
    for number, person in enumerate(people):
        person.phone, person.phone_verified = f"+861380000000{number}", True
        person.save(update_fields=["phone", "phone_verified"])
    kind(people, channels=("email", "sms"))
    tell(world.home)
    Delivery.objects.filter(channel="sms").update(
        next_attempt_at=timezone.now() - timedelta(hours=1)
    )
    Delivery.objects.filter(channel="email").update(state="pending", sent_at=None, attempts=0)
    mail.outbox.clear()
    assert deliver()["sent"] == 4
    assert len(mail.outbox) == 4


# --- asked again at the moment of sending


def closed(world: World) -> None:
    User.objects.filter(pk=world.resident.pk).update(is_active=False)


def muted(world: World) -> None:
    Mute.objects.create(user=world.resident, kind=CODE, channel="email")


def lost(world: World) -> None:
    User.objects.filter(pk=world.resident.pk).update(email=None, email_verified=False)


def doubted(world: World) -> None:
    User.objects.filter(pk=world.resident.pk).update(email_verified=False)


@pytest.mark.parametrize("change", [closed, muted, lost, doubted])
def test_queued_mail_that_is_not_wanted_any_more_is_dropped(
    world: World, kind: Register, change: Callable[[World], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind([world.resident])
    monkeypatch.setattr("notifications.services.outbox.wake_worker", lambda: None)
    tell(world.home)
    change(world)
    assert deliver() == {"sent": 0, "failed": 0, "dropped": 1}
    assert (mail.outbox, [state for state, _attempts in states()]) == ([], ["dropped"])


def test_queued_mail_goes_to_the_address_of_now(
    world: World, kind: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind([world.resident])
    monkeypatch.setattr("notifications.services.outbox.wake_worker", lambda: None)
    tell(world.home)
    User.objects.filter(pk=world.resident.pk).update(email="new@example.org")
    deliver()
    assert [sent.to for sent in mail.outbox] == [["new@example.org"]]
    assert Delivery.objects.get().address == "new@example.org"


def test_dead_mail_server_is_not_asked_for_every_message(
    world: World, kind: Register, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.no_such_backend.Backend"
    kind(User.objects.all())
    tell(world.home)
    assert deliver()["sent"] == 0
    assert Delivery.objects.filter(attempts=1).count() == 3


def test_same_mail_twice_is_one_file(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    message = mail.EmailMessage(
        "标题", "正文", to=["a@example.org"], headers={"Message-ID": "<7@x>"}
    )
    backend = FileMailBackend()
    assert (backend.send_messages([message]), backend.send_messages([message])) == (1, 1)
    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["7@x.eml"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_take_the_same_delivery(
    kind: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is in the middle of sending when the second looks."""
    world = build_world()
    kind([world.resident])
    tell(world.home)
    Delivery.objects.update(state="pending", sent_at=None, attempts=0)
    mail.outbox.clear()
    sending, seen = threading.Event(), threading.Event()
    results: list[Any] = []

    def slow(self: Any, messages: Any) -> int:
        sending.set()
        assert seen.wait(10)
        return len(messages)

    def first() -> None:
        results.append(deliver_next(at=timezone.now()))
        connection.close()

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", slow)
    worker = threading.Thread(target=first)
    worker.start()
    assert sending.wait(10)
    assert deliver_next(at=timezone.now()) is None
    seen.set()
    worker.join(10)
    assert ([one.state for one in results], states()) == (["sent"], [("sent", 1)])


@pytest.mark.django_db(transaction=True)
def test_killed_worker_loses_none_and_doubles_none(
    kind: Register, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 wait, the worker is killed in the middle; after the restart each was delivered once."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    folder = tmp_path / "mail"
    people = [make_user(f"reader{number}") for number in range(500)]
    kind(people)
    monkeypatch.setattr("notifications.services.outbox.wake_worker", lambda: None)
    tell(people[0])
    assert Delivery.objects.filter(state="pending").count() == 500

    database = connection.settings_dict["NAME"]
    with real_worker(database, django_settings.REDIS_URL) as worker:
        ask_worker()
        wait_for(lambda: Delivery.objects.filter(state="sent").count() >= 50)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        done = Delivery.objects.filter(state="sent").count()
        assert 50 <= done < 500
    second = start_worker(database, django_settings.REDIS_URL)
    try:
        ask_worker()
        wait_for(lambda: not Delivery.objects.filter(state="pending").exists())
    finally:
        second.terminate()
        second.wait()

    assert states() == [("sent", 1)] * 500
    letters = [email.message_from_bytes(path.read_bytes()) for path in folder.glob("*.eml")]
    assert sorted(str(letter["To"]) for letter in letters) == sorted(one.email for one in people)
    assert len({letter["Message-ID"] for letter in letters}) == 500


def ask_worker() -> None:
    from celery import current_app

    current_app.send_task("notifications.deliver")


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
