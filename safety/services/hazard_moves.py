"""The life of a hazard on one screen."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from estates.audiences import both
from safety import rules
from safety.models import Hazard
from safety.services import audience as to
from safety.services.audience import hazard_tells as tells
from safety.states import AT_WORK, CLIMBING
from workflow.moves import Move, Moves
from workflow.threads import thread_moves

S = Hazard.Status


def is_due(hazard: Hazard, at: datetime) -> bool:
    return hazard.step_at is not None and hazard.step_at <= at


def is_reminded(hazard: Hazard, at: datetime) -> bool:
    return hazard.remind_at is not None and hazard.remind_at <= at


# fmt: off
HAZARD_MOVES = Moves("safety.hazard", {
    # the inspector
    "grade":     Move({S.FOUND}, S.GRADED, rules.can_grade, pgettext_lazy("hazard", "Grade"), "flag",
                      did=_("graded it"), done=pgettext_lazy("hazard", "Graded; whoever orders the work is told."),
                      tells=tells(_("A hazard was graded: order the work"), to.orderers)),
    # whoever leads
    "order":     Move({S.GRADED, S.SENT_BACK}, S.ORDERED, rules.can_order, _("Order it put right"), "clipboard-list",
                      did=_("ordered it put right"), done=_("Ordered; whoever is responsible is told."),
                      tells=tells(_("You are to put a hazard right"), to.responsible)),
    "extend":    Move(AT_WORK, None, rules.can_manage_hazard, _("Move the deadline"), "calendar-time",
                      did=_("moved the deadline"), done=_("The deadline is moved."),
                      tells=tells(_("The deadline of a hazard has moved"), both(to.responsible, to.plan_lead))),
    "reassign":  Move(AT_WORK, None, rules.can_manage_hazard, _("Somebody else puts it right"), "switch-horizontal",
                      did=_("made somebody else responsible"), did_to=_("made %(name)s responsible"), whom="responsible",
                      done=_("Somebody else is responsible."),
                      tells=tells(_("You are to put a hazard right"), to.responsible),
                      relieves=tells(_("A hazard is no longer yours to put right"), to.responsible)),
    # whoever is responsible
    "begin":     Move({S.ORDERED, S.SENT_BACK}, S.RECTIFYING, rules.is_responsible, _("Begin to put it right"), "player-play",
                      did=_("began to put it right"), done=_("You are at work on it.")),
    "submit":    Move({S.RECTIFYING}, S.SUBMITTED, rules.is_responsible, _("It is put right"), "checks",
                      did=_("reported it put right"), done=_("Reported; somebody else looks at it again."),
                      tells=tells(_("A hazard is put right: look at it again"), to.inspectors)),
    # somebody else than who put it right
    "close":     Move({S.SUBMITTED}, S.CLOSED, rules.can_inspect, _("In order: close it"), "shield-check",
                      did=_("looked at it again and closed it"), done=_("Closed."),
                      tells=tells(_("A hazard is closed"), both(to.responsible, to.finder, to.plan_lead))),
    "send_back": Move({S.SUBMITTED}, S.SENT_BACK, rules.can_inspect, _("Not in order: send it back"), "arrow-back-up", danger=True,
                      did=_("sent it back"), done=_("Sent back, with the reason."),
                      tells=tells(_("A hazard was sent back"), both(to.responsible, to.plan_lead))),
    # everybody who works on it
    **thread_moves(talked_of=S.values, noted_of=S.values, anybody=rules.is_inside, staff=rules.is_inside, tells=(
        tells(_("New words about a hazard"), both(to.responsible, to.plan_lead)),
        tells(_("New note about a hazard"), both(to.responsible, to.plan_lead)),
    )),
    # by the portal itself
    "remind":    Move(AT_WORK, None, rules.is_portal, _("Remind"), "bell-ringing", is_reminded,
                      _("It is not yet to be reminded of."),
                      did=_("reminded of the deadline"), done=_("Reminded."),
                      tells=tells(_("A hazard is to be put right by tomorrow"), to.responsible)),
    "climb":     Move(CLIMBING, None, rules.is_portal, _("Climb"), "stairs", is_due,
                      _("It is not late, or the next step is not due yet."),
                      did=_("took it a step up: it is late"), done=_("A step up."),
                      tells=tells(_("A hazard is late"), to.step)),
})
HAZARD_ALSO = {"find": _("found it"), "report": _("reported it"), "mended": _("finished the repair made of it")}
HAZARD_TELLS = {
    "find": tells(_("A hazard was found"), to.inspectors),
    "report": tells(_("A resident reported a hazard"), to.inspectors),
    "mended": tells(_("The repair made of a hazard is done"), both(to.responsible, to.plan_lead)),
    "heard": tells(_("What came of the hazard that you reported"), to.reporter),
}
# fmt: on
