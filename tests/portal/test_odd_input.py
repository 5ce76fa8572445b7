"""What no person types gets an answer, never an error of the server."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings

from notifications.tasks import LONGEST_SECONDS
from tests.everything import Rows, build_rows
from tests.people import World

HUGE = "9" * 5000
TICKETS = "/api/v1/tickets/"


@pytest.fixture
def rows(world: World) -> Rows:
    return build_rows(world)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/repairs/%00/", 400),
        ("/repairs/at/%00/", 400),
        ("/attachments/%00/", 400),
        ("/repairs/new/?estate=%00", 400),
        ("/repairs/new/?unit=²", 404),
        ("/repairs/triage/?after=2020-01-01T00:00:00~" + "9" * 40, 200),
        ("/estates/claims/new/?estate=²", 200),
        ("/estates/letters/?building=²", 200),
        ("/estates/letters/print/?pick=²", 200),
        ("/estates/posters/?place=²", 200),
        (f"{TICKETS}?cursor=cD1hYmM%3D", 404),
        (f"{TICKETS}?ordering=resolve_by&cursor=cD1hYmM%3D", 404),
    ],
)
def test_an_odd_address_is_answered(
    world: World, rows: Rows, as_: Any, path: str, status: int
) -> None:
    assert as_(world.manager).get(path).status_code == status


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/estates/letters/", {"pick": ["²", HUGE]}, 400),
        ("/repairs/triage/bulk/", {"verb": "accept", "pick": ["\0"]}, 400),
        ("/repairs/new/", {"photos_kept": "\0"}, 400),
    ],
)
def test_an_odd_form_is_answered(
    world: World, rows: Rows, as_: Any, path: str, sent: Any, status: int
) -> None:
    assert as_(world.manager).post(path, sent).status_code == status


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("comment", '{"body": "a\\u0000b"}'),
        ("comment", '{"body": "\\ud800"}'),
        ("comment", '{"body": "x", "photos": ["\\u0000"]}'),
        ("comment", "[" * 100_000),
        ("hold", '{"until": "9999-12-31T23:59:59+00:00", "reason": "x"}'),
    ],
)
def test_odd_json_is_refused(world: World, rows: Rows, as_: Any, verb: str, body: str) -> None:
    path = f"{TICKETS}{rows.ticket.number}/{verb}/"
    answer = as_(world.dispatcher).post(path, body, content_type="application/json")
    assert answer.status_code == 400


def test_a_report_with_a_photo_that_is_gone_is_refused(world: World, as_: Any) -> None:
    sent = {"category": world.pipes.pk, "unit": world.home.pk, "description": "x"}
    body = json.dumps(sent | {"photos": ["gone"]})
    answer = as_(world.resident).post(TICKETS, body, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


def test_a_worker_rests_before_it_is_struck_in_the_middle_of_a_delivery() -> None:
    assert LONGEST_SECONDS + 30 < settings.CELERY_TASK_SOFT_TIME_LIMIT
