from __future__ import annotations

import csv
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from common.progress import Bar
from common.sheets import safe
from estates.models import Estate
from repairs.services.imports import Outcome, Rejected, import_requests
from workflow.refusals import Refusal

SHOWN = 20


class Command(BaseCommand):
    help = "Take a city's service requests (NYC 311, MyLA311 or HPD as CSV) into an estate."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--estate", required=True, help="the code of the estate")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would come, write nothing"
        )
        parser.add_argument("--report", type=Path, help="write the rows not taken to this CSV file")

    def handle(self, *args: Any, file: Path, estate: str, **options: Any) -> None:
        target = Estate.objects.filter(code=estate).first()
        if target is None:
            raise CommandError(_("There is no estate “%(code)s”.") % {"code": estate})
        try:
            with ExitStack() as files:
                source = files.enter_context(file.open("rb"))
                report = Report(self, options["report"], files)
                bar = Bar(file.stat().st_size, file.name)
                outcome = import_requests(
                    source,
                    target,
                    at=timezone.now(),
                    dry_run=options["dry_run"],
                    on_rejected=report.add,
                    on_progress=bar.to,
                )
                bar.end()
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be opened: %(why)s.")
                % {"file": error.filename, "why": error.strerror}
            ) from error
        except Refusal as refusal:
            raise CommandError(f"{file.name}: {refusal}") from refusal
        self._say(outcome, dry_run=options["dry_run"])

    def _say(self, outcome: Outcome, *, dry_run: bool) -> None:
        words = (
            _(
                "%(layout)s: %(added)d would be added, %(unchanged)d are there already, "
                "%(rejected)d cannot be taken."
            )
            if dry_run
            else _("%(layout)s: %(added)d added, %(unchanged)d unchanged, %(rejected)d not taken.")
        )
        self.stdout.write(words % vars(outcome))
        for flag, count in sorted(outcome.flags.items()):
            self.stdout.write(f"  {flag}: {count}")


class Report:
    """Rows not taken: the first ones on the screen, all of them in the file, ready to be mended."""

    def __init__(self, command: BaseCommand, path: Path | None, files: ExitStack) -> None:
        self.command = command
        self.shown = 0
        self.out: IO[str] | None = None
        if path is not None:
            self.out = files.enter_context(path.open("w", encoding="utf-8-sig", newline=""))

    def add(self, outcome: Outcome, rejected: Rejected) -> None:
        first = outcome.rejected == 1
        if self.shown < SHOWN:
            self.shown += 1
            where = _("line %(line)d") % {"line": rejected.line}
            self.command.stderr.write(f"{where}: {rejected.why}")
        elif self.shown == SHOWN:
            self.shown += 1
            self.command.stderr.write("…")
        if self.out is not None:
            writer = csv.writer(self.out)
            if first:
                writer.writerow([*map(safe, outcome.header), "line", "error"])
            cells = (rejected.cells + [""] * len(outcome.header))[: len(outcome.header)]
            writer.writerow([*map(safe, cells), rejected.line, rejected.why])
