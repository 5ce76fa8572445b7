"""Lay the official days off of the years that are known; what stands in the table stays."""

from typing import Any

from django.core.management.base import BaseCommand

from estates.services import workdays


class Command(BaseCommand):
    help = "Lays the official days off and make-up working days of years that have none yet."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{workdays.lay()} days laid.")
