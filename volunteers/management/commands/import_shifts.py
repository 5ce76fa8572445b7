from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from estates.models import Community, Estate
from volunteers.models import Team
from volunteers.services.importing import Outcome, import_shifts
from workflow.refusals import Refusal

# Beyond it PostgreSQL has no key.
MOST_DIGITS = 18


class Command(BaseCommand):
    help = "Take volunteer activities (CSV) as shifts into a team of an estate's community."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--estate", required=True, help="the code of the estate")
        parser.add_argument(
            "--team", required=True, help="the exact name of the team, or its number (primary key)"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would come, write nothing"
        )

    def handle(self, *args: Any, file: Path, estate: str, team: str, **options: Any) -> None:
        found = Estate.objects.filter(code=estate).select_related("community").first()
        if found is None:
            raise CommandError(_("There is no estate “%(code)s”.") % {"code": estate})
        target, dry_run = team_of(found.community, team), options["dry_run"]
        try:
            with file.open("rb") as source:
                outcome = import_shifts(
                    source,
                    target,
                    at=timezone.now(),
                    dry_run=dry_run,
                    on_rejected=self._reject,
                )
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be opened: %(why)s.")
                % {"file": error.filename or file, "why": error.strerror}
            ) from error
        except Refusal as refusal:
            raise CommandError(f"{file.name}: {refusal}") from refusal
        self._say(outcome, dry_run=dry_run)

    def _reject(self, line: int, why: str) -> None:
        where = _("line %(line)d") % {"line": line}
        self.stderr.write(f"{where}: {why}")

    def _say(self, outcome: Outcome, *, dry_run: bool) -> None:
        words = (
            _(
                "%(taken)d would be taken, %(rejected)d cannot be; %(usual)d of no said length"
                " would last two hours."
            )
            if dry_run
            else _(
                "%(taken)d taken, %(rejected)d not taken; %(usual)d of no said length last two"
                " hours."
            )
        )
        self.stdout.write(words % vars(outcome))


def team_of(community: Community, said: str) -> Team:
    """By its exact name, else by its primary key; of this community alone."""
    number = int(said) if said.isdecimal() and len(said) <= MOST_DIGITS else 0
    meant = Team.objects.filter(Q(name=said) | Q(pk=number)).order_by("pk")
    teams: list[Team] = [one for one in meant if one.community_id == community.pk]
    if teams:
        return next((one for one in teams if one.name == said), teams[0])
    if meant:
        raise CommandError(_("The team “%(team)s” is of another community.") % {"team": said})
    raise CommandError(_("There is no team “%(team)s”.") % {"team": said})
