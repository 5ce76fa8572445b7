"""The lives of a drill, of what is required, and of what has to become better, on one screen."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from estates.audiences import both
from safety import rules
from safety.models import Drill, DrillRequirement, Improvement
from safety.services import audience as to
from safety.services.audience import drill_tells as tells
from safety.services.audience import improvement_tells, requirement_tells
from safety.states import DRILL_AHEAD
from workflow.moves import RELIEVED, Move, Moves
from workflow.threads import thread_moves

S = Drill.Status
R = DrillRequirement.Status
I = Improvement.Status  # noqa: E741
# What phones without signal have counted is taken so long after the end, and late-comers too.
COUNTED_WITHIN = timedelta(hours=24)


def lies_ahead(drill: Drill, at: datetime) -> bool:
    return drill.planned_at > at


def day_has_come(drill: Drill, at: datetime) -> bool:
    return timezone.localdate(drill.planned_at) <= timezone.localdate(at)


def is_reminded(drill: Drill, at: datetime) -> bool:
    return drill.remind_at is not None and drill.remind_at <= at < drill.planned_at


def nothing_open(drill: Drill, at: datetime) -> bool:
    """Everything that had to become better has, and somebody else has seen it. A list has asked of
    all its drills at once."""
    asked: bool | None = getattr(drill, "has_open", None)
    if asked is None:
        return not drill.improvements.exclude(status=I.VERIFIED).exists()
    return not asked


def is_late(improvement: Improvement, at: datetime) -> bool:
    told = improvement.late_told == improvement.due_on
    return improvement.due_on < timezone.localdate(at) and not told


# fmt: off
DRILL_MOVES = Moves("safety.drill", {
    # whoever leads it
    "change":       Move(DRILL_AHEAD, None, rules.can_lead_drill, _("Change the drill"), "pencil",
                         did=_("changed the drill"), done=_("The drill is changed."),
                         tells=tells(_("A drill that concerns you has changed"), both(to.crew, to.homes))),
    "assign":       Move((*DRILL_AHEAD, S.RUNNING), None, rules.can_lead_drill, _("Give somebody a role"), "user-plus",
                         did=_("gave somebody a role"), done=_("They have the role, and are told.")),
    "release":      Move((*DRILL_AHEAD, S.RUNNING), None, rules.can_lead_drill, _("Take a role back"), "user-minus",
                         did=_("took a role back"), done=_("The role is free again; whoever had it is told.")),
    "announce":     Move({S.PLANNED}, S.ANNOUNCED, rules.can_lead_drill, _("Announce it to the homes"), "speakerphone", lies_ahead,
                         _("Its time is over: move it first."),
                         did=_("announced it to the homes"), done=_("Announced; the homes are told."),
                         tells=tells(_("A drill is announced to your home"), both(to.crew, to.homes))),
    "call_off":     Move(DRILL_AHEAD, S.CANCELLED, rules.can_lead_drill, pgettext_lazy("drill", "Call it off"), "ban", danger=True,
                         did=_("called it off"), done=pgettext_lazy("drill", "Called off; who had heard of it is told."),
                         tells=tells(_("A drill that concerns you is called off"), both(to.crew, to.homes))),
    "start":        Move({S.ANNOUNCED}, S.RUNNING, rules.can_lead_drill, _("Sound the alarm"), "bell-ringing", day_has_come,
                         _("Its day has not come."),
                         did=_("sounded the alarm"), done=_("The drill runs; the clock counts from now."),
                         tells=tells(_("A drill in which you have a role has begun"), to.crew)),
    "end":          Move({S.RUNNING}, S.ENDED, rules.can_lead_drill, _("All clear"), "flag-check",
                         did=_("gave the all clear"), done=_("The drill is over; now it is evaluated.")),
    "evaluate":     Move({S.ENDED}, S.EVALUATED, rules.can_lead_drill, _("Evaluate"), "clipboard-check",
                         did=_("evaluated it"), done=_("Evaluated; whoever had a role can read it."),
                         tells=tells(_("A drill in which you had a role is evaluated"), to.crew)),
    "improve":      Move({S.ENDED, S.EVALUATED}, None, rules.can_lead_drill, _("Say what has to become better"), "trending-up",
                         did=_("said what has to become better"), done=_("Noted; whoever sees to it is told.")),
    "archive":      Move({S.EVALUATED}, S.ARCHIVED, rules.can_lead_drill, pgettext_lazy("drill", "Archive"), "archive", nothing_open,
                         _("Something that has to become better is still open."),
                         did=pgettext_lazy("drill", "archived it"), done=pgettext_lazy("drill", "Archived.")),
    # whoever has a part in it
    "moment":       Move({S.RUNNING, S.ENDED}, None, rules.has_part, _("Note a moment"), "clock-plus",
                         did=_("noted a moment"), done=_("Noted.")),
    "call_support": Move({S.RUNNING}, None, rules.has_part, _("Call for support"), "speakerphone",
                         did=_("called for support"), done=_("Everybody with a role is told."),
                         tells=tells(_("Support is wanted at a drill"), to.crew)),
    "score":        Move({S.RUNNING, S.ENDED}, None, rules.can_score, _("Fill in a sheet"), "star",
                         did=_("filled in a sheet"), done=_("The sheet is kept.")),
    # everybody who works on it
    **thread_moves(talked_of=S.values, noted_of=S.values, anybody=rules.is_inside_drill, staff=rules.is_inside_drill, tells=(
        tells(_("New words about a drill"), to.commanders),
        tells(_("New note about a drill"), to.commanders),
    )),
    # by the portal itself
    "remind":       Move({S.ANNOUNCED}, None, rules.is_portal, _("Remind"), "bell-ringing", is_reminded,
                         _("It is not yet to be reminded of."),
                         did=_("reminded of the drill"), done=_("Reminded."),
                         tells=tells(_("A drill at your home is tomorrow"), both(to.crew, to.homes))),
})
DRILL_ALSO = {"plan": _("planned it"), "said_away": _("said that they would be away")}
DRILL_TELLS = {
    "assigned": tells(_("You have a role in a drill"), to.crew),
    RELIEVED: tells(_("A role of yours in a drill is taken back"), to.crew),
    "dropped": tells(_("A drill does not concern your home any more"), to.homes),
}

REQUIREMENT_MOVES = Moves("safety.requirement", {
    "switch_on":  Move({R.OFF}, R.ON, rules.can_switch, _("It holds here"), "circle-check",
                       did=_("said that it holds here"), done=_("It holds here; reminders come 90, 30 and 7 days before.")),
    "switch_off": Move({R.ON}, R.OFF, rules.can_switch, _("It does not hold here"), "circle-x",
                       did=_("said that it does not hold here"), done=_("Nobody is reminded of it any more.")),
})
REQUIREMENT_ALSO = {"lay": _("laid it as a suggestion")}
REQUIREMENT_TELLS = {"due": requirement_tells(_("A drill is due"), to.managers)}

IMPROVEMENT_MOVES = Moves("safety.improvement", {
    "change":    Move({I.OPEN}, None, rules.can_manage_improvement, _("Change it"), "pencil",
                      did=_("changed it"), did_to=_("made it %(name)s's"), whom="owner", done=_("Changed."),
                      tells=improvement_tells(_("You see to something that a drill showed"), to.owner),
                      relieves=improvement_tells(_("Somebody else sees to what a drill showed"), to.owner),
                      farewell=True),
    "finish":    Move({I.OPEN}, I.DONE, rules.sees_to, _("It is done"), "checks",
                      did=_("reported it done"), done=_("Reported; somebody else verifies it."),
                      tells=improvement_tells(_("What a drill showed is done: verify it"), to.verifiers)),
    "verify":    Move({I.DONE}, I.VERIFIED, rules.can_verify, _("Verified"), "shield-check",
                      did=_("verified it"), done=pgettext_lazy("improvement", "Verified."),
                      tells=improvement_tells(_("What you saw to is verified"), to.owner)),
    "send_back": Move({I.DONE}, I.OPEN, rules.can_verify, _("Not yet: send it back"), "arrow-back-up", danger=True,
                      did=_("sent it back"), done=_("Sent back, with the reason."),
                      tells=improvement_tells(_("What you saw to is not done yet"), to.owner)),
    # by the portal itself
    "remind":    Move({I.OPEN}, None, rules.is_portal, _("Remind"), "bell-ringing", is_late,
                      _("It is not late, or somebody was told already."),
                      did=_("reminded: it is late"), done=_("Reminded."),
                      tells=improvement_tells(_("What a drill showed is late"), both(to.owner, to.managers))),
})
IMPROVEMENT_ALSO = {"make": _("noted it"), "mended": _("finished the repair made of it")}
IMPROVEMENT_TELLS = {
    "make": improvement_tells(_("You see to something that a drill showed"), to.owner),
    "mended": improvement_tells(_("The repair made of what a drill showed is done"), to.owner),
}
# fmt: on
