"""The large estates to measure by: whole, lawful, and never outside a trial."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import CheckConstraint, Count, F, Q
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from estates.models import Estate, Facility, NumberSeries, Occupant, Posting, Unit
from repairs import services
from repairs.models import Assignment, Follow, Pause, Ticket
from tests.laid import BEYOND, set_apart

TICKETS, UNITS = 300, 200


def seed(**options: Any) -> None:
    call_command("seed_scale", **{"tickets": TICKETS, "units": UNITS, "open": 20, **options})


@pytest.fixture(autouse=True)
def keys_stay_apart(db: None) -> Iterator[None]:
    """It sets the sequences by what it wrote, which is gone afterwards."""
    yield
    set_apart(BEYOND)


@pytest.fixture
def trial(settings: Any) -> None:
    settings.DEMO = True


@pytest.fixture
def scale(db: None, trial: None) -> None:
    seed()


def holds_constraints(model: Any) -> None:
    """No row breaks a condition, and what rows point to is there."""
    for constraint in model._meta.constraints:
        if isinstance(constraint, CheckConstraint):
            broken = model._base_manager.exclude(constraint.condition)
            assert not broken.exists(), constraint.name
    connection.check_constraints()


@pytest.mark.usefixtures("scale")
def test_three_estates_with_homes_people_and_staff() -> None:
    estates = Estate.objects.filter(community__code="scale").order_by("code")
    shares = [Unit.objects.filter(entrance__building__estate=one).count() for one in estates]
    assert shares == [120, 60, 20]
    assert Occupant.objects.count() == 2 * UNITS
    assert Occupant.objects.filter(user__isnull=False).count() == UNITS // 2
    for estate in estates:
        duties = Posting.objects.filter(estate=estate).values_list("duty")
        assert dict(duties.annotate(Count("pk")).order_by()) == {
            "manager": 1,
            "dispatcher": 2,
            "desk": 1,
            "inspector": 1,
            "technician": 10,
        }
    names = "manager_1 dispatcher_1 dispatcher_1_2 desk_1 technician_1_1 technician_3_10 resident_1"
    found = User.objects.filter(username__in=[f"scale_{name}" for name in names.split()])
    assert found.count() == 7
    assert not any(user.has_usable_password() for user in found)
    assert not User.objects.exclude(phone__regex=r"^\+8613[0-9]{9}$").exists()


@pytest.mark.usefixtures("scale")
def test_tickets_are_lawful() -> None:
    now = timezone.now()
    assert Ticket.objects.count() == TICKETS
    for model in (Ticket, Assignment, Pause, Follow, Occupant, Posting):
        holds_constraints(model)
    for row in [*Ticket.objects.order_by("?")[:30], *Occupant.objects.all()[:5]]:
        row.full_clean()
    for place in (*Unit.objects.all()[:5], *Facility.objects.all()[:5]):
        place.full_clean()
    assert not Ticket.objects.filter(reported_at__gt=now).exists()
    order = ("reported_at", "responded_at", "resolved_at", "closed_at")
    for earlier, later in pairwise(order):
        assert not Ticket.objects.filter(**{f"{later}__lt": F(earlier)}).exists()
    elsewhere = ~Q(unit__entrance__building__estate=F("estate"), unit__isnull=False)
    assert not Ticket.objects.filter(elsewhere, unit__isnull=False).exists()
    assert (
        not Ticket.objects.filter(place__isnull=False).exclude(place__estate=F("estate")).exists()
    )
    assert not Ticket.objects.exclude(category__estate=F("estate")).exists()


@pytest.mark.usefixtures("scale")
def test_states_are_spread_and_some_are_late() -> None:
    now = timezone.now()
    assert Ticket.objects.open().count() == TICKETS // 5
    states = set(Ticket.objects.values_list("status", flat=True))
    assert states >= {"new", "accepted", "assigned", "in_progress", "on_hold", "resolved", "closed"}
    assert 2 <= Ticket.objects.overdue(now).count() <= TICKETS // 5 * 0.15
    ages = Ticket.objects.filter(reported_at__lt=now - timedelta(days=365 * 9)).count()
    assert 20 <= ages <= 40
    public = Ticket.objects.filter(place__isnull=False).count()
    assert TICKETS * 0.15 < public < TICKETS * 0.35


@pytest.mark.usefixtures("scale")
def test_rows_around_the_tickets() -> None:
    in_hand = Ticket.objects.filter(status__in=("assigned", "in_progress", "on_hold"))
    going_on = Assignment.objects.filter(ended_at__isnull=True)
    assert going_on.filter(worker=F("ticket__assignee"), ticket__in=in_hand).count() == (
        in_hand.count()
    )
    # A mended one stays with its technician until it is confirmed, disputed or closed.
    unanswered = Ticket.objects.filter(status="resolved")
    assert going_on.filter(worker=F("ticket__assignee"), ticket__in=unanswered).exists()
    assert going_on.count() == in_hand.count() + unanswered.count()
    assert not Ticket.objects.filter(assignee__isnull=False, assignments__isnull=True).exists()
    held = Ticket.objects.filter(status="on_hold")
    assert Pause.objects.filter(ended_at__isnull=True).count() == held.count()
    assert Follow.objects.count() == TICKETS // 21 + 1
    assert Follow.objects.filter(user__username="scale_dispatcher_1").exists()
    codes = Entry.objects.filter(code__startswith="repairs.ticket.")
    assert codes.filter(code="repairs.ticket.report").count() == TICKETS
    assert not {entry.code for entry in codes if entry.label == entry.code}


@pytest.mark.usefixtures("scale")
def test_words_are_as_rare_as_they_should_be() -> None:
    said = {
        word: Ticket.objects.filter(Q(title__contains=word) | Q(description__contains=word))
        for word in ("电梯", "门禁", "狮子")
    }
    assert TICKETS * 0.13 < said["电梯"].count() < TICKETS * 0.27
    assert said["门禁"].count() == TICKETS // 100
    assert said["门禁"].filter(estate__code="scale-1").exists()
    assert said["狮子"].count() == 25
    assert set(said["狮子"].values_list("estate__code", flat=True)) == {"scale-1"}
    assert Ticket.objects.values("title").distinct().count() > TICKETS * 0.7


@pytest.mark.usefixtures("scale")
def test_the_next_report_gets_the_next_number() -> None:
    now = timezone.now()
    resident = User.objects.get(username="scale_resident_1")
    home = Unit.objects.get(occupants__user=resident)
    year = timezone.localtime(now).year
    series = NumberSeries.objects.filter(noun="repairs.ticket", estate=home.estate, year=year)
    before = series.values_list("last", flat=True).first() or 0
    made = services.report(
        actor=resident,
        at=now,
        category=home.estate.categories.get(code="general"),
        description="晾衣架松动",
        unit=home,
    )
    assert made.number == f"ZSA{year}-{before + 1:06d}"
    assert made.pk == max(Ticket.objects.values_list("pk", flat=True))


@pytest.mark.usefixtures("scale")
def test_it_is_refused_a_second_time() -> None:
    with pytest.raises(CommandError, match="are there already"):
        seed()
    assert Ticket.objects.count() == TICKETS


@pytest.mark.django_db
@pytest.mark.usefixtures("trial")
@pytest.mark.parametrize("option", [{"tickets": 99}, {"units": 29}, {"open": 0}, {"open": 51}])
def test_numbers_that_make_no_estate_are_refused(option: dict[str, int]) -> None:
    with pytest.raises(CommandError):
        seed(**option)
    assert not Estate.objects.exists()


@pytest.mark.django_db
def test_it_is_refused_outside_a_trial(settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="is for a trial"):
        seed()
    assert not Estate.objects.exists()
