"""manage.py import_roster FILE --estate CODE [--dry-run] [--good-rows] [--end-missing]"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from estates.models import Estate, RosterImport
from estates.services.roster import imports
from estates.services.roster.problems import Report
from workflow.actors import SYSTEM
from workflow.refusals import Refusal


class Command(BaseCommand):
    help = "Import the homes and people of an estate from an .xlsx or .csv file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--estate", required=True, metavar="CODE")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, only")
        parser.add_argument("--good-rows", action="store_true", help="leave bad rows out")
        parser.add_argument(
            "--end-missing", action="store_true", help="end today who is no longer in the file"
        )
        parser.add_argument("--building", default="", help="the building of rows that name none")
        parser.add_argument("--language", default="en", choices=["en", "zh-hans"])

    def handle(self, *args: Any, **options: Any) -> None:
        estate = Estate.objects.filter(code=options["estate"]).first()
        if estate is None:
            codes = ", ".join(Estate.objects.values_list("code", flat=True)) or "–"
            raise CommandError(f"No estate has the code {options['estate']}. There are: {codes}")
        with translation.override(options["language"]):
            try:
                self._import(estate, options)
            except (Refusal, OSError) as error:
                raise CommandError(str(error)) from error

    def _import(self, estate: Estate, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        at = timezone.now()
        with path.open("rb") as file:
            row = imports.upload(estate, file, path.name, actor=SYSTEM, at=at)
        try:
            if options["building"]:
                imports.set_columns(row, {}, building=options["building"], actor=SYSTEM, at=at)
            self._say_columns(row)
            report = imports.preview(row, actor=SYSTEM, at=at, progress=self._progress)
            self._say_problems(report)
            self._say_counts(report.counts())
            if not options["dry_run"] and not (report.bad and not options["good_rows"]):
                self._apply(row, options)
        finally:
            if row.status == RosterImport.Status.PREVIEW:
                imports.discard(row, actor=SYSTEM, at=at)
        if report.bad and not options["good_rows"]:
            raise CommandError(
                ngettext(
                    "%(bad)s row is wrong; nothing was imported. --good-rows leaves it out.",
                    "%(bad)s rows are wrong; nothing was imported. --good-rows leaves them out.",
                    report.bad,
                )
                % {"bad": report.bad}
            )

    def _apply(self, row: RosterImport, options: dict[str, Any]) -> None:
        imports.apply(
            row,
            actor=SYSTEM,
            at=timezone.now(),
            good_rows=options["good_rows"],
            end_missing=options["end_missing"],
            progress=self._progress,
        )
        self.stdout.write(self.style.SUCCESS(_("Imported.")))

    def _say_columns(self, row: RosterImport) -> None:
        for table in imports.tables_of(row):
            if not table.holds:
                self.stdout.write(f"{table.title}: {_('not part of a roster, left out')}")
                continue
            named = [f"{table.headers[i]} → {column}" for i, column in table.columns.items()]
            self.stdout.write(f"{table.title}: {', '.join(named)}")
            for header in table.never_kept:
                self.stdout.write(f"  {header}: {_('sensitive, never stored')}")

    def _say_problems(self, report: Report) -> None:
        for p in report.problems:
            grade = _("notice") if p.notice else _("error")
            value = f" “{p.value}”" if p.value else ""
            self.stdout.write(f"{p.sheet}:{p.line} [{p.where}]{value} {grade}: {p.what} {p.cure}")

    def _say_counts(self, counts: dict[str, Any]) -> None:
        self.stdout.write(
            _("%(rows)s rows; new buildings: %(buildings)s, entrances: %(entrances)s.") % counts
        )
        for name, label in (("units", _("Homes")), ("people", _("People"))):
            self.stdout.write(
                f"{label}: "
                + _("%(created)s new, %(updated)s changed, %(unchanged)s unchanged.") % counts[name]
            )
        self.stdout.write(
            _("Not in the file any more: %(missing)s. Rows left out: %(bad)s.") % counts
        )

    def _progress(self, rows: int) -> None:
        """One line that counts up, where somebody is looking."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{rows:,}", ending="")
            self.stderr.flush()
