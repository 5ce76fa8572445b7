"""What the demo shows of drills. `check_drills` looks at a demo that is laid already: it runs at
every hour at which tests/portal/test_seed_demo.py lays one."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from estates.models import Estate
from notifications.models import Message
from safety.models import (
    Drill,
    DrillHome,
    DrillMark,
    DrillRequirement,
    DrillRole,
    DrillSheet,
    Improvement,
)
from safety.services import drill_board, requirements, roll, sweeps
from safety.services.drill_seeds import SEEDS, UNVERIFIED
from safety.states import DRILL_HELD

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
DUE, REMIND, LATE = (
    f"safety.{code}" for code in ("requirement.due", "drill.remind", "improvement.remind")
)

# The estate's, and the community's.
MANAGERS = ("manager", "community_manager")


def check_drills(court: Estate, now: datetime) -> None:
    rows = Drill.objects.filter(estate=court)
    counted = Counter(rows.values_list("kind", "status"))
    assert counted == {
        ("fire", "evaluated"): 1,
        ("fire", "archived"): 2,
        ("flood", "announced"): 1,
        ("lift", "planned"): 1,
    }
    made = Entry.objects.filter(code="safety.drill.plan").order_by("at", "pk")
    numbers = [entry.row.number for entry in made]
    assert numbers == sorted(numbers)
    check_last(rows.get(status="evaluated"), now)
    check_before(court, now)
    check_ahead(rows, now)
    check_required(court, now)
    check_improvements(now)
    check_strangers(now)
    check_moments(now)


def check_last(drill: Drill, now: datetime) -> None:
    """Held home by home on a Saturday; one of four buildings took longer than was wanted."""
    assert drill.started_at is not None
    assert drill.ended_at is not None
    begun = timezone.localtime(drill.started_at)
    assert (begun.weekday(), begun.hour, begun.minute) == (5, 10, 0)
    assert 6 <= (timezone.localdate(now) - begun.date()).days <= 12
    assert drill.ended_at - drill.started_at == 24 * MINUTE
    took = {part.building.name: roll.tally_of(part).took for part in drill.parts.all()}
    assert took.pop("3 栋") == timedelta(minutes=9, seconds=40)
    assert set(took) == {"4 栋", "5 栋", "6 栋"}
    assert drill.target is not None
    for one in took.values():
        assert one is not None
        assert 4 * MINUTE < one < drill.target
    whole = roll.times_of([drill])[drill.pk]
    assert whole.took == timedelta(minutes=9, seconds=40)
    assert whole.homes >= 150
    assert whole.out > whole.homes * 0.7 > whole.away > whole.assisted > whole.missing == 0
    marks = DrillMark.objects.filter(home__part__drill=drill)
    assert marks.filter(mark="missing").count() == 2
    assert marks.count() == whole.homes + 2
    assert marks.filter(arrived_at__gt=F("at") + 2 * MINUTE).exists()
    callers = Counter(drill.roles.filter(role="roll_caller").values_list("building", flat=True))
    assert set(callers.values()) == {2}
    assert drill.roles.get(role="commander").person.username == "manager"
    assert [one.is_trouble for one in drill.moments.all()].count(True) == 1
    assert sorted(drill.sheets.values_list("name", flat=True)) == ["巡检老孙", "榕荫社区", "消防站"]
    assert drill.score == 88
    assert drill.debrief
    assert Entry.objects.for_row(drill).filter(code=REMIND).count() == 1
    told = Message.objects.about(drill).filter(kind=REMIND)
    assert {"resident", "grid_member"} <= set(told.values_list("recipient__username", flat=True))


def check_before(court: Estate, now: datetime) -> None:
    """Slower and with lower scores; of another year too, so that years can be compared."""
    manager = User.objects.get(username="manager")
    held = Drill.objects.filter(estate=court, status__in=DRILL_HELD).order_by("started_at")
    scores = [one.score for one in held]
    assert scores == sorted(scores)
    times = roll.times_of(list(held))
    took = [times[one.pk].took for one in held]
    assert None not in took
    assert took == sorted(took, key=lambda one: one or timedelta(), reverse=True)
    years = drill_board.by_year(manager, max(now, timezone.now()))
    assert len(years) >= 2
    assert sum(one.held for one in years) == sum(one.cleared for one in years) == 3
    # What was written in bulk says what marks would have said.
    for home in DrillHome.objects.filter(part__drill__in=held).prefetch_related("marks"):
        last = [one for one in home.marks.all() if one.is_taken][-1]
        assert (home.mark, home.marked_at, home.marked_by_id) == (last.mark, last.at, last.by_id)


def check_ahead(rows: Any, now: datetime) -> None:
    today = timezone.localdate(now)
    flood = rows.get(kind="flood")
    begins = timezone.localtime(flood.planned_at)
    assert (begins.date() - today, begins.hour) == (7 * DAY, 10)
    assert flood.announced_at < now
    assert flood.remind_at == flood.planned_at - DAY
    assert flood.roles.count() >= 8
    away = DrillHome.objects.get(said_away=True)
    assert away.part.drill == flood
    assert away.unit.occupants.filter(user__username="neighbour").exists()
    resident = User.objects.get(username="resident")
    assert flood in Drill.objects.visible_to(resident)
    assert not Drill.objects.inside(resident).exists()
    table = rows.get(kind="lift")
    assert (table.form, table.announced_at) == ("tabletop", None)
    assert timezone.localdate(table.planned_at) == today + 30 * DAY


def check_required(court: Estate, now: datetime) -> None:
    """Of three that hold one is late everywhere; only what was read at its source is quoted."""
    today = timezone.localdate(now)
    rows = DrillRequirement.objects.filter(estate=court)
    assert rows.count() == len(SEEDS)
    on = {one.seed: one for one in rows.holding()}
    assert set(on) == {"fire-year", "flood", "earthquake"}
    assert [one.seed for one in rows.filter(verified_on__isnull=False)] == ["fire-year"]
    for one in DrillRequirement.objects.filter(verified_on=None):
        assert (one.source, one.article, one.words) == ("", "", "")
        assert one.remark == UNVERIFIED
    dues = requirements.dues(list(on.values()), today)
    late = {(due.requirement.seed, due.last) for due in dues.rows if due.is_late(today)}
    assert late == {("earthquake", None)}
    assert len(dues.of(on["earthquake"])) == court.buildings.count() == 12
    assert all(due.last for due in dues.of(on["fire-year"]))
    assert sum(due.is_planned for due in dues.of(on["flood"])) == 3
    assert on["fire-year"].since is not None
    assert 420 <= (today - on["fire-year"].since).days <= 430
    told = Message.objects.filter(kind=DUE, object_id=on["earthquake"].pk)
    heard = Counter(told.values_list("recipient__username", flat=True))
    assert heard == dict.fromkeys(MANAGERS, 4)
    assert not told.filter(created_at__gt=now - 25 * DAY).exists()


def check_improvements(now: datetime) -> None:
    """Of the last drill: two are verified, one is done, one is open and one late."""
    today = timezone.localdate(now)
    rows = Improvement.objects.filter(drill__status="evaluated")
    assert Counter(rows.values_list("status", flat=True)) == {"verified": 2, "done": 1, "open": 2}
    late, soon = rows.filter(status="open").order_by("due_on")
    assert (late.due_on, late.is_late(today)) == (today - DAY, True)
    assert not soon.is_late(today)
    # They heard of it in the morning.
    here = timezone.localtime(now)
    told = Message.objects.about(late).filter(kind=LATE)
    people = {"technician3", *MANAGERS} if (here.hour, here.minute) >= (7, 32) else set()
    assert set(told.values_list("recipient__username", flat=True)) == people
    assert (late.late_told == late.due_on) is bool(people)
    older = Improvement.objects.filter(drill__status="archived")
    assert set(older.values_list("status", flat=True)) == {"verified"}


def check_strangers(now: datetime) -> None:
    """The garden has a drill and something required of its own, and sees nothing else."""
    garden = User.objects.get(username="garden_manager")
    [drill] = Drill.objects.visible_to(garden)
    assert (drill.estate.code, drill.status) == ("sycamore-garden", "planned")
    assert drill.planned_at > now
    [due] = DrillRequirement.objects.visible_to(garden).holding()
    assert (due.estate, due.seed) == (drill.estate, "fire-year")
    assert not Improvement.objects.visible_to(garden).exists()
    stranger = User.objects.get(username="stranger")
    others: Any = (Drill, DrillRequirement, DrillRole, DrillHome, DrillMark, Improvement)
    for model in others:
        assert not model.objects.visible_to(stranger).exists()


def check_moments(now: datetime) -> None:
    """Nothing lies ahead, nothing runs backwards, and nothing is left for the portal to do."""
    dated: Any = (Drill, DrillRequirement, DrillRole, DrillSheet, Improvement)
    for model in dated:
        assert not model.objects.filter(created_at__gt=now).exists()
        assert not model.objects.filter(updated_at__gt=now).exists()
        assert not model.objects.filter(updated_at__lt=F("created_at")).exists()
    drills = Drill.objects.all()
    for early, later in (("created_at", "announced_at"), ("announced_at", "started_at"),
                         ("started_at", "ended_at")):  # fmt: skip
        assert not drills.filter(**{f"{later}__lte": F(early)}).exists()
    assert not DrillMark.objects.filter(at__lt=F("home__part__drill__started_at")).exists()
    assert not DrillMark.objects.filter(arrived_at__gt=F("home__part__drill__ended_at")).exists()
    assert not Improvement.objects.filter(done_at__lte=F("created_at")).exists()
    assert not Improvement.objects.filter(verified_at__lte=F("done_at")).exists()
    told = Message.objects.count()
    swept = [sweeps.remind_of_drills(now), sweeps.remind_of_requirements(now)]
    if timezone.localtime(now).hour >= 8:
        swept.append(sweeps.remind_of_improvements(now))
    assert not any(one.errors for one in swept)
    assert Message.objects.count() == told
