"""The life of a turn at a service, on one screen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from estates.audiences import Who
from events import rules
from events.audiences import whose
from events.states import BOOKABLE, SERVING
from events.states import SlotStatus as S
from workflow.moves import Move, Moves, Tells


def tells(label: Any, who: Who) -> Tells:
    return Tells(label, lambda rows: who(rows).within(whose(rows)))


def is_ahead(slot: Any, at: datetime) -> bool:
    begun = slot.starts_at is not None and slot.starts_at <= at
    return is_given(slot, at) and not begun


def is_given(slot: Any, at: datetime) -> bool:
    return slot.service.event.status in BOOKABLE


def is_served(slot: Any, at: datetime) -> bool:
    """Of somebody whose account is gone nobody is left to be called."""
    somebody = slot.user_id is not None or slot.person != ""
    return somebody and slot.service.event.status in SERVING


# fmt: off
SLOT_MOVES = Moves("events.slot", {
    "book":      Move({S.FREE}, S.BOOKED, rules.can_book, _("Take this turn"), "hand-grab", when=is_ahead,
                      why=_("Its time has come, or turns are not given now."), did=_("took a turn"), done=_("The turn is yours. We tell you when you are called.")),
    "book_for":  Move({S.FREE}, S.BOOKED, rules.serves, _("Book for somebody"), "user-plus", when=is_given,
                      why=_("Turns are not given now."), did=_("booked a turn for somebody"), done=_("Booked.")),
    "give_back": Move({S.BOOKED}, S.FREE, rules.can_give_back, _("Give the turn back"), "arrow-back-up", danger=True,
                      did=_("gave the turn back"), done=_("Given back; somebody else can take it.")),
    "call":      Move({S.BOOKED, S.PASSED}, S.CALLED, rules.serves, pgettext_lazy("turn", "Call"), "speakerphone", when=is_served,
                      why=_("Nobody is left to be called for it."), did=_("called the turn"), done=_("Called."),
                      tells=tells(_("It is your turn"), whose)),
    "pass_by":   Move({S.CALLED}, S.PASSED, rules.can_pass_by, _("Nobody came"), "user-x",
                      did=_("passed the turn over"), done=_("Passed over. If they come after all, call them again.")),
    "serve":     Move({S.CALLED}, S.SERVED, rules.serves, pgettext_lazy("turn", "Served"), "check",
                      did=_("served the turn"), done=_("Served.")),
})
SLOT_TELLS = {
    "moved": tells(_("A turn of yours was moved"), whose),
    "called_off": tells(_("A turn of yours is called off"), whose),
}
# fmt: on
