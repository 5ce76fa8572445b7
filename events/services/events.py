"""Events: planned, approved, published, held, reported, called off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.days import span_on
from estates.models import Community, Place
from estates.services import numbers
from events import rules
from events.models import Event, Task
from events.services.moves import EVENT_MOVES as MOVES
from notifications.services import notify
from volunteers.models import Team
from workflow.actors import SYSTEM
from workflow.moves import move
from workflow.refusals import Invalid, NotAllowed

LETTERS = "E"
LONGEST = timedelta(days=7)
MOST_TASKS = 60
MOST_WORDS = 120


def communities(user: Any) -> Any:
    """Those whose events somebody plans."""
    if user.is_superuser:
        return Community.objects.all()
    return Community.objects.filter(pk__in=rules.communities_planned(user))


def make(
    community: Community,
    *,
    actor: Any,
    at: datetime,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    tasks: Iterable[str] = (),
    **facts: Any,
) -> Event:
    """Raises NotAllowed, and Invalid for what makes no sense."""
    if community.pk not in rules.communities_planned(actor) and not actor.is_superuser:
        raise NotAllowed(_("Events are planned by the manager, and by who leads a team."))
    if starts_at <= at:
        raise Invalid(_("An event lies ahead."))
    facts.setdefault("organiser", actor)
    with transaction.atomic():
        event = _new(community, at, title=title, starts_at=starts_at, ends_at=ends_at, **facts)
        _add_tasks(event, tasks)
        record(MOVES.code_of("make"), event, actor=actor, at=at, after={"title": title})
    return event


def draft(community: Community, *, at: datetime, tasks: Iterable[str], **facts: Any) -> Event:
    """By the portal, of a template; whoever is to plan it is asked, once."""
    event = _new(community, at, **facts)
    _add_tasks(event, tasks)
    record(MOVES.code_of("draft"), event, actor=SYSTEM, at=at, after={"title": event.title})
    notify(MOVES.code_of("draft"), event, actor=SYSTEM, at=at)
    return event


def _new(community: Community, at: datetime, **facts: Any) -> Event:
    event = Event(community=community, **facts)
    _check(event)
    year = timezone.localdate(event.starts_at).year
    [event.number] = numbers.next_numbers(
        "events.event", Event.objects.all(), letters=LETTERS, of=community, year=year, count=1
    )
    event.save(force_insert=True)
    return event


def _check(event: Event) -> None:
    if not event.starts_at < event.ends_at:
        raise Invalid(_("It ends after it begins."))
    if event.ends_at - event.starts_at > LONGEST:
        raise Invalid(_("An event takes a week at most."))
    if event.place is not None and event.place.estate.community_id != event.community_id:
        raise Invalid(_("This place lies in another community."))
    if event.team is not None and event.team.community_id != event.community_id:
        raise Invalid(_("This team is another community's."))


def _add_tasks(event: Event, words: Iterable[str]) -> None:
    known = set(event.tasks.values_list("words", flat=True))
    fresh = [one.strip()[:MOST_WORDS] for one in words if one.strip()]
    fresh = [one for one in dict.fromkeys(fresh) if one not in known]
    if len(known) + len(fresh) > MOST_TASKS:
        raise Invalid(_("At most sixty things to do."))
    Task.objects.bulk_create(Task(event=event, words=one) for one in fresh)


# --- verbs


def change(
    event: Event,
    *,
    actor: Any,
    at: datetime,
    on: date,
    begin: time,
    end: time,
    title: str | None = None,
    title_en: str | None = None,
    line: str | None = None,
    story: str | None = None,
    programme: str | None = None,
    place: Place | None = None,
    place_words: str | None = None,
    team: Team | None = None,
    capacity: int | None = None,
    budget: Decimal | None = None,
) -> Event:
    """What is not said stays, but for place, team, places and budget: these may become nothing."""
    starts_at, ends_at = span_on(on, begin, end)
    words = {
        "title": title,
        "title_en": title_en,
        "line": line,
        "story": story,
        "programme": programme,
        "place_words": place_words,
    }

    def changed(locked: Event) -> Mapping[str, Any]:
        if starts_at <= at:
            raise Invalid(_("An event lies ahead."))
        said: dict[str, Any] = {name: value for name, value in words.items() if value is not None}
        said |= {
            "starts_at": starts_at,
            "ends_at": ends_at,
            "place": place,
            "team": team,
            "capacity": capacity,
            "budget": budget,
        }
        _check(Event(community=locked.community, **said))
        return said

    return move(MOVES, "change", event, actor=actor, at=at, changes=changed)


def add_task(event: Event, *, actor: Any, at: datetime, words: str) -> Event:
    def added(locked: Event) -> Mapping[str, Any]:
        if locked.tasks.filter(words=words.strip()[:MOST_WORDS]).exists():
            raise Invalid(_("This stands in the checklist already."))
        _add_tasks(locked, [words])
        return {}

    return move(MOVES, "add_task", event, actor=actor, at=at, changes=added, note=words)


def tick(event: Event, *, actor: Any, at: datetime, task: Task) -> Event:
    """Done, or by a second tap still to be done."""

    def ticked(locked: Event) -> Mapping[str, Any]:
        row = Task.objects.select_for_update().filter(event=locked.pk, pk=task.pk).first()
        if row is None:
            raise Invalid(_("This is of another event."))
        undone = row.done_at is not None
        row.done_at, row.done_by = (None, None) if undone else (at, actor)
        row.save(update_fields=["done_at", "done_by", "updated_at"])
        return {}

    return move(MOVES, "tick", event, actor=actor, at=at, changes=ticked, note=task.words)


def approve(event: Event, *, actor: Any, at: datetime) -> Event:
    return move(MOVES, "approve", event, actor=actor, at=at)


def send_back(event: Event, *, actor: Any, at: datetime, reason: str) -> Event:
    return move(MOVES, "send_back", event, actor=actor, at=at, note=reason)


def publish(event: Event, *, actor: Any, at: datetime) -> Event:
    return move(MOVES, "publish", event, actor=actor, at=at, changes={"published_at": at})


def begin(event: Event, *, actor: Any, at: datetime) -> Event:
    return move(MOVES, "begin", event, actor=actor, at=at)


def end(event: Event, *, actor: Any, at: datetime) -> Event:
    return move(MOVES, "end", event, actor=actor, at=at)


def close(
    event: Event,
    *,
    actor: Any,
    at: datetime,
    people: int,
    cost: Decimal | None = None,
    report: str = "",
) -> Event:
    said = {"people": people, "cost": cost, "report": report}
    return move(MOVES, "close", event, actor=actor, at=at, changes=said)


def cancel(event: Event, *, actor: Any, at: datetime, reason: str) -> Event:
    return move(MOVES, "cancel", event, actor=actor, at=at, note=reason)
