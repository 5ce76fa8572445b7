"""The people of `world`: built once by the makers of rows, then laid by one statement."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone


class _Write(pickle.Pickler):
    """Days and moments stay open, to be read as those of another day."""

    def persistent_id(self, obj: Any) -> Any:
        return obj if type(obj) in (date, datetime) else None


class _Read(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, moved: Callable[[Any], Any]) -> None:
        super().__init__(file)
        self.moved = moved

    def persistent_load(self, pid: Any) -> Any:
        return self.moved(pid)


@dataclass
class Laid:
    """What `build` made: its rows, and what it returned."""

    begun: datetime
    statements: list[tuple[str, list[Any]]]
    returned: bytes

    def lay(self) -> Any:
        """The same rows with the same keys, as if they had been made now."""
        moved = self._moved()
        sql = ";".join(statement for statement, _open in self.statements)
        values = [moved(value) for _statement, found in self.statements for value in found]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
        return _Read(io.BytesIO(self.returned), moved).load()

    def _moved(self) -> Callable[[Any], Any]:
        now = timezone.now()
        later, days = now - self.begun, _days(self.begun, now)

        def moved(value: Any) -> Any:
            return value + (later if isinstance(value, datetime) else days)

        return moved


def _days(begun: datetime, now: datetime) -> timedelta:
    return timezone.localdate(now) - timezone.localdate(begun)


def keep(build: Callable[[], Any]) -> Laid:
    """Builds, reads what was built, and takes it back."""
    set_apart()
    with transaction.atomic():
        before = {model._meta.db_table: _keys(model) for model in _models()}
        begun, order = timezone.now(), _Order()
        with connection.execute_wrapper(order):
            made = build()
        returned = io.BytesIO()
        _Write(returned).dump(made)
        by_table = {model._meta.db_table: model for model in _models()}
        statements = [
            _statement(by_table[table], _keys(by_table[table]) - before[table])
            for table in order.tables
        ]
        transaction.set_rollback(True)
    set_apart(BEYOND)
    return Laid(begun, statements, returned.getvalue())


# More than any table of the world has rows.
BEYOND = 500


def set_apart(beyond: int = 0) -> None:
    """No key of one table is a key of another: whoever takes one for the other finds nothing. What
    comes after the world has keys beyond its own, also where a test has set the sequences back."""
    with connection.cursor() as cursor:
        for n, model in enumerate(_models(), start=1):
            if isinstance(model._meta.pk, models.AutoField):
                names = [connection.ops.quote_name(model._meta.db_table), model._meta.pk.column]
                last = max(n * 1000 + beyond, *_keys(model), 0)
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [*names, last])


class _Order:
    """In which order the tables were first written to."""

    def __init__(self) -> None:
        self.tables: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT INTO "):
            table = sql.split('"')[1]
            if table not in self.tables:
                self.tables.append(table)
        return execute(sql, params, many, context)


def _models() -> Iterator[type[models.Model]]:
    return (model for model in apps.get_models(include_auto_created=True) if model._meta.managed)


def _keys(model: type[models.Model]) -> set[Any]:
    return set(model._base_manager.order_by().values_list("pk", flat=True))


def _statement(model: type[models.Model], keys: set[Any]) -> tuple[str, list[Any]]:
    """Each value as PostgreSQL writes it; days and moments open."""
    meta, quote = model._meta, connection.ops.quote_name
    fields = [f for f in meta.local_concrete_fields if not f.generated]
    columns = [quote(field.column) for field in fields]
    is_open = [isinstance(field, models.DateField) for field in fields]
    read = [
        column if open_ else f"quote_nullable({column}::text)"
        for column, open_ in zip(columns, is_open, strict=True)
    ]
    table, pk = quote(meta.db_table), quote(meta.pk.column)
    rows, found = [], []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(read)} FROM {table} WHERE {pk} = ANY(%s) ORDER BY {pk}",
            [list(keys)],
        )
        for row in cursor.fetchall():
            words = []
            for value, open_ in zip(row, is_open, strict=True):
                if open_ and value is not None:
                    found.append(value)
                    words.append("%s")
                else:
                    words.append("NULL" if value is None else value.replace("%", "%%"))
            rows.append(f"({', '.join(words)})")
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join(rows)}", found
