"""What the first start writes, on a machine where nothing was compiled yet."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from config.env import with_redis_number
from tests.config.test_up import environment
from tests.engines import database_url
from tests.template import migrated

NAME = "test_first_start"
LEFT_OUT = {"var", ".venv", ".git", "docs", "tests", "benchmarks"}
STEPS = [r"Tables … \d+ s", r"Demo people, homes and tickets … \d+ s"]

# Two words in a row: the Chinese of a problem stands in English messages as well.
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The checkout as git gives it: no compiled translations."""
    root = Path(settings.BASE_DIR)

    def left_out(folder: str, names: list[str]) -> set[str]:
        compiled = {name for name in names if name.endswith(".mo")}
        return compiled | (LEFT_OUT & set(names) if Path(folder) == root else set())

    return Path(shutil.copytree(root, tmp_path / "clone", ignore=left_out))


def connect(name: str) -> "psycopg2.extensions.connection":
    return psycopg2.connect(database_url(name))


def on_server(statement: str) -> None:
    with closing(connect("postgres")) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(statement)


@pytest.fixture
def url() -> Iterator[str]:
    """A database of its own, without a row: tests/config/test_up.py makes the tables as well."""
    on_server(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    on_server(f'CREATE DATABASE {NAME} TEMPLATE "{migrated()}"')
    yield database_url(NAME)
    on_server(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.mark.soak
def test_the_first_start_writes_to_chinese_people_in_chinese(
    clone: Path, url: str, tmp_path: Path
) -> None:
    more = {"DATABASE_URL": url, "REDIS_URL": with_redis_number(settings.REDIS_URL, 60)}
    said = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        env=environment(tmp_path / "var", 8000, DEMO="1", LANG="C.UTF-8", **more),
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert re.fullmatch("\n".join(STEPS), said.stdout.strip()), said.stdout
    with closing(connect(NAME)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT title, body FROM notifications_message JOIN accounts_user"
            " ON accounts_user.id = recipient_id WHERE language = 'zh-hans'"
        )
        rows = cursor.fetchall()
    assert len(rows) > 100
    assert [row for row in rows if ENGLISH.search(" ".join(row))] == []
