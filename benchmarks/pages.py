"""How long the pages of the portal take beside a bare page, and how they grow with the tickets.

script/bench [--short] [--sizes 2000,10000] [--open 20] [--rounds 7] [--write] [--keep DIR]

Each size has engines and a database of its own in a temporary folder, and a process of its own that
asks the pages through Django's test client: no server between, for the bare page neither. Page and
bare page take turns, and the medians of the rounds are compared, so that other work on the machine
falls on both. What the bars count is kept between the rounds, as for whoever goes from page to
page; --cold forgets it before each.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

SIZES, SHORT = (10_000, 100_000, 1_000_000), (10_000, 100_000)
# So that a home has the same few tickets at every size, as where ten times the homes live.
TICKETS_OF_A_HOME = 25
REPORT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- script/bench -->\n", "<!-- /script/bench -->\n"


@dataclass(frozen=True)
class Page:
    name: str
    username: str
    url: str


@dataclass
class Measure:
    """Medians over the rounds; times in milliseconds."""

    name: str
    taken: float
    bare: float
    statements: int
    sql: float
    size: int

    @property
    def ratio(self) -> float:
        return self.taken / self.bare


# --- in the process of one size: what is asked


def pages(at: datetime) -> list[Page]:
    return [*_of_the_desk(at), *_of_tickets(), *_of_people()]


def _of_the_desk(at: datetime) -> Iterator[Page]:
    from django.urls import reverse
    from django.utils import timezone

    from estates.models import Building, Estate
    from repairs.models import Category, Ticket

    estate = Estate.objects.get(code="scale-1")
    tickets = Ticket.objects.filter(estate=estate)
    category = Category.objects.get(estate=estate, code="pipes")
    building = Building.objects.filter(estate=estate).order_by("pk")[:1].get()
    today = timezone.localdate(at)
    month = {"since": today - timedelta(days=430), "until": today - timedelta(days=400)}
    some = tickets.order_by("pk")[tickets.count() // 2]
    worker = _person("scale_technician_1_2")

    asked: dict[str, dict[str, Any]] = {
        "first view": {},
        "overdue": {"view": "overdue"},
        "to dispatch": {"view": "to_dispatch"},
        "all": {"view": "all"},
        "followed by me": {"view": "mine"},
        "a category": {"view": "all", "category": category.pk},
        "a building": {"view": "all", "building": building.pk},
        "a technician": {"view": "all", "assignee": worker.pk},
        "a month, a year ago": {"view": "all", **month},
        "closed": {"view": "all", "status": "closed"},
        "search, 25 hits": {"view": "all", "q": "狮子"},
        "search, 1 %": {"view": "all", "q": "门禁"},
        "search, 20 %": {"view": "all", "q": "电梯"},
        "search, 20 %, first view": {"q": "电梯"},
        "search, end of a phone": {"view": "all", "q": some.contact_phone[-4:]},
        "search, a number": {"view": "all", "q": some.number},
        "search, nothing found": {"view": "all", "q": "麒麟"},
    }
    base = reverse("repairs:triage")
    for name, query in asked.items():
        yield Page(f"triage: {name}", "scale_dispatcher_1", f"{base}?{urlencode(query)}")


def _of_tickets() -> Iterator[Page]:
    from django.urls import reverse

    from repairs.models import Ticket

    # One that has ended: its page has the same parts at every size.
    of_resident = Ticket.objects.filter(reporter__username="scale_resident_1", status="closed")
    ticket = of_resident.order_by("-pk")[:1].get()
    url = reverse("repairs:ticket", args=[ticket.number])
    yield Page("ticket: dispatcher", "scale_dispatcher_1", url)
    yield Page("ticket: its resident", "scale_resident_1", url)


def _of_people() -> Iterator[Page]:
    from django.urls import reverse

    home, jobs, mine = (reverse(name) for name in ("portal:home", "repairs:jobs", "repairs:list"))
    api = "/api/v1/tickets/"
    yield Page("home: manager", "scale_manager_1", home)
    yield Page("home: dispatcher", "scale_dispatcher_1", home)
    yield Page("home: technician", "scale_technician_1_1", home)
    yield Page("home: resident", "scale_resident_1", home)
    yield Page("jobs: a day of them", "scale_technician_1_1", jobs)
    yield Page("jobs: a heap", "scale_technician_1_2", jobs)
    yield Page("list: resident", "scale_resident_1", mine)
    yield Page("API, tickets: dispatcher", "scale_dispatcher_1", api)
    yield Page("API, tickets: resident", "scale_resident_1", api)


def _person(username: str) -> Any:
    from accounts.models import User

    return User.objects.get(username=username)


# --- and how


class Statements:
    """Counts what is asked of the database, and for how long it was waited for."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - begun
            self.count += 1


def measure(page: Page, rounds: int, *, cold: bool) -> Measure:
    from django.test import Client
    from django.urls import reverse

    client = Client()
    user = _person(page.username)
    client.force_login(user)
    bare = reverse("bare")
    for url in (page.url, bare, page.url, bare):
        _ask(client, url)
    gc.collect()
    asked, beside = [], []
    for _round in range(rounds):
        if cold:
            from common.navigation import forget

            forget([user.pk])
        asked.append(_ask(client, page.url))
        beside.append(_ask(client, bare))
    taken, counts, waited, sizes = zip(*asked, strict=True)
    return Measure(
        name=page.name,
        taken=median(taken),
        bare=median(one[0] for one in beside),
        statements=int(median(counts)),
        sql=median(waited),
        size=sizes[-1],
    )


def _ask(client: Any, url: str) -> tuple[float, int, float, int]:
    """Milliseconds, statements, milliseconds in them, and bytes."""
    from django.db import connection

    statements = Statements()
    with connection.execute_wrapper(statements):
        begun = time.perf_counter()
        answer = client.get(url)
        body = b"".join(answer) if answer.streaming else answer.content
        taken = time.perf_counter() - begun
    if answer.status_code != 200:
        raise SystemExit(f"{url} answered {answer.status_code}")
    return taken * 1000, statements.count, statements.seconds * 1000, len(body)


def one_size(tickets: int, units: int, share: int, rounds: int, *, cold: bool) -> dict[str, Any]:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import override_settings
    from django.utils import timezone

    from config.engines import running

    with running(settings.VAR_DIR):
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["redoc"])
        begun = time.perf_counter()
        call_command("seed_scale", tickets=tickets, units=units, open=share, stdout=sys.stderr)
        seeded = time.perf_counter() - begun
        with override_settings(ROOT_URLCONF="benchmarks.urls"):
            found = [measure(page, rounds, cold=cold) for page in pages(timezone.now())]
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        connection.close()
    return {"seeded": seeded, "postgres": version, "found": [asdict(one) for one in found]}


# --- in the process over them


@dataclass
class Result:
    tickets: int
    units: int
    seeded: float
    postgres: str
    found: dict[str, Measure]


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """In a place that the path of a socket still fits into."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with TemporaryDirectory(prefix="bench-") as folder:
        yield Path(folder)


def run_size(tickets: int, options: argparse.Namespace, folder: Path) -> Result:
    units = max(tickets // TICKETS_OF_A_HOME, 30)
    var_dir = folder / str(tickets)
    said = folder / f"{tickets}.json"
    # Engines of its own, whatever this shell names.
    inherited = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    environ = inherited | {"DEMO": "1", "VAR_DIR": str(var_dir), "LOG_LEVEL": "ERROR"}
    words = [sys.executable, __file__, "--one", str(tickets), "--units", str(units)]
    words += ["--open", str(options.open), "--rounds", str(options.rounds), "--into", str(said)]
    words += ["--cold"] if options.cold else []
    print(f"{tickets:,} tickets, {units:,} units", file=sys.stderr)
    if subprocess.run(words, env=environ, cwd=ROOT, check=False).returncode:
        raise SystemExit(f"The measuring of {tickets:,} tickets failed.")
    told = json.loads(said.read_text())
    found = {one["name"]: Measure(**one) for one in told.pop("found")}
    return Result(tickets, units, found=found, **told)


def report(results: Sequence[Result], options: argparse.Namespace) -> str:
    parts = [_machine(results, options), *(_of_size(one) for one in results)]
    if len(results) > 1:
        parts.append(_growth(results))
    return "\n".join(parts)


def _machine(results: Sequence[Result], options: argparse.Namespace) -> str:
    import django
    import psutil

    memory = psutil.virtual_memory().total / 2**30
    command = " ".join(["script/bench", *sys.argv[1:]])
    bars = "forgotten before each round" if options.cold else "kept between the rounds"
    return (
        f"`{command}` on {time.strftime('%Y-%m-%d')}: {os.cpu_count()} cores ({_processor()}),"
        f" {memory:.0f} GB, PostgreSQL {results[0].postgres}, Python {platform.python_version()},"
        f" Django {django.__version__}.\n{options.open} % of the tickets are open. Medians of"
        f" {options.rounds} rounds of page and bare page in turn; numbers of the bars {bars}.\n"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _of_size(result: Result) -> str:
    head = ["Page", "ms", "× bare", "statements", "SQL ms", "kB"]
    rows = [
        [
            one.name,
            f"{one.taken:.1f}",
            f"{one.ratio:.1f}",
            str(one.statements),
            f"{one.sql:.1f}",
            f"{one.size / 1000:.0f}",
        ]
        for one in result.found.values()
    ]
    bare = median(one.bare for one in result.found.values())
    title = f"### {result.tickets:,} tickets of {result.units:,} units"
    words = f"Seeded in {result.seeded:.0f} s. The bare page takes {bare:.1f} ms."
    return f"{title}\n\n{words}\n\n{_table(head, rows)}"


def _growth(results: Sequence[Result]) -> str:
    """Times by which a page, and what it asks of the database, takes longer than at the first."""
    first, *later = results
    head = ["Page", *(f"{one.tickets:,}: page" for one in later)]
    head += [f"{one.tickets:,}: SQL" for one in later]
    rows = []
    for name, began in first.found.items():
        then = [one.found[name] for one in later]
        # By the bare page of the same run: other work on the machine falls out.
        taken = [one.ratio / began.ratio for one in then]
        waited = [(one.sql / one.bare) / (began.sql / began.bare or 1) for one in then]
        rows.append([name, *(f"{times:.2f}" for times in (*taken, *waited))])
    title = f"### Growth from {first.tickets:,} tickets on, in bare pages"
    return f"{title}\n\n{_table(head, rows)}"


def write(told: str) -> None:
    """Between the marks of the page, which may say more around them."""
    page = REPORT.read_text() if REPORT.exists() else f"# Benchmarks\n\n{BEGIN}{END}"
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    REPORT.write_text(f"{before}{BEGIN}\n{told}\n{END}{after}")


def _sizes(words: str) -> tuple[int, ...]:
    return tuple(sorted(int(word.replace("_", "")) for word in words.split(",")))


def main() -> None:
    parser = argparse.ArgumentParser(description="Pages beside a bare page, at several sizes.")
    parser.add_argument("--short", action="store_true", help="not a million tickets")
    parser.add_argument("--sizes", type=_sizes, help="such as 2000,10000")
    parser.add_argument("--open", type=int, default=2, help="percent of tickets: 20 is hard")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--cold", action="store_true", help="count the bars for every page")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the databases there")
    for inner in ("--one", "--units"):
        parser.add_argument(inner, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        told = one_size(options.one, options.units, options.open, options.rounds, cold=options.cold)
        options.into.write_text(json.dumps(told))
        return
    sizes = options.sizes or (SHORT if options.short else SIZES)
    with _folder(options.keep) as folder:
        results = [run_size(tickets, options, folder) for tickets in sizes]
    told_all = report(results, options)
    print(told_all)
    if options.write:
        write(told_all)


if __name__ == "__main__":
    main()
