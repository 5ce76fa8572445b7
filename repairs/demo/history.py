"""A year of finished repairs, written in bulk: made by the same clock and rules as real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.models import User
from attachments.models import Comment
from audit.models import Entry
from estates.demo.ground import Ground
from estates.models import NumberSeries, Occupant, Place, Unit
from repairs.demo import stories
from repairs.demo.categories import categories_of
from repairs.demo.stories import HOME, STORIES, Story
from repairs.models import CLOSES_AFTER, Assignment, CostLine, Pause, Ticket
from repairs.services.deadlines import after, deadlines, terms
from repairs.services.reporting import title_of
from workflow.scenes import Clock

S, SOURCE = Ticket.Status, Ticket.Source
UNTIL = timedelta(days=9)
YEAR = timedelta(days=365)


@dataclass
class Past:
    """A ticket and the rows that hang on it, before they have keys."""

    ticket: Ticket
    entries: list[tuple[datetime, User | None, str, dict[str, Any], dict[str, Any], str]] = field(
        default_factory=list
    )
    assignments: list[Assignment] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    costs: list[CostLine] = field(default_factory=list)


def write_history(
    ground: Ground, dice: Random, times: Clock, count: int, *, own: Sequence[Unit] = ()
) -> int:
    """`count` repairs reported between a year and nine days ago, in order of their reports.

    The homes in `own` are sure to have three each.
    """
    teller = Teller(ground, dice, times)
    begins, ends = times.now - YEAR, times.now - UNTIL
    moments = sorted(_moment(dice, times, begins, ends) for _ in range(count))
    homes = {
        round(count * share) + step: unit
        for share in (0.3, 0.65, 0.93)
        for step, unit in enumerate(own)
    }
    pasts = [teller.tell(moment, home=homes.get(n)) for n, moment in enumerate(moments)]
    _number(ground, pasts)
    _store(pasts)
    return len(pasts)


def _moment(dice: Random, times: Clock, begins: datetime, ends: datetime) -> datetime:
    while True:
        day = begins + timedelta(days=dice.random() * (ends - begins).days)
        moment = times.some_moment(day)
        # Fewer reports on days that nobody works.
        if begins < moment < ends and (times.hours.is_workday(day.date()) or dice.random() < 0.6):
            return moment


class Teller:
    """Tells one repair after another about an estate."""

    def __init__(self, ground: Ground, dice: Random, times: Clock) -> None:
        self.ground = ground
        self.dice = dice
        self.times = times
        self.categories = categories_of(ground.estate)
        self.lived_in = [unit for unit in ground.units if unit.pk in ground.people]
        kinds = {place.kind for place in ground.places}
        self.stories = [story for story in STORIES if story.where == HOME or story.where in kinds]

    def tell(self, reported: datetime, *, home: Unit | None = None) -> Past:
        """One that has ended by now, as far as it has; of a given home, if any."""
        while True:
            past = self._told(reported, home)
            if past.entries[-1][0] <= self.times.now:
                return past

    def _told(self, reported: datetime, home: Unit | None) -> Past:
        story = self._story(reported, at_home=home is not None)
        past = self._report(story, reported, home)
        ticket = past.ticket
        fate = self.dice.choices(["done", "cancelled", "rejected"], [92, 4, 4])[0]
        if fate == "cancelled" and ticket.reporter is not None:
            self._end(
                past, S.CANCELLED, self._later(reported, 5, 90), ticket.reporter, stories.CANCELS
            )
        elif fate == "rejected" and home is None and story.category.startswith("other"):
            self._end(
                past, S.REJECTED, self._later(reported, 5, 90), self.ground.desk, stories.REJECTS
            )
        else:
            self._repair(past, story)
        return past

    def _story(self, reported: datetime, *, at_home: bool) -> Story:
        fitting = [
            story
            for story in self.stories
            if (not story.months or reported.month in story.months)
            and (story.where == HOME or not at_home)
        ]
        # What has its season comes more often in it; homes break more often than halls.
        weights = [
            (2 if story.months else 1) * (3 if story.where == HOME else 1) for story in fitting
        ]
        return self.dice.choices(fitting, weights)[0]

    # --- the report

    def _report(self, story: Story, reported: datetime, home: Unit | None) -> Past:
        unit, place = (home, None) if home else self._where(story)
        floor = self._floor(unit, place)
        person = self._who(unit)
        reporter = person.user if person else None
        category = self.categories[story.category]
        text = story.text.format(floor=floor, room=f"{floor + 1}{unit.number[-2:] if unit else ''}")
        source = (
            SOURCE.WEB if reporter else self.dice.choice([SOURCE.PHONE, SOURCE.PHONE, SOURCE.DESK])
        )
        entered_by = reporter or self.ground.desk
        ticket = Ticket(
            estate=self.ground.estate,
            category=category,
            unit=unit,
            place=place,
            place_words=story.spot or (f"{floor} 层" if story.where == Place.Kind.CORRIDOR else ""),
            title=title_of(text, category),
            description=text,
            priority=category.priority,
            source=source,
            reporter=reporter,
            entered_by=entered_by,
            contact_name=person.name if person else "",
            contact_phone=person.phone if person else "",
            may_enter=unit is not None and self.dice.random() < 0.15,
            reported_at=reported,
            clock_from=reported,
            **deadlines(category, category.priority, reported, self.times.hours),
        )
        past = Past(ticket)
        past.entries.append((reported, entered_by, "report", {}, {}, ""))
        return past

    def _floor(self, unit: Unit | None, place: Place | None) -> int:
        if unit is not None:
            return unit.floor or 1
        top = place.building.floors if place and place.building else 6
        return self.dice.randrange(2, (top or 6) + 1)

    def _where(self, story: Story) -> tuple[Unit | None, Place | None]:
        if story.where == HOME:
            return self.dice.choice(self.lived_in), None
        return None, self.dice.choice([p for p in self.ground.places if p.kind == story.where])

    def _who(self, unit: Unit | None) -> Occupant | None:
        """Somebody of the home; for public places anybody of the estate, or a colleague."""
        if unit is None:
            unit = self.dice.choice(self.lived_in)
        people = self.ground.people[unit.pk]
        return next((one for one in people if one.user), self.dice.choice(people))

    def _later(self, moment: datetime, least: int, most: int) -> datetime:
        """Some minutes later at which the estate works."""
        minutes = self.dice.randrange(least, most)
        return after(moment, minutes, round_the_clock=False, hours=self.times.hours)

    def _soon(self, ticket: Ticket, moment: datetime, least: int, most: int) -> datetime:
        """Emergencies do not wait for the morning."""
        if terms(ticket.category, ticket.priority).resolve_minutes <= 240:
            return moment + timedelta(minutes=self.dice.randrange(2, 12))
        return self._later(moment, least, most)

    # --- the repair

    def _repair(self, past: Past, story: Story) -> None:
        ticket, dice = past.ticket, self.dice
        accepted = self._soon(ticket, ticket.reported_at, 2, 40)
        self._move(past, accepted, self.ground.desk, "accept", S.ACCEPTED, responded_at=accepted)
        worker = self._worker(ticket)
        sent = self._soon(ticket, accepted, 2, 45)
        if dice.random() < 0.03:
            sent = self._handed_back(past, sent)
        self._assign(past, worker, sent)
        if dice.random() < 0.25:
            past.comments.append(self._comment(self.ground.desk, sent, stories.COMMENTS_OF_STAFF))
        if dice.random() < 0.15 and ticket.reporter:
            said = sent + timedelta(minutes=dice.randrange(3, 25))
            past.comments.append(
                self._comment(ticket.reporter, said, stories.COMMENTS_OF_RESIDENTS)
            )
        started = self._soon(ticket, sent, 15, 260)
        self._move(past, started, worker, "start", S.IN_PROGRESS)
        if dice.random() < 0.07:
            started = self._held(past, worker, started)
        if dice.random() < 0.12:
            past.comments.append(self._comment(worker, started, stories.NOTES, internal=True))
        resolved = self._resolved(past, worker, story, started)
        if dice.random() < 0.03 and ticket.reporter:
            resolved = self._again(past, worker, story, resolved)
        self._close(past, resolved)

    def _worker(self, ticket: Ticket) -> User:
        return self.dice.choice(self.ground.workers[ticket.category.trade])

    def _assign(self, past: Past, worker: User, at: datetime) -> None:
        past.assignments.append(Assignment(ticket=past.ticket, worker=worker, started_at=at))
        verb, actor = (
            ("take", worker) if self.dice.random() < 0.3 else ("dispatch", self.ground.desk)
        )
        self._move(past, at, actor, verb, S.ASSIGNED, assignee=worker)

    def _handed_back(self, past: Past, sent: datetime) -> datetime:
        first = self._worker(past.ticket)
        self._assign(past, first, sent)
        back = self._later(sent, 10, 60)
        words = self.dice.choice(stories.HAND_BACKS)
        self._off(past, back, words)
        self._move(past, back, first, "hand_back", S.ACCEPTED, words, assignee=None)
        return self._later(back, 5, 40)

    def _off(self, past: Past, at: datetime, words: str = "") -> None:
        past.assignments[-1].ended_at = at
        past.assignments[-1].reason = words

    def _held(self, past: Past, worker: User, started: datetime) -> datetime:
        """The clock stands still; the deadline moves by the pause."""
        ticket = past.ticket
        begins = self._later(started, 10, 60)
        ends = self._later(begins + timedelta(days=self.dice.randrange(1, 5)), 1, 120)
        words = self.dice.choice(stories.HOLD_REASONS)
        past.pauses.append(Pause(ticket=ticket, began_at=begins, ended_at=ends))
        self._move(past, begins, worker, "hold", S.ON_HOLD, words)
        due = deadlines(
            ticket.category,
            ticket.priority,
            ticket.reported_at,
            self.times.hours,
            pauses=[(begins, ends)],
            responded_at=ticket.responded_at,
        )
        self._move(past, ends, worker, "resume", S.IN_PROGRESS, **due)
        return ends

    def _resolved(self, past: Past, worker: User, story: Story, started: datetime) -> datetime:
        ticket = past.ticket
        resolved = self._soon(ticket, started, 15, 150)
        late = self.dice.random() < 0.06
        if late and ticket.resolve_by is not None:
            resolved = max(resolved, self._later(ticket.resolve_by, 20, 400))
        elif ticket.resolve_by is not None and resolved > ticket.resolve_by > started:
            resolved = started + (ticket.resolve_by - started) / 2
        words = self.dice.choice(story.results)
        self._move(
            past,
            resolved,
            worker,
            "resolve",
            S.RESOLVED,
            words,
            resolution=words,
            resolved_at=resolved,
        )
        past.costs += [self._cost(ticket, *cost) for cost in story.costs]
        return resolved

    def _cost(self, ticket: Ticket, kind: str, name: str, price: str) -> CostLine:
        payer = CostLine.Payer.OWNER if ticket.unit else CostLine.Payer.ESTATE
        return CostLine(ticket=ticket, kind=kind, name=name, unit_price=Decimal(price), payer=payer)

    def _again(self, past: Past, worker: User, story: Story, resolved: datetime) -> datetime:
        """Disputed: the clock starts anew and the work is done over."""
        ticket = past.ticket
        at = self.times.awake(resolved + timedelta(hours=self.dice.randrange(4, 40)))
        words = self.dice.choice(stories.REASONS_AGAIN)
        self._off(past, at)
        due = deadlines(ticket.category, ticket.priority, at, self.times.hours)
        self._move(
            past, at, ticket.reporter, "dispute", S.REOPENED, words,
            clock_from=at, reopens=1, responded_at=None, assignee=None, **due,
        )  # fmt: skip
        sent = self._later(at, 5, 40)
        ticket.responded_at = sent
        self._assign(past, worker, sent)
        started = self._soon(ticket, sent, 15, 120)
        self._move(past, started, worker, "start", S.IN_PROGRESS)
        return self._resolved(past, worker, story, started)

    # --- the end

    def _close(self, past: Past, resolved: datetime) -> None:
        """Confirmed by the household, mostly with stars, or closed by itself after a week."""
        ticket, dice = past.ticket, self.dice
        closed = self.times.awake(resolved + timedelta(minutes=dice.randrange(30, 60 * 50)))
        if closed > self.times.now or (ticket.reporter is None and dice.random() < 0.5):
            closed = resolved + CLOSES_AFTER
        if closed > self.times.now:
            return
        self._off(past, closed)
        if closed == resolved + CLOSES_AFTER:
            self._move(past, closed, None, "close", S.CLOSED, closed_at=closed)
            return
        stars = dice.choices([5, 4, 3, 2, 1], [62, 24, 8, 4, 2])[0]
        words = dice.choice(
            stories.PRAISE if stars == 5 else stories.SATISFIED if stars > 3 else stories.UNHAPPY
        )
        actor = ticket.reporter or self.ground.desk
        rated = (
            {"rating": stars, "rating_words": words, "rated_at": closed} if ticket.reporter else {}
        )
        self._move(
            past,
            closed,
            actor,
            "confirm" if ticket.reporter else "close",
            S.CLOSED,
            words if rated else "",
            closed_at=closed,
            **rated,
        )
        if (rated and stars < 4) or dice.random() < 0.05:
            self._revisited(past, closed)

    def _revisited(self, past: Past, closed: datetime) -> None:
        at = self._later(closed + timedelta(days=1), 5, 300)
        if at < self.times.now:
            words = self.dice.choice(stories.RETURN_VISITS)
            self._move(
                past,
                at,
                self.ground.desk,
                "return_visit",
                S.CLOSED,
                words,
                return_visit_at=at,
                return_visit_words=words,
            )

    def _end(
        self, past: Past, status: str, at: datetime, actor: User, words: tuple[str, ...]
    ) -> None:
        verb = "cancel" if status == S.CANCELLED else "reject"
        reason = self.dice.choice(words)
        self._move(past, at, actor, verb, status, reason, reason=reason, closed_at=at)

    # --- rows

    def _move(
        self,
        past: Past,
        at: datetime,
        actor: User | None,
        verb: str,
        status: str,
        note: str = "",
        **fields: Any,
    ) -> None:
        """As workflow.move writes it, without asking rules of the past."""
        ticket = past.ticket
        fields["status"] = status
        before, now = {}, {}
        for name, value in fields.items():
            attname = Ticket._meta.get_field(name).attname  # type: ignore[union-attr]
            before[attname] = getattr(ticket, attname)
            setattr(ticket, name, value)
            now[attname] = getattr(ticket, attname)
        changed = sorted(name for name in now if before[name] != now[name])
        past.entries.append(
            (
                at,
                actor,
                verb,
                {n: _plain(before[n]) for n in changed},
                {n: _plain(now[n]) for n in changed},
                note,
            )
        )

    def _comment(
        self,
        author: User,
        at: datetime,
        words: tuple[str, ...],
        *,
        internal: bool = False,
    ) -> Comment:
        body = self.dice.choice(words)
        return Comment(author=author, at=at, body=body, internal=internal)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, datetime) else value


# --- writing -------------------------------------------------------------------------------------


def _number(ground: Ground, pasts: list[Past]) -> None:
    """In order of report, each year from one."""
    last: dict[int, int] = {}
    for past in pasts:
        year = timezone.localtime(past.ticket.reported_at).year
        last[year] = last.get(year, 0) + 1
        past.ticket.number = f"{ground.estate.ticket_prefix}{year}-{last[year]:06d}"
        at, actor, verb, before, _after, note = past.entries[0]
        past.entries[0] = (at, actor, verb, before, {"number": past.ticket.number}, note)
    NumberSeries.objects.bulk_create(
        NumberSeries(noun="repairs.ticket", estate=ground.estate, year=year, last=count)
        for year, count in last.items()
    )


def _store(pasts: list[Past]) -> None:
    tickets = Ticket.objects.bulk_create([past.ticket for past in pasts], batch_size=500)
    kind = ContentType.objects.get_for_model(Ticket)
    Assignment.objects.bulk_create(_rows(pasts, lambda past: past.assignments), batch_size=1000)
    Pause.objects.bulk_create(_rows(pasts, lambda past: past.pauses), batch_size=1000)
    said = [comment for past in pasts for comment in past.comments]
    for past, ticket in zip(pasts, tickets, strict=True):
        for comment in past.comments:
            comment.row = ticket  # by now it has a key
    Comment.objects.bulk_create(sorted(said, key=lambda comment: comment.at), batch_size=1000)
    CostLine.objects.bulk_create(_rows(pasts, lambda past: past.costs), batch_size=1000)
    entries = [
        Entry(
            at=at,
            actor=actor,
            code=f"repairs.ticket.{verb}",
            content_type=kind,
            object_id=ticket.pk,
            before=before,
            after=now,
            note=note,
        )
        for past, ticket in zip(pasts, tickets, strict=True)
        for at, actor, verb, before, now, note in past.entries
    ]
    Entry.objects.bulk_create(sorted(entries, key=lambda entry: entry.at), batch_size=1000)


def _rows(pasts: list[Past], of: Callable[[Past], list[Any]]) -> list[Any]:
    rows = [row for past in pasts for row in of(past)]
    for row in rows:
        row.ticket = row.ticket
    return rows
