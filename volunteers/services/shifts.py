"""Shifts: made, asked for, changed, repeated, called off, closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from common.days import span_on
from common.lines import one_line
from common.recurrence import BadRule, Rule
from estates.models import Place
from notifications.services import Occasion, notify, notify_many
from volunteers import rules
from volunteers.models import Entry, Membership, Shift, ShiftPost, ShiftSeries, Team
from volunteers.models.shifts import LONGEST_SHIFT, MOST_PLACES
from volunteers.services import entries, places
from volunteers.services.moves import SHIFT_MOVES as MOVES
from volunteers.states import AHEAD as WAITING
from volunteers.states import EntryStatus, ShiftStatus
from workflow import follow_ups
from workflow.actors import SYSTEM
from workflow.moves import move
from workflow.refusals import Invalid, NotAllowed

# Shifts of a series are made so far ahead.
AHEAD = timedelta(days=28)
REMINDERS = (timedelta(days=1), timedelta(hours=2))
# Whoever forgot to note who goes has so long to do it; then the portal does.
GRACE = timedelta(minutes=30)
# What a lead does with a shift that is over has a day to be finished.
LEFT_SO = timedelta(days=1)
MOST_POSTS = 12
EARLIEST_GATE = timedelta(hours=6)


@dataclass(frozen=True)
class Wanted:
    """A post as it is asked for."""

    name: str
    wanted: int = 1
    places: int = 1
    needs: str = ""
    skill: str = ""


def moments(
    on: date, begin: time, end: time, gate: time | None = None
) -> tuple[datetime, datetime, datetime]:
    """Gate, begin and end as aware moments; an end before its start is the next day's, and a gate
    after it the day before."""
    starts, ends = span_on(on, begin, end)
    gate_at = timezone.make_aware(datetime.combine(on, gate)) if gate else starts
    if gate_at > starts:
        gate_at = timezone.make_aware(datetime.combine(on - timedelta(days=1), gate or begin))
    if starts - gate_at > EARLIEST_GATE:
        raise Invalid(_("One is there at most six hours before it begins."))
    return gate_at, starts, ends


def make(
    team: Team,
    *,
    actor: Any,
    at: datetime,
    title: str,
    posts: Sequence[Wanted],
    gate_at: datetime | None = None,
    starts_at: datetime,
    ends_at: datetime,
    description: str = "",
    bring: str = "",
    place: Place | None = None,
    place_words: str = "",
    opens_at: datetime | None = None,
    withdraw_hours: int = 2,
    lead_confirms: bool = False,
) -> Shift:
    """Raises NotAllowed, and Invalid for what makes no sense."""
    if not (rules.leads(actor, team) or actor.is_superuser):
        raise NotAllowed(_("Shifts are made by whoever leads the team."))
    if starts_at <= at:
        raise Invalid(_("A shift lies ahead."))
    shift = Shift(
        team=team,
        title=title,
        description=description,
        bring=bring,
        place=place,
        place_words=place_words,
        gate_at=gate_at or starts_at,
        starts_at=starts_at,
        ends_at=ends_at,
        opens_at=opens_at,
        withdraw_hours=withdraw_hours,
        lead_confirms=lead_confirms,
        remind_at=next_reminder(starts_at, at),
    )
    _check(shift)
    with transaction.atomic():
        shift.save(force_insert=True)
        _add(shift, posts)
        record(MOVES.code_of("make"), shift, actor=actor, at=at, after={"title": title})
    return shift


def ask(
    team: Team,
    *,
    actor: Any,
    at: datetime,
    title: str,
    helpers: int,
    starts_at: datetime,
    ends_at: datetime,
    description: str = "",
    place_words: str = "",
    origin: Any = None,
) -> Shift:
    """Somebody of the estate asks a team for help; its lead takes it on or says why not."""
    if not (rules.may_ask(actor, origin) and rules.can_ask(actor, team)):
        raise NotAllowed(_("Teams are asked by who works for the estate or in its grids."))
    if starts_at <= at:
        raise Invalid(_("A shift lies ahead."))
    if origin is not None:
        origin = follow_ups.check(origin, actor)
    shift = Shift(
        team=team,
        title=title,
        description=description,
        place_words=place_words,
        gate_at=starts_at,
        starts_at=starts_at,
        ends_at=ends_at,
        status=ShiftStatus.ASKED,
        asked_by=actor if actor.pk else None,
        remind_at=next_reminder(starts_at, at),
        origin=origin,
    )
    _check(shift)
    with transaction.atomic():
        shift.save(force_insert=True)
        _add(shift, [Wanted(_("helper"), helpers, helpers)])
        record(MOVES.code_of("ask"), shift, actor=actor, at=at, after={"title": title})
        notify(MOVES.code_of("ask"), shift, actor=actor, at=at)
    return shift


def _check(shift: Shift) -> None:
    if not shift.gate_at <= shift.starts_at < shift.ends_at:
        raise Invalid(_("One is there before it begins, and it ends after that."))
    if shift.starts_at - shift.gate_at > EARLIEST_GATE:
        raise Invalid(_("One is there at most six hours before it begins."))
    if shift.ends_at - shift.starts_at > LONGEST_SHIFT:
        raise Invalid(_("A shift takes a day at most."))
    if shift.place is not None and shift.place.estate.community_id != shift.team.community_id:
        raise Invalid(_("This place lies in another community."))
    if shift.opens_at is not None and shift.opens_at >= shift.starts_at:
        raise Invalid(_("Sign-up opens before the shift begins."))


def _add(shift: Shift, posts: Iterable[Wanted]) -> None:
    # as it is kept: two that differ by a mark nobody sees are one
    wanted = [replace(one, name=one_line(one.name)) for one in posts]
    known = set(shift.posts.values_list("name", flat=True))
    if not wanted and not known:
        raise Invalid(_("A shift has a post at least."))
    if len(known) + len(wanted) > MOST_POSTS:
        raise Invalid(_("At most twelve posts."))
    for one in wanted:
        _check_places(one.wanted, one.places)
        if one.name in known:
            raise Invalid(_("There is a post of this name already."))
        known.add(one.name)
    ShiftPost.objects.bulk_create(
        ShiftPost(
            shift=shift,
            name=one.name,
            wanted=one.wanted,
            places=one.places,
            needs=one.needs,
            skill=one.skill,
        )
        for one in wanted
    )
    _sum(shift)


def _check_places(wanted: int, most: int) -> None:
    if not (1 <= most <= MOST_PLACES and 0 <= wanted <= most):
        raise Invalid(_("Between one and 500 places, and no more wanted."))


def _sum(shift: Shift) -> None:
    sums = ShiftPost.objects.filter(shift=shift.pk).aggregate(w=Sum("wanted"), p=Sum("places"))
    shift.wanted, shift.places = sums["w"] or 0, sums["p"] or 0
    shift.save(update_fields=["wanted", "places", "updated_at"])


def next_reminder(starts_at: datetime, at: datetime) -> datetime | None:
    """The day before, and two hours before; nobody is reminded of what was over already."""
    return min((starts_at - lead for lead in REMINDERS if starts_at - lead > at), default=None)


# --- verbs


def take_on(shift: Shift, *, actor: Any, at: datetime) -> Shift:
    def ahead(locked: Shift) -> Mapping[str, Any]:
        if locked.has_begun(at):
            raise Invalid(_("Its time has come already."))
        return {}

    return move(MOVES, "take_on", shift, actor=actor, at=at, changes=ahead)


def refuse(shift: Shift, *, actor: Any, at: datetime, reason: str) -> Shift:
    return move(MOVES, "refuse", shift, actor=actor, at=at, note=reason)


def change(
    shift: Shift,
    *,
    actor: Any,
    at: datetime,
    on: date,
    begin: time,
    end: time,
    gate: time | None = None,
    title: str | None = None,
    description: str | None = None,
    bring: str | None = None,
    place_words: str | None = None,
    withdraw_hours: int | None = None,
    lead_confirms: bool | None = None,
) -> Shift:
    """Whoever is in it hears of it. Whose other shift it now collides with stays in both, and the
    lead sees it. What is not said stays."""
    given = {
        "title": title,
        "description": description,
        "bring": bring,
        "place_words": place_words,
        "withdraw_hours": withdraw_hours,
        "lead_confirms": lead_confirms,
    }
    gate_at, starts_at, ends_at = moments(on, begin, end, gate)

    def changed(locked: Shift) -> Mapping[str, Any]:
        if locked.has_begun(at):
            raise Invalid(_("It has begun: it cannot be moved any more."))
        if starts_at <= at:
            raise Invalid(_("A shift lies ahead."))
        of_series = Shift.objects.filter(series=locked.series_id, starts_at=starts_at)
        if locked.series_id and of_series.exclude(pk=locked.pk).exists():
            raise Invalid(_("The series has a shift at this time already."))
        said: dict[str, Any] = {
            **{name: value for name, value in given.items() if value is not None},
            "gate_at": gate_at,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "remind_at": next_reminder(starts_at, at),
        }
        trial = Shift(team=locked.team, opens_at=locked.opens_at, **said)
        _check(trial)
        return said

    with transaction.atomic():
        locked = move(MOVES, "change", shift, actor=actor, at=at, changes=changed)
        _follow(locked, at)
    return locked


def _follow(shift: Shift, at: datetime) -> None:
    """The time that a shift takes of its people is the shift's."""
    for entry in Entry.objects.filter(shift=shift).standing().select_related("user"):
        busy = places.colliding(entry.user, shift.starts_at, shift.ends_at, but=shift.pk).exists()
        entry.overlaps = entry.overlaps or busy
        if busy and not entry.overlap_reason:
            entry.overlap_reason = _("the shift was moved")
        entry.starts_at, entry.ends_at = shift.starts_at, shift.ends_at
        fields = ["overlaps", "overlap_reason", "starts_at", "ends_at", "updated_at"]
        if entry.offered_until is not None:
            # an offer is not held beyond the beginning
            entry.offered_until = min(entry.offered_until, shift.starts_at)
            fields.append("offered_until")
        entry.save(update_fields=fields)


def add_post(
    shift: Shift,
    *,
    actor: Any,
    at: datetime,
    name: str,
    wanted: int,
    places: int,
    needs: str = "",
    skill: str = "",
) -> Shift:
    def added(locked: Shift) -> Mapping[str, Any]:
        _add(locked, [Wanted(name, wanted, places, needs, skill)])
        return {}

    return move(MOVES, "add_post", shift, actor=actor, at=at, changes=added, note=name)


def set_places(
    shift: Shift, *, actor: Any, at: datetime, post: ShiftPost, wanted: int, places: int
) -> Shift:
    """Not below what is taken; what is free by it goes to whoever waits first."""

    def fitted(locked: Shift) -> Mapping[str, Any]:
        fresh = ShiftPost.objects.filter(shift=locked.pk, pk=post.pk).first()
        if fresh is None:
            raise Invalid(_("This post is of another shift."))
        _check_places(wanted, places)
        if places < fresh.taken:
            raise Invalid(_("So many are in it already: %(n)d.") % {"n": fresh.taken})
        fresh.wanted, fresh.places = wanted, places
        fresh.save(update_fields=["wanted", "places", "updated_at"])
        _sum(locked)
        entries.pass_on(locked, fresh.pk, at)
        return {}

    return move(MOVES, "set_places", shift, actor=actor, at=at, changes=fitted, note=post.name)


def take_in(
    shift: Shift, *, actor: Any, at: datetime, post: ShiftPost, member: Membership, reason: str = ""
) -> Shift:
    def entered(locked: Shift) -> Mapping[str, Any]:
        entries.take_in(locked, actor=actor, at=at, post=post, member=member, reason=reason)
        return {}

    return move(MOVES, "take_in", shift, actor=actor, at=at, changes=entered)


def ask_members(shift: Shift, *, actor: Any, at: datetime) -> Shift:
    return move(MOVES, "ask_members", shift, actor=actor, at=at)


def repeat(shift: Shift, *, actor: Any, at: datetime, rule: str) -> Shift:
    """It comes again by an RRULE; those of the next four weeks are made at once."""

    def begun(locked: Shift) -> Mapping[str, Any]:
        local = timezone.localtime(locked.starts_at)
        made = Rule(rule, local.date(), local.time())
        try:
            made.check()
        except BadRule as error:
            raise Invalid(str(error)) from error
        following = made.next(locked.starts_at + timedelta(seconds=1))
        if not following:
            raise Invalid(_("By this rule it comes only once."))
        series = ShiftSeries.objects.create(
            team=locked.team,
            rule=rule,
            starts_on=local.date(),
            time=local.time(),
            next_at=following[0],
        )
        return {"series": series}

    with transaction.atomic():
        locked = move(MOVES, "repeat", shift, actor=actor, at=at, changes=begun)
        assert locked.series is not None  # just made
        extend(locked.series, at)
    return locked


def stop(shift: Shift, *, actor: Any, at: datetime) -> Shift:
    def stopped(locked: Shift) -> Mapping[str, Any]:
        assert locked.series is not None  # so says the move
        ShiftSeries.objects.filter(pk=locked.series.pk).update(next_at=None, updated_at=at)
        return {}

    return move(MOVES, "stop", shift, actor=actor, at=at, changes=stopped)


def extend(series: ShiftSeries, at: datetime) -> int:
    """The shifts of a locked series up to four weeks from `at`, each like the newest there is; what
    fell into an outage and is over is not made up for. How many."""
    if series.next_at is None:
        return 0
    until = at + AHEAD
    like = series.shifts.order_by("-starts_at", "-pk").first()
    due = series.recurrence.between(series.next_at, until)
    series.next_at = next(iter(series.recurrence.next(until)), None)
    series.save(update_fields=["next_at", "updated_at"])
    if like is None:
        return 0
    made = 0
    for moment in due:
        if moment > at and _copy(like, moment, at):
            made += 1
    return made


def _copy(like: Shift, starts_at: datetime, at: datetime) -> bool:
    by = starts_at - like.starts_at
    fields = {
        name: getattr(like, name)
        for name in (
            *("team", "series", "title", "description", "bring", "place", "place_words"),
            *("withdraw_hours", "lead_confirms", "wanted", "places"),
        )
    }
    try:
        with transaction.atomic():
            made = Shift.objects.create(
                **fields,
                gate_at=like.gate_at + by,
                starts_at=starts_at,
                ends_at=like.ends_at + by,
                opens_at=like.opens_at + by if like.opens_at else None,
                remind_at=next_reminder(starts_at, at),
            )
    except IntegrityError:
        return False  # it is there already
    ShiftPost.objects.bulk_create(
        ShiftPost(
            shift=made,
            name=post.name,
            wanted=post.wanted,
            places=post.places,
            needs=post.needs,
            skill=post.skill,
        )
        for post in like.posts.order_by("pk")
    )
    record(MOVES.code_of("make"), made, actor=SYSTEM, at=at, after={"title": made.title})
    return True


def cancel(shift: Shift, *, actor: Any, at: datetime, reason: str) -> Shift:
    """Whoever was in it hears the reason, and is free at that time; who is there goes now."""
    with transaction.atomic():
        locked = move(
            MOVES, "cancel", shift, actor=actor, at=at, changes={"remind_at": None}, note=reason
        )
        for entry in Entry.objects.filter(shift=shift.pk, status__in=WAITING).order_by("pk"):
            entries.call_off(entry, actor=SYSTEM, at=at)
        here = Entry.objects.filter(shift=shift.pk, status=EntryStatus.CHECKED_IN)
        for entry in here.select_related("shift").order_by("pk"):
            entries.check_out(entry, actor=actor, at=at)
    return locked


def end(shift: Shift, *, actor: Any, at: datetime) -> Shift:
    """Over: who was not checked out is, to its end, and asked; who was not seen did not come."""
    with transaction.atomic():
        locked = move(MOVES, "end", shift, actor=actor, at=at, changes={"remind_at": None})
        close_entries(locked, actor=actor, at=at)
    return locked


def close_entries(shift: Shift, *, actor: Any, at: datetime) -> None:
    rows = Entry.objects.filter(shift=shift.pk).select_related("shift").order_by("pk")
    for entry in rows:
        match entry.status:
            case EntryStatus.CHECKED_IN:
                entries.check_out(entry, actor=actor, at=at, moment=shift.ends_at)
            case EntryStatus.REQUESTED | EntryStatus.CONFIRMED | EntryStatus.OFFERED:
                entries.no_show(entry, actor=actor, at=at)
            case EntryStatus.WAITLISTED:
                entries.call_off(entry, actor=SYSTEM, at=at)


def remind(shifts: Sequence[Shift], at: datetime) -> None:
    """Of locked shifts whose time has come."""
    occasions = [Occasion(one, one.remind_at.isoformat(), {}) for one in shifts if one.remind_at]
    for shift in shifts:
        shift.remind_at = next_reminder(shift.starts_at, at)
        shift.save(update_fields=["remind_at", "updated_at"])
    notify_many(MOVES.code_of("remind"), occasions, actor=SYSTEM, at=at)
