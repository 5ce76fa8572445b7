"""The life of an event, on one screen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events import rules
from events.services import audience as to
from events.services.audience import tells
from events.states import AFTER, AHEAD
from events.states import EventStatus as E
from workflow.moves import Move, Moves


def lies_ahead(event: Any, at: datetime) -> bool:
    return bool(event.starts_at > at)


# fmt: off
EVENT_MOVES = Moves("events.event", {
    "change":    Move(AHEAD, None, rules.can_plan, pgettext_lazy("event", "Change"), "pencil",
                      did=_("changed the event"), done=_("Changed. Calendars show it at their next look.")),
    "add_task":  Move({*AHEAD, E.RUNNING}, None, rules.can_plan, _("Add to the checklist"), "plus",
                      did=_("added to the checklist"), done=_("It stands in the checklist.")),
    "tick":      Move({*AHEAD, E.RUNNING, E.ENDED}, None, rules.can_plan, _("Tick off"), "check",
                      did=_("ticked off"), done=_("Noted.")),
    "set_signup": Move(AHEAD, None, rules.can_plan, _("How one signs up"), "ticket",
                      did=_("said how one signs up"), done=_("Noted. What became free is offered to whoever waits.")),
    "add_question": Move(AHEAD, None, rules.can_plan, _("Ask something"), "help-circle",
                      did=_("added a question"), done=_("It is asked of whoever signs up.")),
    "drop_question": Move(AHEAD, None, rules.can_plan, _("Do not ask this"), "x",
                      did=_("took a question out"), done=_("It is not asked any more.")),
    "set_poster": Move({*AHEAD, E.RUNNING}, None, rules.can_plan, _("Set the poster"), "photo",
                      did=_("set the poster"), done=_("The poster is there.")),
    "enter":     Move({E.PUBLISHED, E.RUNNING}, None, rules.can_enter, _("Enter somebody"), "phone",
                      did=_("entered somebody"), done=_("Entered.")),
    "add_photos": Move(AFTER, None, rules.can_share, _("Add to the album"), "photo-plus",
                      did=_("added photographs"), done=_("They are in the album.")),
    "take_out":  Move(AFTER, None, rules.can_share, _("Take a photograph out"), "photo-off", danger=True,
                      did=_("took a photograph out"), done=_("It is gone from the album.")),
    "approve":   Move({E.DRAFT}, E.APPROVED, rules.can_approve, pgettext_lazy("event", "Approve"), "circle-check",
                      did=_("approved the event"), done=_("Approved, and told."),
                      tells=tells(_("Your event is approved"), to.planners)),
    "send_back": Move({E.APPROVED}, E.DRAFT, rules.can_approve, pgettext_lazy("event", "Send back"), "arrow-back-up", danger=True,
                      did=_("sent the event back"), done=_("Sent back, with the reason."),
                      tells=tells(_("Your event was sent back"), to.planners)),
    "publish":   Move({E.APPROVED}, E.PUBLISHED, rules.can_plan, pgettext_lazy("event", "Publish"), "speakerphone", when=lies_ahead,
                      why=_("Its time has come already."), did=_("published the event"), done=_("Everybody can read it now.")),
    "begin":     Move({E.PUBLISHED}, E.RUNNING, rules.can_turn, pgettext_lazy("event", "Begin"), "player-play",
                      did=_("began the event"), done=_("It is on.")),
    "end":       Move({E.RUNNING}, E.ENDED, rules.can_turn, pgettext_lazy("event", "End"), "lock",
                      did=_("ended the event"), done=_("Over. The report is still to be written."),
                      tells=tells(_("An event wants its report"), to.organiser)),
    "close":     Move({E.ENDED}, E.REPORTED, rules.can_plan, _("Write the report"), "clipboard-check",
                      did=_("wrote the report"), done=_("The report is there."),
                      tells=tells(_("The report of an event is there"), to.managers)),
    "cancel":    Move({*AHEAD, E.RUNNING}, E.CANCELLED, rules.can_plan, pgettext_lazy("event", "Call it off"), "calendar-x", danger=True,
                      did=_("called the event off"), done=_("Called off; its page says so."),
                      tells=tells(_("An event is called off"), to.planners)),
})
EVENT_ALSO = {"make": _("planned the event"), "draft": _("drafted itself")}
EVENT_TELLS = {"draft": tells(_("An event has drafted itself"), to.planners)}
# fmt: on
