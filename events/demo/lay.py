"""The templates of the year, and what came of them until now: written in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from accounts.models import User
from estates.models import Community, Occupant, Posting, Unit
from estates.services import numbers
from events.demo import content
from events.models import Event, SeasonalTemplate, Seat, Signup, Task
from events.services import seeds
from events.services.events import LETTERS
from events.services.moves import EVENT_MOVES
from events.services.seasons import Days, Occasion, occasions
from events.services.signup_moves import SIGNUP_MOVES
from events.services.signups import Guest
from events.states import EventStatus, SignupStatus
from volunteers.demo.lay import DAY, HOUR, MINUTE, TOLD_OF, Band, Force, store_log
from workflow.actors import SYSTEM
from workflow.standing import forget

# When the manager came, laid the templates, and whoever plans them was named.
EMPLOYED, LAID, NAMED = 500, 430, 397
# Events until so long ago.
BEGINS = 364
E, S = EventStatus, SignupStatus
# Of ten who signed up.
STAYED_AWAY = 1


@dataclass
class Family:
    """A home with an account: whoever has it comes first."""

    user: User
    unit: Unit
    people: list[Occupant]


@dataclass
class Held:
    """An event that was, before it has a key."""

    event: Event
    drafted_at: datetime
    signups: list[tuple[Signup, list[Seat]]] = field(default_factory=list)

    @property
    def reported_at(self) -> datetime:
        """The next morning."""
        return self.event.starts_at.replace(hour=9, minute=50) + DAY


@dataclass
class Year:
    """A community's events, with who plans them and who comes."""

    force: Force
    manager: User
    families: list[Family]
    held: list[Held] = field(default_factory=list)

    @property
    def community(self) -> Community:
        community: Community = self.force.ground.estate.community
        return community

    @property
    def now(self) -> datetime:
        return self.force.now

    @property
    def service(self) -> Band:
        return self.force.service

    @property
    def culture(self) -> Band:
        return self.force.bands[1]

    def family_of(self, username: str) -> Family:
        user = self.force.stage.cast.person(username)
        homes = self.force.ground.people.values()
        return _family(
            next(home for home in homes if any(p.user_id == user.pk for p in home)), user
        )

    def guests(self, family: Family, size: int) -> list[Guest]:
        """Of the home, and where these are fewer, others by name."""
        found = [Guest(p.name, occupant=p, user=p.user) for p in family.people[:size]]
        names = {one.name for one in found}
        while len(found) < size:
            name = self.force.stage.cast.name(surname=family.user.name[0], age="younger")
            if name not in names:
                names.add(name)
                found.append(Guest(name))
        return found


def lay_year(force: Force) -> Year:
    year = Year(force, _manager(force), _families(force))
    templates = _templates(year)
    days, today = Days(), force.today
    for of_year in (today.year - 1, today.year):
        for one in occasions(templates, of_year, days):
            begin = force.moment(one.held_on, one.template.begins_at)
            over = begin + one.template.minutes * MINUTE
            if one.held_on > today - BEGINS * DAY and over + HOUR <= force.now:
                _hold(year, one, begin, over)
    year.held.sort(key=lambda one: one.event.starts_at)
    _sign_up(year)
    _store(year)
    return year


def _manager(force: Force) -> User:
    """The community's own; all others of the demo work for its estates."""
    user: User = force.stage.cast.role(*content.MANAGER)
    Posting.objects.create(
        user=user,
        community=force.ground.estate.community,
        duty=Posting.Duty.MANAGER,
        from_date=force.today - EMPLOYED * DAY,
    )
    forget(user)
    return user


def _families(force: Force) -> list[Family]:
    """Those who sign in by code, the first homes first: the teams begin at the last."""
    found = []
    for home in force.ground.people.values():
        user = next((p.user for p in home if p.user is not None and not p.user.email), None)
        if user is not None and home[0].unit.entrance.building.name != TOLD_OF:
            found.append(_family(home, user))
    return found


def _family(home: Sequence[Occupant], user: User) -> Family:
    people = sorted(home, key=lambda one: one.user_id != user.pk)
    return Family(user, people[0].unit, people)


# --- templates


def _templates(year: Year) -> list[SeasonalTemplate]:
    """Laid as any community may, then filled in."""
    force, at = year.force, year.force.on(LAID, 10, 20)
    seeds.lay(year.community, actor=year.manager, at=at, today=at.date())
    rows = list(SeasonalTemplate.objects.filter(community=year.community).order_by("pk"))
    for row in rows:
        told = content.YEAR[row.name]
        band = year.culture if told.places else year.service
        row.organiser, row.team, row.story = band.lead, band.team, told.story
        row.place, row.capacity = force.ground.place(told.place), told.places
        row.budget = Decimal(round(told.cost[1], -2) + 100)
        after = {"team": band.team.pk, "story": told.story}
        named_at = force.on(NAMED, 9, 40) + row.pk % 50 * MINUTE
        force.note("events.edit_template", row, year.manager, named_at, after=after)
    fields = ["organiser", "team", "story", "place", "capacity", "budget"]
    SeasonalTemplate.objects.bulk_update(rows, fields)
    return rows


# --- what was held


def _hold(year: Year, one: Occasion, begin: datetime, over: datetime) -> None:
    force, template, dice = year.force, one.template, year.force.stage.dice
    told = content.YEAR[template.name]
    drafted = force.moment(one.held_on - template.days_before * DAY, time(6, 5))
    people = dice.randint(*told.people)
    event = Event(
        community=year.community,
        template=template,
        occasion=one.on,
        title=template.name,
        title_en=template.name_en,
        story=template.story,
        place=template.place,
        team=template.team,
        organiser=template.organiser,
        capacity=template.capacity,
        budget=template.budget,
        starts_at=begin,
        ends_at=over,
        status=E.ENDED,
    )
    held = Held(event, max(drafted, force.on(NAMED - 1, 6, 5)))
    event.published_at = _planned(held, "publish")
    if held.reported_at <= year.now:
        event.status, event.people = E.REPORTED, people
        event.cost = Decimal(dice.randint(*told.cost))
        event.report = told.report.format(n=people)
    year.held.append(held)


def _planned(held: Held, verb: str) -> datetime:
    share = {"approve": 5, "publish": 3}[verb]
    ahead = held.event.starts_at - held.drafted_at
    at = held.event.starts_at - ahead * share / 6
    return at.replace(hour=10 if verb == "approve" else 16, minute=25, second=0, microsecond=0)


def _sign_up(year: Year) -> None:
    """To festivals with places; who was there says how it was."""
    dice, own = year.force.stage.dice, [year.family_of("resident"), year.family_of("neighbour")]
    for held in year.held:
        if not held.event.capacity:
            continue
        others = dice.sample(year.families, min(13, len(year.families)))
        for n, family in enumerate([*own, *others]):
            _come(year, held, family, n)


def _come(year: Year, held: Held, family: Family, n: int) -> None:
    event, dice = held.event, year.force.stage.dice
    assert event.published_at is not None
    span = (event.starts_at - event.published_at) * 0.9
    came = dice.randrange(10) >= STAYED_AWAY or n == 0
    guests = year.guests(family, dice.randint(1, 3) if n else 2)
    signup = Signup(
        event=event,
        user=family.user,
        unit=family.unit,
        name=family.user.name,
        status=S.ATTENDED if came else S.CONFIRMED,
        size=len(guests),
        queued_at=event.published_at + span * dice.random(),
        photo_ok=dice.random() < 0.7,
    )
    if came and n % 2 == 0 and event.status == E.REPORTED:
        signup.stars, signup.words = content.SAID[(n // 2 + event.starts_at.month) % 9]
    arrived = event.starts_at - 12 * MINUTE + dice.randrange(40) * MINUTE
    seats = [
        Seat(
            event=event,
            signup=signup,
            name=one.name,
            occupant=one.occupant,
            user=one.user,
            arrived_at=arrived if came else None,
        )
        for one in guests
    ]
    event.taken += signup.size
    held.signups.append((signup, seats))


# --- writing


def _store(year: Year) -> None:
    _number(year)
    Event.objects.bulk_create([one.event for one in year.held])
    tasks = [
        Task(event=one.event, words=words, done_at=one.event.starts_at - DAY, done_by=by)
        for one in year.held
        for by in [one.event.organiser]
        for words in seeds.PLAN.splitlines()
    ]
    Task.objects.bulk_create(tasks)
    rows = [pair for one in year.held for pair in one.signups]
    Signup.objects.bulk_create([signup for signup, _seats in rows], batch_size=500)
    Seat.objects.bulk_create([seat for _s, seats in rows for seat in seats], batch_size=500)
    for one in year.held:
        _log(year, one)
    store_log(year.force)


def _number(year: Year) -> None:
    by_year: dict[int, list[Event]] = {}
    for one in year.held:
        by_year.setdefault(one.event.starts_at.year, []).append(one.event)
    for of_year, rows in sorted(by_year.items()):
        given = numbers.next_numbers(
            "events.event",
            Event.objects.all(),
            letters=LETTERS,
            of=year.community,
            year=of_year,
            count=len(rows),
        )
        for row, number in zip(rows, given, strict=True):
            row.number = number


def _log(year: Year, held: Held) -> None:
    force, event, state = year.force, held.event, str(E.DRAFT)
    code = EVENT_MOVES.code_of("draft")
    force.note(code, event, SYSTEM, held.drafted_at, after={"title": event.title})
    for verb, actor, at, has in _steps(year, held):
        before, after = {"status": state}, {"status": str(has)}
        force.note(EVENT_MOVES.code_of(verb), event, actor, at, before=before, after=after)
        state = str(has)
    for signup, seats in held.signups:
        _log_signup(year, held, signup, seats[0].arrived_at)


def _steps(year: Year, held: Held) -> Iterator[tuple[str, Any, datetime, str]]:
    event = held.event
    yield "approve", year.manager, _planned(held, "approve"), E.APPROVED
    yield "publish", event.organiser, _planned(held, "publish"), E.PUBLISHED
    yield "begin", SYSTEM, event.starts_at, E.RUNNING
    yield "end", SYSTEM, event.ends_at, E.ENDED
    if event.status == E.REPORTED:
        yield "close", event.organiser, held.reported_at, E.REPORTED


def _log_signup(year: Year, held: Held, signup: Signup, arrived: datetime | None) -> None:
    note, code, who = year.force.note, SIGNUP_MOVES.code_of, signup.user
    was = {"status": str(S.CONFIRMED)}
    note(code("sign_up"), signup, who, signup.queued_at, after={**was, "size": signup.size})
    if arrived is not None:
        after = {"status": str(S.ATTENDED)}
        by = held.event.organiser
        note(code("check_in"), signup, by, arrived, before=was, after=after)
    if signup.stars is not None:
        said_at = held.reported_at - 12 * HOUR
        said_at = max(said_at, held.event.ends_at + HOUR)
        note(code("rate"), signup, who, said_at, after={"stars": signup.stars})
