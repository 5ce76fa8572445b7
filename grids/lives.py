"""The lives of care flags and visits, joined with their verbs and forms."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from grids import rules
from grids.forms import FLAG_FORMS, VISIT_FORMS
from grids.models import CareFlag, Visit
from grids.services import flags, visits
from grids.services.moves import (
    FLAG_ALSO,
    FLAG_MOVES,
    FLAG_TELLS,
    VISIT_ALSO,
    VISIT_MOVES,
    VISIT_TELLS,
)
from grids.states import FlagStatus, VisitStatus
from workflow.lives import Lifecycle


def with_all(rows: Any) -> Any:
    return rows.with_all()


def cares(user: Any, row: Any) -> bool:
    """Whoever sees a row of the grids looks after it: nothing is kept from them."""
    return rules.looks_after_any(user)


def what_came(verb: str, visit: Any) -> str:
    """“R2026-000123 is with the front desk.”"""
    made = [one.number for one in visits.made_of([visit.pk]).get(visit.pk, [])]
    if verb != "log" or not made:
        return ""
    return _("Handed on: %(numbers)s.") % {"numbers": ", ".join(made)}


FLAG = Lifecycle(
    CareFlag,
    FLAG_MOVES,
    verbs=flags,
    first=FlagStatus.PROPOSED,
    forms=FLAG_FORMS,
    joined=with_all,
    also=FLAG_ALSO,
    tells=FLAG_TELLS,
    is_staff=cares,
    list_route="grids:flags",
)

VISIT = Lifecycle(
    Visit,
    VISIT_MOVES,
    verbs=visits,
    first=VisitStatus.PLANNED,
    back={"log": VisitStatus.MET, "correct": VisitStatus.MET},
    forms=VISIT_FORMS,
    joined=with_all,
    also=VISIT_ALSO,
    tells=VISIT_TELLS,
    is_staff=cares,
    list_route="grids:mine",
    says=what_came,
)
