"""manage.py sweep [NAME [--at TIME]]"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from audit.models import SWEEPS, SweepRun


class Command(BaseCommand):
    help = "List what the portal does by the clock with its last run, or do one of it now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="such as repairs.wake; all are listed without")
        parser.add_argument(
            "--at", metavar="TIME", help="as if it were then, in a trial (DEMO or DEBUG) alone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            if options["name"]:
                self._run(options["name"], options["at"])
            else:
                self._list()

    def _list(self) -> None:
        runs = SweepRun.objects.in_bulk()
        for name, sweep in sorted(SWEEPS.items()):
            run = runs.get(name)
            last = timezone.localtime(run.started_at).isoformat(" ", "seconds") if run else "never"
            state = "" if run is None else _said(run)
            self.stdout.write(f"{name:<28} {last:<26} {state:<30} {sweep.title}".rstrip())

    def _run(self, name: str, at: str | None) -> None:
        if name not in SWEEPS:
            raise CommandError(f"There is no sweep {name}. Known: {', '.join(sorted(SWEEPS))}")
        moment = parse_datetime(at) if at else None
        if at and not (settings.DEMO or settings.DEBUG):
            raise CommandError("--at is for a trial: set DEMO=1 or DEBUG=1.")
        if at and moment is None:
            raise CommandError(f"{at} is no time. Such as 2026-11-27T09:00")
        if moment is not None and timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        counted = SWEEPS[name].run(moment)
        said = " · ".join(f"{what} {count}" for what, count in counted.items())
        self.stdout.write(f"{name}: {said or 'done'}")


def _said(run: SweepRun) -> str:
    """“woken 2 · failed 1”"""
    if run.finished_at is None:
        return "not ended"
    counts = " · ".join(f"{what} {count}" for what, count in run.counts.items() if count)
    return f"failed {counts}".rstrip() if run.failed else counts
