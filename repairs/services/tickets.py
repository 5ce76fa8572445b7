"""The verbs of a ticket. Each is a few lines on `workflow.move`; the rules stand in MOVES."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from attachments.services import claim as claim_photos
from audit.services import record
from estates.models import Estate, Facility, Place, Posting, Unit, holds, homes_of
from estates.querysets import DESK
from notifications.services import notify, retire_links
from repairs import rules
from repairs.models import (
    CLOSES_AFTER,
    Assignment,
    Category,
    Comment,
    CostLine,
    Follow,
    NumberSeries,
    Ticket,
)
from repairs.querysets import with_open_jobs
from repairs.services.deadlines import after, deadlines, elapsed, terms
from repairs.services.moves import ANSWER, MOVES
from workflow.actors import SYSTEM
from workflow.moves import move
from workflow.refusals import Invalid, NotAllowed, Refusal, TooMany

A_DAY = timedelta(days=1)
A_YEAR = timedelta(days=366)
REPORTS_A_DAY = 10
LIKE_REPORTS_A_DAY = 2
TITLE_LENGTH = 60


# --- reporting -----------------------------------------------------------------------------------


def report(
    *,
    actor: Any,
    at: datetime,
    category: Category,
    description: str,
    unit: Unit | None = None,
    place: Place | None = None,
    facility: Facility | None = None,
    reporter: Any = None,
    priority: str = "",
    source: str = Ticket.Source.WEB,
    photos: Sequence[str] = (),
    key: uuid.UUID | None = None,
    origin: Any = None,
    **words: Any,
) -> Ticket:
    """A new ticket. Sending the same `key` again gives the ticket of the first time.

    `reporter` is the resident for whom the desk writes; residents report for themselves. `words`
    are the plain fields: title, place_words, on_behalf_of, contact_name, contact_phone, private,
    windows, may_enter. Raises NotAllowed, Invalid and TooMany.
    """
    estate = category.estate
    if not rules.can_report(actor, estate, unit):
        raise NotAllowed(
            _("You may report for your own home and the public places of your estate.")
        )
    _check_place(estate, unit, place, facility)
    if (sent := _sent_before(actor, key)) is not None:
        return sent
    for_staff = holds(actor, estate.pk, *DESK) and not _lives_at(actor, unit)
    if reporter is None and not for_staff:
        reporter = actor
    priority = priority if for_staff and priority else category.priority
    try:
        with transaction.atomic():
            # Its lock lets one report of the estate be written at a time, so the count below holds.
            number = next_number(estate, at)
            if not for_staff:
                _check_rate(reporter, category, unit, place, at)
            ticket = Ticket.objects.create(
                number=number,
                estate=estate,
                category=category,
                description=description,
                title=words.pop("title", "") or title_of(description, category),
                unit=unit,
                place=place,
                facility=facility,
                reporter=_person(reporter),
                entered_by=_person(actor),
                priority=priority,
                source=source,
                idempotency_key=key,
                reported_at=at,
                clock_from=at,
                origin=origin,
                **deadlines(category, priority, at, estate.work_hours()),
                **words,
            )
            claim_photos(photos, row=ticket, by=actor)
            record("repairs.report", ticket, actor=actor, at=at, after={"number": ticket.number})
            notify("repairs.report", ticket, actor=actor, at=at)
    except IntegrityError:
        # Two taps at once: the other one was written first.
        if (sent := _sent_before(actor, key)) is not None:
            return sent
        raise
    return ticket


def next_number(estate: Estate, at: datetime) -> str:
    """R2026-000123: counted per estate and year, without gaps while transactions succeed."""
    year = timezone.localtime(at).year
    NumberSeries.objects.get_or_create(estate=estate, year=year)
    series = NumberSeries.objects.select_for_update().get(estate=estate, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{estate.ticket_prefix}{year}-{series.last:06d}"


def title_of(description: str, category: Category) -> str:
    """The first sentence, cut to a line."""
    first = description.strip().splitlines()[0] if description.strip() else category.label
    for stop in "。!?!?;;":
        first = first.split(stop)[0]
    return first.strip()[:TITLE_LENGTH] or category.label


def _person(actor: Any) -> Any:
    return actor if actor is not None and actor.pk else None


def _lives_at(actor: Any, unit: Unit | None) -> bool:
    return unit is not None and unit.pk in homes_of(actor)


def _sent_before(actor: Any, key: uuid.UUID | None) -> Ticket | None:
    if key is None or actor.pk is None:
        return None
    return Ticket.objects.filter(entered_by_id=actor.pk, idempotency_key=key).first()


def _check_place(
    estate: Estate, unit: Unit | None, place: Place | None, facility: Facility | None
) -> None:
    if unit is not None and place is not None:
        raise Invalid(_("Choose a home or a public place, not both."))
    if unit is not None and unit.estate.pk != estate.pk:
        raise Invalid(_("This home is in another estate."))
    if place is not None and place.estate_id != estate.pk:
        raise Invalid(_("This place is in another estate."))
    if facility is not None and (place is None or facility.place_id != place.pk):
        raise Invalid(_("This facility stands at another place."))


def _check_rate(
    reporter: Any, category: Category, unit: Unit | None, place: Place | None, at: datetime
) -> None:
    """Ten reports a day, two like ones: beyond it is a slip, and the desk has a telephone."""
    if reporter.pk is None:
        return
    today = Ticket.objects.filter(reporter_id=reporter.pk, reported_at__gt=at - A_DAY)
    if today.count() >= REPORTS_A_DAY:
        raise TooMany(
            _("You have reported ten times today. For anything urgent please call the front desk.")
        )
    if today.open().filter(category=category, unit=unit, place=place).count() >= LIKE_REPORTS_A_DAY:
        raise TooMany(_("You have reported this already. You can add to it or urge it instead."))


# --- the front desk ------------------------------------------------------------------------------


def accept(ticket: Ticket, *, actor: Any, at: datetime) -> Ticket:
    """Where the category goes round in turn, the next technician on duty gets it at once."""
    with transaction.atomic():
        locked = move(MOVES, "accept", ticket, actor=actor, at=at, changes=_answered(at))
        if locked.category.dispatch == Category.Dispatch.ROUND_ROBIN:
            worker = next_in_turn(locked, at)
            if worker is not None:
                locked = dispatch(ticket, worker=worker, actor=actor, at=at)
    return locked


def dispatch(ticket: Ticket, *, worker: Any, actor: Any, at: datetime) -> Ticket:
    return _assign(ticket, "dispatch", worker, actor=actor, at=at)


def reassign(ticket: Ticket, *, worker: Any, reason: str, actor: Any, at: datetime) -> Ticket:
    return _assign(ticket, "reassign", worker, actor=actor, at=at, reason=reason)


def take(ticket: Ticket, *, actor: Any, at: datetime) -> Ticket:
    return _assign(ticket, "take", actor, actor=actor, at=at)


def _assign(
    ticket: Ticket, verb: str, worker: Any, *, actor: Any, at: datetime, reason: str = ""
) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        if not workers_for(locked.estate_id, at).filter(user=worker).exists():
            raise Invalid(_("%(name)s is not a technician of this estate.") % {"name": worker.name})
        if locked.assignee_id == worker.pk and verb == "reassign":
            raise Invalid(_("%(name)s has this job already.") % {"name": worker.name})
        _end_assignment(locked, at=at, reason=reason)
        Assignment.objects.create(ticket=locked, worker=worker, started_at=at)
        return {"assignee": worker, "visit_from": None, "visit_to": None, **_answered(at)(locked)}

    return move(MOVES, verb, ticket, actor=actor, at=at, changes=changes, note=reason)


def workers_for(estate_id: int, at: datetime) -> Any:
    """Postings of the technicians of an estate on that day."""
    return Posting.objects.filter(
        estate=estate_id, duty="technician", user__is_active=True
    ).current(timezone.localdate(at))


def crews(estates: Iterable[int], at: datetime) -> dict[int, list[Any]]:
    """The technicians of each estate with their `open_jobs`, the freest first; one query."""
    postings = Posting.objects.filter(
        estate__in=list(estates), duty=Posting.Duty.TECHNICIAN, user__is_active=True
    ).current(timezone.localdate(at))
    people: dict[int, list[Any]] = {}
    for posting in with_open_jobs(postings, "user").select_related("user"):
        posting.user.open_jobs = posting.open_jobs
        people.setdefault(posting.estate_id, []).append(posting.user)
    return people


def next_in_turn(ticket: Ticket, at: datetime) -> Any:
    """Of the trade's technicians on duty, the one whose last job lies longest back, if any."""
    on_duty = workers_for(ticket.estate_id, at).filter(
        trades__contains=[ticket.category.trade], shifts__starts_at__lte=at, shifts__ends_at__gt=at
    )
    waiting = sorted(
        {posting.user for posting in on_duty.select_related("user")},
        key=lambda user: (_last_job(user), user.pk),
    )
    return waiting[0] if waiting else None


def _last_job(user: Any) -> datetime:
    last = Assignment.objects.filter(worker=user).order_by("-started_at").first()
    return last.started_at if last else datetime.min.replace(tzinfo=timezone.get_default_timezone())


def prioritise(ticket: Ticket, *, priority: str, actor: Any, at: datetime) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        return {"priority": priority, **_deadlines_again(locked, locked.category, priority)}

    return move(MOVES, "prioritise", ticket, actor=actor, at=at, changes=changes)


def recategorise(ticket: Ticket, *, category: Category, actor: Any, at: datetime) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        if category.estate_id != locked.estate_id:
            raise Invalid(_("This category belongs to another estate."))
        return {"category": category, **_deadlines_again(locked, category, locked.priority)}

    return move(MOVES, "recategorise", ticket, actor=actor, at=at, changes=changes)


def _deadlines_again(ticket: Ticket, category: Category, priority: str) -> dict[str, datetime]:
    """From the same start and with the same pauses: changing the terms never restarts the clock."""
    return deadlines(
        category,
        priority,
        ticket.clock_from or ticket.reported_at,
        ticket.estate.work_hours(),
        paused_minutes=ticket.paused_minutes,
    )


def reject(ticket: Ticket, *, reason: str, actor: Any, at: datetime) -> Ticket:
    """`reason` says why, and where to go instead."""

    def changes(locked: Ticket) -> dict[str, Any]:
        _end_assignment(locked, at=at)
        return {"reason": reason, "closed_at": at, **_answered(at)(locked)}

    return move(MOVES, "reject", ticket, actor=actor, at=at, changes=changes, note=reason)


def merge(ticket: Ticket, *, into: Ticket, actor: Any, at: datetime) -> Ticket:
    """The reporter and the followers go over to `into`; both tickets stay readable."""

    def changes(locked: Ticket) -> dict[str, Any]:
        target = both[into.pk]
        if target.pk == locked.pk:
            raise Invalid(_("A ticket cannot be merged into itself."))
        if target.estate_id != locked.estate_id:
            raise Invalid(_("That ticket belongs to another estate."))
        if not target.is_open:
            raise Invalid(_("%(number)s is not open any more.") % {"number": target.number})
        if target.private and locked.reporter_id != target.reporter_id:
            raise Invalid(_("%(number)s is only for its reporter.") % {"number": target.number})
        _end_assignment(locked, at=at)
        followers = {follow.user_id for follow in locked.follows.all()} | {locked.reporter_id}
        Follow.objects.bulk_create(
            [
                Follow(ticket=target, user_id=pk)
                for pk in followers
                if pk and pk != target.reporter_id
            ],
            ignore_conflicts=True,
        )
        return {"merged_into": target, "closed_at": at, **_answered(at)(locked)}

    with transaction.atomic():
        # Both rows at once and in order: two people merging crosswise cannot block each other.
        pair = Ticket.objects.filter(pk__in={ticket.pk, into.pk}).order_by("pk")
        both = {row.pk: row for row in pair.select_for_update(of=("self",), no_key=True)}
        return move(MOVES, "merge", ticket, actor=actor, at=at, changes=changes)


# --- the technician ------------------------------------------------------------------------------


def start(ticket: Ticket, *, actor: Any, at: datetime) -> Ticket:
    return move(MOVES, "start", ticket, actor=actor, at=at)


def plan_visit(
    ticket: Ticket, *, visit_from: datetime, visit_to: datetime, actor: Any, at: datetime
) -> Ticket:
    if visit_from >= visit_to:
        raise Invalid(_("The visit must begin before it ends."))
    if visit_to <= at:
        raise Invalid(_("The visit lies in the past."))
    _check_near(visit_to, at)
    changes = {"visit_from": visit_from, "visit_to": visit_to}
    return move(MOVES, "plan_visit", ticket, actor=actor, at=at, changes=changes)


def _check_near(moment: datetime, at: datetime) -> None:
    if moment > at + A_YEAR:
        raise Invalid(_("Choose a time within a year."))


def hold(ticket: Ticket, *, until: datetime, reason: str, actor: Any, at: datetime) -> Ticket:
    """The clock stands still until then, and the resident reads why."""
    if until <= at:
        raise Invalid(_("Choose a time that is still to come."))
    _check_near(until, at)

    def changes(locked: Ticket) -> dict[str, Any]:
        return {
            "held_at": at,
            "held_until": until,
            "held_from": locked.status,
            "hold_reason": reason,
        }

    return move(MOVES, "hold", ticket, actor=actor, at=at, changes=changes, note=reason)


def resume(ticket: Ticket, *, actor: Any, at: datetime) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        assert locked.held_at is not None  # the database holds it so
        hours, owed = locked.estate.work_hours(), terms(locked.category, locked.priority)
        always = owed.round_the_clock
        pause = elapsed(locked.held_at, at, round_the_clock=always, hours=hours)
        later = {
            name: after(deadline, pause, round_the_clock=always, hours=hours)
            for name, deadline in (
                ("respond_by", locked.respond_by),
                ("resolve_by", locked.resolve_by),
            )
            if deadline is not None
        }
        return {
            "held_at": None,
            "held_until": None,
            "hold_reason": "",
            "paused_minutes": locked.paused_minutes + pause,
            **later,
        }

    return move(MOVES, "resume", ticket, actor=actor, at=at, changes=changes)


def hand_back(ticket: Ticket, *, reason: str, actor: Any, at: datetime) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        _end_assignment(locked, at=at, reason=reason)
        return {"assignee": None, "visit_from": None, "visit_to": None}

    return move(MOVES, "hand_back", ticket, actor=actor, at=at, changes=changes, note=reason)


def resolve(
    ticket: Ticket, *, resolution: str, photos: Sequence[str] = (), actor: Any, at: datetime
) -> Ticket:
    """A result in words; in public places an after-photo too, for nobody was at home to see it."""

    def changes(locked: Ticket) -> dict[str, Any]:
        if locked.is_public and not photos:
            raise Invalid(_("Please add a photo of the finished work: this is a public place."))
        claim_photos(photos, row=locked, by=actor, stage="after")
        return {"resolution": resolution, "resolved_at": at}

    return move(MOVES, "resolve", ticket, actor=actor, at=at, changes=changes, note=resolution)


def add_cost(
    ticket: Ticket,
    *,
    kind: str,
    name: str,
    quantity: Decimal,
    unit_price: Decimal,
    payer: str,
    actor: Any,
    at: datetime,
) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        CostLine.objects.create(
            ticket=locked,
            kind=kind,
            name=name,
            quantity=quantity,
            unit_price=unit_price,
            payer=payer,
        )
        return {}

    words = f"{name} × {quantity.normalize():f}"
    return move(MOVES, "add_cost", ticket, actor=actor, at=at, changes=changes, note=words)


# --- the resident --------------------------------------------------------------------------------


def confirm(
    ticket: Ticket, *, rating: int | None = None, words: str = "", actor: Any, at: datetime
) -> Ticket:
    changes: dict[str, Any] = {"closed_at": at}
    if rating:
        changes |= {"rating": rating, "rating_words": words, "rated_at": at}
    return move(MOVES, "confirm", ticket, actor=actor, at=at, changes=changes, note=words)


def dispute(
    ticket: Ticket, *, reason: str, photos: Sequence[str] = (), actor: Any, at: datetime
) -> Ticket:
    return _open_again(ticket, "dispute", reason, photos, actor=actor, at=at)


def reopen(
    ticket: Ticket, *, reason: str, photos: Sequence[str] = (), actor: Any, at: datetime
) -> Ticket:
    return _open_again(ticket, "reopen", reason, photos, actor=actor, at=at)


def _open_again(
    ticket: Ticket, verb: str, reason: str, photos: Sequence[str], *, actor: Any, at: datetime
) -> Ticket:
    """A promise not kept starts its clock anew, and somebody must answer it anew."""

    def changes(locked: Ticket) -> dict[str, Any]:
        # a link that asked about this repair must not close the next one
        retire_links(locked, ANSWER, at=at)
        claim_photos(photos, row=locked, by=actor)
        _end_assignment(locked, at=at)
        return {
            "assignee": None,
            "visit_from": None,
            "visit_to": None,
            "resolved_at": None,
            "closed_at": None,
            "responded_at": None,
            "clock_from": at,
            "paused_minutes": 0,
            "reopens": locked.reopens + 1,
            **deadlines(locked.category, locked.priority, at, locked.estate.work_hours()),
        }

    return move(MOVES, verb, ticket, actor=actor, at=at, changes=changes, note=reason)


def rate(ticket: Ticket, *, rating: int, words: str = "", actor: Any, at: datetime) -> Ticket:
    changes = {"rating": rating, "rating_words": words, "rated_at": at}
    return move(MOVES, "rate", ticket, actor=actor, at=at, changes=changes, note=words)


def urge(ticket: Ticket, *, actor: Any, at: datetime) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        return {"urged_at": at, "urges": locked.urges + 1}

    return move(MOVES, "urge", ticket, actor=actor, at=at, changes=changes)


AMENDABLE = frozenset(
    {
        "description",
        "place_words",
        "contact_name",
        "contact_phone",
        "windows",
        "may_enter",
        "private",
    }
)


def amend(
    ticket: Ticket, *, actor: Any, at: datetime, photos: Sequence[str] = (), **fields: Any
) -> Ticket:
    """Change what was said, before work starts; only the fields of AMENDABLE."""
    wrong = set(fields) - AMENDABLE
    if wrong:
        raise Invalid(
            _("This cannot be changed here: %(fields)s.") % {"fields": ", ".join(sorted(wrong))}
        )

    def changes(locked: Ticket) -> Mapping[str, Any]:
        hides = fields.get("private", locked.private) != locked.private
        if hides and locked.reporter_id != actor.pk and not rules.can_triage(actor, locked):
            raise Invalid(_("Only the reporter decides who sees it."))
        claim_photos(photos, row=locked, by=actor)
        return fields

    return move(MOVES, "amend", ticket, actor=actor, at=at, changes=changes)


def cancel(ticket: Ticket, *, reason: str = "", actor: Any, at: datetime) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        _end_assignment(locked, at=at)
        return {"reason": reason, "closed_at": at}

    return move(MOVES, "cancel", ticket, actor=actor, at=at, changes=changes, note=reason)


# --- talk ----------------------------------------------------------------------------------------


def comment(
    ticket: Ticket, *, body: str, photos: Sequence[str] = (), actor: Any, at: datetime
) -> Ticket:
    """For everybody who sees the ticket. The staff's first comment answers the resident."""

    def changes(locked: Ticket) -> dict[str, Any]:
        said = Comment.objects.create(ticket=locked, author=actor, at=at, body=body)
        claim_photos(photos, row=said, by=actor)
        from_staff = rules.is_staff(actor, locked) and not rules.is_household(actor, locked)
        return _answered(at)(locked) if from_staff else {}

    return move(MOVES, "comment", ticket, actor=actor, at=at, changes=changes, tell={"body": body})


def note(
    ticket: Ticket, *, body: str, photos: Sequence[str] = (), actor: Any, at: datetime
) -> Ticket:
    """For the staff only; it answers nobody and restarts no clock."""

    def changes(locked: Ticket) -> dict[str, Any]:
        said = Comment.objects.create(ticket=locked, author=actor, at=at, body=body, internal=True)
        claim_photos(photos, row=said, by=actor)
        return {}

    return move(MOVES, "note", ticket, actor=actor, at=at, changes=changes, tell={"body": body})


def follow(ticket: Ticket, *, actor: Any, at: datetime) -> bool:
    """Hear of a ticket that is not one's own; False when one follows it already."""
    if not rules.can_follow(actor, ticket):
        raise NotAllowed(_("This is your own ticket: you hear of it anyway."))
    with transaction.atomic():
        _follow, created = Follow.objects.get_or_create(ticket=ticket, user=actor)
        if created:
            record("repairs.follow", ticket, actor=actor, at=at)
    return created


def unfollow(ticket: Ticket, *, actor: Any, at: datetime) -> bool:
    with transaction.atomic():
        gone, _rows = Follow.objects.filter(ticket=ticket, user=actor).delete()
        if gone:
            record("repairs.unfollow", ticket, actor=actor, at=at)
    return bool(gone)


# --- afterwards ----------------------------------------------------------------------------------


def close(ticket: Ticket, *, actor: Any, at: datetime) -> Ticket:
    return move(MOVES, "close", ticket, actor=actor, at=at, changes={"closed_at": at})


def return_visit(ticket: Ticket, *, words: str, actor: Any, at: datetime) -> Ticket:
    changes = {"return_visit_at": at, "return_visit_words": words}
    return move(MOVES, "return_visit", ticket, actor=actor, at=at, changes=changes, note=words)


def _answered(at: datetime) -> Any:
    """The first answer counts; later ones leave it."""
    return lambda locked: {} if locked.responded_at else {"responded_at": at}


def _end_assignment(ticket: Ticket, *, at: datetime, reason: str = "") -> None:
    Assignment.objects.filter(ticket=ticket, ended_at__isnull=True).update(
        ended_at=at, reason=reason
    )


# --- sweeps: each may run twice, late, or on two machines ----------------------------------------

SOON = timedelta(hours=1)


def wake_held(at: datetime) -> int:
    """Held tickets whose time has come go on by themselves."""
    return _each(Ticket.objects.to_wake(at), lambda ticket: resume(ticket, actor=SYSTEM, at=at))


def close_unanswered(at: datetime) -> int:
    due = Ticket.objects.unanswered_since(at - CLOSES_AFTER)
    return _each(due, lambda ticket: close(ticket, actor=SYSTEM, at=at))


def remind_before_deadlines(at: datetime) -> int:
    """The technician hears once for each deadline that comes within the hour."""
    due = Ticket.objects.due_soon(at, at + SOON)
    return sum(
        _tell_once(ticket, "due_soon", "reminded_for", ticket.next_deadline, at) for ticket in due
    )


def alarm_after_deadlines(at: datetime) -> int:
    """The manager hears once for each deadline that passed, taken or not."""
    due = Ticket.objects.not_alarmed(at)
    return sum(
        _tell_once(ticket, "overdue", "alarmed_for", ticket.missed(at), at) for ticket in due
    )


def _tell_once(
    ticket: Ticket, kind: str, mark: str, deadline: datetime | None, at: datetime
) -> int:
    """Claim the deadline by a conditional update; whoever changed the row tells."""
    with transaction.atomic():
        same = Ticket.objects.filter(pk=ticket.pk, status=ticket.status)
        free = same.filter(Q(**{f"{mark}__isnull": True}) | ~Q(**{mark: deadline}))
        if not free.update(**{mark: deadline}):
            return 0
        occasion = deadline.isoformat() if deadline else ""
        notify(f"repairs.{kind}", ticket, actor=SYSTEM, at=at, occasion=occasion, deadline=deadline)
    return 1


def _each(tickets: Iterable[Ticket], verb: Any) -> int:
    """One transaction a row; a row that somebody moved meanwhile is not due any more."""
    done = 0
    for ticket in tickets:
        try:
            verb(ticket)
            done += 1
        except Refusal:
            continue
    return done
