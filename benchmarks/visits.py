"""How long one run of the sweep that plans home visits takes, on engines of one's own in an empty
folder: 300 of 5,000 households are looked after and have no visit.

DEMO=1 VAR_DIR=/tmp/grids python benchmarks/visits.py [FLAGGED]

The budget is 5 s, and as many statements among 1,000 households as among 5,000.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

FEW, MANY = 1_000, 5_000
# Of one micro-grid, and of one entrance.
KEPT, DOORS = 100, 50


def laid(count: int) -> None:
    """Homes of ten estates in micro-grids of a hundred with a member each, two people in every
    home and a visit a month for a year; nobody of them is looked after."""
    from django.utils import timezone

    from accounts.models import User
    from estates.models import Building, Community, Entrance, Estate, Occupant, Unit
    from grids.models import Grid, GridPosting, Household, Visit

    community = Community.objects.create(code="benchmark", name="-")
    around = Grid.objects.create(community=community, kind="grid", name="-")
    estates = [
        Estate.objects.create(
            code=f"benchmark-{n}", name="-", ticket_prefix=f"ZZB{n}", community=community
        )
        for n in range(10)
    ]
    entrances = []
    for n in range(count // DOORS):
        house = Building.objects.create(estate=estates[n % 10], name=f"{n}")
        entrances.append(Entrance.objects.create(building=house, name="-"))
    units = Unit.objects.bulk_create(
        Unit(entrance=entrances[n // DOORS], number=f"{n:05d}", floor=n % 30) for n in range(count)
    )
    micros = []
    for n in range(count // KEPT):
        member = User.objects.create(username=f"benchmark-{n}", email=f"{n}@example.org")
        micro = Grid.objects.create(community=community, parent=around, name=f"{n}")
        GridPosting.objects.create(user=member, grid=micro, duty="member")
        micros.append(micro)
    Household.objects.bulk_create(
        Household(unit=unit, grid=micros[n // KEPT]) for n, unit in enumerate(units)
    )
    Occupant.objects.bulk_create(
        Occupant(unit=unit, name=f"{unit.pk}-{n}") for unit in units for n in range(2)
    )
    at = timezone.now()
    Visit.objects.bulk_create(
        [
            Visit(
                unit=unit,
                due_on=(at - days).date(),
                status="met",
                wellbeing="good",
                visited_at=at - days,
                logged_at=at - days,
            )
            for unit in units
            for days in (timedelta(days=30 * month) for month in range(1, 13))
        ],
        batch_size=5_000,
    )


def measured(flagged: int, among: int, at: datetime) -> None:
    """One run of the sweep with `flagged` households of the first `among` looked after."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from audit.models import SWEEPS
    from estates.models import Occupant
    from grids.models import CareFlag, Household, Visit

    Household.objects.filter(pk__in=Household.objects.order_by("pk").values("pk")[among:]).delete()
    homes = list(Household.objects.order_by("pk").values_list("pk", flat=True))
    # spread over all of them; each home's two people have a flag of another tier
    chosen = homes[:: len(homes) // flagged][:flagged]
    CareFlag.objects.bulk_create(
        CareFlag(
            occupant=person,
            kind="living_alone",
            tier=("red", "yellow", "green")[n % 3],
            source="visit",
            review_on=(at + timedelta(days=90)).date(),
            status="confirmed",
            confirmed_at=at,
        )
        for n, person in enumerate(Occupant.objects.filter(unit__in=chosen).order_by("pk"))
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        counts = SWEEPS["grids.plan_visits"].run(at)
    seconds = time.perf_counter() - began
    planned = Visit.objects.planned().count()
    print(
        f"{flagged} looked after among {among}: {dict(counts)} in {seconds:.2f} s,"
        f" {len(asked)} statements, {planned} visits planned"
    )
    began = time.perf_counter()
    again = SWEEPS["grids.plan_visits"].run(at)
    print(f"  once more: {dict(again)} in {time.perf_counter() - began:.3f} s")
    Visit.objects.planned().delete()
    CareFlag.objects.all().delete()


def main() -> None:
    import logging

    from django.contrib.contenttypes.models import ContentType
    from django.utils import timezone

    from grids.models import Visit

    logging.disable(logging.ERROR)
    flagged = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    at = timezone.now()
    began = time.perf_counter()
    laid(MANY)
    # asked once by each process, whatever it does
    ContentType.objects.get_for_model(Visit)
    print(f"laid out in {time.perf_counter() - began:.1f} s")
    measured(flagged, MANY, at)
    measured(flagged, FEW, at)


if __name__ == "__main__":
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from config.engines import running

    with running(settings.VAR_DIR):
        call_command("migrate", verbosity=0)
        main()
