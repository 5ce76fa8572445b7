"""The life of a ticket on one screen."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from estates.audiences import both
from repairs import rules
from repairs.models import REOPEN_WITHIN, URGE_EVERY, Ticket
from repairs.services import audience as to
from repairs.services.audience import relieves, tells
from repairs.states import AT_WORK, OPEN, TALKED_OF, UNTAKEN
from workflow.moves import Move, Moves
from workflow.threads import thread_moves

S = Ticket.Status
NEW, ACCEPTED, ASSIGNED, IN_PROGRESS = S.NEW, S.ACCEPTED, S.ASSIGNED, S.IN_PROGRESS
ON_HOLD, RESOLVED, CLOSED, REOPENED = S.ON_HOLD, S.RESOLVED, S.CLOSED, S.REOPENED
REJECTED, CANCELLED, MERGED = S.REJECTED, S.CANCELLED, S.MERGED


def not_urged_today(ticket: Ticket, at: datetime) -> bool:
    return ticket.urged_at is None or at - ticket.urged_at >= URGE_EVERY


def closed_lately(ticket: Ticket, at: datetime) -> bool:
    return ticket.closed_at is not None and at - ticket.closed_at <= REOPEN_WITHIN


def not_rated(ticket: Ticket, at: datetime) -> bool:
    return ticket.rating is None and closed_lately(ticket, at)


def not_revisited(ticket: Ticket, at: datetime) -> bool:
    return ticket.return_visit_at is None


JOB_GONE = relieves(_("A job is no longer yours"))

# fmt: off
MOVES = Moves("repairs.ticket", {
    # the front desk
    "accept":      Move({NEW}, ACCEPTED, rules.can_triage, _("Accept"), "circle-check",
                        did=_("accepted the report"), done=_("Accepted."),
                        tells=tells(_("Report accepted"), to.household)),
    "dispatch":    Move(UNTAKEN, ASSIGNED, rules.can_triage, _("Dispatch"), "user-check",
                        did=_("sent a technician"), did_to=_("sent %(name)s"), whom="assignee", done=_("A technician is sent."),
                        tells=tells(_("Technician sent"), both(to.worker, to.household)), relieves=JOB_GONE),
    "reassign":    Move(AT_WORK, ASSIGNED, rules.can_triage, _("Reassign"), "switch-horizontal", private=True,
                        did=_("sent another technician"), did_to=_("sent %(name)s instead"), whom="assignee", done=_("Another technician is sent."),
                        tells=tells(_("Another technician sent"), both(to.worker, to.household)), relieves=JOB_GONE),
    "prioritise":  Move(OPEN, None, rules.can_triage, _("Change priority"), "flag", inner=True,
                        did=_("changed the priority"), done=_("The priority is changed."),
                        tells=tells(_("Priority of your job changed"), to.in_hand_of)),
    "recategorise": Move(OPEN, None, rules.can_triage, _("Change category"), "category", inner=True,
                        did=_("changed the category"), done=_("The category is changed."),
                        tells=tells(_("Category of your job changed"), to.in_hand_of)),
    "merge":       Move({NEW, ASSIGNED, *UNTAKEN}, MERGED, rules.can_triage, _("Merge"), "arrow-merge",
                        did=_("merged it into another ticket"), done=_("Merged into the other ticket."),
                        tells=tells(_("Reports merged"), to.household), relieves=JOB_GONE),
    "reject":      Move({NEW, *UNTAKEN}, REJECTED, rules.can_triage, _("Decline"), "ban", danger=True,
                        did=_("declined it"), done=_("Declined."),
                        tells=tells(_("Report declined"), to.household), relieves=JOB_GONE),
    # the technician
    "take":        Move(UNTAKEN, ASSIGNED, rules.can_take, _("Take this job"), "hand-grab",
                        did=_("took the job"), done=_("The job is yours."),
                        tells=tells(_("Technician took the job"), to.household), relieves=JOB_GONE),
    "start":       Move({ASSIGNED}, IN_PROGRESS, rules.is_worker, _("Start work"), "player-play",
                        did=_("started the work"), done=_("Work has begun."),
                        tells=tells(_("Work begun"), to.household)),
    "resolve":     Move({IN_PROGRESS}, RESOLVED, rules.is_worker, _("Finish"), "checks",
                        did=_("finished the work"), done=_("Finished. The home is asked whether it is mended."),
                        tells=tells(_("Repair finished: is it mended?"), to.home, to.ANSWER)),
    "plan_visit":  Move(AT_WORK, None, rules.can_work, _("Plan the visit"), "calendar-time",
                        did=_("planned the visit"), done=_("The visit is planned."),
                        tells=tells(_("Visit planned"), both(to.worker, to.household))),
    "hold":        Move({*UNTAKEN, *AT_WORK}, ON_HOLD, rules.can_work, _("Put on hold"), "clock-pause",
                        did=_("put it on hold"), done=_("On hold; it wakes by itself."),
                        tells=tells(_("Repair on hold"), both(to.worker, to.household))),
    "resume":      Move({ON_HOLD}, lambda ticket: ticket.held_from, rules.can_resume, _("Resume"), "player-play",
                        did=_("went on with it"), done=_("It goes on."),
                        tells=tells(_("Repair goes on"), both(to.worker, to.household))),
    "hand_back":   Move(AT_WORK, ACCEPTED, rules.is_worker, _("Hand back"), "arrow-back-up", private=True,
                        did=_("handed the job back"), done=_("Handed back to the front desk."),
                        tells=tells(_("Job handed back"), to.desk)),
    "add_cost":    Move({*AT_WORK, ON_HOLD, RESOLVED}, None, rules.can_work, _("Add a cost"), "receipt", inner=True,
                        did=_("added a cost"), done=_("The cost is noted.")),
    # the resident
    "confirm":     Move({RESOLVED}, CLOSED, rules.can_judge, _("Yes, it is mended"), "circle-check",
                        did=_("confirmed: it is mended"), done=_("Thank you. The ticket is closed."),
                        tells=tells(_("Resident confirmed"), to.concerned_staff)),
    "dispute":     Move({RESOLVED}, REOPENED, rules.can_judge, _("Not mended yet"), "alert-triangle", danger=True,
                        did=_("says it is not mended yet"), done=_("We are sorry. The front desk will look after it at once."),
                        tells=tells(_("Resident says it is not mended"), both(to.desk, to.worker))),
    "rate":        Move({CLOSED}, None, rules.can_judge, _("Rate"), "star", not_rated,
                        _("It can be rated once, within 30 days."),
                        did=_("rated the work"), done=_("Thank you for your rating."),
                        tells=tells(_("Resident rated the work"), to.concerned_staff)),
    "urge":        Move(OPEN, None, rules.is_household, _("Urge"), "bell-ringing", not_urged_today,
                        _("You have urged today already. The front desk knows."),
                        did=_("urged"), done=_("The front desk and the technician have been reminded."),
                        tells=tells(_("Resident urges"), both(to.desk, to.worker))),
    "amend":       Move({NEW, ACCEPTED, ASSIGNED}, None, rules.can_cancel, _("Change details"), "pencil",
                        did=_("changed the details"), done=_("The details are changed."),
                        tells=tells(_("Details changed"), to.concerned_staff)),
    "cancel":      Move({NEW, ACCEPTED, ASSIGNED}, CANCELLED, rules.can_cancel, _("Cancel the report"), "x", danger=True,
                        did=_("cancelled the report"), done=_("The report is cancelled."),
                        tells=tells(_("Report cancelled"), both(to.concerned_staff, to.household))),
    "reopen":      Move({CLOSED}, REOPENED, rules.can_reopen, _("Reopen"), "rotate", closed_lately,
                        _("It was closed more than 30 days ago. Please report it anew."),
                        did=_("reopened it"), done=_("It is open again. The front desk will look after it."),
                        tells=tells(_("Ticket reopened"), both(to.desk, to.worker, to.household))),
    # everybody
    **thread_moves(talked_of=TALKED_OF, noted_of=S.values, anybody=rules.is_person, staff=rules.is_staff, tells=(
        tells(_("New comment"), both(to.concerned_staff, to.household)),
        tells(_("New internal note"), both(to.desk, to.worker)),
    )),
    # afterwards, and by the portal itself
    "close":       Move({RESOLVED}, CLOSED, rules.can_close, _("Close without an answer"), "lock",
                        did=_("closed it"), done=_("Closed."),
                        tells=tells(_("Ticket closed"), both(to.worker, to.household))),
    "return_visit": Move({CLOSED}, None, rules.can_triage, _("Record the return visit"), "phone-check", not_revisited,
                        _("The return visit is recorded already."), inner=True,
                        did=_("asked back after the repair"), done=_("The return visit is recorded.")),
})
# What else stands in a ticket's log, and tells of it.
ALSO = {
    "report": _("reported it"),
    "import": _("took it over from another system"),
    "follow": _("follows it"),
    "unfollow": _("stopped following it"),
    "recompute": _("set new dates, for the calendar of working days has changed"),
}
FOLDS = {"follow": ngettext_lazy("%(count)d neighbour follows it", "%(count)d neighbours follow it", "count")}
TELLS = {
    "report": tells(_("New report"), to.desk),
    "heard": tells(_("A need of yours was handed on"), to.home),
    "absorb": tells(_("Another report joined your job"), to.in_hand_of),
    "due_soon": tells(_("Deadline within the hour"), to.worker),
    "overdue": tells(_("Deadline passed"), to.late),
}
# fmt: on
