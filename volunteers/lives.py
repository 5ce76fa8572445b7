"""The lives of the volunteers' nouns, joined with their verbs and forms."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from volunteers import rules
from volunteers.forms import (
    CERTIFICATE_FORMS,
    ENTRY_FORMS,
    MEMBERSHIP_FORMS,
    QUALIFICATION_FORMS,
    SHIFT_FORMS,
)
from volunteers.models import (
    Certificate,
    Entry,
    Membership,
    Qualification,
    Shift,
    Swap,
)
from volunteers.services import certificates, entries, members, papers, places, shifts, swaps
from volunteers.services.moves import (
    CERTIFICATE_ALSO,
    CERTIFICATE_MOVES,
    ENTRY_ALSO,
    ENTRY_MOVES,
    ENTRY_TELLS,
    MEMBERSHIP_ALSO,
    MEMBERSHIP_MOVES,
    MEMBERSHIP_TELLS,
    QUALIFICATION_ALSO,
    QUALIFICATION_MOVES,
    QUALIFICATION_TELLS,
    SHIFT_ALSO,
    SHIFT_MOVES,
    SHIFT_TELLS,
    SWAP_ALSO,
    SWAP_MOVES,
    SWAP_TELLS,
)
from volunteers.states import (
    CertificateStatus,
    EntryStatus,
    MembershipStatus,
    QualificationStatus,
    ShiftStatus,
    SwapStatus,
)
from workflow.lives import Lifecycle


def with_all(rows: Any) -> Any:
    return rows.with_all()


def its_shift(entry: Any) -> None:
    places.lock_shift(entry.shift_id)


def leads_team(user: Any, row: Any) -> bool:
    return bool(user.is_superuser or rules.leads(user, row.team))


def leads_entry(user: Any, row: Any) -> bool:
    return bool(user.is_superuser or rules.leads_entry(user, row))


def led_shifts(user: Any) -> QuerySet[Any]:
    return Shift.objects.led_by(user)


MEMBERSHIP = Lifecycle(
    Membership,
    MEMBERSHIP_MOVES,
    verbs=members,
    first=MembershipStatus.APPLIED,
    forms=MEMBERSHIP_FORMS,
    joined=with_all,
    also=MEMBERSHIP_ALSO,
    tells=MEMBERSHIP_TELLS,
    is_staff=leads_team,
    list_route="volunteers:index",
)

QUALIFICATION = Lifecycle(
    Qualification,
    QUALIFICATION_MOVES,
    verbs=papers,
    first=QualificationStatus.SHOWN,
    forms=QUALIFICATION_FORMS,
    joined=with_all,
    also=QUALIFICATION_ALSO,
    tells=QUALIFICATION_TELLS,
    list_route="volunteers:index",
)

SHIFT = Lifecycle(
    Shift,
    SHIFT_MOVES,
    verbs=shifts,
    first=ShiftStatus.OPEN,
    forms=SHIFT_FORMS,
    joined=with_all,
    also=SHIFT_ALSO,
    tells=SHIFT_TELLS,
    is_staff=leads_team,
    staffed=led_shifts,
    list_route="volunteers:index",
)

ENTRY = Lifecycle(
    Entry,
    ENTRY_MOVES,
    verbs=entries,
    first=EntryStatus.CONFIRMED,
    forms=ENTRY_FORMS,
    joined=with_all,
    also=ENTRY_ALSO,
    tells=ENTRY_TELLS,
    is_staff=leads_entry,
    list_route="volunteers:index",
    locks_first=its_shift,
)

SWAP = Lifecycle(
    Swap,
    SWAP_MOVES,
    verbs=swaps,
    first=SwapStatus.ASKED,
    joined=with_all,
    also=SWAP_ALSO,
    tells=SWAP_TELLS,
    list_route="volunteers:index",
    locks_first=swaps.lock_shifts,
)

CERTIFICATE = Lifecycle(
    Certificate,
    CERTIFICATE_MOVES,
    verbs=certificates,
    first=CertificateStatus.ISSUED,
    forms=CERTIFICATE_FORMS,
    key="number",
    also=CERTIFICATE_ALSO,
    list_route="volunteers:hours",
)
