from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from accounts.models import User
from notifications.models import Delivery, Message, Mute
from notifications.services import Kind, Occasion, Reader, notify, notify_many
from tests.people import World
from workflow.actors import SYSTEM

CODE = "tests.told"
Register = Callable[..., Kind]


def tell(world: World, **options: Any) -> int:
    options.setdefault("actor", SYSTEM)
    return notify(CODE, world.home, at=timezone.now(), **options)


def told() -> set[str]:
    return set(Message.objects.values_list("recipient__username", flat=True))


def queued() -> set[tuple[str, str]]:
    return set(Delivery.objects.values_list("channel", "address"))


def test_everybody_but_the_actor_is_told(world: World, kind: Register) -> None:
    kind([world.resident, world.neighbour, world.desk])
    assert tell(world, actor=world.desk) == 2
    assert told() == {"resident", "neighbour"}
    assert queued() == {("email", "resident@example.org"), ("email", "neighbour@example.org")}


def test_telling_twice_is_telling_once(world: World, kind: Register) -> None:
    kind([world.resident, world.resident])
    assert (tell(world), tell(world), tell(world, occasion="2")) == (1, 0, 1)
    assert (Message.objects.count(), Delivery.objects.count()) == (2, 2)


def test_who_left_is_not_told(world: World, kind: Register) -> None:
    User.objects.filter(pk=world.neighbour.pk).update(is_active=False)
    world.neighbour.refresh_from_db()
    for people in (
        [world.resident, world.neighbour],
        User.objects.filter(pk__in=[world.resident.pk, world.neighbour.pk]),
    ):
        kind(people)
        tell(world)
    assert told() == {"resident"}


def test_muted_channel_stays_silent_and_the_bell_rings(world: World, kind: Register) -> None:
    kind([world.resident, world.neighbour])
    Mute.objects.create(user=world.resident, kind=CODE, channel="email")
    Mute.objects.create(user=world.neighbour, kind="tests.other", channel="email")
    tell(world)
    assert told() == {"resident", "neighbour"}
    assert queued() == {("email", "neighbour@example.org")}


def test_without_an_address_the_bell_alone_rings(world: World, kind: Register) -> None:
    User.objects.filter(pk=world.resident.pk).update(email=None)
    kind([world.resident])
    assert (tell(world), queued()) == (1, set())


def test_text_messages_leave_where_there_is_a_gateway(
    world: World, kind: Register, settings: Any
) -> None:
    User.objects.filter(pk=world.resident.pk).update(phone="+8613800000001", phone_verified=True)
    kind([world.resident], channels=("email", "sms"))
    tell(world, occasion="1")
    settings.SMS_URL = "json://localhost/{phone}"
    tell(world, occasion="2")
    assert sorted(Delivery.objects.values_list("message__occasion", "channel", "address")) == [
        ("1", "email", "resident@example.org"),
        ("2", "email", "resident@example.org"),
        ("2", "sms", "+8613800000001"),
    ]


def test_nothing_leaves_for_an_address_that_is_only_claimed(
    world: World, kind: Register, settings: Any
) -> None:
    settings.SMS_URL = "json://localhost/{phone}"
    User.objects.filter(pk=world.resident.pk).update(phone="+8613800000001")
    User.objects.filter(pk=world.resident.pk).update(email_verified=False)
    kind([world.resident, world.desk], channels=("email", "sms"))
    assert (tell(world), queued()) == (2, {("email", "desk@example.org")})


def test_each_reads_the_own_language(world: World, kind: Register) -> None:
    User.objects.filter(pk=world.resident.pk).update(language="en")
    kind(
        User.objects.filter(pk__in=[world.resident.pk, world.neighbour.pk]),
        "{% load i18n %}{% get_current_language as l %}{{ l }} {{ row.number }}\n{{ note }}",
    )
    tell(world, note="一句话 <b>")
    assert set(Message.objects.values_list("recipient__username", "title", "body")) == {
        ("resident", "en 1204", "一句话 <b>"),
        ("neighbour", "zh-hans 1204", "一句话 <b>"),
    }


def test_unknown_kind_tells_nobody(world: World) -> None:
    assert notify("tests.unknown", world.home, actor=SYSTEM, at=timezone.now()) == 0
    assert told() == set()


def test_named_readers_replace_those_of_the_kind(world: World, kind: Register) -> None:
    kind([world.resident])
    readers = [Reader(world.home.pk, world.manager.pk, "en")]
    occasions = [Occasion(world.home)]
    notify_many(CODE, occasions, actor=SYSTEM, at=timezone.now(), readers=readers)
    assert told() == {"manager"}


def test_rows_told_at_once_are_told_as_one_by_one(world: World, kind: Register) -> None:
    """Each row to each of its readers in their own language, and once."""
    User.objects.filter(pk=world.manager.pk).update(language="en")
    text = "{% load i18n %}{% translate 'Home' %} {{ row }}{{ word }}"
    kind([User.objects.get(pk=world.manager.pk), world.resident], text)
    occasions = [Occasion(one, "x", {"word": "!"}) for one in (world.home, world.next_door)]
    at = timezone.now()
    assert [notify_many(CODE, occasions, actor=SYSTEM, at=at) for _turn in range(2)] == [4, 0]
    written = set(Message.objects.values_list("recipient__username", "title"))
    assert written == {
        (name, f"{word} {home}!")
        for name, word in (("manager", "Home"), ("resident", "首页"))
        for home in (world.home, world.next_door)
    }


def test_a_notice_to_many_costs_as_many_queries_as_to_one(
    world: World, kind: Register, django_assert_num_queries: Any
) -> None:
    # rows, people, one insert for both languages; content types are cached
    kind(User.objects.filter(pk=world.resident.pk))
    tell(world, occasion="0")
    for occasion, people in enumerate(
        (User.objects.filter(pk=world.resident.pk), User.objects.all())
    ):
        kind(people)
        with django_assert_num_queries(3):
            tell(world, occasion=f"again {occasion}")
