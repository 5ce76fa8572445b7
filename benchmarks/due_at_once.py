"""How long 10,000 held tickets that wake in the same minute take, on engines of one's own in an
empty folder; one of them fails on purpose.

DEMO=1 VAR_DIR=/tmp/due python benchmarks/due_at_once.py [N]

The budget is 10 s for 10,000. Each tells its reporter, its technician and the people of its home.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

A_HOME = 10  # tickets


def held(count: int, at: datetime) -> None:
    """Tickets of homes with two people each, half of whom read English; one technician."""
    from accounts.models import User
    from estates.models import Building, Community, Entrance, Estate, Occupant, Posting, Unit
    from repairs.models import Category, Pause, Ticket

    code = "benchmark"
    community = Community.objects.create(code=code, name="-")
    estate = Estate.objects.create(code=code, name="-", ticket_prefix="ZZBD", community=community)
    building = Building.objects.create(estate=estate, name="1")
    entrance = Entrance.objects.create(building=building, name="1")
    pipes = Category.objects.create(estate=estate, code="pipes", name="-", trade="plumbing")

    def person(name: str, language: str) -> User:
        mail = f"{name}@example.org"
        return User(username=name, email=mail, email_verified=True, language=language)

    worker = person("benchmark", "zh-hans")
    worker.save()
    Posting.objects.create(user=worker, estate=estate, duty="technician", trades=["plumbing"])
    homes = range(max(1, count // A_HOME))
    units = Unit.objects.bulk_create(Unit(entrance=entrance, number=f"{n}") for n in homes)
    people = User.objects.bulk_create(
        person(f"b{n}", ("zh-hans", "en")[n % 2]) for n in range(2 * len(units))
    )
    Occupant.objects.bulk_create(
        Occupant(unit=units[n // 2], user=one, name=one.username) for n, one in enumerate(people)
    )
    begun = at - timedelta(days=3)
    tickets = Ticket.objects.bulk_create(
        [
            Ticket(
                estate=estate,
                unit=units[n % len(units)],
                reporter=people[2 * (n % len(units))],
                category=pipes,
                number=f"ZZBD-{n}",
                title="-",
                status="on_hold",
                assignee=worker,
                reported_at=begun,
                clock_from=begun,
                responded_at=begun,
                held_at=begun,
                held_until=at,
                held_from="in_progress",
            )
            for n in range(count)
        ],
        batch_size=2000,
    )
    pauses = (Pause(ticket=ticket, began_at=begun) for ticket in tickets)
    Pause.objects.bulk_create(pauses, batch_size=2000)
    # From there on there are no more days for a deadline.
    broken = Ticket.objects.filter(pk=tickets[count // 2].pk)
    broken.update(clock_from=datetime(9999, 12, 31, tzinfo=UTC))


def main() -> None:
    import logging

    from django.utils import timezone

    from audit.models import SWEEPS, SweepRun
    from notifications.models import Delivery, Message

    logging.disable(logging.ERROR)
    at = timezone.now()
    held(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, at)
    began = time.perf_counter()
    counts = SWEEPS["repairs.wake"].run(at)
    seconds = time.perf_counter() - began
    told, mails = Message.objects.count(), Delivery.objects.count()
    print(f"{dict(counts)} in {seconds:.1f} s; {told} told, {mails} mails queued")
    print(SweepRun.objects.get(pk="repairs.wake").error)


if __name__ == "__main__":
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from config.engines import running

    with running(settings.VAR_DIR):
        call_command("migrate", verbosity=0)
        main()
