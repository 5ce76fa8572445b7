"""The organisations and their people, and what was called for and wished before the last days:
what stands before anything happens, written in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.models import User
from audit.models import Entry
from audit.services import entry_of
from estates.demo.ground import Ground
from estates.models import Occupant
from estates.services import numbers
from grids.demo.lay import District
from grids.models import Grid, GridPosting
from parties.demo import content
from parties.demo.content import BRANCH, PROPERTY, Enrolled, Past, Wish
from parties.models import (
    Matter,
    MatterPart,
    MicroWish,
    Organisation,
    OrganisationPost,
    PartyMember,
    Registration,
)
from parties.services.days import IsWorked, after, before, calendar, climbs_on
from parties.services.matters import LETTERS
from parties.services.members import JOINED
from parties.services.moves import MATTER_MOVES, REGISTRATION_MOVES, WISH_MOVES
from parties.states import Basis, Grade, MatterStatus, PartRole, PartStatus, Supervision
from workflow.scenes import Clock, Stage
from workflow.standing import forget

DAY = timedelta(days=1)
# When the organisations began to work together here.
BEGINS = 380
FOUNDED, GIVEN = "parties.create_organisation", "parties.create_organisationpost"
M, R, W = MatterStatus, Registration.Status, MicroWish.Status


@dataclass
class League:
    """A community, its organisations, and who works in them."""

    district: District
    stage: Stage
    clock: Clock
    is_worked: IsWorked
    # By kind.
    organisations: dict[str, Organisation] = field(default_factory=dict)
    # Whoever acts for them, by kind.
    acting: dict[str, User] = field(default_factory=dict)
    # In the order of content.ENROLLED.
    members: list[PartyMember] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def ground(self) -> Ground:
        return self.district.ground

    @property
    def today(self) -> date:
        return self.clock.now.date()

    def moment(self, day: date, hour: int, minute: int) -> datetime:
        return datetime.combine(day, time(hour, minute), self.clock.now.tzinfo)

    def on(self, days_ago: int, hour: int, minute: int) -> datetime:
        return self.moment(self.today - days_ago * DAY, hour, minute)

    def worked(self, days_ago: int) -> date:
        """So many working days before today; or before the last one, where today is none."""
        day = before(self.today + DAY, self.is_worked)
        for _step in range(days_ago):
            day = before(day, self.is_worked)
        return day

    def micro(self, number: int) -> Grid:
        return list(self.district.micro.values())[number - 1]

    def log(self, code: str, row: Any, actor: Any, at: datetime, **changes: Any) -> None:
        self.entries.append(entry_of(code, row, actor=actor, at=at, **changes))


def lay_league(district: District, stage: Stage) -> League:
    clock = stage.clock(district.ground.estate.work_hours())
    league = League(district, stage, clock, calendar())
    _found(league)
    _enrol(league)
    _register(league)
    _wishes(league)
    _matters(league)
    Entry.objects.bulk_create(sorted(league.entries, key=lambda e: e.at), batch_size=1000)
    return league


# --- who works together


def _found(league: League) -> None:
    cast, manager, begun = league.stage.cast, league.district.manager, league.on(BEGINS, 10, 0)
    made = Organisation.objects.bulk_create(
        Organisation(
            community=league.ground.estate.community, kind=kind, name=name, name_en=english
        )
        for kind, (name, english) in content.ORGANISATIONS.items()
    )
    league.organisations = {str(one.kind): one for one in made}
    posts = []
    for username, shown, kind, role in content.POSTS:
        user = league.acting[kind] = cast.role(username, shown)
        organisation = league.organisations[kind]
        posts.append(
            OrganisationPost(
                user=user, organisation=organisation, role=role, from_date=begun.date()
            )
        )
    for row in made:
        league.log(FOUNDED, row, manager, begun, after={"name": row.name})
    for post in OrganisationPost.objects.bulk_create(posts):
        league.log(GIVEN, post, manager, begun + timedelta(hours=1), after={"role": post.role})


# --- the rosters


def _enrol(league: League) -> None:
    branch, own = league.organisations[BRANCH], league.organisations[PROPERTY]
    day = league.on(BEGINS - 10, 15, 0).date()
    rows = [
        PartyMember(user=user, branch=branch, skills=one.skills, free_times=one.free, from_date=day)
        for user, one in zip(_people(league), content.ENROLLED, strict=True)
    ]
    colleague, skills, free = content.COLLEAGUE
    staff = league.ground.staff[colleague]
    rows.append(PartyMember(user=staff, branch=own, skills=skills, free_times=free, from_date=day))
    league.members = PartyMember.objects.bulk_create(rows)
    for n, member in enumerate(league.members):
        by = league.acting[PROPERTY if member.branch_id == own.pk else BRANCH]
        league.log(JOINED, member, by, league.moment(day, 15, 3 * n))
        forget(member.user)


def _people(league: League) -> list[User]:
    """party_member, who has signed in by now, and residents who sign in by code."""
    neighbours = _neighbours(league)
    return [_party_member(league), *neighbours[: len(content.ENROLLED) - 1]]


def _party_member(league: League) -> User:
    """An owner of grid_member's first micro-grid, of whom nothing else is told."""
    units = next(iter(league.district.units.values()))
    homes, told = league.ground.people, league.district.told_of()
    person: Occupant = next(
        homes[unit.pk][0]
        for unit in reversed(units)
        if unit.pk in homes and unit.pk not in told and not any(p.user for p in homes[unit.pk])
    )
    user: User = league.stage.cast.role(content.MEMBER, f"{person.name[0]}老师")
    person.user, person.phone = user, user.phone or ""
    person.save(update_fields=["user", "phone"])
    return user


def _neighbours(league: League) -> list[User]:
    """With an account, and no steward; those of different homes."""
    posted = set(GridPosting.objects.values_list("user", flat=True))
    homes = league.ground.people.values()
    firsts = (next((p for p in people if p.user is not None), None) for people in homes)
    return [
        person.user
        for person in firsts
        if person is not None
        and person.user is not None
        and not person.user.email
        and person.user_id not in posted
        and person.unit_id not in league.district.told_of()
    ]


def home_grid(league: League, user: User) -> Grid:
    of = next(p for people in league.ground.people.values() for p in people if p.user_id == user.pk)
    names = league.district.units.items()
    return league.district.micro[next(name for name, units in names if of.unit in units)]


def _register(league: League) -> None:
    """Proposed by the branch, agreed to, decided; some days apart."""
    there: dict[int, int] = {}
    rows: list[tuple[Registration, User, datetime]] = []
    for n, (member, one) in enumerate(zip(league.members, content.ENROLLED, strict=False)):
        if not one.basis:
            continue
        grid = _grid_of(league, member, one)
        at = league.on(300 - 40 * n, 9, 40)
        homes = len(league.district.units[grid.name])
        row = Registration(
            member=member,
            grid=grid,
            basis=one.basis,
            households=homes,
            members=there.get(grid.pk, 0),
            status=R.REGISTERED,
            decided_at=at + 5 * DAY,
        )
        there[grid.pk] = there.get(grid.pk, 0) + 1
        member.grid = grid
        rows.append((row, member.user, at))
    PartyMember.objects.bulk_update(league.members, ["grid"])
    code, secretary = REGISTRATION_MOVES.code_of, league.acting[BRANCH]
    Registration.objects.bulk_create(row for row, _user, _at in rows)
    for row, user, at in rows:
        # Whoever chooses a grid by themselves has agreed with it.
        own = row.basis == Basis.VOLUNTARY
        league.log(code("propose"), row, user if own else secretary, at, after={"basis": row.basis})
        if not own:
            _moved(league, code("agree"), row, user, at + 2 * DAY, R.PROPOSED, R.AGREED)
        assert row.decided_at is not None
        _moved(league, code("register"), row, secretary, row.decided_at, R.AGREED, R.REGISTERED)


def _grid_of(league: League, member: PartyMember, one: Enrolled) -> Grid:
    if one.basis == Basis.NEARBY:
        return home_grid(league, member.user)
    return league.micro(one.grid)


def _moved(
    league: League,
    code: str,
    row: Any,
    actor: Any,
    at: datetime,
    had: str,
    has: str,
    note: str = "",
) -> None:
    before, after = {"status": str(had)}, {"status": str(has)}
    league.log(code, row, actor, at, before=before, after=after, note=note)


# --- wishes of the year


def _wishes(league: League) -> None:
    told: list[tuple[Wish, PartyMember | None, int]] = [
        (wish, league.members[n], 160 - 50 * n)
        for n, wish in enumerate(content.FULFILLED_WISHES[:-1])
    ]
    told.append((content.WITHDRAWN_WISH, None, 44))
    keeper, code = league.stage.cast.person("grid_member"), WISH_MOVES.code_of
    rows = MicroWish.objects.bulk_create(
        MicroWish(
            grid=league.micro(wish.grid),
            title=wish.title,
            words=wish.words,
            raised_by=keeper,
            member=member,
            status=W.FULFILLED if member else W.WITHDRAWN,
            result=wish.result,
            fulfilled_at=league.on(days - 3, 19, 10) if member else None,
        )
        for wish, member, days in told
    )
    for row, (wish, member, days) in zip(rows, told, strict=True):
        at = league.on(days, 16, 25)
        league.log(code("note_down"), row, keeper, at, after={"title": wish.title})
        if member is None:
            _moved(league, code("withdraw"), row, keeper, at + 2 * DAY, W.OPEN, W.WITHDRAWN)
            continue
        _moved(league, code("claim"), row, member.user, at + DAY, W.OPEN, W.CLAIMED)
        assert row.fulfilled_at is not None
        _moved(league, code("fulfil"), row, member.user, row.fulfilled_at, W.CLAIMED, W.FULFILLED)


# --- matters


@dataclass
class Told:
    """A matter with its parts, and what is to be written of it once it has a key."""

    matter: Matter
    parts: list[MatterPart]
    # at, actor, verb, state after it
    steps: list[tuple[datetime, Any, str, str]]


def _matters(league: League) -> None:
    """The long ones first: numbers run as they were raised."""
    told = [_archived(league, past) for past in content.PASTS]
    told += [_late(league, content.RED, raised=14, due=6), _late(league, content.YELLOW, 8, 2)]
    _number(league, told)
    Matter.objects.bulk_create(one.matter for one in told)
    for one in told:
        for part in one.parts:
            part.matter = one.matter
    MatterPart.objects.bulk_create(part for one in told for part in one.parts)
    for one in told:
        state = ""
        for at, actor, verb, has in one.steps:
            code = MATTER_MOVES.code_of(verb)
            if state:
                _moved(league, code, one.matter, actor, at, state, has)
            else:
                league.log(code, one.matter, actor, at, after={"number": one.matter.number})
            state = has


def _number(league: League, told: Sequence[Told]) -> None:
    community = league.ground.estate.community
    by_year: dict[int, list[Matter]] = {}
    for one in told:
        by_year.setdefault(one.matter.raised_at.year, []).append(one.matter)
    for year, matters in sorted(by_year.items()):
        given = numbers.next_numbers(
            "parties.matter",
            Matter.objects.all(),
            letters=LETTERS,
            of=community,
            year=year,
            count=len(matters),
        )
        for matter, number in zip(matters, given, strict=True):
            matter.number = number


def _begun(league: League, past: Past, at: datetime) -> Told:
    """Raised, with a part of the property company and of whoever helps."""
    caller, lead = league.organisations[past.caller], league.organisations[PROPERTY]
    by = league.acting[past.caller]
    parts = [MatterPart(organisation=lead, role=PartRole.LEAD, promise=past.plan[:500])]
    if past.helper:
        helper = league.organisations[past.helper]
        parts.append(MatterPart(organisation=helper, promise=past.promise))
    matter = Matter(
        community=caller.community,
        caller=caller,
        lead=lead,
        raised_by=by,
        place=league.ground.place(past.place),
        title=past.title,
        description=past.words,
        plan=past.plan,
        involved=sorted({caller.pk, *(part.organisation_id for part in parts)}),
        raised_at=at,
    )
    return Told(matter, parts, [(at, by, "raise", M.RAISED)])


def _archived(league: League, past: Past) -> Told:
    begins = after(league.today - past.days * DAY, 1, league.is_worked)
    told = _begun(league, past, league.moment(begins, 10, 20))
    matter, by, lead = told.matter, league.acting[past.caller], league.acting[PROPERTY]

    def on(day: int, hour: int, minute: int) -> datetime:
        return league.moment(after(begins, day, league.is_worked), hour, minute)

    done, took = on(past.took, 16, 40), past.took
    told.steps += [
        (on(0, 14, 5), lead, "sign", M.SIGNED_FOR),
        (on(1, 9, 30), lead, "arrive", M.ON_SITE),
        (on(1, 15, 10), lead, "plan", M.PLANNED),
        (on(2, 9, 0), lead, "begin", M.IN_HAND),
        (done, lead, "complete", M.COMPLETED),
        (on(took + 1, 10, 30), by, "accept", M.ACCEPTED),
        (on(took + 1, 10, 45), by, "rate", M.RATED),
        (on(took + 6, 9, 15), by, "archive", M.ARCHIVED),
    ]
    matter.status, matter.result = M.ARCHIVED, past.result
    matter.completed_at, matter.closed_at = done, on(took + 6, 9, 15)
    for n, part in enumerate(told.parts):
        part.status, part.due_on = PartStatus.DONE, done.date()
        part.done_on = done.date()
        # The lead first; whoever helps was thanked.
        part.grade = Grade.GOOD if n else past.grade
        part.grade_words = "" if n else past.why
    return told


def _late(league: League, past: Past, raised: int, due: int) -> Told:
    """So many working days ago; supervision climbs by the sweep."""
    day = league.worked(due)
    begins = league.worked(raised)
    told = _begun(league, past, league.moment(begins, 9, 50))
    matter, lead = told.matter, league.acting[PROPERTY]
    planned, begun = league.worked(raised - 2), league.worked(raised - 3)
    told.steps += [
        (league.moment(begins, 16, 30), lead, "sign", M.SIGNED_FOR),
        (league.moment(planned, 10, 15), lead, "plan", M.PLANNED),
    ]
    matter.status = M.PLANNED
    if past is content.YELLOW:
        told.steps.append((league.moment(begun, 9, 5), lead, "begin", M.IN_HAND))
        matter.status = M.IN_HAND
    matter.due_on = day
    matter.climbs_on = climbs_on(day, Supervision.NONE, league.is_worked)
    for part in told.parts:
        part.due_on = day if part.role == PartRole.LEAD else league.today + 5 * DAY
    return told
