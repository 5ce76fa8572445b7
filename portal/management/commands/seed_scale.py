"""manage.py seed_scale --tickets N --units N [--open 2]"""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from estates.models import Community, Estate, Occupant
from portal.scale.copying import Tables, analyse, execute, without_indexes
from portal.scale.grounds import lay_grounds
from portal.scale.tickets import Teller
from portal.scale.words import COMMUNITY, ESTATES
from repairs.models import Assignment, Ticket

LEAST_TICKETS, LEAST_UNITS = 100, 30


class Command(BaseCommand):
    help = "Three large estates with ten years of made-up repairs, to measure pages by; in a trial."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tickets", type=int, required=True, help="over all three estates")
        parser.add_argument("--units", type=int, required=True, help="over all three estates")
        parser.add_argument(
            "--open", type=int, default=2, help="percent of the tickets: 2 is like life, 20 hard"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _check(options["tickets"], options["units"], options["open"])
        begun = time.monotonic()

        def say(words: str) -> None:
            self.stdout.write(f"{time.monotonic() - begun:6.1f} s  {words}")
            self.stdout.flush()

        tables = Tables(timezone.now())
        with transaction.atomic():
            # Rows that hang on one another are checked chunk by chunk, not all at the commit.
            execute("SET CONSTRAINTS ALL IMMEDIATE")
            execute("SET LOCAL maintenance_work_mem = '256MB'")
            with without_indexes((Ticket, Assignment, Occupant), say):
                grounds = lay_grounds(tables, options["units"], say)
                Teller(tables, grounds, options["tickets"], options["open"]).tell(say)
            tables.set_sequences()
            execute("SET CONSTRAINTS ALL DEFERRED")
        analyse(tables, say)
        say("ready: sign in as scale_manager_1, scale_technician_1_1, scale_resident_1, …")


def _check(tickets: int, units: int, share: int) -> None:
    if not (settings.DEMO or settings.DEBUG):
        raise CommandError("seed_scale is for a trial: set DEMO=1 or DEBUG=1.")
    if tickets < LEAST_TICKETS or units < LEAST_UNITS:
        raise CommandError(f"At least {LEAST_TICKETS} tickets and {LEAST_UNITS} units.")
    if not 1 <= share <= 50:
        raise CommandError("--open is between 1 and 50 percent.")
    codes, prefixes = {one[0] for one in ESTATES}, {one[2] for one in ESTATES}
    taken = Estate.objects.filter(Q(code__in=codes) | Q(ticket_prefix__in=prefixes))
    if taken.exists() or Community.objects.filter(code=COMMUNITY).exists():
        raise CommandError(
            "The estates scale-1 to scale-3 are there already: seed another database."
        )
