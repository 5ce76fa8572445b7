"""manage.py rotate_care_keys: everything that is sealed, under the first of CARE_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from common.progress import Bar
from common.secrets import Unreadable
from grids.services import keys


class Command(BaseCommand):
    help = "Puts what is sealed about people under the first of CARE_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        bar = Bar(keys.how_many())
        try:
            done = keys.rotate_all(bar.to)
        except Unreadable as error:
            raise CommandError(
                _("A text opens under none of the keys: put the key that is gone back first.")
            ) from error
        finally:
            bar.end()
        self.stdout.write(_("%(n)d texts are under the first key now.") % {"n": done})
