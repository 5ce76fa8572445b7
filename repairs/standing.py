"""Where a person stands in repairs: the trades' categories they work in, and what they follow.

Read once per request, as in `estates.standing`, and handed to the querysets as literal ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import BigIntegerField, Q, Value

from estates.standing import trades_of
from workflow.standing import read_once

POOL = "pool"


def _categories(user: Any) -> dict[int, str]:
    """Category pk → how it is dispatched, of the trades that a person works in as a technician."""
    return read_once(user, "repairs.categories", lambda: _of_trades(trades_of(user)))


def _of_trades(trades: Mapping[int, set[str]]) -> dict[int, str]:
    if not trades:
        return {}
    wanted = reduce(or_, (Q(estate=pk, trade__in=names) for pk, names in trades.items()))
    rows = apps.get_model("repairs", "Category").objects.filter(wanted)
    return dict(rows.values_list("pk", "dispatch"))


def categories_worked(user: Any) -> set[int]:
    return set(_categories(user))


def categories_to_take(user: Any) -> set[int]:
    """Those in which technicians help themselves."""
    return {pk for pk, dispatch in _categories(user).items() if dispatch == POOL}


def _own(user: Any) -> tuple[set[int], bool]:
    """The tickets that a person follows, and whether any was ever their job: one statement."""
    follows = apps.get_model("repairs", "Follow").objects.filter(user_id=user.pk)
    jobs = apps.get_model("repairs", "Assignment").objects.filter(worker_id=user.pk)
    # a job is told from what is followed by having no ticket
    none = Value(None, output_field=BigIntegerField())
    found = follows.values_list("ticket").union(jobs.values_list(none)[:1], all=True)
    keys = {key for (key,) in found}
    return keys - {None}, None in keys


def _own_once(user: Any) -> tuple[set[int], bool]:
    return read_once(user, "repairs.own", lambda: _own(user))


def has_had_jobs(user: Any) -> bool:
    """A technician has; of others it is asked, for to look through all tickets for none is long."""
    return bool(trades_of(user)) or _own_once(user)[1]


def followed_by(user: Any) -> set[int]:
    """The tickets that a person follows, wherever they are."""
    return _own_once(user)[0]
