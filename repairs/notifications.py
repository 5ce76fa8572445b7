"""What repairs tells whom. The texts are templates/notifications/repairs.*.txt.

Each answer is a part of `watchers(ticket)`: nobody is told of what they may not open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from estates.models import Occupant, Posting
from estates.querysets import DESK, today
from notifications.services import Kind
from repairs import services
from repairs.models import Follow, Ticket
from repairs.querysets import watchers

Who = Callable[[Ticket], Q]


def desk(ticket: Ticket) -> Q:
    """Those who dispatch; a small estate's manager and front desk do it too."""
    return _posted(ticket, *DESK)


def managers(ticket: Ticket) -> Q:
    return _posted(ticket, Posting.Duty.MANAGER)


def _posted(ticket: Ticket, *duties: str) -> Q:
    postings = Posting.objects.current(today()).filter(estate=ticket.estate_id, duty__in=duties)
    return Q(pk__in=postings.values("user"))


def worker(ticket: Ticket) -> Q:
    return Q(pk=ticket.assignee_id)


def followers(ticket: Ticket) -> Q:
    return Q(pk__in=Follow.objects.filter(ticket=ticket).values("user"))


def home(ticket: Ticket) -> Q:
    """Who reported it and, unless it is private, the people of the home; they judge the work."""
    concerned = Q(pk=ticket.reporter_id)
    if ticket.unit_id and not ticket.private:
        occupants = Occupant.objects.current(today()).filter(unit=ticket.unit_id)
        concerned |= Q(pk__in=occupants.values("user"))
    return concerned


def household(ticket: Ticket) -> Q:
    """The home, and who follows it."""
    return home(ticket) | followers(ticket)


def concerned_staff(ticket: Ticket) -> Q:
    """Whoever has the job; the desk while nobody has."""
    return worker(ticket) if ticket.assignee_id else desk(ticket)


def late(ticket: Ticket) -> Q:
    """The manager and whoever has the job; the desk as well when nobody has taken it."""
    told = managers(ticket) | worker(ticket)
    return told if ticket.assignee_id else told | desk(ticket)


def _both(*parts: Who) -> Who:
    def told(ticket: Ticket) -> Q:
        found = Q(pk__in=[])
        for part in parts:
            found |= part(ticket)
        return found

    return told


def _kind(verb: str, label: str | Promise, who: Who, answer: str = "") -> Kind:
    def recipients(ticket: Any) -> QuerySet[Any]:
        return watchers(ticket).filter(who(ticket))

    return Kind(f"repairs.{verb}", label, recipients, answer)


KINDS = (
    _kind("report", _("New report"), desk),
    _kind("accept", _("Report accepted"), household),
    _kind("dispatch", _("Technician sent"), _both(worker, household)),
    _kind("reassign", _("Another technician sent"), _both(worker, household)),
    _kind("take", _("Technician took the job"), household),
    _kind("start", _("Work begun"), household),
    _kind("plan_visit", _("Visit planned"), _both(worker, household)),
    _kind("hold", _("Repair on hold"), _both(worker, household)),
    _kind("resume", _("Repair goes on"), _both(worker, household)),
    _kind("resolve", _("Repair finished: is it mended?"), home, services.ANSWER),
    _kind("confirm", _("Resident confirmed"), concerned_staff),
    _kind("dispute", _("Resident says it is not mended"), _both(desk, worker)),
    _kind("reopen", _("Ticket reopened"), _both(desk, worker, household)),
    _kind("rate", _("Resident rated the work"), concerned_staff),
    _kind("urge", _("Resident urges"), _both(desk, worker)),
    _kind("amend", _("Details changed"), concerned_staff),
    _kind("comment", _("New comment"), _both(concerned_staff, household)),
    _kind("note", _("New internal note"), _both(desk, worker)),
    _kind("reject", _("Report declined"), household),
    _kind("cancel", _("Report cancelled"), _both(concerned_staff, household)),
    _kind("merge", _("Reports merged"), household),
    _kind("hand_back", _("Job handed back"), desk),
    _kind("close", _("Ticket closed"), _both(worker, household)),
    _kind("due_soon", _("Deadline within the hour"), worker),
    _kind("overdue", _("Deadline passed"), late),
)
