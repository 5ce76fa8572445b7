"""A drill from its plan to its archive, through the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from safety.models import Drill, DrillHome, Improvement
from safety.services import drills, improvements, roll
from tests import factories as make
from tests.people import World

pytestmark = pytest.mark.django_db


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def house(world: World) -> Any:
    return world.home.entrance.building


def test_a_drill_from_its_plan_to_its_archive(world: World, house: Any) -> None:
    manager = signed_in(world.manager)
    assert manager.get(reverse("safety:drill-new")).status_code == 200
    when = timezone.localtime() + timedelta(days=7)
    sent = {
        "title": "秋季疏散演练",
        "kind": "fire",
        "form": "full",
        "planned_at": when.strftime("%Y-%m-%dT%H:%M"),
        "minutes": "30",
        "target_minutes": "6",
        "buildings": [str(house.pk)],
        "assembly_words": "中心广场",
    }
    assert manager.post(reverse("safety:drill-new"), sent).status_code == 302
    drill = Drill.objects.get()
    page = drill.get_absolute_url()
    assert manager.get(page).status_code == 200
    assign = reverse("safety:drill-assign", args=[drill.number])
    for person in (world.grid_member, world.volunteer):
        answer = manager.post(
            assign, {"helper": person.pk, "role": "roll_caller", "building": house.pk}
        )
        assert answer.status_code == 302
    assert manager.post(reverse("safety:drill-announce", args=[drill.number])).status_code == 302
    resident = signed_in(world.resident)
    assert "秋季疏散演练" in resident.get(page).content.decode()
    home = make.home_of(drill, world.home)
    away = reverse("safety:drill-away", args=[drill.number])
    assert resident.post(away, {"home": home.pk, "away": "yes"}).status_code == 302
    Drill.objects.update(planned_at=timezone.now())
    assert manager.post(reverse("safety:drill-start", args=[drill.number])).status_code == 302
    caller = signed_in(world.grid_member)
    rolls = reverse("safety:roll", args=[drill.number, house.pk])
    assert caller.get(rolls).status_code == 200
    taken = caller.post(f"{rolls}mark/", {"said": f"{home.pk}:out"}, follow=True)
    assert taken.status_code == 200
    second = signed_in(world.volunteer)
    told = second.post(f"{rolls}mark/", {"said": f"{home.pk}:missing"}, follow=True)
    assert world.grid_member.name in told.content.decode()
    assert second.get(rolls).status_code == 200
    floor = roll.floors(roll.homes_of(home.part), set())[1].key
    assert caller.post(f"{rolls}rest/", {"floor": floor}).status_code == 302
    assert caller.post(f"{rolls}mark/", {"said": f"{home.pk}:assisted"}).status_code == 302
    assert set(DrillHome.objects.values_list("mark", flat=True)) == {"out", "assisted"}
    assert manager.get(page).status_code == 200
    said = {"words": "5 栋广播没响", "is_trouble": "on"}
    assert caller.post(reverse("safety:drill-moment", args=[drill.number]), said).status_code == 302
    assert manager.post(reverse("safety:drill-end", args=[drill.number])).status_code == 302
    points = {"alarm": 72, "order": 90, "help": 94, "roll": 88, "ways": 86, "name": "消防站"}
    assert (
        manager.post(reverse("safety:drill-score", args=[drill.number]), points).status_code == 302
    )
    better = {
        "title": "修好广播",
        "owner": world.technician.pk,
        "due_on": timezone.localdate() + timedelta(days=9),
    }
    assert (
        manager.post(reverse("safety:drill-improve", args=[drill.number]), better).status_code
        == 302
    )
    evaluate = {"score": 86, "debrief": "整体不错"}
    assert (
        manager.post(reverse("safety:drill-evaluate", args=[drill.number]), evaluate).status_code
        == 302
    )
    archive = reverse("safety:drill-archive", args=[drill.number])
    assert manager.post(archive).status_code == 409
    row = Improvement.objects.get()
    improvements.finish(row, actor=world.technician, at=timezone.now(), result="换了喇叭")
    improvements.verify(row, actor=world.inspector, at=timezone.now())
    assert manager.post(archive).status_code == 302
    record = manager.get(page).content.decode()
    assert [words for words in ("消防站", "5 栋广播没响") if words not in record] == []
    for name in ("drills", "drills-due", "improvements", "requirements"):
        assert manager.get(reverse(f"safety:{name}")).status_code == 200, name
    assert manager.get(row.get_absolute_url()).status_code == 200
    assert drills.averages(list(drill.sheets.all()))["alarm"] == 72
