"""Who may do what to a ticket. Which tickets one sees is `visible_to`'s matter, not asked here."""

from __future__ import annotations

from typing import Any

from estates.models import Estate, Posting, Unit
from estates.standing import DESK, estates_handled, holds, holds_anywhere, homes_of, trades_at
from grids.rules import looks_after
from repairs.models import Category, Ticket
from workflow.actors import is_system


def can_report(user: Any, estate: Estate, unit: Unit | None) -> bool:
    """Residents for their own homes and the public places of their estate; the desk for all; who
    looks after a household, for it."""
    if is_system(user) or holds(user, estate.pk, *DESK):
        return True
    if unit is not None:
        return unit.pk in homes_of(user) or looks_after(user, unit)
    return Estate.objects.visible_to(user).filter(pk=estate.pk).exists()


def reports_for_others(user: Any, estate: Estate, unit: Unit | None) -> bool:
    """The desk, and for a household whoever looks after it: as often as somebody needs it."""
    if holds(user, estate.pk, *DESK):
        return True
    return unit is not None and unit.pk not in homes_of(user) and looks_after(user, unit)


def may_report(user: Any, origin: Any) -> bool:
    """To whom a ticket of something else is offered: whoever works here. The verb asks the rest."""
    return holds_anywhere(user)


def desk_estates(user: Any) -> list[int]:
    """The estates at whose desk somebody works today."""
    return estates_handled(user, *DESK)


def works_at_desk(user: Any) -> bool:
    return holds_anywhere(user, *DESK)


def is_technician(user: Any) -> bool:
    return holds_anywhere(user, Posting.Duty.TECHNICIAN)


def can_triage(user: Any, ticket: Ticket) -> bool:
    return holds(user, ticket.estate_id, *DESK)


def can_manage(user: Any, ticket: Ticket) -> bool:
    return holds(user, ticket.estate_id, "manager")


def is_staff(user: Any, ticket: Ticket) -> bool:
    """Whoever works for the estate, in any duty."""
    return holds(user, ticket.estate_id, *Posting.Duty.values)


def is_worker(user: Any, ticket: Ticket) -> bool:
    return ticket.assignee_id is not None and ticket.assignee_id == user.pk


def can_work(user: Any, ticket: Ticket) -> bool:
    """The technician whose job it is, or the desk for them."""
    return is_worker(user, ticket) or can_triage(user, ticket)


def can_take(user: Any, ticket: Ticket) -> bool:
    """A technician of the trade, where the category lets technicians help themselves."""
    pool = ticket.category.dispatch == Category.Dispatch.POOL
    return pool and ticket.category.trade in trades_at(user, ticket.estate_id)


def is_household(user: Any, ticket: Ticket) -> bool:
    """Whoever reported it, and the people of the home it is about."""
    if user.pk is None:
        return False
    at_home = ticket.unit_id is not None and not ticket.private and ticket.unit_id in homes_of(user)
    return ticket.reporter_id == user.pk or at_home


def sees_phone(user: Any, ticket: Ticket) -> bool:
    """A phone number is for those who call: the desk, whoever has the job, the home itself."""
    return can_work(user, ticket) or is_household(user, ticket)


def sees_home(user: Any, ticket: Ticket) -> bool:
    """Whom to ask for, when somebody may come and whether to enter: not for those who only follow,
    such as the neighbours whose reports were merged into this one."""
    return is_staff(user, ticket) or is_household(user, ticket)


def can_judge(user: Any, ticket: Ticket) -> bool:
    """The household says whether it is mended and rates it; nobody judges a job of his own."""
    return is_household(user, ticket) and not is_worker(user, ticket)


def can_cancel(user: Any, ticket: Ticket) -> bool:
    return is_household(user, ticket) or can_triage(user, ticket)


def can_reopen(user: Any, ticket: Ticket) -> bool:
    return can_judge(user, ticket) or can_triage(user, ticket)


def can_close(user: Any, ticket: Ticket) -> bool:
    """Without the resident's answer: the portal after a week, the manager before."""
    return is_system(user) or can_manage(user, ticket)


def can_resume(user: Any, ticket: Ticket) -> bool:
    return is_system(user) or can_work(user, ticket)


def is_person(user: Any, ticket: Ticket) -> bool:
    """Anybody who sees the ticket, but not the portal."""
    return not is_system(user)


def can_follow(user: Any, ticket: Ticket) -> bool:
    return is_person(user, ticket) and not is_household(user, ticket)
