"""What is masked, and what is sealed, for a reason that the person concerned can read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.models import Entry
from audit.services import record
from common.secrets import Unreadable
from estates.models import Occupant
from grids import rules
from grids.models import CareFlag, opened
from grids.standing import grids_led
from workflow.refusals import Invalid, NotAllowed, WrongState

CODE = "grids.reveal"


def phone(occupant: Occupant, *, actor: Any, reason: str, at: datetime) -> str:
    _look(occupant, "phone", actor, reason, at)
    return occupant.phone


def note(flag: CareFlag, *, actor: Any, reason: str, at: datetime) -> str:
    """Raises WrongState too, where no key of the settings opens it any more."""
    if not flag.sealed_note:
        raise WrongState(_("There is no note."), row=flag)
    try:
        text = opened(flag.sealed_note)
    except Unreadable as error:
        raise WrongState(
            _("The key of this note is no longer among the settings (CARE_KEYS)."), row=flag
        ) from error
    _look(flag.occupant, "note", actor, reason, at)
    return text


def _look(occupant: Occupant, field: str, actor: Any, reason: str, at: datetime) -> None:
    """The entry lies with the person: they, and the leader, read who looked."""
    if not rules.can_reveal(actor, occupant):
        raise NotAllowed(_("Only whoever looks after the household may look."))
    if not reason.strip():
        raise Invalid(_("Say what you need it for; the person concerned can read it."))
    record(CODE, occupant, actor=actor, at=at, after={"field": field}, note=reason.strip())


def looks_seen_by(user: Any) -> QuerySet[Entry]:
    """Who looked at whom in the grids that somebody leads, newest first."""
    people = Occupant.objects.all()
    if not user.is_superuser:
        people = people.filter(unit__household__grid__in=grids_led(user))
    looks: QuerySet[Entry] = Entry.objects.filter(
        code=CODE, object_id__in=people.order_by().values("pk")
    )
    return looks


def dressed(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("actor")


def with_people(looks: Sequence[Any]) -> Sequence[Any]:
    """Each with the person at whom somebody looked, and a word for what."""
    keys = [look.object_id for look in looks]
    people = Occupant.objects.with_address().in_bulk(keys)
    for look in looks:
        look.person = people.get(look.object_id)
        look.what = _("note") if look.after.get("field") == "note" else _("phone")
    return looks
