from __future__ import annotations

from random import Random
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from common.progress import Bar
from estates.models import Estate
from portal.demo.stage import seed


class Command(BaseCommand):
    help = "Two estates with their people and a year of repairs; nothing if they are there already."

    def handle(self, *args: Any, **options: Any) -> None:
        if Estate.objects.filter(code="banyan-court").exists():
            self.stdout.write("The demo is there already.")
            return
        bar = Bar(100, "榕树郡")
        # The same people and stories on every machine; only the dates move with today.
        seed(timezone.localtime(), Random(20), bar.to)  # noqa: S311
        bar.end()
        self.stdout.write("The demo is ready: banyan-demo is everybody's password.")
