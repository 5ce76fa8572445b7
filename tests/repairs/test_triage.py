"""The desk's queue: who opens it, what it shows, what it does to several rows at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from estates.models import SavedView
from estates.services import views
from repairs.models import Ticket
from tests import factories as make
from tests.people import World

AsUser = Callable[[Any], Client]
TRIAGE = "/repairs/triage/"


def numbers(response: Any) -> list[str]:
    return [row.row.number for row in response.context["rows"]]


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def ticket(world: World) -> Ticket:
    return make.make_ticket(world.pipes, unit=world.home, reporter=world.resident)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("dispatcher", 200),
        ("desk", 200),
        ("manager", 200),
        ("admin", 200),
        ("technician", 403),
        ("inspector", 403),
        ("resident", 403),
    ],
)
def test_the_queue_is_for_the_desk(world: World, as_: AsUser, who: str, code: int) -> None:
    assert as_(getattr(world, who)).get(TRIAGE).status_code == code


def test_the_desk_of_another_estate_sees_none_of_it(
    world: World, as_: AsUser, ticket: Ticket
) -> None:
    assert numbers(as_(world.outsider).get(f"{TRIAGE}?view=all")) == []
    assert numbers(as_(world.dispatcher).get(f"{TRIAGE}?view=all")) == [ticket.number]


def test_chips_count_what_their_views_show(world: World, as_: AsUser, ticket: Ticket) -> None:
    at = timezone.now()
    accepted = make.make_ticket(world.pipes, status="accepted", responded_at=at)
    late = make.make_ticket(world.pipes, status="new", respond_by=at - timedelta(minutes=40))
    held = make.make_ticket(
        world.pipes, status="on_hold", held_at=at, held_until=at + timedelta(days=1)
    )
    resolved = make.make_ticket(
        world.pipes, status="resolved", resolved_at=at, assignee=world.technician
    )
    desk = as_(world.dispatcher)
    shown = {view: set(numbers(desk.get(f"{TRIAGE}?view={view}"))) for view in services_views()}
    assert shown == {
        "to_accept": {ticket.number, late.number},
        "to_dispatch": {accepted.number},
        "overdue": {late.number},
        "at_work": set(),
        "on_hold": {held.number},
        "to_confirm": {resolved.number},
    }
    assert desk.get(TRIAGE).context["numbers"] == {key: len(rows) for key, rows in shown.items()}


def services_views() -> list[str]:
    from repairs.filters import VIEWS

    return [view.key for view in VIEWS.values() if view.counted]


def test_the_late_come_first_and_say_by_how_much(world: World, as_: AsUser, ticket: Ticket) -> None:
    at = timezone.now()
    late = make.make_ticket(world.pipes, respond_by=at - timedelta(minutes=40, seconds=5))
    answer = as_(world.dispatcher).get(TRIAGE)
    assert "2 to accept, 1 overdue" in answer.content.decode()
    assert numbers(answer) == [late.number, ticket.number]
    assert "40 min late" in answer.content.decode()


def filtered(world: World, as_: AsUser, query: str) -> list[str]:
    return numbers(as_(world.dispatcher).get(f"{TRIAGE}?{query}"))


def test_words_numbers_and_the_end_of_a_phone_find_a_ticket(
    world: World, as_: AsUser, ticket: Ticket
) -> None:
    other = make.make_ticket(
        world.lifts, title="电梯异响", description="晚上", contact_phone="+8613800002207"
    )
    assert filtered(world, as_, "q=水槽") == [ticket.number]
    assert filtered(world, as_, "q=异响") == [other.number]
    assert filtered(world, as_, f"q={other.number}") == [other.number]
    assert filtered(world, as_, "q=2207") == [other.number]
    assert filtered(world, as_, "q=9999") == []


def test_each_filter_narrows(world: World, as_: AsUser, ticket: Ticket) -> None:
    at = timezone.now()
    other = make.make_ticket(
        world.lifts,
        status="assigned",
        assignee=world.technician,
        priority="urgent",
        source="phone",
        resolve_by=at - timedelta(hours=1),
        reported_at=at - timedelta(days=3),
    )
    house = world.home.entrance.building
    day = timezone.localdate(at)
    assert filtered(world, as_, "status=assigned") == [other.number]
    assert filtered(world, as_, f"category={world.lifts.pk}") == [other.number]
    assert filtered(world, as_, "priority=urgent") == [other.number]
    assert filtered(world, as_, f"building={house.pk}") == [ticket.number]
    assert filtered(world, as_, f"assignee={world.technician.pk}") == [other.number]
    assert filtered(world, as_, "source=phone") == [other.number]
    assert filtered(world, as_, "overdue=on") == [other.number]
    assert filtered(world, as_, f"since={day}") == [ticket.number]
    assert filtered(world, as_, f"until={day - timedelta(days=2)}") == [other.number]
    assert filtered(world, as_, f"category={world.far_pipes.pk}") == []


@pytest.mark.parametrize("sort", ["due", "priority", "new"])
def test_pages_follow_one_another_without_gaps(
    world: World, as_: AsUser, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr("workflow.desk.PAGE_SIZE", 3)
    at = timezone.now()
    rows = [
        make.make_ticket(
            world.pipes,
            respond_by=at + timedelta(hours=n % 3),
            priority=("low", "urgent", "normal")[n % 3],
        )
        for n in range(8)
    ]
    desk, after, seen = as_(world.dispatcher), "", []
    for _ in range(3):
        answer = desk.get(TRIAGE, {"view": "to_accept", "sort": sort, "after": after})
        seen += numbers(answer)
        after = answer.context["next"]
    assert after == ""
    assert sorted(seen) == sorted(row.number for row in rows)


def test_htmx_gets_the_table_alone_and_new_rows_are_marked(
    world: World, as_: AsUser, ticket: Ticket
) -> None:
    fresh = make.make_ticket(world.pipes)
    answer = as_(world.dispatcher).get(f"{TRIAGE}?seen={ticket.pk}", headers={"HX-Request": "true"})
    assert next(template.name for template in answer.templates) == "workflow/desk_table.html"
    assert {row.row.number: row.fresh for row in answer.context["rows"]} == {
        ticket.number: False,
        fresh.number: True,
    }


def test_the_worker_s_open_load_stands_beside_the_name(world: World, as_: AsUser) -> None:
    make.make_ticket(world.pipes, status="assigned", assignee=world.technician)
    make.make_ticket(world.pipes, status="accepted")
    page = as_(world.dispatcher).get(f"{TRIAGE}?view=to_dispatch")
    assert [(w.name, w.open_jobs) for w in page.context["rows"][0].workers] == [
        ("other_technician", 0),
        ("technician", 1),
    ]
    assert "technician · 1 open" in page.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queue_costs_the_same_for_one_row_and_three(
    world: World, as_: AsUser, rows: int
) -> None:
    for _ in range(rows):
        make.make_ticket(world.pipes, unit=world.home, reporter=world.resident, status="accepted")
    SavedView.objects.create(
        user=world.dispatcher, desk="repairs.ticket", name="水暖", query="q=水"
    )
    desk = as_(world.dispatcher)
    desk.get(f"{TRIAGE}?view=to_dispatch")
    with CaptureQueriesContext(connection) as queries:
        desk.get(f"{TRIAGE}?view=to_dispatch")
    # the user; where they stand; the keys; the rows; the chips' counts; the crew with their loads;
    # saved views; the filter's categories and buildings. What the bars say is cached.
    assert len(queries) == 9


# --- several at once


def test_several_are_accepted_each_by_its_own_rules(world: World, as_: AsUser) -> None:
    first, second = make.make_ticket(world.pipes), make.make_ticket(world.pipes)
    done = make.make_ticket(world.pipes, status="accepted", responded_at=timezone.now())
    answer = as_(world.dispatcher).post(
        f"{TRIAGE}bulk/",
        {"verb": "accept", "pick": [first.number, second.number, done.number], "query": "view=all"},
    )
    assert answer["Location"] == f"{TRIAGE}?view=all"
    assert said(answer) == [
        f"{done.number}: This cannot be done now: it is already “accepted”.",
        "2 tickets: Accepted.",
    ]
    assert list(Ticket.objects.order_by("pk").values_list("status", flat=True)) == ["accepted"] * 3


def test_several_are_dispatched_to_one_worker(world: World, as_: AsUser) -> None:
    rows = [make.make_ticket(world.pipes, status="accepted") for _ in range(2)]
    as_(world.dispatcher).post(
        f"{TRIAGE}bulk/",
        {
            "verb": "dispatch",
            "worker": world.technician.pk,
            "pick": [row.number for row in rows],
        },
    )
    assert set(Ticket.objects.values_list("status", "assignee")) == {
        ("assigned", world.technician.pk)
    }


def test_a_worker_of_elsewhere_is_refused_row_by_row(world: World, as_: AsUser) -> None:
    row = make.make_ticket(world.pipes, status="accepted")
    answer = as_(world.dispatcher).post(
        f"{TRIAGE}bulk/", {"verb": "dispatch", "worker": world.resident.pk, "pick": [row.number]}
    )
    assert [sentence.partition(":")[0] for sentence in said(answer)] == [row.number]
    row.refresh_from_db()
    assert row.status == "accepted"


def test_several_are_merged_into_the_oldest(world: World, as_: AsUser) -> None:
    oldest, *others = [make.make_ticket(world.pipes, unit=world.home) for _ in range(3)]
    as_(world.dispatcher).post(
        f"{TRIAGE}bulk/", {"verb": "merge", "pick": [t.number for t in (*others, oldest)]}
    )
    assert [Ticket.objects.get(pk=t.pk).merged_into for t in others] == [oldest, oldest]
    oldest.refresh_from_db()
    assert oldest.status == "new"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"verb": "accept"}, "Choose at least one."),
        ({"verb": "dispatch", "pick": "R1"}, "Choose a technician."),
        ({"verb": "prioritise", "pick": "R1"}, "Choose a priority."),
    ],
)
def test_what_is_missing_is_said(
    world: World, as_: AsUser, data: dict[str, str], sentence: str
) -> None:
    assert said(as_(world.dispatcher).post(f"{TRIAGE}bulk/", data)) == [sentence]


def test_rows_of_another_estate_are_not_touched(world: World, as_: AsUser, ticket: Ticket) -> None:
    as_(world.outsider).post(f"{TRIAGE}bulk/", {"verb": "accept", "pick": [ticket.number]})
    ticket.refresh_from_db()
    assert ticket.status == "new"


# --- views of one's own


def test_a_view_is_kept_renamed_and_deleted(world: World, as_: AsUser) -> None:
    desk = as_(world.dispatcher)
    desk.post(
        "/estates/views/repairs.ticket/save/", {"name": "水暖", "query": "view=all&q=水&after=7"}
    )
    view = SavedView.objects.get()
    assert (view.user, view.name, view.query) == (world.dispatcher, "水暖", "view=all&q=%E6%B0%B4")
    desk.post(f"/estates/views/{view.pk}/rename/", {"name": "漏水"})
    view.refresh_from_db()
    assert view.name == "漏水"
    desk.post(f"/estates/views/{view.pk}/delete/")
    assert SavedView.objects.count() == 0


def test_a_colleague_s_view_is_not_there(world: World, as_: AsUser) -> None:
    view = views.save_view(actor=world.dispatcher, desk="repairs.ticket", name="水暖", query="q=水")
    answer = as_(world.manager).post(f"/estates/views/{view.pk}/delete/")
    assert answer.status_code == 404
    assert SavedView.objects.count() == 1


# --- export


def test_the_export_is_the_filter_and_no_cell_is_a_formula(world: World, as_: AsUser) -> None:
    make.make_ticket(world.pipes, unit=world.home, title="=1+1")
    make.make_ticket(world.lifts, title="电梯异响", status="accepted")
    answer = as_(world.dispatcher).get(f"{TRIAGE}export/?view=to_accept&form=csv")
    lines = answer.getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].split(",")[5] == "'=1+1"
    book = as_(world.dispatcher).get(f"{TRIAGE}export/?view=all&form=xlsx")
    assert book["Content-Type"].startswith("application/vnd.openxmlformats")
    book.close()


def test_an_outsider_s_export_is_empty(world: World, as_: AsUser, ticket: Ticket) -> None:
    answer = as_(world.outsider).get(f"{TRIAGE}export/?view=all")
    assert len(answer.getvalue().decode().splitlines()) == 1


def test_a_technician_exports_nothing(world: World, as_: AsUser) -> None:
    assert as_(world.technician).get(f"{TRIAGE}export/").status_code == 403
