"""How long the demo and the city files take, on a database of one's own that is empty.

DATABASE_URL=… python benchmarks/demo_and_requests.py
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = {"la": "la_2017_10k.csv", "nyc": "nyc_2022-05-01_924.csv"}


def timed(label: str, *command: str) -> None:
    from django.core.management import call_command

    started = time.perf_counter()
    call_command(*command)
    print(f"{label}: {time.perf_counter() - started:.1f} s")


def main() -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from estates.models import Community, Estate

    timed("seed_demo", "seed_demo")
    shared = ROOT.parent / "shared" / "data" / "service-requests-311"
    for code, name in FILES.items():
        if (shared / name).exists():
            community, _created = Community.objects.get_or_create(code=code)
            Estate.objects.get_or_create(
                code=code,
                defaults={"name": code, "ticket_prefix": code.upper(), "community": community},
            )
            timed(name, "import_requests", str(shared / name), "--estate", code)


if __name__ == "__main__":
    main()
