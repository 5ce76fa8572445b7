"""Events: planned, approved, published, held, reported, called off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attachments.models import Attachment
from attachments.services import claim, of, remove
from audit.services import record
from common.days import span_on
from estates.models import Community, Place, Unit
from estates.services import numbers
from events import rules
from events.models import Event, Question, Signup, Task
from events.services import places, signups, slots
from events.services.moves import EVENT_MOVES as MOVES
from events.services.signup_moves import SIGNUP_MOVES
from events.states import EventStatus
from notifications.services import Occasion, notify, notify_many
from volunteers.models import Team
from workflow.actors import SYSTEM
from workflow.moves import move
from workflow.refusals import Invalid, NotAllowed

LETTERS = "E"
LONGEST = timedelta(days=7)
MOST_TASKS = 60
MOST_WORDS = 120
MOST_DOORS = 8
MOST_QUESTIONS = 6
MOST_PHOTOS = 200
POSTER = Attachment.Stage.POSTER


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

    asked: list[bool] = []

    def changed(locked: Event) -> Mapping[str, Any]:
        if starts_at <= at:
            raise Invalid(_("An event lies ahead."))
        if capacity is not None and capacity < max(locked.taken, locked.phone_places):
            raise Invalid(_too_few(locked))
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
        asked.append(locked.status == EventStatus.PUBLISHED and _is_moved(locked, said))
        slots.shift(locked, starts_at - locked.starts_at, actor=actor, at=at)
        if asked[0]:
            said["reminded_at"] = None
        return said

    with transaction.atomic():
        locked = move(MOVES, "change", event, actor=actor, at=at, changes=changed)
        if asked[0]:
            _ask_anew(locked, actor, at)
        signups.pass_on(locked, at)
    return locked


def _is_moved(event: Event, said: Mapping[str, Any]) -> bool:
    """Whoever is signed up wants to know: another time, or another place."""
    names = ("starts_at", "ends_at", "place", "place_words")
    return any(name in said and getattr(event, name) != said[name] for name in names)


def _too_few(event: Event) -> str:
    if event.taken > event.phone_places:
        return _("%(n)d people are signed up already.") % {"n": event.taken}
    return _("No more can be set aside than there are places.")


def _ask_anew(event: Event, actor: Any, at: datetime) -> None:
    """Everybody who is in, or waits, is asked whether they still come."""
    rows: Any = Signup.objects.filter(event=event).coming().order_by("pk").select_related("event")
    rows.update(asked_at=at, updated_at=at)
    tell_signed(event, "moved", actor=actor, at=at)


def tell_signed(event: Event, verb: str, *, actor: Any, at: datetime) -> None:
    """Whoever comes or waits, each of their own sign-up."""
    rows: Any = Signup.objects.filter(event=event).coming().with_all().order_by("pk")
    occasions = [Occasion(row, at.isoformat(), {}) for row in rows]
    notify_many(SIGNUP_MOVES.code_of(verb), occasions, actor=actor, at=at)


def set_signup(
    event: Event,
    *,
    actor: Any,
    at: datetime,
    phone_places: int = 0,
    per_person: int | None = None,
    per_household: int | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    doors: str = "",
) -> Event:
    """From when to when, how many of whom, and the doors at which they are let in."""

    def said(locked: Event) -> Mapping[str, Any]:
        if locked.capacity is not None and phone_places > locked.capacity:
            raise Invalid(_("No more can be set aside than there are places."))
        if opens_at and closes_at and opens_at >= closes_at:
            raise Invalid(_("Sign-up closes after it opens."))
        gates = [one.strip() for one in doors.splitlines() if one.strip()]
        if len(set(gates)) != len(gates) or len(gates) > MOST_DOORS:
            raise Invalid(_("At most eight doors, each with a name of its own."))
        return {
            "phone_places": phone_places,
            "per_person": per_person,
            "per_household": per_household,
            "opens_at": opens_at,
            "closes_at": closes_at,
            "doors": "\n".join(one[:30] for one in gates),
        }

    with transaction.atomic():
        locked = move(MOVES, "set_signup", event, actor=actor, at=at, changes=said)
        signups.pass_on(locked, at)
    return locked


def add_question(
    event: Event,
    *,
    actor: Any,
    at: datetime,
    words: str,
    choices: str = "",
    is_required: bool = False,
) -> Event:
    def asked(locked: Event) -> Mapping[str, Any]:
        known = Question.objects.filter(event=locked)
        if known.filter(words=words).exists():
            raise Invalid(_("This is asked already."))
        if known.count() >= MOST_QUESTIONS:
            raise Invalid(_("At most six questions: who fills it in is on the stairs."))
        Question.objects.create(event=locked, words=words, choices=choices, is_required=is_required)
        return {}

    return move(MOVES, "add_question", event, actor=actor, at=at, changes=asked, note=words)


def drop_question(event: Event, *, actor: Any, at: datetime, question: Question) -> Event:
    def dropped(locked: Event) -> Mapping[str, Any]:
        gone, _which = Question.objects.filter(event=locked, pk=question.pk).delete()
        if not gone:
            raise Invalid(_("This is of another event."))
        return {}

    words = question.words
    return move(MOVES, "drop_question", event, actor=actor, at=at, changes=dropped, note=words)


def enter(
    event: Event,
    *,
    actor: Any,
    at: datetime,
    name: str,
    phone: str = "",
    unit: Unit | None = None,
    others: Sequence[str] = (),
    wait: bool = False,
) -> Event:
    """Somebody rang, or came without a phone."""

    def entered(locked: Event) -> Mapping[str, Any]:
        signups.enter(
            locked,
            actor=actor,
            at=at,
            name=name,
            phone=phone,
            unit=unit,
            others=others,
            wait=wait,
        )
        return {}

    return move(MOVES, "enter", event, actor=actor, at=at, changes=entered)


# --- pictures


def set_poster(event: Event, *, actor: Any, at: datetime, photos: Sequence[str]) -> Event:
    """Without a picture the poster is drawn of words again."""

    def shown(locked: Event) -> Mapping[str, Any]:
        claimed = claim(photos, row=locked, by=actor, stage=POSTER, limit=MOST_PHOTOS)
        picture = next((one for one in claimed if one.is_image), None)
        if photos and picture is None:
            raise Invalid(_("A poster is a picture."))
        return {"poster": picture}

    return move(MOVES, "set_poster", event, actor=actor, at=at, changes=shown)


def add_photos(
    event: Event, *, actor: Any, at: datetime, photos: Sequence[str], agreed: bool
) -> Event:
    """Whoever adds them says that those on them agreed."""

    def added(locked: Event) -> Mapping[str, Any]:
        if not agreed:
            raise Invalid(_("Add only what those on it agreed to."))
        if not photos:
            raise Invalid(_("Please add a photo."))
        claim(photos, row=locked, by=actor, limit=MOST_PHOTOS)
        return {}

    note = ngettext("%(n)d photograph", "%(n)d photographs", len(photos)) % {"n": len(photos)}
    return move(MOVES, "add_photos", event, actor=actor, at=at, changes=added, note=note)


def take_out(event: Event, *, actor: Any, at: datetime, photo: Attachment) -> Event:
    """Gone at once, also from the store: nobody has to say why they do not want to be shown."""

    def taken(locked: Event) -> Mapping[str, Any]:
        if not remove(photo, row=locked):
            raise Invalid(_("It is not in the album any more."))
        return {}

    return move(MOVES, "take_out", event, actor=actor, at=at, changes=taken)


def album(event: Event) -> list[Attachment]:
    """Without the poster; for whoever sees the event's files."""
    return [one for one in of(event) if one.stage != POSTER and one.is_image]


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
    """Whoever is signed up hears of it; those without an account stand in the list to ring."""
    with transaction.atomic():
        locked = move(MOVES, "cancel", event, actor=actor, at=at, note=reason)
        tell_signed(locked, "called_off", actor=actor, at=at)
        slots.tell_all(locked, "called_off", actor=actor, at=at)
    return locked


def remind(event: Event, at: datetime) -> None:
    """A day before, once; anew where it was moved since."""
    with transaction.atomic():
        locked = places.lock_event(event.pk)
        if locked.reminded_at is not None or locked.status != EventStatus.PUBLISHED:
            return
        Event.objects.filter(pk=locked.pk).update(reminded_at=at)
        tell_signed(locked, "remind", actor=SYSTEM, at=at)
