"""The demo: whole, consistent, and right at any hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from attachments.models import Attachment
from audit.models import Entry
from estates.models import Estate, NumberSeries, Occupant, Unit
from notifications.models import Delivery, Message
from portal.demo import stage as demo
from repairs.demo.stories import STORIES
from repairs.models import Assignment, Ticket

ROLES = "resident neighbour stranger technician dispatcher manager inspector admin".split()  # noqa: SIM905
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _files_apart(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.MEDIA_ROOT = tmp_path


def check(now: datetime) -> None:
    """What must hold whenever the demo is made."""
    court = Estate.objects.get(code="banyan-court")
    tickets = Ticket.objects.filter(estate=court)
    numbers = list(tickets.order_by("reported_at", "number").values_list("number", flat=True))
    assert numbers == sorted(numbers)
    for series in NumberSeries.objects.all():
        of_year = Ticket.objects.filter(
            estate=series.estate, number__startswith=f"{series.estate.ticket_prefix}{series.year}-"
        )
        assert of_year.count() == series.last
    assert not Ticket.objects.filter(reported_at__gt=now).exists()
    assert not Entry.objects.filter(at__gt=now).exists()
    assert not Ticket.objects.filter(resolved_at__lt=F("reported_at")).exists()
    assert not Ticket.objects.filter(closed_at__lt=F("resolved_at")).exists()
    open_jobs = tickets.filter(status__in=("assigned", "in_progress"))
    running = Assignment.objects.filter(ended_at__isnull=True, ticket__in=open_jobs)
    assert running.filter(worker=F("ticket__assignee")).count() == open_jobs.count()
    resident = User.objects.get(username="resident")
    own = Ticket.objects.filter(reporter=resident).exclude(status="closed")
    assert sorted(own.values_list("status", flat=True)) == ["in_progress", "new", "resolved"]
    visit = own.get(status="in_progress").visit_to
    assert visit is not None
    assert visit > now
    overdue = tickets.overdue(now).count()
    assert 2 <= overdue <= 8
    assert 18 <= tickets.open().count() <= 26


@pytest.mark.django_db
def test_seed_demo_makes_the_demo_once() -> None:
    call_command("seed_demo")
    check(timezone.now())
    assert set(
        User.objects.filter(email__endswith="@banyan.example").values_list("username", flat=True)
    ) >= {*ROLES}
    assert all(User.objects.get(username=name).check_password("banyan-demo") for name in ROLES)
    court = Estate.objects.get(code="banyan-court")
    units = Unit.objects.filter(entrance__building__estate=court)
    assert (court.buildings.count(), units.count()) == (12, 600)
    lived_in = units.filter(pk__in=Occupant.objects.values("unit")).count()
    assert 490 <= lived_in <= 550
    assert 1150 <= court.tickets.count() <= 1250
    assert Attachment.objects.filter(object_id__isnull=True).count() == 0
    assert Attachment.objects.count() >= 10
    assert Delivery.objects.count() == 0
    assert Message.objects.filter(recipient__username="resident", read_at__isnull=True).exists()
    everything = (Ticket.objects.count(), User.objects.count(), Entry.objects.count())
    call_command("seed_demo")
    assert (Ticket.objects.count(), User.objects.count(), Entry.objects.count()) == everything


@pytest.mark.django_db
@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 23, 10, 5, tzinfo=SHANGHAI),
        datetime(2027, 1, 2, 2, 30, tzinfo=SHANGHAI),
        datetime(2026, 7, 19, 16, 40, tzinfo=SHANGHAI),
    ],
    ids=["monday-morning", "night-after-new-year", "sunday-afternoon"],
)
def test_the_demo_is_right_at_any_hour(now: datetime) -> None:
    # The people of the day are those of the real today; only the stories move.
    demo.seed(now, Random(20), lambda done: None)
    check(now)


def test_stories_are_many_and_each_its_own() -> None:
    assert len({story.text for story in STORIES}) == len(STORIES) >= 70


@pytest.mark.django_db
def test_nobody_of_the_garden_sees_the_court() -> None:
    demo.seed(timezone.localtime() - timedelta(hours=1), Random(20), lambda done: None)
    stranger = User.objects.get(username="stranger")
    assert {ticket.estate.code for ticket in Ticket.objects.visible_to(stranger)} == {
        "sycamore-garden"
    }
