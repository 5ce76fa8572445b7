"""How long one run of the sweep that makes rounds takes, on engines of one's own in an empty
folder: 1,000 daily plans are due, among 2,000 and then among 10,000.

DEMO=1 VAR_DIR=/tmp/rounds python benchmarks/rounds.py [DUE]

The budget is 10 s among 10,000, and as many statements as among 2,000. Each plan that is due lacks
the rounds of one day; once more it is measured when all of the sixty days are to be made.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timedelta
from datetime import time as clock
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

DAY = timedelta(days=1)


def laid(count: int, at: datetime) -> None:
    """Daily plans of ten estates, with a lead and two reminders; none of them is due."""
    from accounts.models import User
    from estates.models import Community, Estate
    from safety.models import Checkpoint, Plan, Route, Stop
    from safety.services.plans import AHEAD

    lead = User.objects.create(username="benchmark", email="benchmark@example.org")
    community = Community.objects.create(code="benchmark", name="-")
    routes = []
    for n in range(10):
        estate = Estate.objects.create(
            code=f"benchmark-{n}", name="-", ticket_prefix=f"ZZB{n}", community=community
        )
        route = Route.objects.create(estate=estate, name="-")
        point = Checkpoint.objects.create(estate=estate, name="-")
        Stop.objects.create(route=route, checkpoint=point, position=1)
        routes.append(route)
    Plan.objects.bulk_create(
        [
            Plan(
                estate=routes[n % 10].estate,
                route=routes[n % 10],
                name=f"{n}",
                rule="FREQ=DAILY",
                starts_on=(at - 200 * DAY).date(),
                time=clock(9),
                window_minutes=120,
                leads=[1440, 60],
                lead=lead,
                next_at=at + AHEAD + DAY,
            )
            for n in range(count)
        ],
        batch_size=2000,
    )


def measured(due: int, among: int, since: datetime, at: datetime) -> None:
    """One run of the sweep with `due` of `among` plans lacking their rounds from `since` on."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from audit.models import SWEEPS
    from safety.models import Plan, Round

    keys = list(Plan.objects.order_by("pk").values_list("pk", flat=True))
    # spread over all of them, as they are in a year's plans
    Plan.objects.filter(pk__in=keys[:: len(keys) // due][:due]).update(next_at=since)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE safety_plan")
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        counts = SWEEPS["safety.make_rounds"].run(at)
    seconds = time.perf_counter() - began
    made = Round.objects.count()
    print(
        f"{due} due among {among}: {dict(counts)} in {seconds:.2f} s,"
        f" {len(asked)} statements, {made} rounds made"
    )
    began = time.perf_counter()
    again = SWEEPS["safety.make_rounds"].run(at)
    print(f"  once more: {dict(again)} in {time.perf_counter() - began:.3f} s")
    Round.objects.all().delete()


def main() -> None:
    import logging

    from django.utils import timezone

    from safety.models import Plan
    from safety.services.plans import AHEAD

    logging.disable(logging.ERROR)
    due = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    at = timezone.now()
    laid(10 * due, at)
    few = Plan.objects.order_by("pk").values("pk")[: 2 * due]
    many = list(Plan.objects.exclude(pk__in=few))
    Plan.objects.exclude(pk__in=few).delete()
    measured(due, 2 * due, at + AHEAD - DAY, at)
    Plan.objects.bulk_create(many, batch_size=2000)
    measured(due, 10 * due, at + AHEAD - DAY, at)
    measured(due, 10 * due, at, at)


if __name__ == "__main__":
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from config.engines import running

    with running(settings.VAR_DIR):
        call_command("migrate", verbosity=0)
        main()
