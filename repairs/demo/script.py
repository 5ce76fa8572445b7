"""Repairs that happen through the real verbs, noted into the script of the demo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from accounts.models import User
from repairs import services
from repairs.demo.pictures import picture
from repairs.models import Category, Ticket
from workflow.scenes import Picture, Script


@dataclass
class Repairs:
    """Tickets go by short keys, which are this app's own."""

    script: Script

    def report(
        self,
        key: str,
        at: datetime,
        by: User,
        category: Category,
        description: str,
        *,
        photos: Sequence[str] = (),
        **words: Any,
    ) -> None:
        self.script.do(
            at,
            services.report,
            by=by,
            gives=_key(key),
            photos=_pictures(photos),
            category=category,
            description=description,
            **words,
        )

    def then(
        self,
        key: str,
        at: datetime,
        verb: str,
        by: Any,
        *,
        photos: Sequence[str] = (),
        into: str = "",
        **words: Any,
    ) -> None:
        def step(ticket: Ticket, **given: Any) -> None:
            if into:
                given["into"] = self.script.rows[_key(into)]
            getattr(services, verb)(ticket, **given)

        self.script.do(at, step, by=by, row=_key(key), photos=_pictures(photos), **words)


def _key(key: str) -> str:
    return f"repairs:{key}"


def _pictures(names: Sequence[str]) -> list[Picture]:
    return [partial(picture, name) for name in names]
