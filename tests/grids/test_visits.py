"""What becomes of a visit beside its life: needs, photographs, the next day; what pages cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from attachments.models import Attachment
from attachments.services import of, store
from audit.models import Entry
from estates.models import Occupant, Unit
from grids.models import CareFlag, HeardNeed, Household, Visit, opened
from grids.services import postings, visits
from grids.services.visits import Heard
from notifications.models import Message
from repairs.models import Ticket
from tests import factories as make
from tests.everything import a_photo
from tests.grids.doors import body
from tests.people import World
from workflow.refusals import Invalid, NotAllowed, WrongState

SignIn = Callable[[User | None], Client]
AT = timezone.now()
TODAY = timezone.localdate(AT)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def person(world: World) -> Occupant:
    return Occupant.objects.get(unit=world.home)


@pytest.fixture
def flag(person: Occupant) -> CareFlag:
    return make.make_flag(person, tier="red")


@pytest.fixture
def visit(world: World, flag: CareFlag) -> Visit:
    return make.make_visit(world.home, tier="red", assignee=world.grid_member)


def log(visit: Visit, world: World, **said: Any) -> Visit:
    said = {"actor": world.grid_member, "at": AT, "result": "met", "wellbeing": "good"} | said
    return visits.log(visit, **said)


def told(kind: str) -> list[str]:
    found = Message.objects.filter(kind=kind)
    return sorted(found.values_list("recipient__username", flat=True))


def nothing_kept(visit: Visit) -> bool:
    """The visit is as planned, and nothing lies beside it."""
    visit = Visit.objects.get(pk=visit.pk)
    return (
        (visit.status, visit.sealed_words, visit.visited_at) == ("planned", "", None)
        and Visit.objects.filter(unit=visit.unit).count() == 1
        and not HeardNeed.objects.exists()
        and not Ticket.objects.exists()
        and not Message.objects.exists()
        and not Entry.objects.filter(code__startswith="grids.visit").exists()
        and not Attachment.objects.filter(object_id__isnull=False).exists()
    )


# --- what was heard

TAP = Heard("厨房龙头滴水", "repairs.ticket", "pipes")
NOTE = Heard("想要一份活动表", "")


def test_a_need_becomes_a_ticket_of_the_one_who_said_it(
    world: World, visit: Visit, person: Occupant, as_: SignIn
) -> None:
    log(visit, world, person=person, needs=[TAP, NOTE], words="茶很好喝")
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.origin, ticket.reporter) == ("visit", visit, world.resident)
    assert (ticket.entered_by, ticket.unit, ticket.category, ticket.description) == (
        *(world.grid_member, world.home, world.pipes),
        "厨房龙头滴水",
    )
    assert (told("repairs.ticket.heard"), ticket.private) == (["resident"], False)
    needs = HeardNeed.objects.order_by("position")
    assert [(opened(n.sealed_words), n.becomes) for n in needs] == [
        ("厨房龙头滴水", "repairs.ticket"),
        ("想要一份活动表", ""),
    ]
    member = as_(world.grid_member)
    for page in (f"/grids/visits/{visit.pk}/", f"/grids/households/{world.home.pk}/"):
        assert ticket.number in body(member.get(page))
    api = member.get(f"/api/v1/visits/{visit.pk}/").json()
    assert [matter["number"] for matter in api["matters"]] == [ticket.number]


def test_the_resident_reads_what_became_of_it_and_not_what_was_said_beside(
    world: World, visit: Visit, person: Occupant, as_: SignIn
) -> None:
    log(visit, world, person=person, needs=[TAP], words="不要告诉儿子")
    ticket = Ticket.objects.get()
    answer = as_(world.resident).get(f"/repairs/{ticket.number}/")
    assert (answer.status_code, "厨房龙头滴水" in body(answer)) == (200, True)
    assert "不要告诉儿子" not in body(answer)


def test_what_somebody_keeps_to_themselves_is_not_shown(
    world: World, visit: Visit, person: Occupant, as_: SignIn
) -> None:
    log(visit, world, person=person, needs=[TAP])
    Ticket.objects.update(private=True)
    ticket = make.make_ticket(world.pipes, unit=world.home, private=True)
    numbers = [Ticket.objects.exclude(pk=ticket.pk).get().number, ticket.number]
    member = as_(world.grid_member)
    for page in (
        f"/grids/visits/{visit.pk}/",
        f"/grids/households/{world.home.pk}/",
        f"/api/v1/visits/{visit.pk}/",
        f"/api/v1/households/{world.home.pk}/",
        "/api/v1/households/",
    ):
        assert [number for number in numbers if number in body(member.get(page))] == []


@pytest.mark.parametrize(
    "needs",
    [
        [NOTE, Heard("电梯", "repairs.ticket", "no_such_topic")],
        [NOTE, TAP, Heard("要一张桌子", "grids.visit")],
        [NOTE, TAP, Heard("要一张桌子", "nobody.knows")],
        [NOTE] * 6,
    ],
    ids=["no such topic", "no maker", "no such app", "too many"],
)
def test_where_a_need_is_not_taken_nothing_is_kept(
    world: World, visit: Visit, person: Occupant, needs: list[Heard]
) -> None:
    photo = store(a_photo(), by=world.grid_member, at=AT)
    with pytest.raises(Invalid):
        log(
            visit,
            world,
            person=person,
            needs=needs,
            words="茶很好喝",
            photos=[photo.key],
            photo_consent=True,
        )
    assert nothing_kept(visit)


def test_where_the_page_is_refused_nothing_is_kept(world: World, visit: Visit, as_: SignIn) -> None:
    answer = as_(world.grid_member).post(
        f"/grids/visits/{visit.pk}/log/",
        {
            "result": "met",
            "wellbeing": "good",
            "need_1": "厨房龙头滴水",
            "need_1_becomes": "repairs.ticket",
            "need_1_topic": "no_such_topic",
        },
    )
    assert (answer.status_code, nothing_kept(visit)) == (200, True)
    assert "errorlist" in body(answer) or "invalid" in body(answer)


def test_photographs_want_consent(world: World, visit: Visit) -> None:
    photo = store(a_photo(), by=world.grid_member, at=AT)
    with pytest.raises(Invalid, match="A photograph wants the consent"):
        log(visit, world, photos=[photo.key])
    assert nothing_kept(visit)
    log(visit, world, photos=[photo.key], photo_consent=True)
    assert list(of(visit)) == [photo]


def test_photographs_of_somebody_else_are_not_taken(world: World, visit: Visit) -> None:
    photo = store(a_photo(), by=world.far_member, at=AT)
    with pytest.raises(ValidationError):
        log(visit, world, photos=[photo.key], photo_consent=True)
    assert nothing_kept(visit)


@pytest.mark.parametrize(
    ("result", "wellbeing", "why"),
    [
        ("met", "", "Say how they were"),
        ("phoned", "", "Say how they were"),
        ("not_met", "good", "one can only say of whom one has met"),
        ("moved", "poor", "one can only say of whom one has met"),
        ("refused", "urgent", "one can only say of whom one has met"),
    ],
)
def test_how_they_were_is_said_of_whom_one_has_met(
    world: World, visit: Visit, result: str, wellbeing: str, why: str
) -> None:
    with pytest.raises(Invalid, match=why):
        log(visit, world, result=result, wellbeing=wellbeing)
    assert nothing_kept(visit)


def test_somebody_who_lives_elsewhere_was_not_spoken_with(world: World, visit: Visit) -> None:
    with pytest.raises(Invalid, match="This person lives elsewhere"):
        log(visit, world, person=Occupant.objects.get(unit=world.next_door))
    assert nothing_kept(visit)


# --- when


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (None, AT),
        (AT - 3 * HOUR, AT - 3 * HOUR),
        (AT - 7 * DAY, AT - 7 * DAY),
        # a clock that stood still, or runs ahead
        (AT - 7 * DAY - timedelta(seconds=1), AT),
        (AT + timedelta(minutes=1), AT),
        (AT + 5 * HOUR, AT),
        (datetime(1970, 1, 1, tzinfo=timezone.get_current_timezone()), AT),
        (datetime(2099, 1, 1, tzinfo=timezone.get_current_timezone()), AT),
    ],
)
def test_the_phone_is_believed_so_far_and_no_further(
    world: World, visit: Visit, said: datetime | None, kept: datetime
) -> None:
    row = log(visit, world, visited_at=said)
    assert (row.visited_at, row.logged_at) == (kept, AT)


def planned(world: World) -> list[tuple[date, str]]:
    rows = Visit.objects.planned().filter(unit=world.home)
    return list(rows.values_list("due_on", "tier"))


@pytest.mark.parametrize(("tier", "days"), [("red", 7), ("yellow", 30), ("green", 91)])
def test_the_next_day_is_by_the_rhythm_at_the_latest(
    world: World, flag: CareFlag, visit: Visit, tier: str, days: int
) -> None:
    CareFlag.objects.update(tier=tier)
    with pytest.raises(Invalid, match=r"by .* at the latest"):
        log(visit, world, next_on=TODAY + (days + 1) * DAY)
    with pytest.raises(Invalid, match="lies ahead"):
        log(visit, world, next_on=TODAY - DAY)
    assert nothing_kept(visit)
    log(visit, world, next_on=TODAY + days * DAY)
    assert planned(world) == [(TODAY + days * DAY, tier)]


def test_without_a_wish_it_is_the_last_day_of_the_rhythm(world: World, visit: Visit) -> None:
    log(visit, world)
    assert planned(world) == [(TODAY + 7 * DAY, "red")]


def test_who_was_not_met_is_tried_again_in_three_days(world: World, visit: Visit) -> None:
    log(visit, world, result="not_met", wellbeing="")
    assert planned(world) == [(TODAY + 3 * DAY, "red")]


def test_where_nobody_is_looked_after_nothing_is_planned(world: World) -> None:
    visit = make.make_visit(world.home)
    log(visit, world)
    assert planned(world) == []


# --- what it sets off


def test_moving_out_ends_the_flags_and_tells_the_leader(
    world: World, visit: Visit, person: Occupant, flag: CareFlag
) -> None:
    other = make.make_flag(person, kind="disabled", status="proposed", note="耳背")
    ended = make.make_flag(person, kind="other", status="ended", end_reason="better")
    next_door = make.make_flag(Occupant.objects.get(unit=world.next_door))
    log(visit, world, result="moved", wellbeing="")
    states = CareFlag.objects.order_by("pk").values_list("pk", "status", "end_reason")
    assert list(states) == [
        (flag.pk, "ended", "moved"),
        (other.pk, "ended", "moved"),
        (ended.pk, "ended", "better"),
        (next_door.pk, "confirmed", ""),
    ]
    other.refresh_from_db()
    assert (other.sealed_note, other.consent_by, other.consent_on) == ("", "", None)
    assert (told("grids.visit.moved"), planned(world)) == (["grid_leader"], [])


def test_help_at_once_tells_the_leader(world: World, visit: Visit) -> None:
    log(visit, world, wellbeing="urgent")
    assert told("grids.visit.urgent") == ["grid_leader"]


def test_less_does_not(world: World, visit: Visit) -> None:
    log(visit, world, wellbeing="poor")
    assert told("grids.visit.urgent") == []


def test_a_leader_is_not_told_by_themselves(world: World, visit: Visit) -> None:
    log(visit, world, wellbeing="urgent", actor=world.grid_leader)
    assert told("grids.visit.urgent") == []


# --- a visit that nobody had planned


def log_at(world: World, **said: Any) -> Visit:
    said = {"actor": world.grid_member, "at": AT, "result": "met", "wellbeing": "good"} | said
    return visits.log_at(Household.objects.get(pk=world.home.pk), **said)


def test_a_visit_now_takes_the_open_one(world: World, visit: Visit) -> None:
    assert log_at(world).pk == visit.pk
    assert Visit.objects.held().count() == 1
    assert planned(world) == [(TODAY + 7 * DAY, "red")]


def test_a_visit_now_makes_one_where_none_is_planned(world: World) -> None:
    made = log_at(world)
    assert (made.status, made.tier, made.due_on, made.logged_by) == (
        *("met", "", TODAY),
        world.grid_member,
    )
    assert Visit.objects.count() == 1


def test_a_visit_now_that_is_refused_leaves_none(world: World) -> None:
    with pytest.raises(Invalid):
        log_at(world, wellbeing="")
    assert not Visit.objects.exists()


def test_a_visit_now_is_for_whoever_looks_after_it(world: World) -> None:
    for name in ("far_member", "manager", "resident", "technician"):
        with pytest.raises(NotAllowed):
            log_at(world, actor=getattr(world, name))
    assert not Visit.objects.exists()


def test_the_second_tap_is_late(world: World, visit: Visit) -> None:
    log(visit, world)
    with pytest.raises(WrongState):
        log(visit, world, wellbeing="poor")
    assert Visit.objects.get(pk=visit.pk).wellbeing == "good"


# --- put right, put off, handed on


def test_a_slip_is_put_right_within_a_day_and_not_after(world: World, visit: Visit) -> None:
    log(visit, world)
    right = {"actor": world.grid_member, "result": "not_met"}
    with pytest.raises(WrongState, match="within a day"):
        visits.correct(visit, at=AT + DAY + timedelta(seconds=1), **right)
    visits.correct(visit, at=AT + DAY, **right)
    assert (visit.status, visit.wellbeing) == ("not_met", "")


def test_a_slip_is_put_right_by_whoever_noted_it(world: World, visit: Visit) -> None:
    log(visit, world)
    for other in (world.grid_leader, world.far_member, world.manager):
        with pytest.raises(NotAllowed):
            visits.correct(visit, actor=other, at=AT, result="not_met")
    member = world.grid_member
    posting = member.grid_postings.get()
    postings.end(posting, actor=world.grid_leader, at=AT)
    with pytest.raises(NotAllowed):
        visits.correct(visit, actor=User.objects.get(pk=member.pk), at=AT, result="not_met")


def test_put_right_to_help_at_once_tells_the_leader(world: World, visit: Visit) -> None:
    log(visit, world)
    visits.correct(visit, actor=world.grid_member, at=AT + HOUR, result="met", wellbeing="urgent")
    assert told("grids.visit.urgent") == ["grid_leader"]


def test_put_off_within_the_rhythm_and_not_beyond(world: World, visit: Visit) -> None:
    actor = {"actor": world.grid_member, "at": AT}
    for day in (TODAY + 8 * DAY, TODAY - DAY):
        with pytest.raises(Invalid):
            visits.put_off(visit, due_on=day, **actor)
    visits.put_off(visit, due_on=TODAY + 7 * DAY, **actor)
    assert planned(world) == [(TODAY + 7 * DAY, "red")]


def test_put_off_counts_from_when_they_were_last_seen(world: World, visit: Visit) -> None:
    """Seen ten days ago, a red one is late: until tomorrow and no longer."""
    make.make_visit(world.home, status="met", wellbeing="good", visited_at=AT - 10 * DAY)
    actor = {"actor": world.grid_member, "at": AT}
    with pytest.raises(Invalid):
        visits.put_off(visit, due_on=TODAY + 2 * DAY, **actor)
    visits.put_off(visit, due_on=TODAY + DAY, **actor)
    assert planned(world) == [(TODAY + DAY, "red")]


def test_somebody_of_elsewhere_is_not_sent(world: World, visit: Visit) -> None:
    leader = {"actor": world.grid_leader, "at": AT}
    second = make.make_user("second_member")
    _grid, micro = make.make_grids(world.court, name="二号")
    make.make_grid_posting(second, micro, "member")
    gone = make.make_user("gone")
    make.make_grid_posting(gone, world.micro, "member", to_date=TODAY, ended_at=AT)
    steward = make.make_user("steward")
    building = world.home.entrance.building
    make.make_grid_posting(steward, world.micro, "building_steward", building=building)
    for worker in (world.far_member, second, gone, steward, world.manager, world.technician):
        with pytest.raises(Invalid, match="Only whoever looks after"):
            visits.transfer(visit, worker=worker, **leader)
    visit.refresh_from_db()
    assert visit.assignee == world.grid_member
    visits.transfer(visit, worker=world.grid_leader, **leader)
    assert visit.assignee == world.grid_leader


def test_what_a_leader_was_to_pay_is_anybodys_once_they_lead_no_more(
    world: World, visit: Visit
) -> None:
    visits.transfer(visit, worker=world.grid_leader, actor=world.admin, at=AT)
    postings.end(world.grid_leader.grid_postings.get(), actor=world.admin, at=AT)
    visit.refresh_from_db()
    assert visit.assignee is None


def test_what_a_leader_was_to_pay_goes_to_the_next_leader(world: World, visit: Visit) -> None:
    visits.transfer(visit, worker=world.grid_leader, actor=world.admin, at=AT)
    new = make.make_user("new_leader")
    posting = world.grid_leader.grid_postings.get()
    assert postings.what_moves(posting).visits == 1
    postings.hand_over(posting, to=new, actor=world.admin, at=AT)
    visit.refresh_from_db()
    assert visit.assignee == new


# --- what pages cost


rooms = count(1)


def furnish(world: World, number: int) -> list[Unit]:
    """Households of several floors and two entrances, each with all that a list shows of it."""
    made = []
    for n in range(number):
        unit = make.make_unit(
            world.court, "6 栋", f"{n % 2} 单元", f"{next(rooms):04d}", floor=n % 6
        )
        Household.objects.create(unit=unit, grid=world.micro)
        person = make.make_occupant(unit, name=f"住户{n}", phone=f"1390000{n:04d}")
        make.make_occupant(unit, name=f"家人{n}")
        make.make_flag(person, is_elder=True, proposed_by=world.grid_leader)
        make.make_visit(unit, tier="red", assignee=world.grid_member)
        held = make.make_visit(unit, status="met", wellbeing="good", logged_by=world.grid_member)
        HeardNeed.objects.create(visit=held, position=1)
        make.make_ticket(world.pipes, unit=unit, origin=held)
        made.append(unit)
    return made


def clear(world: World) -> None:
    CareFlag.objects.all().delete()
    Visit.objects.all().delete()
    Household.objects.exclude(unit=world.home).delete()


COST = {
    # user; where they stand; households; their people, flags, visits and repairs
    "/grids/mine/?view=all": 7,
    # user; where they stand; keys, rows; the filter's micro-grids
    "/grids/visits/": 5,
    "/grids/flags/": 5,
    # user; where they stand; the five of the figures
    "/grids/coverage/": 7,
    # user; where they stand; their number, households and the four of their cards
    "/api/v1/households/": 7,
}


@pytest.mark.parametrize(("url", "cost"), COST.items())
def test_a_list_costs_the_same_however_long(
    world: World,
    as_: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    url: str,
    cost: int,
) -> None:
    many = 60 if "mine" in url else 3
    reader = world.grid_leader if "coverage" in url else world.grid_member
    client = as_(reader)
    furnish(world, 1)
    client.get(url)  # what is read once and kept is read now
    with django_assert_num_queries(cost):
        client.get(url)
    clear(world)
    furnish(world, many)
    with django_assert_num_queries(cost):
        answer = client.get(url)
    assert body(answer).count("6 栋") >= 1


def test_a_door_costs_the_same_however_much_hangs_on_it(
    world: World, as_: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def furnished(number: int) -> str:
        unit = make.make_unit(world.court, "6 栋", "1 单元", f"{next(rooms):04d}", floor=3)
        Household.objects.create(unit=unit, grid=world.micro)
        for n in range(number):
            person = make.make_occupant(unit, name=f"住户{n}", phone=f"1390000{n:04d}")
            make.make_flag(person, note="耳背")
            held = make.make_visit(
                unit, status="met", wellbeing="good", logged_by=world.grid_member
            )
            HeardNeed.objects.create(visit=held, position=1)
            make.make_ticket(world.pipes, unit=unit, origin=held)
            store(a_photo(), by=world.grid_member, at=AT, row=held)
        make.make_visit(unit, tier="red")
        return f"/grids/households/{unit.pk}/"

    client = as_(world.grid_member)
    one, three = furnished(1), furnished(3)
    client.get(one)
    for url in (one, three):
        with django_assert_num_queries(DOOR):
            assert client.get(url).status_code == 200


# user; where they stand; the household, its people, flags, visits, repairs; the earlier visits,
# their needs, what became of them, photographs
DOOR = 11
