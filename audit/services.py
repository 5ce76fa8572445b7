"""Writing the log, and the record of sweeps. Audit knows no other app: they register what their
codes are called."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.functional import Promise

from audit.models import LABELS, Entry, SweepRun
from audit.querysets import DISCREET
from common import phones

MASKED = "•••"
# The words of so many failed rows are kept of a run.
MOST_ERRORS = 5
EMPTY: tuple[Any, ...] = (None, "", [], {})


def register(labels: Mapping[str, str | Promise]) -> None:
    """Give codes such as "repairs.ticket.accept" the words that people read. Called in ready()."""
    LABELS.update(labels)


def keep_discreet(*codes: str) -> None:
    """Entries of these codes, and messages of these kinds, are for whoever sees their row alone.
    Called in ready()."""
    DISCREET.update(codes)


def label_for(code: str) -> str:
    return str(LABELS.get(code, code))


def codes() -> dict[str, str | Promise]:
    return dict(LABELS)


def record(
    code: str,
    row: models.Model,
    *,
    actor: Any,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> Entry:
    """Append one entry; call it in the transaction of the change itself."""
    entry = entry_of(code, row, actor=actor, at=at, before=before, after=after, note=note)
    entry.save(force_insert=True)
    return entry


def entry_of(
    code: str,
    row: models.Model,
    *,
    actor: Any,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> Entry:
    """The same entry not yet written, for whoever writes many.

    `actor` is a user, or workflow's SYSTEM, which has no pk and is stored as nobody.
    """
    return Entry(
        at=at,
        actor_id=actor.pk,
        code=code,
        content_type=ContentType.objects.get_for_model(row),
        object_id=row.pk,
        before=_kept(row, before or {}),
        after=_kept(row, after or {}),
        note=note,
    )


def _kept(row: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """The log outlives an erased account: that a name changed is kept, whose it was is not."""
    hidden: frozenset[str] = row.personal  # type: ignore[attr-defined]
    return {
        name: _masked(value) if name in hidden else _plain(value) for name, value in values.items()
    }


def _masked(value: Any) -> Any:
    """That there was nothing is nobody's secret, and a phone is shown by its ends as on pages."""
    if value in EMPTY:
        return _plain(value)
    return phones.masked(value) if phones.is_whole(value) else MASKED


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, (str, int, float, bool, list, dict, type(None))):
        return value
    return str(value)


def begin_sweep(name: str, *, at: datetime) -> None:
    SweepRun.objects.bulk_create(
        [SweepRun(name=name, started_at=at)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["started_at", "finished_at", "counts"],
    )


def end_sweep(
    name: str,
    counts: Mapping[str, int],
    *,
    begun: datetime,
    at: datetime,
    errors: Sequence[str] = (),
) -> None:
    """Two workers may run a sweep at once: the row tells of the one that began last.

    `errors` are those of single rows, the rest being done.
    """
    failure = {"failed_at": at, "error": _said("\n".join(errors[:MOST_ERRORS]))} if errors else {}
    _last_run(name, begun).update(finished_at=at, counts=dict(counts), **failure)


def fail_sweep(name: str, error: BaseException, *, begun: datetime, at: datetime) -> None:
    said = _said(f"{type(error).__name__}: {error}")
    _last_run(name, begun).update(finished_at=at, failed_at=at, error=said)


def _said(error: str) -> str:
    return error[:2000].replace("\0", "")


def _last_run(name: str, begun: datetime) -> models.QuerySet[SweepRun]:
    return SweepRun.objects.filter(name=name, started_at=begun)
