"""Rows by the hundred thousand: through COPY, past the models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

from estates.models import Community, Estate, NumberSeries
from repairs.models import Category

Say = Callable[[str], None]


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def written(value: Any) -> str:
    """As the text form of COPY wants it."""
    if value is None:
        return r"\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        items = ",".join(json.dumps(str(item), ensure_ascii=False) for item in value)
        value = f"{{{items}}}"
    elif isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    return str(value).replace("\\", "\\\\").replace("\t", r"\t").replace("\n", r"\n")


class Table:
    """Rows of a model on their way into its table; what is not named gets the field's default."""

    def __init__(self, model: type[models.Model], at: datetime) -> None:
        self.model = model
        meta = model._meta
        fields = [
            one
            for one in meta.concrete_fields
            # These two the database fills in itself.
            if not one.generated and one.db_default is NOT_PROVIDED
        ]
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(one.column)) for one in fields)
        self.copy = f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN"
        self.usual = {one.attname: written(_default(one, at)) for one in fields}
        assert meta.pk is not None
        self.key = meta.pk.attname
        self.last = model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
        self.rows: list[str] = []

    def add(self, **values: Any) -> int:
        """The key of the new row."""
        self.last += 1
        row = self.usual.copy()
        row[self.key] = str(self.last)
        for name, value in values.items():
            if name not in row:
                raise TypeError(f"{self.model.__name__} has no column for {name!r}.")
            row[name] = written(value)
        self.rows.append("\t".join(row.values()))
        return self.last

    def write(self) -> None:
        if self.rows:
            with connection.cursor() as cursor:
                cursor.cursor.copy_expert(self.copy, StringIO("\n".join(self.rows) + "\n"))
            self.rows.clear()


def _default(one: models.Field[Any, Any], at: datetime) -> Any:
    if getattr(one, "auto_now", False) or getattr(one, "auto_now_add", False):
        return at
    return one.get_default()


class Tables:
    def __init__(self, at: datetime) -> None:
        self.at = at
        self.known: dict[type[models.Model], Table] = {}

    def __getitem__(self, model: type[models.Model]) -> Table:
        if model not in self.known:
            self.known[model] = Table(model, self.at)
        return self.known[model]

    def write(self, *order: type[models.Model]) -> None:
        """What others hang on comes first."""
        for model in order:
            self[model].write()

    def set_sequences(self) -> None:
        for sql in connection.ops.sequence_reset_sql(no_style(), list(self.known)):
            execute(sql)


@contextmanager
def without_indexes(tables: Sequence[type[models.Model]], say: Say) -> Iterator[None]:
    """Those that no constraint keeps: to build them once is many times faster."""
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS"
            " (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
            [names],
        )
        found = cursor.fetchall()
    for name, _definition in found:
        execute(f"DROP INDEX {name}")
    yield
    say(f"building {len(found)} indexes")
    for _name, definition in found:
        execute(definition)


def analyse(tables: Tables, say: Say) -> None:
    """A vacuum cannot run inside a transaction, such as a test's; the statistics can."""
    vacuum = "" if connection.in_atomic_block else "VACUUM "
    by_the_way: list[type[models.Model]] = [Community, Estate, Category, NumberSeries]
    for model in [*tables.known, *by_the_way]:
        execute(f"{vacuum}ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
    say("analysed")
