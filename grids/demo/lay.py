"""The grids, who works in them, who is looked after, and a year of visits: what stands before
anything happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.models import User
from audit.models import Entry
from audit.services import entry_of
from estates.demo.ground import Ground
from estates.models import Occupant, Posting, Relation, Unit
from grids.demo import content
from grids.demo.content import Cared, Plot
from grids.models import CareFlag, Grid, GridPosting, HeardNeed, Household, Rhythm, Visit, sealed
from grids.services.moves import FLAG_MOVES, VISIT_MOVES
from grids.services.postings import GIVEN
from grids.services.territory import CODE as DRAWN
from grids.services.visits import AGAIN
from grids.states import REACHED, Duty, Kind, VisitStatus, Wellbeing
from workflow.actors import SYSTEM
from workflow.scenes import Cast, Stage

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# When the grids were founded.
BEGINS = 400 * DAY
# Of doors behind which nobody has a flag: how many were called at in the year, by the named
# members and by the others.
CALLED_AT = {True: 0.8, False: 0.3}
# When the leader confirms.
CONFIRMED = time(10, 20)
V = VisitStatus


@dataclass
class District:
    """An estate, its grid, and what lies in it."""

    ground: Ground
    stage: Stage
    grid: Grid
    leader: User
    manager: User
    now: datetime
    micro: dict[str, Grid] = field(default_factory=dict)
    units: dict[str, list[Unit]] = field(default_factory=dict)
    keepers: dict[str, User] = field(default_factory=dict)
    # By Cared.key: who it is, and of whom else nothing is told.
    people: dict[str, Occupant] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    @property
    def begun(self) -> datetime:
        return self.on(BEGINS.days, time(10))

    def on(self, days_ago: int, clock: time) -> datetime:
        return datetime.combine(self.now.date() - days_ago * DAY, clock, self.now.tzinfo)

    def kept_by(self, username: str) -> list[Unit]:
        user = self.stage.cast.person(username)
        return [u for name, who in self.keepers.items() if who == user for u in self.units[name]]

    def told_of(self) -> set[int]:
        return {person.unit_id for person in self.people.values()}

    def log(self, code: str, row: Any, actor: Any, at: datetime, **changes: Any) -> None:
        self.entries.append(entry_of(code, row, actor=actor, at=at, **changes))


def lay_district(
    ground: Ground, stage: Stage, name: str, plots: Mapping[str, Plot], leader: User
) -> District:
    managers = Posting.objects.filter(estate=ground.estate, duty=Posting.Duty.MANAGER)
    grid = Grid(community=ground.estate.community, kind=Kind.GRID, name=name)
    grid.save()
    now = stage.clock(ground.estate.work_hours()).now
    manager = managers.select_related("user").get().user
    district = District(ground, stage, grid, leader, manager, now)
    _draw(district, plots)
    _post(district, plots)
    return district


def _draw(district: District, plots: Mapping[str, Plot]) -> None:
    grid = district.grid
    made = Grid.objects.bulk_create(
        Grid(community=grid.community, parent=grid, kind=Kind.MICRO, name=name, order=order)
        for order, name in enumerate(plots, 1)
    )
    households = []
    for micro, plot in zip(made, plots.values(), strict=True):
        units = [u for u in district.ground.units if any(p.holds(u) for p in plot.parts)]
        district.micro[micro.name], district.units[micro.name] = micro, units
        households += [Household(unit=unit, grid=micro) for unit in units]
        came: dict[str, Any] = {"came": sorted(unit.pk for unit in units), "went": []}
        district.log(DRAWN, micro, district.leader, district.begun + DAY, after=came)
    Household.objects.bulk_create(households)


# --- who works there


def _post(district: District, plots: Mapping[str, Plot]) -> None:
    cast, postings = district.stage.cast, [_posting(district, district.leader, Duty.LEADER)]
    made_up: dict[int, User] = {}
    numbers = sorted({p.keeper for p in plots.values() if isinstance(p.keeper, int)})
    people = cast.residents([(cast.name(), cast.phone()) for _number in numbers])
    made_up = dict(zip(numbers, people, strict=True))
    for name, plot in plots.items():
        if plot.keeper is None:
            continue
        user = made_up[plot.keeper] if isinstance(plot.keeper, int) else cast.person(plot.keeper)
        district.keepers[name] = user
        postings.append(_posting(district, user, Duty.MEMBER, district.micro[name]))
    if district.leader.username == content.LEADER[0]:
        postings += _stewards(district)
    for posting in GridPosting.objects.bulk_create(postings):
        leads = posting.duty == Duty.LEADER
        by = district.manager if leads else district.leader
        at = district.begun + (timedelta() if leads else 2 * DAY)
        district.log(GIVEN, posting, by, at, after={"duty": posting.duty})


def _posting(
    district: District, user: User, duty: str, grid: Grid | None = None, **part: Any
) -> GridPosting:
    begun = district.begun.date()
    return GridPosting(user=user, grid=grid or district.grid, duty=duty, from_date=begun, **part)


def _stewards(district: District) -> Iterable[GridPosting]:
    """Neighbours who have signed up; none of those whom the demo names."""
    taken: set[int] = set()
    for duty, building, entrance in content.STEWARDS:
        there = [
            person
            for people in district.ground.people.values()
            for person in people
            if person.user is not None
            and not person.user.email
            and person.user_id not in taken
            and person.unit.entrance.building.name == building
            and entrance in ("", person.unit.entrance.name)
        ]
        if there:
            user, unit = there[0].user, there[0].unit
            assert user is not None
            taken.add(user.pk)
            part: dict[str, Any] = {"entrance": unit.entrance}
            if duty == Duty.BUILDING_STEWARD:
                part = {"building": unit.entrance.building}
            yield _posting(district, user, duty, **part)


# --- who is looked after


def choose_people(district: District) -> None:
    """From the roster, the nearest to the twelfth floor first, but nobody whom the demo names."""
    named = {
        unit for unit, people in district.ground.people.items() for p in people if _is_named(p)
    }
    for cared in (*content.CARED, content.PROPOSED):
        free = [
            unit
            for unit in district.kept_by(cared.keeper)
            if unit.pk not in named | district.told_of() and unit.pk in district.ground.people
        ]
        free.sort(key=lambda unit: (abs((unit.floor or 0) - 12), unit.number))
        found = sorted(free, key=lambda unit: _unlike(cared, district.ground.people[unit.pk]))
        district.people[cared.key] = district.ground.people[found[0].pk][0]


def _is_named(person: Occupant) -> bool:
    return person.user is not None and bool(person.user.email)


def _unlike(cared: Cared, people: Sequence[Occupant]) -> int:
    """How little the people of a home are like those who are looked for; the first lives there."""
    is_old = people[0].name[1:] in content.OLD
    lives_there = not any(p.relation == Relation.TENANT for p in people)
    fits = (is_old == cared.is_elder, lives_there, (len(people) == 1) == cared.alone)
    return sum(weight for weight, fit in zip((4, 2, 1), fits, strict=True) if not fit)


def lay_flags(district: District) -> None:
    rows = [_flag(district, cared) for cared in content.CARED]
    for cared, row in zip(content.CARED, CareFlag.objects.bulk_create(rows), strict=True):
        keeper, at = district.stage.cast.person(cared.keeper), row.confirmed_at
        assert at is not None
        tier = {"tier": cared.tier}
        district.log(FLAG_MOVES.code_of("propose"), row, keeper, at - 19 * HOUR, after=tier)
        before, after = {"status": "proposed"}, {"status": "confirmed", "confirmed_at": at}
        confirm = FLAG_MOVES.code_of("confirm")
        district.log(confirm, row, district.leader, at, before=before, after=after)
        district.stage.script.rows[f"grids:flag-{cared.key}"] = row


def _flag(district: District, cared: Cared) -> CareFlag:
    keeper = district.stage.cast.person(cared.keeper)
    at = district.on(cared.since, CONFIRMED)
    said = at - 19 * HOUR
    agreed = consent(cared, said.date())
    return CareFlag(
        occupant=district.people[cared.key],
        kind=cared.kind,
        tier=cared.tier,
        is_elder=cared.is_elder,
        source=cared.source,
        review_on=district.now.date() + cared.review * DAY,
        proposed_by=keeper,
        confirmed_at=at,
        status=CareFlag.Status.CONFIRMED,
        sealed_note=sealed(cared.note and f"{said:%Y-%m-%d} {keeper.display_name}: {cared.note}"),
        **agreed,
    )


def consent(cared: Cared, on: date) -> dict[str, Any]:
    if not cared.consent:
        return {}
    return {
        "consent_by": cared.consent,
        "consent_on": on,
        "consent_how": cared.how,
        "hint_two": cared.hint_two,
        "hint_help": cared.hint_help,
    }


# --- a year of visits


@dataclass
class Past:
    """A visit that was held, and when and by whom it was planned; before they have keys."""

    visit: Visit
    planned_at: datetime
    planned_by: Any
    need: str = ""


class Teller:
    """Tells the visits of a year, of one estate."""

    def __init__(self, district: District) -> None:
        self.district, self.dice = district, district.stage.dice
        self.pasts: list[Past] = []
        # With people who may have a wish, and what was said last at each of their doors.
        self.talks: list[Past] = []
        self.said: dict[str, str] = {}

    def rhythm(self, cared: Cared) -> None:
        """Reckoned back from when they were last seen, each a little before its day or just on it;
        the one after that is the sweep's."""
        unit = self.district.people[cared.key].unit
        keeper = self.district.stage.cast.person(cared.keeper)
        days = Rhythm(estate=unit.estate).days(cared.tier)
        seen = [cared.last]
        while seen[-1] + days < cared.since:
            seen.append(seen[-1] + days - self._scatter(days))
        planned_at, by = self.district.on(cared.since, CONFIRMED), SYSTEM
        due = planned_at.date() + days * DAY
        for ago in reversed(seen):
            vain = self._in_vain(cared, ago, days) if ago != seen[-1] else []
            for before, result in (*vain, (ago, self._reached(cared, ago))):
                at = self._moment(before)
                self._add(unit, cared, due, keeper, at, result, planned_at, by)
                planned_at, by = at, keeper
                due = at.date() + (days * DAY if result in REACHED else AGAIN)

    def _scatter(self, days: int) -> int:
        return self.dice.choice((0, 0, 0, 1, 1, 2)) if days < 10 else self.dice.randrange(days // 6)

    def _in_vain(self, cared: Cared, ago: int, days: int) -> list[tuple[int, str]]:
        """Two days earlier at most, and nobody opened, or did not want to."""
        if ago == cared.last:
            return [(ago + 2, V.REFUSED)] if cared.key == content.REFUSED_BY else []
        if self.dice.random() < content.ODDS[2] / 100:
            return [(ago + (self.dice.choice((1, 2)) if days > 10 else 1), V.NOT_MET)]
        return []

    def _reached(self, cared: Cared, ago: int) -> str:
        """Those who are told of next were met."""
        if ago == cared.last:
            return V.MET
        return self.dice.choices(content.RESULTS[:2], content.ODDS[:2])[0]

    def doors(self, units: Iterable[Unit], keeper: User, odds: float) -> None:
        """Homes that nobody has to look after, called at once in the year, to be known."""
        told = self.district.told_of()
        for unit in units:
            if unit.pk in told or unit.pk not in self.district.ground.people:
                continue
            if self.dice.random() > odds:
                continue
            at = self._moment(self.dice.randrange(20, 340))
            result = self.dice.choices(content.RESULTS, content.ODDS)[0]
            self._add(unit, None, at.date(), keeper, at, result, at, keeper)

    def _moment(self, days_ago: int) -> datetime:
        minute = self.dice.choice((*range(9 * 60 + 5, 11 * 60 + 40), *range(14 * 60, 19 * 60)))
        return self.district.on(days_ago, time(minute // 60, minute % 60))

    def _add(
        self, unit: Unit, cared: Cared | None, due: date, keeper: User, at: datetime, result: str,
        planned_at: datetime, planned_by: Any,
    ) -> None:  # fmt: skip
        being = ""
        if result in REACHED:
            being = self.dice.choices(content.BEINGS, content.BEINGS_ODDS)[0]
            # Who is not so well is seen again, and has a flag.
            if result == V.PHONED or (cared is None and being == Wellbeing.POOR):
                being = Wellbeing.GOOD
        visit = Visit(
            unit=unit,
            tier=cared.tier if cared else "",
            due_on=due,
            assignee=keeper,
            status=result,
            visited_at=at,
            # In the lift there is no signal.
            logged_at=at + timedelta(minutes=self.dice.choice((0, 0, 0, 4, 11))),
            logged_by=keeper,
            wellbeing=being,
            sealed_words=sealed(self._words(cared, result, being)),
        )
        past = Past(visit, planned_at, planned_by)
        self.pasts.append(past)
        if cared is not None and cared.key not in content.OF and result in REACHED:
            self.talks.append(past)

    def _words(self, cared: Cared | None, result: str, being: str) -> str:
        if cared is not None:
            said = content.words_for(cared.key, being if result == V.MET else result)
        elif result == V.MET:
            said = content.ROUND_WORDS
        else:
            said = content.OF_ELDERS[V.NOT_MET] if result == V.NOT_MET else ("",)
        key = cared.key if cared else ""
        # The same is not said twice on end.
        self.said[key] = self.dice.choice(
            [one for one in said if one != self.said.get(key)] or said
        )
        return self.said[key]

    def _hear(self) -> None:
        """A few times in the year somebody wanted something."""
        self.talks.sort(key=lambda past: past.planned_at)
        needs = content.NOTED_NEEDS if self.talks else ()
        for n, need in enumerate(needs):
            self.talks[(2 * n + 1) * len(self.talks) // (2 * len(needs))].need = need

    def store(self) -> None:
        self._hear()
        self.pasts.sort(key=lambda past: past.planned_at)
        made = Visit.objects.bulk_create([past.visit for past in self.pasts], batch_size=1000)
        HeardNeed.objects.bulk_create(
            HeardNeed(visit=past.visit, position=1, sealed_words=sealed(past.need))
            for past in self.pasts
            if past.need
        )
        plan, log = VISIT_MOVES.code_of("plan"), VISIT_MOVES.code_of("log")
        for past, row in zip(self.pasts, made, strict=True):
            due = {"due_on": row.due_on}
            self.district.log(plan, row, past.planned_by, past.planned_at, after=due)
            before, after = {"status": str(V.PLANNED)}, {"status": str(row.status)}
            assert row.logged_at is not None
            self.district.log(log, row, row.logged_by, row.logged_at, before=before, after=after)


def write_year(district: District) -> None:
    teller = Teller(district)
    if district.people:
        for cared in content.CARED:
            teller.rhythm(cared)
    for name, keeper in district.keepers.items():
        odds = CALLED_AT[keeper.username in dict(content.MEMBERS)]
        teller.doors(district.units[name], keeper, odds)
    teller.store()


def store_entries(district: District) -> None:
    Entry.objects.bulk_create(sorted(district.entries, key=lambda e: e.at), batch_size=2000)
    district.entries.clear()


def people_of(cast: Cast) -> User:
    """The named ones. Returns the leader."""
    leader: User = cast.role(*content.LEADER)
    for username, name in content.MEMBERS:
        cast.role(username, name)
    return leader


def somebody(cast: Cast) -> User:
    """Who signs in by code, if at all."""
    [user] = cast.residents([(cast.name(), cast.phone())])
    found: User = user
    return found
