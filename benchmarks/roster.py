"""How long a roster of 20,000 homes takes, and how much memory: python benchmarks/roster.py [N]

Makes an estate of its own and takes it away again. The budget is 30 s.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from common.sheets import xlsx_file  # noqa: E402
from estates.models import (  # noqa: E402
    Building,
    Community,
    Entrance,
    Estate,
    Occupant,
    RosterImport,
    Unit,
)

HEADER = ["楼栋", "单元", "楼层", "房号", "建筑面积", "业主姓名", "联系电话", "业主类型"]
CODE = "benchmark-roster"


def rows(count: int) -> Iterator[list[object]]:
    """Four homes a floor, thirty floors, two entrances a building."""
    for n in range(count):
        home, entrance, building = n % 120, n // 120 % 2 + 1, n // 240 + 1
        number = f"{home // 4 + 1}{home % 4 + 1:02d}"
        phone = 13800000000 + n
        yield [building, entrance, home // 4 + 1, number, 89.5, f"业主{n}", phone, "业主"]


def remove() -> None:
    homes = {"unit__entrance__building__estate__code": CODE}
    Occupant.objects.filter(**homes).delete()
    Unit.objects.filter(entrance__building__estate__code=CODE).delete()
    Entrance.objects.filter(building__estate__code=CODE).delete()
    Building.objects.filter(estate__code=CODE).delete()
    RosterImport.objects.filter(estate__code=CODE).delete()
    Estate.objects.filter(code=CODE).delete()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    remove()
    community, _created = Community.objects.get_or_create(code=CODE, defaults={"name": CODE})
    Estate.objects.create(code=CODE, name=CODE, ticket_prefix="ZZBR", community=community)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        path.write_bytes(xlsx_file(HEADER, rows(count)).read())
        for turn in ("first", "again"):
            began = time.perf_counter()
            call_command("import_roster", str(path), estate=CODE, verbosity=0)
            seconds = time.perf_counter() - began
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{turn}: {count} homes in {seconds:.1f} s, peak memory {peak} MB")
    remove()


if __name__ == "__main__":
    main()
