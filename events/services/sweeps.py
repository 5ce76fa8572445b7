"""What the portal does by itself. Each sweep may run twice, late, or on two machines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from events.models import Event, SeasonalTemplate, Signup, Slot
from events.services import events, places, seasons, signups
from events.states import EventStatus
from workflow.actors import SYSTEM
from workflow.sweeps import Swept, each


def draft(at: datetime) -> Swept:
    """Events of templates whose day comes near. Counted are the templates that had any."""
    due = SeasonalTemplate.objects.active()
    return each(due, lambda template: seasons.draft_due(template, at))


def begin(at: datetime) -> Swept:
    return each(Event.objects.to_begin(at), lambda row: events.begin(row, actor=SYSTEM, at=at))


def end(at: datetime) -> Swept:
    return each(Event.objects.to_end(at), lambda row: events.end(row, actor=SYSTEM, at=at))


def remind(at: datetime) -> Swept:
    return each(Event.objects.to_remind(at), lambda row: events.remind(row, at))


def run_out(at: datetime) -> Swept:
    """Offers whose time is over, and places that nobody waited for when they became free; event by
    event, for the event is what everybody locks first."""
    held = Q(pk__in=Signup.objects.run_out(at).values("event"))
    due = Event.objects.filter(held | Q(pk__in=Event.objects.to_pass_on(at).values("pk")))

    def pass_on(event: Event) -> bool:
        done = 0
        for signup in Signup.objects.run_out(at).filter(event=event.pk).order_by("pk"):
            signups.expire(signup, actor=SYSTEM, at=at)
            done += 1
        with transaction.atomic():
            done += signups.pass_on(places.lock_event(event.pk), at)
        return bool(done)

    return each(due, pass_on)


# Answers, numbers and typed names are needed for the event and its questions, and no longer.
KEPT = timedelta(days=60)


def forget(at: datetime) -> Swept:
    """What was asked for the sake of an event goes when it is long over."""
    over = (EventStatus.ENDED, EventStatus.REPORTED, EventStatus.CANCELLED)
    done = Q(event__status__in=over, event__ends_at__lt=at - KEPT)
    told = ~Q(answers={}) | ~Q(phone="")
    signed = Signup.objects.filter(done, told).update(answers={}, phone="", updated_at=at)
    turns: Any = Slot.objects.filter(
        service__event__status__in=over, service__event__ends_at__lt=at - KEPT
    )
    numbers = turns.exclude(phone="").update(phone="", updated_at=at)
    return Swept(done=signed + numbers)
