"""The life of a ticket on one screen."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from repairs import rules
from repairs.models import REOPEN_WITHIN, URGE_EVERY, Ticket
from repairs.querysets import OPEN
from workflow.moves import Move

S = Ticket.Status
NEW, ACCEPTED, ASSIGNED, IN_PROGRESS = S.NEW, S.ACCEPTED, S.ASSIGNED, S.IN_PROGRESS
ON_HOLD, RESOLVED, CLOSED, REOPENED = S.ON_HOLD, S.RESOLVED, S.CLOSED, S.REOPENED
REJECTED, CANCELLED, MERGED = S.REJECTED, S.CANCELLED, S.MERGED

UNTAKEN = {ACCEPTED, REOPENED}
AT_WORK = {ASSIGNED, IN_PROGRESS}
# What a one-use link of a ticket is for.
ANSWER = "repairs.answer"

TALKED_OF = {*OPEN, RESOLVED, CLOSED}


def not_urged_today(ticket: Ticket, at: datetime) -> bool:
    return ticket.urged_at is None or at - ticket.urged_at >= URGE_EVERY


def closed_lately(ticket: Ticket, at: datetime) -> bool:
    return ticket.closed_at is not None and at - ticket.closed_at <= REOPEN_WITHIN


def not_rated(ticket: Ticket, at: datetime) -> bool:
    return ticket.rating is None and closed_lately(ticket, at)


def not_revisited(ticket: Ticket, at: datetime) -> bool:
    return ticket.return_visit_at is None


# fmt: off
MOVES = {
    # the front desk
    "accept":      Move({NEW}, ACCEPTED, rules.can_triage, _("Accept"), "circle-check"),
    "dispatch":    Move(UNTAKEN, ASSIGNED, rules.can_triage, _("Dispatch"), "user-check"),
    "reassign":    Move(AT_WORK, ASSIGNED, rules.can_triage, _("Reassign"), "switch-horizontal"),
    "prioritise":  Move(OPEN, None, rules.can_triage, _("Change priority"), "flag"),
    "recategorise": Move(OPEN, None, rules.can_triage, _("Change category"), "category"),
    "merge":       Move({NEW, ASSIGNED, *UNTAKEN}, MERGED, rules.can_triage, _("Merge"), "arrow-merge"),
    "reject":      Move({NEW, *UNTAKEN}, REJECTED, rules.can_triage, _("Decline"), "ban", danger=True),
    # the technician
    "take":        Move(UNTAKEN, ASSIGNED, rules.can_take, _("Take this job"), "hand-grab"),
    "start":       Move({ASSIGNED}, IN_PROGRESS, rules.is_worker, _("Start work"), "player-play"),
    "resolve":     Move({IN_PROGRESS}, RESOLVED, rules.is_worker, _("Finish"), "checks"),
    "plan_visit":  Move(AT_WORK, None, rules.can_work, _("Plan the visit"), "calendar-time"),
    "hold":        Move({*UNTAKEN, *AT_WORK}, ON_HOLD, rules.can_work, _("Put on hold"), "clock-pause"),
    "resume":      Move({ON_HOLD}, lambda ticket: ticket.held_from, rules.can_resume, _("Resume"), "player-play"),
    "hand_back":   Move(AT_WORK, ACCEPTED, rules.is_worker, _("Hand back"), "arrow-back-up"),
    "add_cost":    Move({*AT_WORK, ON_HOLD, RESOLVED}, None, rules.can_work, _("Add a cost"), "receipt"),
    # the resident
    "confirm":     Move({RESOLVED}, CLOSED, rules.can_judge, _("Yes, it is mended"), "circle-check"),
    "dispute":     Move({RESOLVED}, REOPENED, rules.can_judge, _("Not mended yet"), "alert-triangle", danger=True),
    "rate":        Move({CLOSED}, None, rules.can_judge, _("Rate"), "star", not_rated,
                        _("It can be rated once, within 30 days.")),
    "urge":        Move(OPEN, None, rules.is_household, _("Urge"), "bell-ringing", not_urged_today,
                        _("You have urged today already. The front desk knows.")),
    "amend":       Move({NEW, ACCEPTED, ASSIGNED}, None, rules.can_cancel, _("Change details"), "pencil"),
    "cancel":      Move({NEW, ACCEPTED, ASSIGNED}, CANCELLED, rules.can_cancel, _("Cancel the report"), "x", danger=True),
    "reopen":      Move({CLOSED}, REOPENED, rules.can_reopen, _("Reopen"), "rotate", closed_lately,
                        _("It was closed more than 30 days ago. Please report it anew.")),
    # everybody
    "comment":     Move(TALKED_OF, None, rules.is_person, _("Comment"), "message-plus"),
    "note":        Move(S.values, None, rules.is_staff, _("Internal note"), "note"),
    # afterwards, and by the portal itself
    "close":       Move({RESOLVED}, CLOSED, rules.can_close, _("Close without an answer"), "lock"),
    "return_visit": Move({CLOSED}, None, rules.can_triage, _("Record the return visit"), "phone-check", not_revisited,
                        _("The return visit is recorded already.")),
}
# fmt: on
