"""Whoever looks after households sees those and no others, at every door, to the minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from estates.models import Occupant
from grids.models import CareFlag, Grid, GridPosting, HeardNeed, Household, Visit, sealed
from grids.services import flags, postings, sweeps, territory, visits
from grids.services.visits import Heard
from notifications.models import Message
from repairs import services as repairs
from repairs.models import Ticket
from tests import factories as make
from tests.grids.doors import API, Care, SignIn, body, listed, looked_after, open_doors
from tests.people import World

DAY = timedelta(days=1)
# For those who lead alone, and for whoever is sent.
LEADS = {"coverage", "looks"}
SENT = {"calendar", "feed", "home"}
STEWARDS = {"stairs"}
ADMINS = {
    "admin, flags",
    "admin, visits",
    "admin, households",
    "admin, flag",
    "admin, visit",
}
CARES = {
    "mine",
    "mine, this week",
    "search, a name",
    "search, a room",
    "household",
    "a visit now",
    "visits",
    "visits, filtered",
    "visits as a sheet",
    "visit",
    "visit, to note",
    "earlier visit",
    "flags",
    "flags as a sheet",
    "flag",
    "new flag",
    "number",
    "note",
    "photo",
    "small photo",
    "API households",
    "API households, search",
    "API household",
    "API number",
    "API flags",
    "API flags, filtered",
    "API flag",
    "API note",
    "API visits",
    "API visit",
    "API earlier visit",
}


@dataclass
class Stage:
    world: World
    mine: Care
    other: Care
    far: Care
    # Another micro-grid of the same grid, and who keeps it.
    second: Grid
    second_member: User


@pytest.fixture
def stage(world: World) -> Stage:
    grid, second = make.make_grids(world.court, name="二号")
    assert grid == world.grid
    member = make.make_user("second_member")
    make.make_grid_posting(member, second, "member")
    here, there = (
        make.make_unit(world.court, "7 栋", "1 单元", room, floor=9) for room in ("9917", "9928")
    )
    away = make.make_unit(world.garden, "8 栋", "1 单元", "9939")
    return Stage(
        world,
        looked_after(here, world.micro, world.grid_member, "欧阳甲"),
        looked_after(there, second, member, "欧阳乙"),
        looked_after(away, world.far_micro, world.far_member, "欧阳丙"),
        second,
        member,
    )


def community_manager(stage: Stage) -> User:
    user = make.make_user("community_manager")
    make.make_posting(user, stage.world.court.community, "manager")
    return user


def posting_of(user: User) -> GridPosting:
    return GridPosting.objects.get(user=user, ended_at=None)


# --- who sees what


def test_member_sees_theirs_and_nothing_of_others(stage: Stage, as_: SignIn) -> None:
    member = stage.world.grid_member
    assert open_doors(as_, member, stage.mine) == CARES | SENT
    assert open_doors(as_, member, stage.other) == set()
    assert open_doors(as_, member, stage.far) == set()


def test_member_of_elsewhere_sees_nothing_of_here(stage: Stage, as_: SignIn) -> None:
    for care, sees in ((stage.mine, set()), (stage.other, CARES | SENT), (stage.far, set())):
        assert open_doors(as_, stage.second_member, care) == sees
    assert open_doors(as_, stage.world.far_member, stage.mine) == set()


def test_leader_sees_all_of_the_grid_and_nothing_beyond(stage: Stage, as_: SignIn) -> None:
    leader = stage.world.grid_leader
    assert open_doors(as_, leader, stage.mine) == CARES | LEADS
    assert open_doors(as_, leader, stage.other) == CARES | LEADS
    assert open_doors(as_, leader, stage.far) == set()


def test_admin_sees_all(stage: Stage, as_: SignIn) -> None:
    for care in (stage.mine, stage.other, stage.far):
        assert open_doors(as_, stage.world.admin, care) == CARES | LEADS | ADMINS


@pytest.mark.parametrize(
    "role",
    [
        "resident",
        "neighbour",
        "stranger",
        "outsider",
        "technician",
        "dispatcher",
        "manager",
        "inspector",
        "desk",
    ],
)
def test_nobody_else_sees_anything(stage: Stage, as_: SignIn, role: str) -> None:
    """As staff of the administration neither, who have no rights there."""
    user = getattr(stage.world, role)
    assert open_doors(as_, user, stage.mine) == set()
    User.objects.filter(pk=user.pk).update(is_staff=True)
    assert open_doors(as_, user, stage.mine) == set()


def test_who_lives_there_sees_nothing_of_it(stage: Stage, as_: SignIn) -> None:
    """What is known of oneself is among one's own data, and nowhere else."""
    user = make.make_user("欧阳住户")
    Occupant.objects.filter(pk=stage.mine.person.pk).update(user=user)
    seen = open_doors(as_, user, stage.mine)
    # their own home names itself
    assert seen - {"home"} == set()


def test_manager_sees_the_grids_and_none_of_its_households(stage: Stage, as_: SignIn) -> None:
    """Of the community, who founds them; the estate's own does not even see those."""
    founder = community_manager(stage)
    client = as_(founder)
    assert listed(client, "/grids/") == {stage.world.grid.pk, stage.world.micro.pk, stage.second.pk}
    assert open_doors(as_, founder, stage.mine) == set()
    page = body(client.get(f"/grids/{stage.world.micro.pk}/"))
    assert [w for w in (stage.mine.person.name, 'class="tier') if w in page] == []
    for other in (stage.world.manager, stage.world.technician):
        assert listed(as_(other), "/grids/") == set()


@pytest.mark.parametrize("duty", ["building_steward", "unit_steward"])
def test_steward_sees_names_and_rooms_alone(stage: Stage, as_: SignIn, duty: str) -> None:
    steward = make.make_user("steward")
    entrance = stage.mine.unit.entrance
    part = {"building": entrance.building} if duty == "building_steward" else {"entrance": entrance}
    posting = make.make_grid_posting(steward, stage.world.micro, duty, **part)
    assert open_doors(as_, steward, stage.mine) == STEWARDS
    assert open_doors(as_, steward, stage.far) == set()
    page = body(as_(steward).get("/grids/stairs/"))
    person = stage.mine.person
    assert (person.name in page, stage.mine.room in page) == (True, True)
    care = ("独居", "living alone", "living_alone", 'class="tier', "Looked after", stage.mine.note)
    assert [w for w in (person.phone, person.phone[-4:], *care) if w in page] == []
    postings.end(posting, actor=stage.world.grid_leader, at=timezone.now())
    assert open_doors(as_, steward, stage.mine) == set()


# --- from that very minute on


def test_after_the_hand_over_the_old_one_sees_nothing_and_the_new_one_all(
    stage: Stage, as_: SignIn
) -> None:
    old, new = stage.world.grid_member, make.make_user("new_member")
    assert open_doors(as_, new, stage.mine) == set()
    leader, now = stage.world.grid_leader, timezone.now()
    postings.hand_over(posting_of(old), to=new, actor=leader, at=now)
    assert open_doors(as_, old, stage.mine) == set()
    assert open_doors(as_, new, stage.mine) == CARES | SENT
    assert open_doors(as_, new, stage.other) == set()


def test_after_the_end_the_old_one_sees_nothing(stage: Stage, as_: SignIn) -> None:
    member = stage.world.grid_member
    postings.end(posting_of(member), actor=stage.world.grid_leader, at=timezone.now())
    assert open_doors(as_, member, stage.mine) == set()
    assert open_doors(as_, stage.world.grid_leader, stage.mine) == CARES | LEADS


def test_after_the_end_the_old_leader_sees_nothing(stage: Stage, as_: SignIn) -> None:
    leader = stage.world.grid_leader
    postings.end(posting_of(leader), actor=community_manager(stage), at=timezone.now())
    assert open_doors(as_, leader, stage.mine) == set()


def test_a_unit_that_goes_to_another_micro_grid_takes_all_along(stage: Stage, as_: SignIn) -> None:
    """The household, its people and flags, what is planned, and all that was."""
    leader, now = stage.world.grid_leader, timezone.now()
    territory.draw(stage.second, {stage.mine.unit.pk, stage.other.unit.pk}, actor=leader, at=now)
    stage.mine.micro = stage.second
    assert open_doors(as_, stage.world.grid_member, stage.mine) == set()
    assert open_doors(as_, stage.second_member, stage.mine) == CARES | SENT
    assert open_doors(as_, leader, stage.mine) == CARES | LEADS


def test_a_unit_that_goes_to_none_is_seen_by_nobody(stage: Stage, as_: SignIn) -> None:
    leader, now = stage.world.grid_leader, timezone.now()
    rest = {stage.world.home.pk, stage.world.next_door.pk}
    territory.draw(stage.world.micro, rest, actor=leader, at=now)
    assert open_doors(as_, stage.world.grid_member, stage.mine) == set()
    assert open_doors(as_, leader, stage.mine) == set()
    stage.mine.planned.refresh_from_db()
    assert stage.mine.planned.status == "called_off"


@pytest.mark.parametrize(
    "path",
    [
        "/grids/visits/",
        "/grids/visits/?export=csv",
        "/grids/flags/",
        "/grids/flags/?export=csv",
        "/grids/coverage/",
        "/grids/looks/",
        "/api/v1/visits/",
        "/api/v1/care-flags/",
    ],
)
def test_the_administrator_reads_what_lies_in_no_grid(stage: Stage, as_: SignIn, path: str) -> None:
    """Flags and visits of a home that nobody looks after any more."""
    make.make_visit(stage.other.unit, status="met", wellbeing="good")
    at = timezone.now()
    territory.draw(stage.second, set(), actor=stage.world.grid_leader, at=at)
    make.make_visit(stage.other.unit, due_on=timezone.localdate() - 3 * DAY)
    answer = as_(stage.world.admin).get(path)
    assert answer.status_code == 200
    assert body(answer)


def test_who_has_moved_out_takes_their_flag_and_number_along(stage: Stage, as_: SignIn) -> None:
    today = timezone.localdate()
    Occupant.objects.filter(pk=stage.mine.person.pk).update(to_date=today - DAY)
    seen = open_doors(as_, stage.world.grid_member, stage.mine)
    gone = {
        "search, a name",
        "search, a room",
        "flags",
        "flags as a sheet",
        "flag",
        "number",
        "note",
        "API households, search",
        "API number",
        "API flags",
        "API flags, filtered",
        "API flag",
        "API note",
    }
    assert seen == (CARES | SENT) - gone


# --- messages


def told() -> set[str]:
    found = Message.objects.filter(kind__startswith="grids.").exclude(kind__contains="posting")
    return set(found.values_list("recipient__username", flat=True))


def test_messages_reach_only_who_looks_after_it_now(stage: Stage, as_: SignIn) -> None:
    world, at = stage.world, timezone.now()
    CareFlag.objects.exclude(pk=stage.mine.flag.pk).delete()
    Visit.objects.filter(pk=stage.mine.planned.pk).update(due_on=timezone.localdate(at) - DAY)
    new = make.make_user("new_member")
    postings.hand_over(posting_of(world.grid_member), to=new, actor=world.grid_leader, at=at)
    Message.objects.all().delete()
    today = timezone.localdate(at)
    CareFlag.objects.filter(pk=stage.mine.flag.pk).update(review_on=today)
    sweeps.ask_for_review(at)
    assert told() == {"new_member", "grid_leader"}
    Message.objects.all().delete()
    sweeps.climb(timezone.localtime(at).replace(hour=12))
    assert told() == {"grid_leader"}
    Message.objects.all().delete()
    flags.end(stage.mine.flag, actor=world.grid_leader, at=at)
    assert told() == {"new_member"}


def bell(stage: Stage, as_: SignIn) -> str:
    """What it says to the member, who was told that a flag is confirmed."""
    return body(as_(User.objects.get(pk=stage.world.grid_member.pk)).get("/notifications/"))


def confirmed(stage: Stage) -> None:
    CareFlag.objects.filter(pk=stage.mine.flag.pk).update(status="proposed", confirmed_at=None)
    stage.mine.flag.refresh_from_db()
    flags.confirm(stage.mine.flag, actor=stage.world.grid_leader, at=timezone.now())


def test_the_bell_names_the_micro_grid_and_neither_home_nor_person(
    stage: Stage, as_: SignIn
) -> None:
    confirmed(stage)
    text = bell(stage, as_)
    assert "已确认" in text
    assert (stage.mine.room in text, stage.mine.person.name in text) == (False, False)


def test_the_bell_of_the_old_one_names_no_home_any_more(stage: Stage, as_: SignIn) -> None:
    confirmed(stage)
    old, leader = stage.world.grid_member, stage.world.grid_leader
    new = make.make_user("new_member")
    postings.hand_over(posting_of(old), to=new, actor=leader, at=timezone.now())
    text = bell(stage, as_)
    assert "榕树郡" in text  # that the posting has ended
    assert stage.mine.room not in text


# --- the repair that came of a visit


NEED_WORDS = "厨房龙头滴水"


@pytest.fixture
def ticket(stage: Stage) -> Ticket:
    """Of a need that was heard at the door; dispatched to the technician."""
    world, at = stage.world, timezone.now()
    visits.log(
        stage.mine.planned,
        actor=world.grid_member,
        at=at,
        result="met",
        wellbeing="poor",
        words="独居老人，儿子在外地",
        person=stage.mine.person,
        needs=[Heard(NEED_WORDS, "repairs.ticket", "pipes")],
    )
    made = Ticket.objects.get()
    repairs.accept(made, actor=world.dispatcher, at=at)
    repairs.dispatch(made, worker=world.technician, actor=world.dispatcher, at=at)
    return Ticket.objects.get()


PAIR = "两人上门"
CARE_WORDS = (
    "独居",
    "living alone",
    "living_alone",
    "儿子在外地",
    "not so well",
    "note of",
    "words of",
    "care flag",
    "/grids/",
    "sealed",
    "hint_",
)
STAFF = ("dispatcher", "manager", "inspector", "desk", "technician", "other_technician")


def care_words(as_: SignIn, user: User, ticket: Ticket) -> set[str]:
    """What the ticket's pages, lists and API say of care."""
    client = as_(User.objects.get(pk=user.pk))
    pages = (
        f"/repairs/{ticket.number}/",
        "/repairs/",
        "/repairs/desk/",
        "/repairs/triage/",
        "/repairs/jobs/",
        "/repairs/?export=csv",
        f"{API}/tickets/{ticket.number}/",
        f"{API}/tickets/",
        "/calendar/",
        "/notifications/",
        "/",
    )
    text = "\n".join(body(client.get(page)) for page in pages)
    return {word for word in (*CARE_WORDS, PAIR) if word in text}


@pytest.mark.parametrize("role", STAFF)
def test_staff_read_no_care_on_the_ticket(
    stage: Stage, ticket: Ticket, as_: SignIn, role: str
) -> None:
    assert care_words(as_, getattr(stage.world, role), ticket) == set()


@pytest.mark.parametrize("role", STAFF)
def test_only_whoever_has_the_job_reads_that_two_come(
    stage: Stage, ticket: Ticket, as_: SignIn, role: str
) -> None:
    CareFlag.objects.filter(pk=stage.mine.flag.pk).update(hint_two=True, hint_help=True)
    reads = {PAIR} if role == "technician" else set()
    assert care_words(as_, getattr(stage.world, role), ticket) == reads


@pytest.mark.parametrize(
    "change",
    [{"status": "proposed", "confirmed_at": None}, {"hint_two": False}],
    ids=["proposed", "not agreed to"],
)
def test_without_it_nobody_reads_it(
    stage: Stage, ticket: Ticket, as_: SignIn, change: dict[str, Any]
) -> None:
    values = {"hint_two": True, **change}
    CareFlag.objects.filter(pk=stage.mine.flag.pk).update(**values)
    assert care_words(as_, stage.world.technician, ticket) == set()


def test_with_the_consent_goes_the_hint(stage: Stage, ticket: Ticket, as_: SignIn) -> None:
    CareFlag.objects.filter(pk=stage.mine.flag.pk).update(hint_two=True)
    flags.withdraw_consent(stage.mine.flag, actor=stage.world.grid_member, at=timezone.now())
    assert care_words(as_, stage.world.technician, ticket) == set()


# --- any postings whatsoever


@dataclass
class Plain:
    """The same world in dicts, read by nothing of the product."""

    # micro-grid → its grid, and household → micro-grid
    parent: dict[int, int] = field(default_factory=dict)
    lies_in: dict[int, int] = field(default_factory=dict)
    # row → household, where anybody is to see it at all
    flags: dict[int, int] = field(default_factory=dict)
    visits: dict[int, int] = field(default_factory=dict)
    needs: dict[int, int] = field(default_factory=dict)
    # posting → user, grid, duty, from, to, ended
    postings: dict[int, tuple[int, int, str, date | None, date | None, datetime | None]] = field(
        default_factory=dict
    )

    def sees(self, user: int, now: datetime) -> set[int]:
        """The micro-grids of somebody."""
        today, found = timezone.localdate(now), set()
        for who, grid, duty, begin, end, ended in self.postings.values():
            if who != user or (begin and begin > today) or (end and end < today):
                continue
            if ended is not None and ended <= now:
                continue
            if duty == "member":
                found.add(grid)
            if duty == "leader":
                found |= {grid, *(m for m, around in self.parent.items() if around == grid)}
        return found

    def homes(self, user: int, now: datetime) -> set[int]:
        grids = self.sees(user, now)
        return {home for home, grid in self.lies_in.items() if grid in grids}

    def of_homes(self, rows: dict[int, int], user: int, now: datetime) -> set[int]:
        homes = self.homes(user, now)
        return {row for row, home in rows.items() if home in homes}

    def colleagues(self, user: int, now: datetime) -> set[int]:
        grids = self.sees(user, now)
        return {pk for pk, p in self.postings.items() if p[0] == user or p[1] in grids}


def lay_out(dice: Random) -> tuple[Plain, list[Grid], list[Any]]:
    """Two communities, four grids of two micro-grids each, forty units; some lie in none."""
    plain, grids, units = Plain(), [], []
    today, at = timezone.localdate(), timezone.now()
    for code in ("east", "west"):
        estate = make.make_estate(code)
        around = {"community": estate.community}
        micros = []
        for n in range(2):
            grid = Grid.objects.create(name=f"{code} {n}", kind="grid", **around)
            grids.append(grid)
            for k in range(2):
                micro = Grid.objects.create(name=f"{code} {n}.{k}", parent=grid, **around)
                plain.parent[micro.pk] = grid.pk
                micros.append(micro)
        grids += micros
        for n in range(20):
            unit = make.make_unit(estate, f"{n % 3} 栋", "1 单元", f"{n:03d}", floor=n % 5)
            units.append(unit)
            if dice.random() < 0.9:
                micro = dice.choice(micros)
                Household.objects.create(unit=unit, grid=micro)
                plain.lies_in[unit.pk] = micro.pk
            for until in dice.sample([None, today, today - DAY], dice.randint(1, 3)):
                person = make.make_occupant(unit, name=f"住户{n}", to_date=until)
                flag = make.make_flag(
                    person, status=dice.choice(["proposed", "confirmed", "ended", "refused"])
                )
                if until is None or until >= today:
                    plain.flags[flag.pk] = unit.pk
            held = make.make_visit(
                unit, status=dice.choice(["met", "not_met", "moved"]), visited_at=at - 9 * DAY
            )
            plain.visits[held.pk] = plain.visits[make.make_visit(unit).pk] = unit.pk
            need = HeardNeed.objects.create(visit=held, position=1, sealed_words=sealed("门铃"))
            plain.needs[need.pk] = unit.pk
    return plain, grids, units


def some_posting(
    dice: Random, plain: Plain, users: list[User], grids: list[Grid], units: list[Any]
) -> None:
    """Of any duty: ended to the minute, ended yesterday, of today alone, or to come."""
    today, now = timezone.localdate(), timezone.now()
    duty = dice.choice(["member", "member", "leader", "building_steward", "unit_steward"])
    micro = [g for g in grids if g.pk in plain.parent]
    grid = dice.choice(micro if duty == "member" else grids)
    entrance = dice.choice(units).entrance
    days: dict[str, Any] = dice.choice(
        [
            {},
            {},
            {"from_date": today},
            {"from_date": today + DAY},
            {"to_date": today},
            {"to_date": today - DAY},
            {"to_date": today, "ended_at": now - timedelta(seconds=1)},
            {"to_date": today, "ended_at": now + timedelta(hours=1)},
        ]
    )
    user = dice.choice(users)
    if any((p[0], p[1], p[2]) == (user.pk, grid.pk, duty) for p in plain.postings.values()):
        days = {"to_date": today - DAY}  # nobody holds the same twice
    made = make.make_grid_posting(
        user,
        grid,
        duty,
        building=entrance.building if duty == "building_steward" else None,
        entrance=entrance if duty == "unit_steward" else None,
        **days,
    )
    plain.postings[made.pk] = (
        *(user.pk, grid.pk, duty),
        *(made.from_date, made.to_date, made.ended_at),
    )


ROUNDS, POSTINGS, PEOPLE = 8, 25, 12


def keys(model: Any, user: User) -> set[int]:
    return set(model.objects.visible_to(user).values_list("pk", flat=True))


def shown(client: Any, url: str) -> set[int]:
    """The households on a page of mine; nothing where it refuses."""
    answer = client.get(url)
    if answer.status_code != 200:
        return set()
    return {card.household.pk for _floor, cards in answer.context["landings"] for card in cards}


def test_any_postings_show_what_the_plain_rule_says(db: None, as_: SignIn) -> None:
    """200 postings at random, 25 at a time, asked as rows and at the doors."""
    dice = Random(20261127)
    plain, grids, units = lay_out(dice)
    users = [make.make_user(f"someone{n}") for n in range(PEOPLE)]
    rows: list[tuple[Any, Callable[[int, datetime], set[int]]]] = [
        (Household, plain.homes),
        (CareFlag, lambda who, now: plain.of_homes(plain.flags, who, now)),
        (Visit, lambda who, now: plain.of_homes(plain.visits, who, now)),
        (HeardNeed, lambda who, now: plain.of_homes(plain.needs, who, now)),
        (GridPosting, plain.colleagues),
    ]
    seen_at_all = 0
    for _round in range(ROUNDS):
        GridPosting.objects.all().delete()
        plain.postings.clear()
        for _one in range(POSTINGS):
            some_posting(dice, plain, users, grids, units)
        for pk in [user.pk for user in users]:
            user, now = User.objects.get(pk=pk), timezone.now()
            for model, rule in rows:
                assert keys(model, user) == rule(pk, now), (model, plain.postings)
            homes, client = plain.homes(pk, now), as_(user)
            seen_at_all += len(homes)
            one = dice.choice(list(plain.parent))
            doors = {
                "found": shown(client, "/grids/mine/?q=住户"),
                "one": shown(client, f"/grids/mine/?view=all&grid={one}"),
                "households": listed(client, "/households/"),
                "flags": listed(client, "/care-flags/"),
                "visits": listed(client, "/visits/"),
            }
            named = {home for home in homes if home in plain.flags.values()}
            one_of = {home for home in homes if plain.lies_in[home] == one}
            leads = any(
                p[2] == "leader" and p[0] == pk and one_held(p, now)
                for p in plain.postings.values()
            )
            if leads and not one_of:
                # a grid that one may not see is not chosen: the page shows another of one's own
                assert doors.pop("one") <= homes
                one_of = set()
            wanted = {
                "found": named,
                "one": one_of if leads else homes,
                "households": homes,
                "flags": plain.of_homes(plain.flags, pk, now),
                "visits": plain.of_homes(plain.visits, pk, now),
            }
            assert doors == {door: wanted[door] for door in doors}, plain.postings
    assert seen_at_all > 100


def one_held(posting: Any, now: datetime) -> bool:
    _user, _grid, _duty, begin, end, ended = posting
    today = timezone.localdate(now)
    return not (
        (begin and begin > today) or (end and end < today) or (ended is not None and ended <= now)
    )
