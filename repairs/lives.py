"""The life of a ticket, joined with its verbs and forms: every door is made from it."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from estates.models import Estate, duty_at, said_duty
from repairs import rules, services
from repairs.forms import FORMS
from repairs.models import Ticket
from repairs.services.moves import ALSO, FOLDS, MOVES, TELLS
from workflow.follow_ups import FollowUp, Maker
from workflow.lives import Lifecycle


def with_place(tickets: Any) -> Any:
    return tickets.with_place()


def staffed(user: Any) -> QuerySet[Any]:
    return Ticket.objects.filter(estate__in=Estate.objects.staffed_by(user))


def named(ticket: Ticket) -> str:
    return f"{ticket.number} {ticket.title} · {ticket.get_status_display()}"


def duty(ticket: Ticket, who: str) -> Any:
    return duty_at(ticket.estate_id, OuterRef(who))


TICKET = Lifecycle(
    Ticket,
    MOVES,
    verbs=services,
    first=Ticket.Status.NEW,
    back={"resume": Ticket.Status.IN_PROGRESS},
    forms=FORMS,
    key="number",
    joined=with_place,
    also=ALSO,
    also_inner=frozenset({"follow", "unfollow"}),
    folds=FOLDS,
    tells=TELLS,
    is_staff=rules.is_staff,
    staffed=staffed,
    duty=duty,
    said_duty=said_duty,
    list_route="repairs:list",
)

# Whatever else is heard or found may be something to repair.
MAKE_TICKET = FollowUp(
    Ticket,
    _("Make a repair ticket"),
    "tool",
    "repairs:new",
    rules.may_report,
    named,
    Maker(_("Repair"), services.report_heard, services.topics),
)
