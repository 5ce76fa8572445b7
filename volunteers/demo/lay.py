"""The teams and who is in them, a year of shifts with the hours that were given, and the ordinary
shifts of the next weeks: written in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.models import User
from audit.models import Entry as LogEntry
from audit.services import entry_of
from estates.demo.ground import Ground
from estates.models import Occupant, Relation
from volunteers.demo import content
from volunteers.demo.content import Crew, Work
from volunteers.models import Entry, HourLine, Membership, Qualification, Shift, ShiftPost, Team
from volunteers.services.moves import (
    ENTRY_MOVES,
    MEMBERSHIP_MOVES,
    QUALIFICATION_MOVES,
    SHIFT_MOVES,
)
from volunteers.services.shifts import next_reminder
from volunteers.states import (
    BUSY,
    HELD,
    EntryStatus,
    MembershipStatus,
    QualificationStatus,
    ShiftStatus,
    Source,
    TeamRole,
)
from workflow.actors import SYSTEM
from workflow.scenes import Clock, Stage
from workflow.standing import forget

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
# When the teams were founded, and the first shift.
FOUNDED, BEGINS = 400, 364
# Ordinary shifts: until so many days ago, and from so many days ahead to the last of them. What
# lies between is told by the verbs.
TOLD_FROM, TOLD_TO, LAST = 2, 3, 27
GATE = 20 * MINUTE
# Of a hundred who signed up.
STAYED_AWAY, WITHDREW = 3, 6
# How often the volunteer, who has been at it for long, comes along.
DEVOTED = 0.92
# Nobody of whom the grids tell lives outside this building.
TOLD_OF = "3 栋"
E = EntryStatus


@dataclass
class Band:
    """A team with its members; who leads it comes first, then the deputies."""

    crew: Crew
    team: Team
    members: list[Membership] = field(default_factory=list)
    # Has left, but gave hours before.
    gone: Membership | None = None

    @property
    def everybody(self) -> list[Membership]:
        return [*self.members, *([self.gone] if self.gone else [])]

    @property
    def lead(self) -> User:
        return self.members[0].user

    @property
    def deputy(self) -> User:
        return self.members[1].user


@dataclass
class Told:
    """A shift with its posts and entries, before they have keys."""

    band: Band
    shift: Shift
    posts: list[ShiftPost]
    made_at: datetime
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Force:
    """The teams of a community."""

    ground: Ground
    stage: Stage
    clock: Clock
    bands: list[Band] = field(default_factory=list)
    # Whose time is taken when.
    busy: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    log: list[LogEntry] = field(default_factory=list)
    # Has an account, and is in no team: the next who wants in.
    newcomer: User | None = None

    @property
    def now(self) -> datetime:
        return self.clock.now

    @property
    def today(self) -> date:
        return self.clock.now.date()

    @property
    def service(self) -> Band:
        return self.bands[0]

    def moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.clock.now.tzinfo)

    def on(self, days_ago: int, hour: int, minute: int) -> datetime:
        return self.moment(self.today - days_ago * DAY, time(hour, minute))

    def note(self, code: str, row: Any, actor: Any, at: datetime, **changes: Any) -> None:
        self.log.append(entry_of(code, row, actor=actor, at=at, **changes))

    def is_free(self, user: User, begin: datetime, end: datetime) -> bool:
        taken = self.busy.get(user.pk, ())
        return not any(b < end and begin < e for b, e in taken)

    def take(self, user: User, begin: datetime, end: datetime) -> None:
        self.busy.setdefault(user.pk, []).append((begin, end))


def lay_teams(ground: Ground, stage: Stage) -> Force:
    force = Force(ground, stage, stage.clock(ground.estate.work_hours()))
    _found(force)
    _enrol(force)
    _papers(force)
    return force


def store_log(force: Force) -> None:
    LogEntry.objects.bulk_create(sorted(force.log, key=lambda e: e.at), batch_size=2000)
    force.log.clear()


# --- the teams


def _found(force: Force) -> None:
    at = force.on(FOUNDED, 10, 30)
    rows = Team.objects.bulk_create(
        Team(
            community=force.ground.estate.community,
            kind=crew.kind,
            name=crew.name,
            name_en=crew.english,
            story=crew.story,
        )
        for crew in content.CREWS
    )
    for crew, row in zip(content.CREWS, rows, strict=True):
        force.bands.append(Band(crew, row))
        force.note("volunteers.create_team", row, _manager(force), at, after={"name": row.name})


def _enrol(force: Force) -> None:
    """The volunteer is in two teams; everybody else in one."""
    lead, volunteer = _named(force)
    people = _people(force)
    minor = _minor(force, people)
    rest = iter([one.user for one in people if one is not minor and one.user is not None])
    for band in force.bands:
        crew, users = band.crew, [lead] if band is force.service else [next(rest)]
        users += [next(rest) for _n in range(crew.deputies)]
        young = crew is content.CULTURE
        if not young:
            users.append(volunteer)
        users += [next(rest) for _n in range(crew.size - len(users) - young)]
        band.members = [_member(force, band, n, user) for n, user in enumerate(users)]
        if young:
            band.members.append(_young(force, band, minor))
    force.service.gone = _member(force, force.service, 3, next(rest))
    force.newcomer = next(rest)
    Membership.objects.bulk_create(row for band in force.bands for row in band.everybody)
    for band in force.bands:
        for n, row in enumerate(band.everybody):
            _log_member(force, band, n, row)


def _named(force: Force) -> list[User]:
    """The two who can be signed in with one click: owners of whom nothing else is told."""
    homes, cast = force.ground.people, force.stage.cast
    free = (
        homes[unit.pk][0]
        for unit in reversed(force.ground.units)
        if unit.pk in homes and not any(person.user for person in homes[unit.pk])
    )
    users = []
    for username, shown in ((content.LEAD, "{}队长"), (content.VOLUNTEER, "志愿者小{}")):
        person = next(free)
        user = person.user = cast.role(username, shown.format(person.name[0]))
        person.phone = user.phone or ""
        person.save(update_fields=["user", "phone"])
        users.append(user)
    return users


def _people(force: Force) -> list[Occupant]:
    """Residents who sign in by code; the last homes first, for other scenes begin at the first."""
    everybody = (one for people in force.ground.people.values() for one in people)
    found = [
        person
        for person in everybody
        if person.user is not None
        and not person.user.email
        and person.unit.entrance.building.name != TOLD_OF
    ]
    return found[::-1]


def _minor(force: Force, people: Sequence[Occupant]) -> Occupant:
    """A child of the house, whose parent is on the roster too."""
    grown = force.ground.people
    return next(
        one for one in people if one.relation == Relation.FAMILY and grown[one.unit_id][0] != one
    )


def _member(force: Force, band: Band, n: int, user: User) -> Membership:
    """Most were there from the beginning; some came later."""
    role = TeamRole.LEAD if n == 0 else TeamRole.MEMBER
    if 0 < n <= band.crew.deputies:
        role = TeamRole.DEPUTY
    days = FOUNDED - 2 - n if n < 6 else FOUNDED - 6 - n * n
    return Membership(
        team=band.team,
        user=user,
        role=role,
        skills=[str(one) for one in band.crew.skills[n % len(band.crew.skills)]],
        status=MembershipStatus.ACTIVE,
        joined_on=force.today - max(days, 40 + n) * DAY,
    )


def _young(force: Force, band: Band, person: Occupant) -> Membership:
    assert person.user is not None  # so they were chosen
    row = _member(force, band, 7, person.user)
    guardian = force.ground.people[person.unit_id][0]
    row.is_minor, row.words = True, content.MINOR_WORDS
    row.guardian, row.guardian_phone = guardian.name, guardian.phone
    assert row.joined_on is not None
    row.consented_on = row.joined_on - DAY
    return row


def _log_member(force: Force, band: Band, n: int, row: Membership) -> None:
    assert row.joined_on is not None
    at = force.moment(row.joined_on, time(19, 10)) + n * MINUTE
    code, had, has = MEMBERSHIP_MOVES.code_of, MembershipStatus.APPLIED, MembershipStatus.ACTIVE
    manager = _manager(force)
    force.note(code("join"), row, row.user, at - 26 * HOUR)
    by = manager if row.role == TeamRole.LEAD else band.lead
    before, after = {"status": str(had)}, {"status": str(has)}
    force.note(code("approve"), row, by, at, before=before, after=after)
    if row.role != TeamRole.MEMBER:
        before, after = {"role": str(TeamRole.MEMBER)}, {"role": str(row.role)}
        force.note(code("appoint"), row, manager, at + HOUR, before=before, after=after)
    forget(row.user)


def _manager(force: Force) -> User:
    return force.ground.staff["manager"]


# --- what they are qualified for


def _papers(force: Force) -> None:
    code, members = QUALIFICATION_MOVES.code_of, force.service.members
    rows = Qualification.objects.bulk_create(
        Qualification(
            user=members[one.holder].user,
            kind=one.kind,
            expires_on=force.today + one.days * DAY,
            status=QualificationStatus.CONFIRMED,
        )
        for one in content.PAPERS
    )
    for n, row in enumerate(rows):
        at = force.on(FOUNDED - 90 - n, 20, 15)
        force.note(code("show"), row, row.user, at, after={"kind": row.kind})
        before, after = {"status": "shown"}, {"status": "confirmed"}
        force.note(code("confirm"), row, force.service.lead, at + DAY, before=before, after=after)


# --- shifts week by week


class Weeks:
    """The ordinary shifts of all teams: those that are over, and those that are ahead."""

    def __init__(self, force: Force) -> None:
        self.force, self.dice = force, force.stage.dice
        self.places = {place.name: place for place in force.ground.places}
        self.told: list[Told] = []

    def tell(self) -> None:
        """Day by day, so that a person's times are known before others are laid."""
        for ahead in range(-BEGINS, LAST + 1):
            if -TOLD_FROM <= ahead <= TOLD_TO:
                continue
            day = self.force.today + ahead * DAY
            for band in self.force.bands:
                for work in self._works(band, day):
                    self._tell(band, work, day)
        self._store()

    def _works(self, band: Band, day: date) -> Iterator[Work]:
        for weekday, works in band.crew.days:
            if weekday != day.weekday():
                continue
            # What belongs to a month comes first in it, every other week.
            week = day.toordinal() // 7
            of_month = [work for work in works if day.month in work.months]
            always = [work for work in works if not work.months]
            turn = of_month if of_month and week % 2 else always
            yield turn[week // 2 % len(turn) if of_month else week % len(turn)]

    def _tell(self, band: Band, work: Work, day: date) -> None:
        begin, end = (self.force.moment(day, clock) for clock in (work.begin, work.end))
        over = end <= self.force.now
        made_at = self.force.moment(day - 12 * DAY, time(20, 5))
        if not over:
            made_at = min(made_at, self.force.on(1, 20, 5))
        shift = Shift(
            team=band.team,
            title=work.title,
            description=work.words,
            bring=work.bring,
            place=self.places.get(work.place),
            place_words=work.where,
            gate_at=begin - GATE,
            starts_at=begin,
            ends_at=end,
            status=ShiftStatus.ENDED if over else ShiftStatus.OPEN,
            wanted=sum(one.wanted for one in work.posts),
            places=sum(one.places for one in work.posts),
            remind_at=None if over else next_reminder(begin, self.force.now),
        )
        posts = [
            ShiftPost(
                shift=shift, name=one.name, wanted=one.wanted, places=one.places, skill=one.skill
            )
            for one in work.posts
        ]
        told = Told(band, shift, posts, made_at)
        self.told.append(told)
        self._fill(told, work, over)

    def _fill(self, told: Told, work: Work, over: bool) -> None:
        """Those who came, stayed away or withdrew; ahead, those who have signed up by now."""
        free = self._who_can(told, work)
        for post in told.posts:
            most = self.dice.randint(post.wanted, post.places)
            while free and post.taken < most:
                self._enter(told, post, free.pop(0), over)

    def _who_can(self, told: Told, work: Work) -> list[Membership]:
        shift, day = told.shift, told.shift.starts_at.date()
        found = [
            one
            for one in told.band.everybody
            if one.joined_on is not None
            and one.joined_on <= day
            and (one is not told.band.gone or shift.ends_at <= self.force.now)
            # Nobody under age is out at night.
            and not (one.is_minor and work.is_late)
            and self.force.is_free(one.user, shift.gate_at, shift.ends_at)
        ]
        self.dice.shuffle(found)
        eager = [one for one in found if one.user.username == content.VOLUNTEER]
        if eager and self.dice.random() < DEVOTED:
            found.sort(key=lambda one: one is not eager[0])
        elif eager:
            found.remove(eager[0])
        return found

    def _enter(self, told: Told, post: ShiftPost, member: Membership, over: bool) -> None:
        shift = told.shift
        status = self._status(over, member)
        earliest = max(told.made_at, shift.starts_at - 9 * DAY)
        latest = min(shift.starts_at - 6 * HOUR, self.force.now - HOUR)
        span = max(int((latest - earliest) / MINUTE), 1)
        entry = Entry(
            shift=shift,
            post=post,
            user=member.user,
            status=status,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            queued_at=min(earliest + self.dice.randrange(span) * MINUTE, latest),
        )
        if status == E.HOURS_CONFIRMED:
            entry.arrived_at = shift.gate_at + self.dice.randrange(-5, 22) * MINUTE
            entry.left_at = shift.ends_at + self.dice.choice((-20, -5, 0, 0, 3, 8)) * MINUTE
            entry.minutes = entry.true_minutes
        told.entries.append(entry)
        if status in HELD:
            post.taken += 1
        if status in BUSY:
            self.force.take(member.user, shift.gate_at, shift.ends_at)

    def _status(self, over: bool, member: Membership) -> str:
        if not over:
            return E.CONFIRMED
        lot = self.dice.randrange(100)
        if member.user.username == content.VOLUNTEER or lot >= STAYED_AWAY + WITHDREW:
            return E.HOURS_CONFIRMED
        return E.NO_SHOW if lot < STAYED_AWAY else E.WITHDRAWN

    # --- writing

    def _store(self) -> None:
        Shift.objects.bulk_create([one.shift for one in self.told], batch_size=1000)
        ShiftPost.objects.bulk_create(
            [post for one in self.told for post in one.posts], batch_size=1000
        )
        Entry.objects.bulk_create(
            [entry for one in self.told for entry in one.entries], batch_size=1000
        )
        lines = [self._line(one, entry) for one in self.told for entry in one.entries]
        HourLine.objects.bulk_create([line for line in lines if line], batch_size=1000)
        for one in self.told:
            self._log(one)
        self.told.clear()

    def _line(self, told: Told, entry: Entry) -> HourLine | None:
        if not entry.minutes:
            return None
        return HourLine(
            user=entry.user,
            team=told.band.team,
            source=Source.SHIFT,
            entry=entry,
            title=told.shift.title,
            on=told.shift.starts_at.date(),
            minutes=entry.minutes,
            at=confirmed_at(told.shift),
        )

    def _log(self, told: Told) -> None:
        shift, lead = told.shift, told.band.lead
        code = SHIFT_MOVES.code_of
        self.force.note(code("make"), shift, lead, told.made_at, after={"title": shift.title})
        closed = shift.ends_at + 31 * MINUTE
        if shift.status == ShiftStatus.ENDED:
            before, after = {"status": str(ShiftStatus.OPEN)}, {"status": str(ShiftStatus.ENDED)}
            self.force.note(code("end"), shift, SYSTEM, closed, before=before, after=after)
        for entry in told.entries:
            after = {"status": str(E.CONFIRMED)}
            sign_up = ENTRY_MOVES.code_of("sign_up")
            self.force.note(sign_up, entry, entry.user, entry.queued_at, after=after)
            for verb, actor, at, had, has in self._steps(told, entry, closed):
                before, after = {"status": str(had)}, {"status": str(has)}
                moved = ENTRY_MOVES.code_of(verb)
                self.force.note(moved, entry, actor, at, before=before, after=after)

    def _steps(
        self, told: Told, entry: Entry, closed: datetime
    ) -> Iterator[tuple[str, Any, datetime, str, str]]:
        lead, deputy = told.band.lead, told.band.deputy
        # Nobody confirms their own.
        by = deputy if entry.user == lead else lead
        match entry.status:
            case E.HOURS_CONFIRMED:
                assert entry.arrived_at is not None
                assert entry.left_at is not None
                yield "check_in", by, entry.arrived_at, E.CONFIRMED, E.CHECKED_IN
                yield "check_out", by, entry.left_at, E.CHECKED_IN, E.CHECKED_OUT
                at = confirmed_at(told.shift)
                yield "confirm_hours", by, at, E.CHECKED_OUT, E.HOURS_CONFIRMED
            case E.NO_SHOW:
                yield "no_show", SYSTEM, closed, E.CONFIRMED, E.NO_SHOW
            case E.WITHDRAWN:
                at = entry.queued_at + (told.shift.starts_at - entry.queued_at) / 3
                yield "withdraw", entry.user, at, E.CONFIRMED, E.WITHDRAWN


def confirmed_at(shift: Shift) -> datetime:
    """On the next morning."""
    return shift.starts_at.replace(hour=9, minute=35) + DAY
