"""What the page of a ticket shows to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from common.dates import said_duration
from grids.services.hints import two_people
from repairs import rules, services
from repairs.lives import TICKET
from repairs.models import CostLine, Ticket
from repairs.services.deadlines import Why
from repairs.states import JOBS, UNMENDED, UNTAKEN
from workflow.lives import Button
from workflow.timeline import Event, story

S = Ticket.Status
STEPS = (
    (gettext_lazy("Reported"), {S.NEW}),
    (gettext_lazy("Accepted"), UNTAKEN),
    (gettext_lazy("Assigned"), {S.ASSIGNED}),
    (gettext_lazy("In repair"), {S.IN_PROGRESS}),
    (gettext_lazy("To confirm"), {S.RESOLVED}),
)
# The first of these that is open becomes the green button, the next ones stand beside it.
LEADS = ("confirm", "accept", "dispatch", "take", "start", "resolve", "resume", "rate", "urge")
BESIDE = ("dispute", "comment", "plan_visit", "reassign")
MOST_BESIDE = 1
MOST_ABSORBED = 20


@dataclass
class TicketPage:
    ticket: Ticket
    user: Any
    at: datetime
    staff: bool
    worker: bool
    household: bool
    verbs: Sequence[str]

    # --- buttons

    def button(self, verb: str) -> Button:
        return TICKET.button(self.ticket, verb)

    @cached_property
    def lead(self) -> Button | None:
        first = next((verb for verb in LEADS if verb in self.verbs), None)
        return self.button(first) if first else None

    @cached_property
    def beside(self) -> list[Button]:
        return [self.button(verb) for verb in BESIDE if verb in self.verbs][:MOST_BESIDE]

    @cached_property
    def more(self) -> list[Button]:
        shown = {b.verb for b in (*self.beside, *([self.lead] if self.lead else []))}
        return [self.button(verb) for verb in self.verbs if verb not in shown]

    @cached_property
    def can_follow(self) -> bool:
        return rules.can_follow(self.user, self.ticket)

    # --- where it stands

    @property
    def steps(self) -> list[tuple[Any, str]]:
        """Empty for a ticket that ended another way than by being mended."""
        if self.ticket.status in UNMENDED:
            return []
        status = self.ticket.held_from if self.on_hold else self.ticket.status
        reached = [n for n, (_label, states) in enumerate(STEPS) if status in states]
        here = reached[0] if reached else len(STEPS)
        return [(label, mark(n, here)) for n, (label, _states) in enumerate(STEPS)]

    @cached_property
    def merged_into(self) -> Ticket | None:
        """If the reader sees it: the reporter does, the others of the home need not."""
        rows = Ticket.objects.visible_to(self.user)
        target: Ticket | None = rows.filter(pk=self.ticket.merged_into_id).first()
        return target

    @cached_property
    def absorbed(self) -> list[Ticket]:
        """The reports that were merged into this one, those that the reader sees."""
        merged = Ticket.objects.visible_to(self.user).filter(merged_into=self.ticket.pk)
        return list(merged.order_by("pk")[:MOST_ABSORBED])

    @property
    def on_hold(self) -> bool:
        return self.ticket.status == S.ON_HOLD

    @property
    def overdue(self) -> bool:
        return self.ticket.is_overdue(self.at)

    @property
    def missed(self) -> datetime | None:
        return self.ticket.missed(self.at)

    @cached_property
    def why(self) -> Why:
        return services.why(self.ticket)

    @property
    def respond_words(self) -> str:
        return span(self.why.terms.respond_minutes, self.why.terms.round_the_clock)

    @property
    def resolve_words(self) -> str:
        return span(self.why.terms.resolve_minutes, self.why.terms.round_the_clock)

    @property
    def pause_words(self) -> str:
        return span(self.why.paused_minutes, self.why.terms.round_the_clock)

    @property
    def windows(self) -> list[str]:
        windows = self.ticket.windows if self.sees_home else []
        return [services.said_window(window, self.at) for window in windows]

    @property
    def may_enter(self) -> bool:
        return self.sees_home and self.ticket.may_enter

    @cached_property
    def in_pairs(self) -> bool:
        """For whoever has the job, and nobody else: two people, please."""
        unit = self.ticket.unit_id
        return self.worker and unit is not None and bool(two_people([unit]))

    # --- people

    @property
    def sees_home(self) -> bool:
        return rules.sees_home(self.user, self.ticket)

    @property
    def sees_phone(self) -> bool:
        return rules.sees_phone(self.user, self.ticket)

    @property
    def technician_phone(self) -> str:
        """While the job is theirs, for the home and the colleagues."""
        calls = self.sees_home and not self.worker
        person = self.ticket.assignee if calls and self.ticket.status in JOBS else None
        return person.phone or "" if person else ""

    # --- what was done, said and paid

    @cached_property
    def _story(self) -> tuple[list[Event], list[Any]]:
        return story(TICKET, self.ticket, self.user)

    @property
    def events(self) -> list[Event]:
        return self._story[0]

    @property
    def photos(self) -> list[Any]:
        return self._story[1]

    @cached_property
    def costs(self) -> list[CostLine]:
        return list(self.ticket.costs.all()) if self.sees_home else []

    @property
    def own_cost(self) -> Any:
        return sum(line.total for line in self.costs if line.payer == CostLine.Payer.OWNER)


def ticket_page(ticket: Ticket, user: Any, at: datetime) -> TicketPage:
    return TicketPage(
        ticket=ticket,
        user=user,
        at=at,
        staff=rules.is_staff(user, ticket),
        worker=rules.is_worker(user, ticket),
        household=rules.is_household(user, ticket),
        verbs=TICKET.open_to(ticket, user, at=at),
    )


def mark(step: int, here: int) -> str:
    return "here" if step == here else "done" if step < here else ""


def span(minutes: int, round_the_clock: bool) -> str:
    """“18 working hours”, for a working day is no day of 24 hours."""
    if round_the_clock:
        return said_duration(timedelta(minutes=minutes))
    if minutes < 60:
        return ngettext("%d working minute", "%d working minutes", minutes) % minutes
    hours = round(minutes / 60)
    return ngettext("%d working hour", "%d working hours", hours) % hours
