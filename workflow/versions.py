"""Nobody writes over what they did not see.

A form that edits a row carries what it showed of it, field by field; under the lock, a field that
holds something else by now refuses, says who changed it and when, and keeps what was typed. Fields
that the form did not show do not count, and verbs that add something carry nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from audit.models import Entry
from common.dates import said_time
from workflow.actors import name_of
from workflow.moves import value_of
from workflow.refusals import Refusal

# The name of the hidden field, and of the field in what the API sends.
FIELD = "version"
SIGNS = 12


class Outdated(Refusal):
    """Somebody has changed meanwhile what the form showed (409); `fields` are sentences by name."""

    status = 409
    code = "outdated"

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = fields
        self.facts = {"fields": dict(fields)}
        super().__init__(" ".join(fields.values()))


def version_of(row: models.Model, names: Collection[str]) -> str:
    """What a form shows of `row`: a keyed digest a field, so that a value which is not shown in
    full cannot be worked out from it."""
    return ",".join(f"{name}={_digest(row, name)}" for name in sorted(names))


def check(row: models.Model, names: Collection[str], version: str, *, at: datetime) -> None:
    """Raise Outdated if `row`, which the caller has locked, holds anything else than was shown.

    An empty version asks nothing: whoever sends none has been shown nothing.
    """
    shown = dict(part.partition("=")[::2] for part in version.split(",") if part)
    newer = [
        name
        for name in names
        if name in shown and not constant_time_compare(shown[name], _digest(row, name))
    ]
    if newer:
        raise Outdated({name: _sentence(row, name, at) for name in newer})


def _digest(row: models.Model, name: str) -> str:
    said = f"{row._meta.label}.{row.pk}.{name}.{value_of(row, name)!r}"
    return salted_hmac("workflow.versions", said, algorithm="sha256").hexdigest()[:SIGNS]


def _sentence(row: models.Model, name: str, at: datetime) -> str:
    entry = (
        Entry.objects.for_row(row)
        .filter(after__has_key=name)
        .select_related("actor")
        .order_by("-pk")
        .first()
    )
    said = {"field": _label(row, name)}
    if entry is None:
        return _("“%(field)s” was changed meanwhile. Look at it, and save again.") % said
    said |= {"who": name_of(entry.actor), "when": said_time(entry.at, at)}
    return (
        _("%(who)s has changed “%(field)s” meanwhile (%(when)s). Look at it, and save again.")
        % said
    )


def _label(row: models.Model, name: str) -> str:
    try:
        return str(getattr(row._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return name
