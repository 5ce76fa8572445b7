"""A database with every migration, made once: each worker of the tests copies it, where to migrate
took each of them half a minute."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings

from tests.engines import database_url

# Of all that ask at once, on whatever checkout, one makes it. Whoever is killed gives it back.
LOCK = 0x62616E79


def migrated() -> str:
    """Its name. Made anew, and this checkout's old one dropped, when a migration or a package
    changes."""
    mine = f"migrated_{hashlib.sha256(str(settings.BASE_DIR).encode()).hexdigest()[:8]}_"
    name = mine + _hash()
    connection = psycopg2.connect(database_url("postgres"))
    try:
        connection.autocommit = True  # no database is made within a transaction
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            cursor.execute("SELECT datname FROM pg_database")
            there = {row[0] for row in cursor.fetchall()}
            if name not in there:
                for old in (one for one in there if one.startswith(mine)):
                    cursor.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
                _make(cursor, f"{mine}half", name)
    finally:
        connection.close()
    return name


def _make(cursor: Any, half: str, name: str) -> None:
    """Named when it is whole: a killed run leaves half of one, which the next throws away."""
    cursor.execute(f'CREATE DATABASE "{half}"')
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": database_url(half)},
        cwd=settings.BASE_DIR,
        check=True,
    )
    cursor.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')


def _hash() -> str:
    root, found = Path(settings.BASE_DIR), hashlib.sha256()
    for path in (root / "requirements.txt", *sorted(root.glob("*/migrations/*.py"))):
        found.update(str(path.relative_to(root)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]
