"""The tickets, each with its times, its words and the rows around it."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from audit.models import Entry
from estates.models import Estate, NumberSeries, Trade
from portal.scale.copying import Say, Tables
from portal.scale.grounds import Ground
from portal.scale.words import (
    CANCELS,
    EFFECTS,
    HOLDS,
    LION,
    OPEN_STATES,
    RATING_WORDS,
    REJECTS,
    RESULTS,
    SORTS,
    SPOTS,
    TURNS,
    WHENS,
    WISHES,
    Sort,
)
from repairs.models import Assignment, Category, Follow, Pause, Ticket
from repairs.services.deadlines import FACTOR

S = Ticket.Status
TEN_YEARS = timedelta(days=3652)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
A_CHUNK = 20_000
# So many of the newest tickets have their story in the log, and all of the first residents'.
TOLD = 20_000
NAMED = 5
# The first technician of an estate has a day of work in hand, whatever the size; the others share
# the rest.
A_DAY_OF_JOBS = 6
LIONS = 25

WORKED_AT = (S.ASSIGNED, S.IN_PROGRESS, S.ON_HOLD, S.REOPENED, S.RESOLVED, S.CLOSED)
MENDED = (S.REOPENED, S.RESOLVED, S.CLOSED)
# What the log says of a ticket that has come to a state: by whom, and to which state.
TO_WORK = (("accept", "desk", S.ACCEPTED), ("dispatch", "desk", S.ASSIGNED))
STORIES: dict[str, tuple[tuple[str, str, str], ...]] = {
    S.NEW: (),
    S.ACCEPTED: TO_WORK[:1],
    S.ASSIGNED: TO_WORK,
    S.IN_PROGRESS: (*TO_WORK, ("start", "worker", S.IN_PROGRESS)),
    S.ON_HOLD: (
        *TO_WORK,
        ("start", "worker", S.IN_PROGRESS),
        ("hold", "worker", S.ON_HOLD),
    ),
    S.REOPENED: (*TO_WORK, ("resolve", "worker", S.RESOLVED), ("dispute", "who", S.REOPENED)),
    S.RESOLVED: (*TO_WORK, ("resolve", "worker", S.RESOLVED)),
    S.CLOSED: (*TO_WORK, ("resolve", "worker", S.RESOLVED), ("confirm", "who", S.CLOSED)),
    S.REJECTED: (("reject", "desk", S.REJECTED),),
    S.CANCELLED: (("cancel", "who", S.CANCELLED),),
}


@dataclass
class Times:
    """When a ticket was or is to be what; in order."""

    reported: datetime
    clock_from: datetime
    respond_by: datetime
    resolve_by: datetime
    responded: datetime | None = None
    worked: datetime | None = None
    held: datetime | None = None
    resolved: datetime | None = None
    closed: datetime | None = None

    @property
    def last(self) -> datetime:
        known = (self.closed, self.resolved, self.held, self.worked, self.responded)
        return next((one for one in known if one), self.reported)


class Teller:
    """Tells `count` tickets in the order of their reports, up to now."""

    def __init__(self, tables: Tables, grounds: list[Ground], count: int, share: int) -> None:
        self.tables = tables
        self.at = tables.at
        self.grounds = grounds
        self.count = count
        self.dice = Random(2)  # noqa: S311
        self.open = self._open_ones(round(count * share / 100))
        of_first = [n for n in range(count) if TURNS[n % 10] == 0]
        self.lions = set(of_first[:: len(of_first) // LIONS][:LIONS])
        self.numbers: dict[tuple[int, int], int] = defaultdict(int)
        self.in_hand: dict[int, int] = defaultdict(int)
        self.opened = 0
        self.named = {one.user for ground in grounds for one in ground.accounts[:NAMED]}
        self.kind = ContentType.objects.get_for_model(Ticket).pk
        self.years = self._years()

    def _open_ones(self, count: int) -> set[int]:
        """Nine in ten among the newest, the tenth of any age."""
        recent = count * 9 // 10
        self.since = self.count - math.ceil(count * 1.5)
        newest = self.dice.sample(range(self.since, self.count), recent)
        return {*newest, *self.dice.sample(range(self.since), count - recent)}

    def _years(self) -> list[tuple[datetime, int]]:
        """When each year begins here, the latest first."""
        today = timezone.localtime(self.at)
        begin = today.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        return [(begin.replace(year=year), year) for year in range(today.year, today.year - 12, -1)]

    def tell(self, say: Say) -> None:
        for n in range(self.count):
            self._ticket(n)
            if (n + 1) % A_CHUNK == 0 or n + 1 == self.count:
                self.tables.write(Ticket, Assignment, Pause, Follow, Entry)
                say(f"{n + 1:,} of {self.count:,} tickets")
        NumberSeries.objects.bulk_create(
            NumberSeries(noun="repairs.ticket", estate_id=estate, year=year, last=last)
            for (estate, year), last in self.numbers.items()
        )

    def _ticket(self, n: int) -> None:
        ground = self.grounds[TURNS[n % 10]]
        reported = self.at - TEN_YEARS * ((self.count - n - self.dice.random()) / self.count)
        reported = min(reported, self.at - MINUTE)
        status = self._status(n)
        sort = self._sort(n)
        category = ground.categories[sort.code]
        times = self._times(n, status, category, reported)
        worker = self._worker(ground, sort.trade, status)
        values = self._where_and_who(ground, sort)
        key = self.tables[Ticket].add(
            number=self._number(ground.estate, reported),
            estate_id=ground.estate.pk,
            category_id=category.pk,
            status=status,
            assignee_id=None if status == S.REOPENED else worker,
            calendar=ground.calendar,
            **self._words(sort, lion=n in self.lions),
            **self._priority(category),
            **self._clock(times),
            **self._outcome(status, times),
            **values,
        )
        who = values["reporter_id"] or ground.desk
        self._around(n, key, ground, status, times, worker, who)
        if n >= self.count - TOLD or who in self.named:
            self._log(key, status, times, {"desk": ground.desk, "worker": worker, "who": who})

    # --- what it is

    def _status(self, n: int) -> str:
        if n in self.open:
            self.opened += 1
            return self.dice.choices(list(OPEN_STATES), list(OPEN_STATES.values()))[0]
        draw = self.dice.random()
        if n >= self.since and draw < 0.1:
            return S.RESOLVED
        if draw > 0.96:
            return S.REJECTED if draw > 0.98 else S.CANCELLED
        return S.CLOSED

    def _sort(self, n: int) -> Sort:
        """One in five is about lifts, one in a hundred about the entry phone."""
        # Not by tens, which would fall on one estate.
        if n % 101 == 7:
            return SORTS[1]
        return SORTS[0] if self.dice.random() < 0.2 else self.dice.choice(SORTS[2:])

    def _number(self, estate: Estate, reported: datetime) -> str:
        year = next(year for begin, year in self.years if reported >= begin)
        self.numbers[estate.pk, year] += 1
        return f"{estate.ticket_prefix}{year}-{self.numbers[estate.pk, year]:06d}"

    def _words(self, sort: Sort, *, lion: bool) -> dict[str, str]:
        pick = self.dice.choice
        thing, trouble = pick(sort.things), pick(sort.troubles)
        said = f"{pick(WHENS)}{thing}{trouble}，{pick(EFFECTS)}。{pick(WISHES)}。"
        if lion:
            said += LION
        return {"title": f"{pick(SPOTS)}{thing}{trouble}", "description": said}

    def _priority(self, category: Category) -> dict[str, str]:
        if self.dice.random() < 0.9:
            return {"priority": category.priority}
        return {"priority": self.dice.choice(list(FACTOR))}

    def _where_and_who(self, ground: Ground, sort: Sort) -> dict[str, Any]:
        """Three in four in a home, by whoever of it has signed up; else by the telephone."""
        dice = self.dice
        if dice.random() < 0.25:
            home = dice.choice(ground.accounts)
            where = self._public(ground, sort)
        else:
            home = dice.choice(ground.accounts if dice.random() < 0.6 else ground.homes)
            where = {"unit_id": home.unit, "may_enter": dice.random() < 0.1}
            where["private"] = home.user is not None and dice.random() < 0.05
        return where | {
            "reporter_id": home.user,
            "entered_by_id": home.user or ground.desk,
            "source": Ticket.Source.WEB if home.user else Ticket.Source.PHONE,
            "contact_name": home.name,
            "contact_phone": home.phone,
        }

    def _public(self, ground: Ground, sort: Sort) -> dict[str, Any]:
        at_lift = sort.trade == Trade.LIFT
        place, facilities = self.dice.choice(ground.lifts if at_lift else ground.places)
        facility = self.dice.choice(facilities) if self.dice.random() < 0.75 else None
        words = self.dice.choice(("", "", "入口处", "靠墙一侧"))
        return {"place_id": place, "facility_id": facility, "place_words": words}

    def _worker(self, ground: Ground, trade: str, status: str) -> int | None:
        if status not in WORKED_AT:
            return None
        worker = self.dice.choice(ground.workers[trade])
        if status not in (S.ASSIGNED, S.IN_PROGRESS, S.ON_HOLD):
            return worker
        if worker == ground.first and self.in_hand[worker] >= A_DAY_OF_JOBS:
            worker = self.dice.choice([one for one in ground.workers[trade] if one != worker])
        self.in_hand[worker] += 1
        return worker

    # --- when

    def _times(self, n: int, status: str, category: Category, reported: datetime) -> Times:
        age, dice = self.at - reported, self.dice
        respond, resolve = category.respond_minutes * MINUTE, 2 * category.resolve_minutes * MINUTE
        times = Times(reported, reported, reported + respond, reported + resolve)
        if status != S.NEW:
            times.responded = reported + min(respond * dice.random(), age * 0.2)
        if status in WORKED_AT:
            times.worked = reported + min(respond * (1 + dice.random()), age * 0.4)
        if status == S.ON_HOLD:
            times.held = self.at - min(age * 0.5, 6 * DAY * dice.random())
        if status == S.RESOLVED:
            # Seven days later it would have been closed.
            times.resolved = self.at - min(age * 0.3, 6 * DAY * dice.random())
        elif status in MENDED:
            times.resolved = reported + min(resolve * (0.2 + dice.random()), age * 0.7)
        if status == S.CLOSED:
            assert times.resolved is not None
            times.closed = times.resolved + (self.at - times.resolved) * 0.5 * dice.random()
            times.closed = min(times.closed, times.resolved + 7 * DAY)
        elif status in (S.REJECTED, S.CANCELLED):
            times.closed = reported + min(DAY * dice.random(), age * 0.5)
        if n in self.open:
            self._set_deadlines(times, age, resolve)
        return times

    def _set_deadlines(self, times: Times, age: timedelta, resolve: timedelta) -> None:
        """One open ticket in ten is late; the clock of the others was set on, if they are old."""
        if self.opened % 10 == 0:
            times.respond_by = times.reported + min(times.respond_by - times.reported, age * 0.5)
            times.resolve_by = times.reported + min(resolve, age * 0.9)
            return
        times.resolve_by = self.at + 3 * DAY + 10 * DAY * self.dice.random()
        times.clock_from = max(times.reported, min(self.at, times.resolve_by - resolve))
        if times.responded is None:
            times.respond_by = self.at + DAY + DAY * self.dice.random()

    def _clock(self, times: Times) -> dict[str, Any]:
        return {
            "reported_at": times.reported,
            "clock_from": times.clock_from,
            "respond_by": times.respond_by,
            "resolve_by": times.resolve_by,
            "responded_at": times.responded,
            "resolved_at": times.resolved,
            "closed_at": times.closed,
            "created_at": times.reported,
            "updated_at": times.last,
        }

    def _outcome(self, status: str, times: Times) -> dict[str, Any]:
        dice = self.dice
        if status == S.ON_HOLD:
            return {
                "held_at": times.held,
                "held_until": self.at + DAY + 12 * DAY * dice.random(),
                "held_from": S.IN_PROGRESS,
                "hold_reason": dice.choice(HOLDS),
            }
        if status in (S.REJECTED, S.CANCELLED):
            return {"reason": dice.choice(REJECTS if status == S.REJECTED else CANCELS)}
        if status not in MENDED:
            return {}
        outcome: dict[str, Any] = {"resolution": dice.choice(RESULTS)}
        if status == S.REOPENED:
            outcome["reopens"] = 1
        if status == S.CLOSED and dice.random() < 0.3:
            outcome |= {"rating": dice.choice((5, 5, 5, 4, 4, 3, 2)), "rated_at": times.closed}
            outcome["rating_words"] = dice.choice(RATING_WORDS)
        return outcome

    # --- the rows around it

    def _around(
        self,
        n: int,
        key: int,
        ground: Ground,
        status: str,
        times: Times,
        worker: int | None,
        who: int,
    ) -> None:
        if worker is not None:
            # `resolve` leaves the job with its technician; the answer to it, or the close, ends it.
            ended = None if status == S.RESOLVED else times.closed or times.resolved
            self.tables[Assignment].add(
                ticket_id=key, worker_id=worker, started_at=times.worked, ended_at=ended
            )
        if status == S.ON_HOLD:
            self.tables[Pause].add(ticket_id=key, began_at=times.held)
        if n % 21 == 3:
            # Every fifth of them by the desk, whose view “mine” it fills.
            other = self.dice.choice(ground.accounts).user
            by_desk = n // 21 % 5 == 0 or other == who
            follower = ground.dispatcher if by_desk else other
            self.tables[Follow].add(ticket_id=key, user_id=follower)

    def _log(self, key: int, status: str, times: Times, actors: dict[str, int | None]) -> None:
        story = STORIES[status]
        step = (times.last - times.reported) / max(len(story), 1)
        self._entry(key, times.reported, actors["who"], "report", {}, {})
        before = S.NEW.value
        for turn, (verb, actor, after) in enumerate(story, start=1):
            then, now = {"status": str(before)}, {"status": str(after)}
            if verb == "dispatch":
                then["assignee_id"], now["assignee_id"] = None, actors["worker"]  # type: ignore[assignment]
            self._entry(key, times.reported + step * turn, actors[actor], verb, then, now)
            before = after

    def _entry(
        self,
        key: int,
        at: datetime,
        actor: int | None,
        verb: str,
        before: dict[str, Any],
        after: dict[str, Any],
    ) -> None:
        self.tables[Entry].add(
            at=at,
            actor_id=actor,
            code=f"repairs.ticket.{verb}",
            content_type_id=self.kind,
            object_id=key,
            before=before,
            after=after,
        )
