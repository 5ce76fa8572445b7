"""The life of a sign-up, on one screen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from estates.audiences import both
from events import rules
from events.services import audience as to
from events.services.audience import ANSWER, signup_tells
from events.states import AFTER, COMING, EventStatus
from events.states import SignupStatus as S
from workflow.moves import Move, Moves


def is_ahead(signup: Any, at: datetime) -> bool:
    """Until it begins; who is late says so too."""
    return signup.event.status in (EventStatus.PUBLISHED, EventStatus.RUNNING)


def is_asked(signup: Any, at: datetime) -> bool:
    return signup.asked_at is not None and is_ahead(signup, at)


def offer_holds(signup: Any, at: datetime) -> bool:
    return is_ahead(signup, at) and (signup.offered_until is None or at < signup.offered_until)


def several_are_ahead(signup: Any, at: datetime) -> bool:
    return signup.size > 1 and is_ahead(signup, at)


def doors_are_open(signup: Any, at: datetime) -> bool:
    """What a phone without signal read may arrive a day after."""
    return rules.doors_are_open(signup.event, at)


def was_held(signup: Any, at: datetime) -> bool:
    return signup.event.status in AFTER


# fmt: off
SIGNUP_MOVES = Moves("events.signup", {
    "accept":   Move({S.OFFERED}, S.CONFIRMED, rules.speaks_for, pgettext_lazy("event", "We take it"), "check", when=offer_holds,
                     why=_("The time for it is over."), did=_("took the place"), done=_("You are in."),
                     tells=signup_tells(_("You are signed up for an event"), to.person)),
    "still_come": Move({S.CONFIRMED, S.WAITLISTED, S.OFFERED}, None, rules.speaks_for, _("We still come"), "thumb-up", when=is_asked,
                     why=_("Nobody asks any more."), did=_("still comes"), done=_("Good: your places stay yours.")),
    "withdraw": Move(COMING, S.WITHDRAWN, rules.can_withdraw, _("We cannot come"), "user-x", danger=True, when=is_ahead,
                     why=_("It is over."), did=_("withdrew the sign-up"), done=_("Noted, and thank you for saying so: whoever waits is offered your place."),
                     tells=signup_tells(_("A sign-up of yours is withdrawn"), to.person)),
    "fewer":    Move(COMING, None, rules.speaks_for, _("One of us cannot come"), "users", when=several_are_ahead,
                     why=_("There is nobody to leave out."), did=_("comes with fewer"), done=_("Noted. The places of the others stay.")),
    "answer":   Move(COMING, None, rules.speaks_for, _("Change the answers"), "pencil", when=is_ahead,
                     why=_("It is over."), did=_("changed the answers"), done=_("Noted.")),
    "offer":    Move({S.WAITLISTED}, S.OFFERED, rules.can_offer, pgettext_lazy("entry", "Offer the place"), "arrow-up", when=is_ahead,
                     why=_("It is over."), did=_("offered the place"), done=_("Offered, and told until when it is held."),
                     tells=signup_tells(_("A place is free, and held for you"), both(to.person, to.callers), ANSWER)),
    "expire":   Move({S.OFFERED}, S.EXPIRED, rules.is_portal, pgettext_lazy("entry", "Let the offer run out"), "clock",
                     did=_("let the offer run out"), done=_("It ran out."),
                     tells=signup_tells(_("A place was held for you, and passed on"), to.person)),
    "check_in": Move({S.CONFIRMED, S.OFFERED, S.ATTENDED}, S.ATTENDED, rules.stands_there, pgettext_lazy("event", "Let in"), "user-check", when=doors_are_open,
                     why=_("The doors open an hour before it begins."), did=_("came"), done=_("They are in.")),
    "undo":     Move({S.ATTENDED}, S.CONFIRMED, rules.stands_there, _("That was somebody else"), "arrow-back-up", when=doors_are_open,
                     why=_("It is over."), did=_("was not there after all"), done=_("Taken back: nobody of them is in.")),
    "rate":     Move({S.CONFIRMED, S.ATTENDED}, None, rules.is_own, _("Say how it was"), "star", when=was_held,
                     why=_("It has not begun yet."), did=_("said how it was"), done=_("Thank you: the organisers read it.")),
})
SIGNUP_ALSO = {"sign_up": pgettext_lazy("entry", "signed up"), "entered": _("was entered by staff")}
SIGNUP_TELLS = {
    "sign_up": signup_tells(_("You are signed up for an event"), to.person, ANSWER),
    "moved": signup_tells(_("An event of yours was moved"), to.person, ANSWER),
    "remind": signup_tells(_("An event of yours is near"), to.person, ANSWER),
    "called_off": signup_tells(_("An event of yours is called off"), to.person),
}
# fmt: on
