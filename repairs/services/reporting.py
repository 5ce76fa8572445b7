"""Reporting: a new ticket, its number, and who may send how many."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from attachments.models import Attachment
from audit.services import record
from estates.models import Estate, Facility, Occupant, Place, Unit
from estates.services import numbers
from estates.standing import homes_of
from notifications.services import notify
from repairs import rules
from repairs.models import Category, Ticket
from repairs.services.deadlines import deadlines
from repairs.services.photos import add_photos
from workflow import follow_ups
from workflow.refusals import Invalid, NotAllowed, Refusal, TooMany

A_DAY = timedelta(days=1)
REPORTS_A_DAY = 10
LIKE_REPORTS_A_DAY = 2
TITLE_LENGTH = 60


class SentBefore(Refusal):
    """The key came with other words the first time (409); `ticket` is what they became."""

    status = 409
    code = "sent_before"

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.facts = {"number": ticket.number}
        super().__init__(
            _("This report was sent before, in other words: it is %(number)s. Add to that one.")
            % self.facts
        )


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
    """A new ticket. Sending the same `key` and words again gives the ticket of the first time.

    `origin` is the row of another app that it comes from, if any. `reporter` is the resident for
    whom the desk writes, by default the one of the home whose number is the contact's; residents
    report for themselves. `words` are the plain fields: title, place_words, on_behalf_of,
    contact_name, contact_phone, private, windows, may_enter.
    Raises NotAllowed, Invalid, TooMany, and SentBefore for a known key with other words.
    """
    estate = category.estate
    if not rules.can_report(actor, estate, unit):
        raise NotAllowed(
            _("You may report for your own home and the public places of your estate.")
        )
    digest = content_digest(
        category=category,
        description=description,
        unit=unit,
        place=place,
        facility=facility,
        priority=priority,
        photos=photos,
        **words,
    )
    if (sent := _sent_before(actor, key, digest)) is not None:
        return sent
    if origin is not None:
        origin = follow_ups.check(origin, actor)
    if not category.is_active:
        raise Invalid(_("This category is not in use any more."))
    _check_place(estate, unit, place, facility, words.get("place_words", ""))
    if unit is None:
        # Nobody's home: there is nothing to keep to oneself, and nothing to be let into.
        words |= {"private": False, "may_enter": False}
    for_staff = rules.reports_for_others(actor, estate, unit) and not _lives_at(actor, unit)
    if reporter is None:
        reporter = _caller(unit, words.get("contact_phone", ""), at) if for_staff else actor
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
                sent_digest=digest if key else "",
                reported_at=at,
                clock_from=at,
                origin=origin,
                **deadlines(category, priority, at, estate.work_hours()),
                **words,
            )
            add_photos(photos, ticket=ticket, by=actor)
            record(
                "repairs.ticket.report", ticket, actor=actor, at=at, after={"number": ticket.number}
            )
            notify("repairs.ticket.report", ticket, actor=actor, at=at)
    except (IntegrityError, TooMany):
        # Two taps at once: the other one was written first, and may have been the day's last.
        if (sent := _sent_before(actor, key, digest)) is not None:
            return sent
        raise
    return ticket


def next_number(estate: Estate, at: datetime) -> str:
    """R2026-000123: counted per estate and year, without gaps while transactions succeed."""
    return next_numbers(estate, timezone.localtime(at).year, 1)[0]


def next_numbers(estate: Estate, year: int, count: int) -> list[str]:
    return numbers.next_numbers(
        "repairs.ticket",
        Ticket.objects.all(),
        letters=estate.ticket_prefix,
        of=estate,
        year=year,
        count=count,
    )


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


def _caller(unit: Unit | None, phone: str, at: datetime) -> Any:
    """Whose number on the home's roster it is; as the reporter, they see the ticket."""
    if unit is None or not phone:
        return None
    living = Occupant.objects.current(timezone.localdate(at)).filter(unit=unit, phone=phone)
    found = living.filter(user__isnull=False).select_related("user").first()
    return found.user if found else None


def _sent_before(actor: Any, key: uuid.UUID | None, digest: str) -> Ticket | None:
    if key is None or actor.pk is None:
        return None
    sent = Ticket.objects.filter(entered_by_id=actor.pk, idempotency_key=key).first()
    if sent is not None and sent.sent_digest != digest:
        raise SentBefore(sent)
    return sent


def content_digest(*, photos: Sequence[str] = (), **sent: Any) -> str:
    """Of all that a person filled in; what was left empty counts like what was not there."""
    filled = {name: getattr(value, "pk", value) for name, value in sent.items() if value}
    pictures = Attachment.objects.filter(key__in=photos).values_list("sha256", flat=True)
    text = json.dumps([filled, sorted(pictures)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _check_place(
    estate: Estate, unit: Unit | None, place: Place | None, facility: Facility | None, words: str
) -> None:
    if unit is None and place is None and not words:
        raise Invalid(_("Please choose the place, or say where it is."))
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
