"""The lives of matters, parts, registrations and wishes, joined with their verbs and forms."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from parties import rules
from parties.forms import MATTER_FORMS, PART_FORMS, WISH_FORMS
from parties.models import Matter, MatterPart, MicroWish, Registration
from parties.services import matters, members, parts, wishes
from parties.services.moves import (
    MATTER_ALSO,
    MATTER_MOVES,
    MATTER_TELLS,
    PART_MOVES,
    REGISTRATION_ALSO,
    REGISTRATION_MOVES,
    REGISTRATION_TELLS,
    WISH_ALSO,
    WISH_MOVES,
)
from parties.states import MatterStatus, PartStatus, RegistrationStatus, WishStatus
from workflow.lives import Lifecycle


def with_all(rows: Any) -> Any:
    return rows.with_all()


def staffed_matters(user: Any) -> QuerySet[Any]:
    return Matter.objects.inside(user)


def staffed_parts(user: Any) -> QuerySet[Any]:
    return MatterPart.objects.noted_by(user)


def sees_wish(user: Any, row: Any) -> bool:
    return rules.can_withdraw_wish(user, row)


def sees_registration(user: Any, row: Any) -> bool:
    return rules.can_keep_roster(user, row.member)


MATTER = Lifecycle(
    Matter,
    MATTER_MOVES,
    verbs=matters,
    first=MatterStatus.RAISED,
    forms=MATTER_FORMS,
    key="number",
    joined=with_all,
    also=MATTER_ALSO,
    tells=MATTER_TELLS,
    is_staff=rules.sees_inside,
    staffed=staffed_matters,
    inside=staffed_matters,
    list_route="parties:matters",
)

PART = Lifecycle(
    MatterPart,
    PART_MOVES,
    verbs=parts,
    first=PartStatus.OPEN,
    forms=PART_FORMS,
    joined=with_all,
    is_staff=rules.reads_notes,
    staffed=staffed_parts,
    list_route="parties:matters",
)

REGISTRATION = Lifecycle(
    Registration,
    REGISTRATION_MOVES,
    verbs=members,
    first=RegistrationStatus.PROPOSED,
    joined=with_all,
    also=REGISTRATION_ALSO,
    tells=REGISTRATION_TELLS,
    is_staff=sees_registration,
    list_route="parties:me",
)

WISH = Lifecycle(
    MicroWish,
    WISH_MOVES,
    verbs=wishes,
    first=WishStatus.OPEN,
    forms=WISH_FORMS,
    joined=with_all,
    also=WISH_ALSO,
    is_staff=sees_wish,
    list_route="parties:wishes",
)
