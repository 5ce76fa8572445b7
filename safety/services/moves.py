"""The lives of a plan and of a round on one screen."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from estates.audiences import both
from safety import rules
from safety.models import ARRIVES_WITHIN, Plan, Round
from safety.services import audience as to
from safety.services.audience import plan_tells, tells
from safety.states import AHEAD, SHORT, STANDING
from workflow.moves import Move, Moves
from workflow.threads import thread_moves

P, S = Plan.Status, Round.Status


def has_come(round: Round, at: datetime) -> bool:
    return round.may_begin(at)


def nothing_made_up(round: Any, at: datetime) -> bool:
    """A list has asked of all its rounds at once."""
    asked: bool | None = getattr(round, "is_made_up", None)
    return not (Round.objects.filter(makes_up=round.pk).exists() if asked is None else asked)


def missing(round: Any) -> int:
    """Points that nobody has reached; the sweep has counted those of many rounds at once."""
    counted: int | None = getattr(round, "missing_count", None)
    return round.points.missing().count() if counted is None else counted


def after_a_point(round: Round) -> str:
    return S.IN_PROGRESS if missing(round) else S.DONE


def is_heard_of(round: Round, at: datetime) -> bool:
    return at <= round.ends_at + ARRIVES_WITHIN


def after_all(round: Round) -> str:
    return S.PARTIAL if missing(round) else S.DONE


def at_its_end(round: Round) -> str:
    """Whoever reached none has not walked it."""
    if missing(round) == 0:
        return S.DONE
    reached = getattr(round, "reached_count", None)
    if reached is None:
        reached = round.points.filter(reached_at__isnull=False).count()
    return S.PARTIAL if reached else S.MISSED


# fmt: off
PLAN_MOVES = Moves("safety.plan", {
    "change": Move(P.values, None, rules.can_plan, _("Change the plan"), "pencil",
                   did=_("changed the plan"), done=_("The plan is changed."),
                   tells=plan_tells(_("A plan of rounds that you walk has changed"), to.assignee),
                   relieves=plan_tells(_("A plan of rounds is no longer yours"), to.assignee)),
    "pause":  Move({P.ACTIVE}, P.PAUSED, rules.can_plan, _("Pause"), "player-pause",
                   did=_("paused the plan"), done=_("The plan is paused."),
                   tells=plan_tells(_("A plan of rounds that you walk is paused"), to.assignee)),
    "resume": Move({P.PAUSED}, P.ACTIVE, rules.can_plan, _("Resume"), "player-play",
                   did=_("resumed the plan"), done=_("The plan runs again."),
                   tells=plan_tells(_("A plan of rounds that you walk runs again"), to.assignee)),
})
PLAN_ALSO = {"make": _("made the plan")}
PLAN_TELLS = {"make": plan_tells(_("You walk a new plan of rounds"), to.assignee)}

MOVES = Moves("safety.round", {
    # whoever walks
    "start":    Move({S.PLANNED}, S.IN_PROGRESS, rules.can_walk, _("Begin the round"), "walk", has_come,
                     _("It begins at most an hour before its time."),
                     did=_("began the round"), done=_("The round has begun.")),
    "check":    Move(AHEAD, after_a_point, rules.can_walk, _("Check a point"), "checklist", has_come,
                     _("It begins at most an hour before its time."),
                     did=_("checked a point"), done=_("The point is kept.")),
    "arrive":   Move(SHORT, after_all, rules.can_walk, _("Take what was walked without signal"), "wifi-off", is_heard_of,
                     _("What was walked without signal is taken until 24 hours after the round's time."),
                     did=_("checked a point without signal"), done=_("The point is kept, with the time of the phone.")),
    "finish":   Move({S.IN_PROGRESS}, at_its_end, rules.can_walk, _("Finish the round"), "checks",
                     did=_("finished the round"), done=_("The round is finished."),
                     tells=tells(_("Round finished with points missing"), to.lead)),
    # whoever leads
    "transfer": Move(AHEAD, None, rules.can_lead, _("Send somebody else"), "switch-horizontal",
                     did=_("sent somebody else"), did_to=_("sent %(name)s"), whom="assignee", done=_("Somebody else is sent."),
                     tells=tells(_("You walk a round"), to.walker),
                     relieves=tells(_("A round is no longer yours"), to.has_before_them)),
    "make_up":  Move(SHORT, None, rules.can_lead, _("Send once more"), "rotate", nothing_made_up,
                     _("Somebody was sent once more already."),
                     did=_("sent somebody once more"), done=_("A round that makes up for it is planned.")),
    "excuse":   Move({S.PLANNED, *SHORT}, S.EXCUSED, rules.can_excuse, _("Excuse"), "shield-check",
                     did=_("excused it"), done=_("Excused, with the reason."),
                     tells=tells(_("A round of yours is excused"), both(to.assignee, to.lead))),
    # everybody here
    **thread_moves(talked_of=STANDING, noted_of=STANDING, anybody=rules.can_talk, staff=rules.can_talk, tells=(
        tells(_("New words about a round"), both(to.assignee, to.lead)),
        tells(_("New note about a round"), both(to.assignee, to.lead)),
    )),
    # by the portal itself
    "close":    Move(AHEAD, at_its_end, rules.is_portal, _("Close"), "lock",
                     did=_("closed it: its time was over"), done=_("Closed."),
                     tells=tells(_("Round missed, or with points missing"), both(to.lead, to.assignee))),
    "call_off": Move({S.PLANNED}, S.CALLED_OFF, rules.is_portal, _("Call off"), "ban",
                     did=_("called it off: the plan has changed"), done=_("Called off.")),
    "revive":   Move({S.CALLED_OFF}, S.PLANNED, rules.is_portal, _("Plan again"), "rotate",
                     did=_("planned it again: the plan has changed"), done=_("Planned again.")),
})
ALSO = {"make": _("made it by the plan")}
TELLS = {
    "remind": tells(_("A round of yours comes up"), to.walker),
    "arrived": tells(_("Round walked after all, without signal"), to.lead),
    "sent": tells(_("You walk a round that makes up for another"), to.walker),
}
# fmt: on
