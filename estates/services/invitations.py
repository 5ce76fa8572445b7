"""Letters with a code: whoever holds one lives there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.services import record
from estates import rules
from estates.models import Invitation, Unit
from workflow.moves import lock
from workflow.refusals import NotAllowed, WrongState

VALID_FOR = timedelta(days=60)


def invite(units: Iterable[Unit], *, actor: Any, at: datetime) -> list[Invitation]:
    """One live code per home: a letter printed again carries the same."""
    homes = list(units)
    if not all(rules.can_keep_roster(actor, unit) for unit in homes):
        raise NotAllowed(_("You may not write to these homes."))
    with transaction.atomic():
        # Two desks printing at once wait for each other here.
        list(Unit.objects.select_for_update(no_key=True).filter(pk__in=[u.pk for u in homes]))
        live = {i.unit_id: i for i in Invitation.objects.usable(at).filter(unit__in=homes)}
        new = Invitation.objects.bulk_create(
            Invitation(unit=unit, expires_at=at + VALID_FOR)
            for unit in homes
            if unit.pk not in live
        )
        for invitation in new:
            record("estates.invite", invitation, actor=actor, at=at)
    live |= {invitation.unit_id: invitation for invitation in new}
    return [live[unit.pk] for unit in homes]


def revoke(invitation: Invitation, *, actor: Any, at: datetime) -> Invitation:
    if not rules.can_keep_roster(actor, invitation):
        raise NotAllowed(_("You may not revoke this letter."))
    with transaction.atomic():
        locked: Invitation = lock(invitation)
        if locked.used_at or locked.revoked_at:
            raise WrongState(_("This letter is used or revoked already."))
        locked.revoked_at = at
        locked.save(update_fields=["revoked_at", "updated_at"])
        record("estates.revoke_invitation", locked, actor=actor, at=at)
    return locked


def grouped(code: str) -> str:
    """ABCDE FGHJK: as it is read aloud."""
    return " ".join(code[start : start + 5] for start in range(0, len(code), 5))
