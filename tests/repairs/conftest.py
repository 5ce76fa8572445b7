"""A ticket of the resident's home in any state, reached by the verbs themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from repairs import services
from repairs.models import Ticket
from tests.attachments.conftest import stored  # noqa: F401
from tests.people import World

Stage = Callable[..., Ticket]


@pytest.fixture
def world(world: World) -> World:
    """Everybody reads English here, as the tests do."""
    for person in world.people().values():
        person.language = "en"
        person.save(update_fields=["language"])
    return world


@pytest.fixture
def ticket_in(world: World) -> Stage:
    """`ticket_in("resolved")`: reported by the resident, worked on by the technician."""

    def reach(state: str, **report: Any) -> Ticket:
        at = timezone.now()
        report.setdefault("unit", world.home)
        ticket = services.report(
            actor=world.resident, at=at, category=world.pipes, description="水槽下面漏水", **report
        )
        desk, worker = {"actor": world.dispatcher, "at": at}, {"actor": world.technician, "at": at}
        steps: dict[str, Callable[[], object]] = {
            "new": lambda: None,
            "accepted": lambda: services.accept(ticket, **desk),
            "assigned": lambda: services.dispatch(ticket, worker=world.technician, **desk),
            "in_progress": lambda: services.start(ticket, **worker),
            "resolved": lambda: services.resolve(ticket, resolution="换了阀芯", **worker),
            "closed": lambda: services.confirm(ticket, actor=world.resident, at=at),
        }
        if state == "on_hold":
            hold = {"until": at + timedelta(days=1), "reason": "等配件", **desk}
            steps = {"new": steps["new"], "accepted": steps["accepted"]} | {
                "on_hold": lambda: services.hold(ticket, **hold)
            }
        for name, step in steps.items():
            step()
            if name == state:
                break
        assert ticket.status == state
        return ticket

    return reach
