"""How long a notice to 100,000 residents takes to queue, on a database of one's own that is empty.

DATABASE_URL=… python manage.py migrate && DATABASE_URL=… python benchmarks/notice.py [N]

The budget is 5 s. Nothing is sent: what it measures is the transaction of `notify`.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

KIND = "estates.claim.approve"


def people(count: int) -> None:
    """One in ten reads English; one in five wants no mail of this kind."""
    from accounts.models import User
    from notifications.models import Mute

    made = User.objects.bulk_create(
        [
            User(
                username=f"b{n}",
                email=f"b{n}@example.org",
                email_verified=True,
                language="zh-hans" if n % 10 else "en",
            )
            for n in range(count)
        ],
        batch_size=2000,
    )
    Mute.objects.bulk_create(
        [Mute(user=one, kind=KIND, channel="email") for one in made[: count // 5]],
        batch_size=2000,
    )


def main() -> None:
    from django.db import transaction
    from django.utils import timezone

    from accounts.models import User
    from estates.models import Community, Estate
    from notifications.models import Delivery
    from notifications.services import Kind, Reader, notify, register
    from workflow.actors import SYSTEM

    def everybody(rows: Any) -> list[Reader]:
        found = User.objects.filter(is_active=True).values_list("pk", "language")
        return [Reader(row.pk, *person) for row in rows for person in found]

    people(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    code = "benchmark-notice"
    community = Community.objects.create(code=code, name="-")
    estate = Estate.objects.create(code=code, name="-", ticket_prefix="ZZBN", community=community)
    register(Kind(KIND, "Notice", everybody))
    for turn in ("first", "second", "third"):
        began = time.perf_counter()
        with transaction.atomic():
            told = notify(KIND, estate, actor=SYSTEM, at=timezone.now(), occasion=turn)
        seconds = time.perf_counter() - began
        queued = Delivery.objects.filter(message__occasion=turn).count()
        print(f"{turn}: {told} told, {queued} mails queued in {seconds:.1f} s")


if __name__ == "__main__":
    django.setup()
    main()
