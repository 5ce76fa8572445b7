"""What is to be practised how often: whose words it is, when it is due, and who hears."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from estates.models import Building
from notifications.models import Message
from safety.models import DrillRequirement
from safety.services import drill_seeds, requirements, sweeps
from tests import factories as make
from tests.people import World
from workflow.refusals import NotAllowed

pytestmark = pytest.mark.django_db
LAWS = Path(settings.BASE_DIR).parent / "shared" / "data" / "regulations-zh"
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


# --- no article is invented


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


READ = [seed for seed in drill_seeds.SEEDS if seed.verified_on]


def test_some_are_read_and_the_rest_claim_nothing() -> None:
    assert READ
    unread = [seed for seed in drill_seeds.SEEDS if not seed.verified_on]
    assert {(one.article, one.words) for one in unread} == {("", "")}
    assert {one.remark for one in unread} == {drill_seeds.UNVERIFIED}


@pytest.mark.skipif(not LAWS.is_dir(), reason="../shared/data is absent")
@pytest.mark.parametrize("seed", READ, ids=lambda seed: seed.seed)
def test_what_is_marked_verified_stands_in_the_text_that_it_names(seed: drill_seeds.Seed) -> None:
    [law] = [one for one in LAWS.glob("*.md") if one.name.startswith(seed.source)]
    text = law.read_text()
    assert seed.source in text
    # The article itself, from its head to that of the next.
    named = re.match(r"第[一二三四五六七八九十百]+条", seed.article)
    assert named
    parts = re.split(r"^(?=第[一二三四五六七八九十百]+条\s)", text, flags=re.MULTILINE)
    [article] = [squeezed(part) for part in parts if part.startswith(named[0])]
    for line in seed.words.splitlines():
        assert squeezed(line) in article
    if item := re.search(r"第([一二三四五六七八九十]+)项", seed.article):
        assert f"（{item[1]}）" in seed.words
    assert [word for word in ("每年", "演练") if word not in seed.words] == []
    assert seed.months == 12


def test_a_day_without_an_article_is_refused_by_the_table(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_requirement(world.court, verified_on=date(2026, 11, 28), source="某条例")
    row = make.make_requirement(world.court)
    row.verified_on = date(2026, 11, 28)
    with pytest.raises(ValidationError):
        row.full_clean()


def test_suggestions_are_laid_once_and_off(world: World) -> None:
    for wanted in (len(drill_seeds.SEEDS), 0):
        made = drill_seeds.lay(world.court, actor=world.manager, at=timezone.now())
        assert made == wanted
    assert {row.status for row in DrillRequirement.objects.all()} == {"off"}
    with pytest.raises(NotAllowed):
        drill_seeds.lay(world.garden, actor=world.manager, at=timezone.now())


def test_the_article_is_read_beside_the_requirement(world: World, as_: Any) -> None:
    drill_seeds.lay(world.court, actor=world.manager, at=timezone.now())
    read, unread = (DrillRequirement.objects.get(seed=one) for one in ("fire-year", "lift"))
    client = as_(world.technician)
    page = client.get(read.get_absolute_url()).content.decode()
    assert "每年至少开展一次以消防设施和器材使用" in page
    assert "新乡市的地方性法规" in page
    assert "article unread" in client.get(unread.get_absolute_url()).content.decode()
    listed = client.get(reverse("safety:requirements")).content.decode()
    assert "第十六条第五项" in listed


def test_a_manager_lays_and_switches_by_the_pages(world: World, as_: Any) -> None:
    client = as_(world.manager)
    assert client.post(reverse("safety:requirement-seeds")).status_code == 302
    row = DrillRequirement.objects.get(seed="flood")
    client.post(reverse("safety:requirement-switch_on", args=[row.pk]))
    row.refresh_from_db()
    assert (row.status, row.since) == ("on", timezone.localdate())
    edit = reverse("safety:requirements-edit", args=[row.pk])
    sent = {
        "estate": world.court.pk,
        "name": row.name,
        "kind": "flood",
        "months": 12,
        "verified_on": "2026-11-28",
        "since": "2026-01-01",
    }
    assert client.post(edit, sent).status_code == 422
    full = {**sent, "source": "防汛条例", "article": "第一条", "words": "照抄的条文"}
    assert client.post(edit, full).status_code == 302
    assert client.post(edit, {**full, "since": ""}).status_code == 422
    assert client.post(edit, {**full, "since": "9999-06-01"}).status_code == 422


# --- when each building is due


def building(world: World, name: str, **fields: Any) -> Building:
    return Building.objects.create(estate=world.court, name=name, **fields)


@pytest.mark.parametrize(
    ("scope", "found", "unknown"),
    [
        ({}, {"3 栋", "高", "刚好", "商", "不明"}, set()),
        ({"use": "public"}, {"商"}, set()),
        ({"use": "residential", "over_m": 100}, {"高"}, {"不明", "3 栋"}),
    ],
)
def test_a_scope_is_use_and_height(
    world: World, scope: dict[str, Any], found: set[str], unknown: set[str]
) -> None:
    building(world, "高", height_m=101)
    building(world, "刚好", height_m=100)
    building(world, "商", height_m=120, use="public")
    building(world, "不明")
    row = make.make_requirement(world.court, status="on", **scope)
    dues = requirements.dues([row])
    assert {due.building.name for due in dues.rows} == found
    assert {one.name for _row, one in dues.unknown} == unknown


def due_of(row: DrillRequirement, today: date | None = None) -> requirements.Due:
    [due] = requirements.dues([row], today).rows
    return due


def test_the_next_is_due_so_many_months_after_the_last(world: World) -> None:
    row = make.make_requirement(world.court, status="on", months=6, since=date(2026, 8, 31))
    assert due_of(row).due_on == date(2027, 2, 28)
    held = {"status": "archived", "started_at": at("2026-10-10T10:00")}
    make.make_drill(world.court, kind="flood", **held)
    make.make_drill(world.court, form="tabletop", **held)
    make.make_drill(world.court, status="cancelled")
    assert (due_of(row).last, due_of(row).due_on) == (None, date(2027, 2, 28))
    make.make_drill(world.court, **held)
    assert (due_of(row).last, due_of(row).due_on) == (date(2026, 10, 10), date(2027, 4, 10))
    make.make_drill(world.garden, status="archived", started_at=at("2026-11-10T10:00"))
    assert due_of(row).last == date(2026, 10, 10)


def test_a_drill_shortly_after_midnight_is_held_on_that_day(world: World) -> None:
    row = make.make_requirement(world.court, status="on")
    make.make_drill(world.court, status="archived", started_at=at("2026-03-01T00:30"))
    assert due_of(row).last == date(2026, 3, 1)


def test_what_is_off_is_due_nowhere(world: World) -> None:
    assert requirements.dues([make.make_requirement(world.court)]).rows == []


def test_however_many_are_asked_in_three_statements(world: World) -> None:
    for n in range(3):
        make.make_requirement(world.court, status="on", name=f"演练 {n}")
        building(world, f"{n} 号")
    make.make_drill(world.court, status="archived")
    make.make_drill(world.court)
    rows = list(DrillRequirement.objects.all())
    with CaptureQueriesContext(connection) as caught:
        assert len(requirements.dues(rows).rows) == 12
    assert len(caught) == 3


# --- who is reminded


def told(person: Any) -> list[str]:
    rows = Message.objects.filter(recipient=person, kind="safety.requirement.due")
    return list(rows.order_by("pk").values_list("occasion", flat=True))


def test_the_managers_hear_90_30_and_7_days_before_and_when_it_is_over(world: World) -> None:
    due = date(2026, 12, 31)
    make.make_requirement(world.court, status="on", since=date(2025, 12, 31))
    day = due - timedelta(days=100)
    while day < due + timedelta(days=20):
        for _twice in range(2):
            sweeps.remind_of_requirements(at(f"{day}T08:00"))
        day += DAY
    assert told(world.manager) == [f"2026-12-31:{n}" for n in (90, 30, 7, 0)]
    assert told(world.technician) == told(world.outsider) == []


def test_after_an_outage_the_lead_that_has_come_is_said_alone(world: World) -> None:
    make.make_requirement(world.court, status="on", since=date(2025, 12, 31))
    sweeps.remind_of_requirements(at("2026-12-28T08:00"))
    assert told(world.manager) == ["2026-12-31:7"]


def test_nobody_is_reminded_of_what_is_planned_in_time(world: World) -> None:
    row = make.make_requirement(world.court, status="on", since=date(2025, 12, 31))
    drill = make.make_drill(world.court, planned_at=at("2026-12-30T10:00"))
    sweeps.remind_of_requirements(at("2026-12-28T08:00"))
    assert told(world.manager) == []
    assert due_of(row, date(2026, 12, 28)).is_planned
    # Its day is over, and nobody held it.
    assert due_of(row, date(2026, 12, 31)).planned is None
    type(drill).objects.update(planned_at=at("2027-01-02T10:00"))
    sweeps.remind_of_requirements(at("2026-12-28T08:30"))
    assert told(world.manager) == ["2026-12-31:7"]


def test_once_it_is_held_the_next_deadline_is_spoken_of(world: World) -> None:
    make.make_requirement(world.court, status="on", since=date(2025, 12, 31))
    sweeps.remind_of_requirements(at("2027-01-02T08:00"))
    make.make_drill(world.court, status="archived", started_at=at("2027-01-03T10:00"))
    sweeps.remind_of_requirements(at("2027-01-04T08:00"))
    assert told(world.manager) == ["2026-12-31:0"]
    sweeps.remind_of_requirements(at("2027-12-05T08:00"))
    assert told(world.manager) == ["2026-12-31:0", "2028-01-03:30"]


def test_one_that_is_overdue_hides_no_other_deadline(world: World) -> None:
    other = building(world, "5 栋")
    make.make_requirement(world.court, status="on", since=date(2024, 1, 1))
    make.make_drill(world.court, other, status="archived", started_at=at("2025-12-31T10:00"))
    for day in ("2026-12-02", "2026-12-26"):
        sweeps.remind_of_requirements(at(f"{day}T08:00"))
    assert told(world.manager) == ["2025-01-01:0", "2026-12-31:30", "2026-12-31:7"]


# --- the board


def test_the_board_names_what_is_overdue_and_what_is_planned(world: World, as_: Any) -> None:
    today = timezone.localdate()
    make.make_requirement(world.court, status="on", since=today - timedelta(days=400))
    client = as_(world.manager)
    url = reverse("safety:drills-due")
    page = client.get(url).content.decode()
    assert page.count("late-text") >= 2
    assert f"?requirement={DrillRequirement.objects.get().pk}" in page
    make.make_drill(world.court, status="archived")
    assert "late-text" not in client.get(url).content.decode()
    sheet = b"".join(client.get(url, {"export": "csv"}).streaming_content).decode()
    assert "3 栋" in sheet
    assert "消防演练" not in as_(world.outsider).get(url).content.decode()


def test_the_plan_begins_with_what_is_due(world: World, as_: Any) -> None:
    row = make.make_requirement(world.court, status="on", kind="flood", name="防汛演练")
    page = as_(world.manager).get(reverse("safety:drill-new"), {"requirement": row.pk})
    form = page.context["form"]
    assert (form.initial["kind"], form.initial["title"]) == ("flood", "防汛演练")
    assert form.initial["buildings"] == [world.home.entrance.building_id]
    for odd in ("x", "9" * 30, "0"):
        answer = as_(world.manager).get(reverse("safety:drill-new"), {"requirement": odd})
        assert answer.status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_costs_the_same_for_one_and_for_many(world: World, as_: Any, rows: int) -> None:
    for n in range(rows):
        make.make_requirement(world.court, status="on", name=f"演练 {n}")
        make.make_drill(world.court, status="archived")
        make.make_drill(world.court)
    client, url = as_(world.manager), reverse("safety:drills-due")
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    assert len(caught) <= 14, "\n".join(one["sql"][:150] for one in caught)
