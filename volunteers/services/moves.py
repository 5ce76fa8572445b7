"""The lives of a membership, a qualification, a shift, an entry, a swap and a certificate on one
screen."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from estates.audiences import both
from volunteers import rules
from volunteers.models import (
    Certificate,
    Entry,
    Membership,
    Qualification,
    Shift,
    Swap,
)
from volunteers.services import audience as to
from volunteers.services.audience import (
    entry_tells,
    membership_tells,
    qualification_tells,
    swap_tells,
    tells,
)
from volunteers.states import AHEAD
from workflow.moves import Move, Moves

M, Q, S = Membership.Status, Qualification.Status, Shift.Status
E, W, C = Entry.Status, Swap.Status, Certificate.Status
# The lead's phone may note who comes from so long before the gate on.
EARLY = timedelta(hours=1)


def gate_is_near(entry: Any, at: datetime) -> bool:
    near: bool = at >= entry.shift.gate_at - EARLY
    return near and entry.shift.status != S.CANCELLED


def has_begun(entry: Any, at: datetime) -> bool:
    return bool(entry.shift.has_begun(at))


def offer_holds(entry: Any, at: datetime) -> bool:
    return entry.offered_until is not None and at < entry.offered_until


def comes_again(shift: Any, at: datetime) -> bool:
    return shift.series_id is not None and shift.series.next_at is not None


def comes_once(shift: Any, at: datetime) -> bool:
    return not comes_again(shift, at)


def is_over(shift: Any, at: datetime) -> bool:
    return bool(shift.is_over(at))


def is_to_begin(shift: Any, at: datetime) -> bool:
    return not shift.has_begun(at)


def is_ahead(shift: Any, at: datetime) -> bool:
    return not shift.is_over(at)


# fmt: off
MEMBERSHIP_MOVES = Moves("volunteers.membership", {
    "approve":  Move({M.APPLIED}, M.ACTIVE, rules.can_take_in, pgettext_lazy("membership", "Take in"), "user-check",
                     did=_("took a member in"), done=_("Taken in, and told."),
                     tells=membership_tells(_("You are in the team"), to.person)),
    "decline":  Move({M.APPLIED}, M.DECLINED, rules.can_take_in, pgettext_lazy("membership", "Decline"), "x", danger=True,
                     did=_("declined a member"), done=_("Declined, with the reason."),
                     tells=membership_tells(_("A team declined"), to.person)),
    "change":   Move({M.APPLIED, M.ACTIVE}, None, rules.is_self, pgettext_lazy("membership", "What I can do"), "pencil",
                     did=_("changed what they can do"), done=_("Noted. It decides which shifts are shown first.")),
    "appoint":  Move({M.ACTIVE}, None, rules.can_appoint, pgettext_lazy("membership", "Give a role"), "star",
                     did=_("gave a role"), done=_("The role is given, and they are told."),
                     tells=membership_tells(_("Your role in a team"), to.person)),
    "leave":    Move({M.APPLIED, M.ACTIVE}, M.LEFT, rules.is_self, pgettext_lazy("membership", "Leave the team"), "logout", danger=True,
                     did=pgettext_lazy("membership", "left the team"), done=_("You have left. Your hours stay yours."),
                     tells=membership_tells(_("A member left"), to.keepers)),
    "let_go":   Move({M.ACTIVE}, M.LEFT, rules.can_take_in, pgettext_lazy("membership", "Take off the team"), "user-x", danger=True,
                     did=_("took a member off the team"), done=_("Off the team; the hours stay theirs."),
                     tells=membership_tells(_("You are no longer in a team"), to.person)),
})
MEMBERSHIP_ALSO = {"join": _("asked to join")}
MEMBERSHIP_TELLS = {"join": membership_tells(_("Somebody would like to join the team"), to.keepers)}

QUALIFICATION_MOVES = Moves("volunteers.qualification", {
    "confirm":  Move({Q.SHOWN}, Q.CONFIRMED, rules.can_judge, pgettext_lazy("qualification", "Confirm"), "circle-check",
                     did=_("confirmed a certificate"), done=_("Confirmed; the shifts that want it are open now."),
                     tells=qualification_tells(_("Your certificate is confirmed"), to.person)),
    "refuse":   Move({Q.SHOWN}, Q.REFUSED, rules.can_judge, pgettext_lazy("qualification", "Refuse"), "x", danger=True,
                     did=_("refused a certificate"), done=_("Refused, with the reason."),
                     tells=qualification_tells(_("Your certificate was refused"), to.person)),
    "withdraw": Move({Q.SHOWN, Q.CONFIRMED}, Q.WITHDRAWN, rules.is_self, pgettext_lazy("qualification", "Take it back"), "arrow-back-up", danger=True,
                     did=_("took a certificate back"), done=_("Taken back.")),
})
QUALIFICATION_ALSO = {"show": _("showed a certificate")}
QUALIFICATION_TELLS = {
    "show": qualification_tells(_("A certificate waits for you"), to.judges),
    "remind": qualification_tells(_("A certificate runs out"), to.person),
}

SHIFT_MOVES = Moves("volunteers.shift", {
    "take_on":  Move({S.ASKED}, S.OPEN, rules.leads_shift, pgettext_lazy("shift", "Take it on"), "hand-grab",
                     did=_("took it on"), done=_("It is a shift of the team now."),
                     tells=tells(_("A team takes on what you asked"), to.asker)),
    "refuse":   Move({S.ASKED}, S.REFUSED, rules.leads_shift, pgettext_lazy("shift", "We cannot"), "x", danger=True,
                     did=_("could not take it on"), done=_("Said, with the reason."),
                     tells=tells(_("A team cannot do what you asked"), to.asker)),
    "change":   Move({S.OPEN}, None, rules.leads_shift, pgettext_lazy("shift", "Change the shift"), "pencil", when=is_to_begin,
                     why=_("It has begun: it cannot be moved any more."), did=_("changed the shift"), done=_("Changed. Whoever is in it is told."),
                     tells=tells(_("A shift of yours has changed"), to.in_it)),
    "add_post": Move({S.OPEN}, None, rules.leads_shift, pgettext_lazy("shift", "Add a post"), "plus",
                     did=_("added a post"), done=_("The post is there.")),
    "set_places": Move({S.OPEN}, None, rules.leads_shift, pgettext_lazy("shift", "Change the places"), "users",
                     did=_("changed the places"), done=_("The places are changed; whoever waits first is offered one.")),
    "take_in":  Move({S.OPEN, S.ENDED}, None, rules.leads_shift, pgettext_lazy("shift", "Enter a member"), "user-plus",
                     did=_("entered a member"), done=_("Entered, and told.")),
    "ask_members": Move({S.OPEN}, None, rules.leads_shift, pgettext_lazy("shift", "Ask those who can"), "send", when=is_to_begin,
                     why=_("It has begun."), did=_("asked for helpers"), done=_("Whoever can do it and is free has been asked."),
                     tells=tells(_("A shift is short of people"), to.able)),
    "repeat":   Move({S.OPEN}, None, rules.leads_shift, pgettext_lazy("shift", "Let it come again"), "calendar-repeat", when=comes_once,
                     why=_("It comes again already."), did=_("lets it come again"), done=_("It comes again by this rule.")),
    "stop":     Move(S.values, None, rules.leads_shift, pgettext_lazy("shift", "Stop the series"), "player-pause", when=comes_again,
                     why=_("It does not come again."), did=_("stopped the series"), done=_("No more are made. Those that are there stay.")),
    "cancel":   Move({S.OPEN}, S.CANCELLED, rules.leads_shift, pgettext_lazy("shift", "Call it off"), "calendar-x", danger=True, when=is_ahead,
                     why=_("It is over."), did=_("called the shift off"), done=_("Called off; whoever was in it is told."),
                     tells=tells(_("A shift of yours is called off"), both(to.in_it, to.asker))),
    "end":      Move({S.OPEN}, S.ENDED, rules.is_portal, pgettext_lazy("shift", "Close"), "lock", when=is_over,
                     why=_("It is not over yet."), did=_("closed the shift"), done=pgettext_lazy("shift", "Closed.")),
})
SHIFT_ALSO = {
    "make": _("made the shift"),
    "ask": _("asked a team"),
    "import": _("took the shift over from a file"),
}
SHIFT_TELLS = {
    "ask": tells(_("A team is asked for help"), to.leads),
    "remind": tells(_("Your shift begins soon"), to.coming),
}

ENTRY_MOVES = Moves("volunteers.entry", {
    "confirm":  Move({E.REQUESTED}, E.CONFIRMED, rules.leads_entry, pgettext_lazy("entry", "Confirm"), "circle-check",
                     did=_("confirmed the sign-up"), done=pgettext_lazy("entry", "Confirmed, and told."),
                     tells=entry_tells(_("You are in the shift"), to.person)),
    "decline":  Move({E.REQUESTED, E.WAITLISTED}, E.DECLINED, rules.leads_entry, pgettext_lazy("entry", "Decline"), "x", danger=True,
                     did=_("declined the sign-up"), done=_("Declined, with the reason."),
                     tells=entry_tells(_("Your sign-up was declined"), to.person)),
    "withdraw": Move(AHEAD, E.WITHDRAWN, rules.can_withdraw, pgettext_lazy("entry", "Withdraw the sign-up"), "user-x", danger=True,
                     did=_("withdrew the sign-up"), done=_("Noted. Whoever waits first is offered the place."),
                     tells=entry_tells(_("A sign-up is withdrawn"), both(to.entry_leads, to.person))),
    "offer":    Move({E.WAITLISTED}, E.OFFERED, rules.can_call_off, pgettext_lazy("entry", "Offer the place"), "arrow-up",
                     did=_("offered the place"), done=_("Offered, and told until when it is held."),
                     tells=entry_tells(_("A place is free, and held for you"), to.person)),
    "accept":   Move({E.OFFERED}, E.CONFIRMED, rules.is_self, pgettext_lazy("entry", "I take it"), "check", when=offer_holds,
                     why=_("The time for it is over."), did=_("took the place"), done=_("You are in."),
                     tells=entry_tells(_("A place was taken from the waiting list"), to.entry_leads)),
    "expire":   Move({E.OFFERED}, E.OFFER_EXPIRED, rules.is_portal, pgettext_lazy("entry", "Let the offer run out"), "clock",
                     did=_("let the offer run out"), done=_("It ran out."),
                     tells=entry_tells(_("A place was held for you, and passed on"), to.person)),
    "check_in": Move({E.REQUESTED, E.CONFIRMED, E.OFFERED, E.NO_SHOW}, E.CHECKED_IN, rules.leads_entry, pgettext_lazy("entry", "Is here"), "user-check", when=gate_is_near,
                     why=_("Whoever comes is noted from an hour before the gate on."), did=_("noted the arrival"), done=_("Is here."),
                     tells=entry_tells(_("You are checked in"), to.person)),
    "check_out": Move({E.CHECKED_IN}, E.CHECKED_OUT, rules.can_check_out, pgettext_lazy("entry", "Goes"), "logout",
                     did=_("noted the departure"), done=_("Noted: thank you."),
                     tells=entry_tells(_("You are checked out"), to.person)),
    "no_show":  Move({E.REQUESTED, E.CONFIRMED, E.OFFERED}, E.NO_SHOW, rules.can_call_off, pgettext_lazy("entry", "Did not come"), "user-x", when=has_begun,
                     why=_("The shift has not begun."), did=_("noted that they did not come"), done=_("Noted. If they come after all, check them in."),
                     tells=entry_tells(_("You were missed at a shift"), to.person)),
    "say":      Move({E.CHECKED_OUT, E.HOURS_CONFIRMED}, E.CHECKED_OUT, rules.is_self, pgettext_lazy("entry", "The hours are not right"), "message",
                     did=_("said that the hours are not right"), done=_("Said. The lead looks at it."),
                     tells=entry_tells(_("A member says that hours are not right"), to.entry_leads)),
    "correct":  Move({E.CHECKED_IN, E.CHECKED_OUT, E.HOURS_CONFIRMED}, None, rules.can_judge_hours, pgettext_lazy("entry", "Correct the times"), "pencil",
                     did=_("corrected the times"), done=_("Corrected, with the reason."),
                     tells=entry_tells(_("Your times were corrected"), to.person)),
    "confirm_hours": Move({E.CHECKED_OUT}, E.HOURS_CONFIRMED, rules.can_judge_hours, _("Confirm the hours"), "checks",
                     did=_("confirmed the hours"), done=_("The hours are theirs."),
                     tells=entry_tells(_("Your hours are confirmed"), to.person)),
    "call_off": Move(AHEAD, E.CANCELLED, rules.is_portal, pgettext_lazy("entry", "Call off"), "calendar-x", danger=True,
                     did=_("called it off"), done=_("Called off.")),
})
ENTRY_ALSO = {"sign_up": pgettext_lazy("entry", "signed up"), "entered": _("was entered by the lead"), "swap": _("changed places")}
ENTRY_TELLS = {
    "sign_up": entry_tells(_("Somebody signed up"), to.entry_leads),
    "entered": entry_tells(_("You are entered for a shift"), to.person),
    "ask_left": entry_tells(_("When did you go?"), to.person),
}

SWAP_MOVES = Moves("volunteers.swap", {
    "accept":   Move({W.ASKED}, W.ACCEPTED, rules.is_asked, pgettext_lazy("swap", "I take it"), "check",
                     did=_("agreed to change places"), done=_("Done: the places are changed."),
                     tells=swap_tells(_("Places are changed"), both(to.asking, to.swap_leads))),
    "refuse":   Move({W.ASKED}, W.REFUSED, rules.is_asked, pgettext_lazy("swap", "I cannot"), "x",
                     did=_("could not change places"), done=_("Said."),
                     tells=swap_tells(_("Somebody cannot take your place"), to.asking)),
    "withdraw": Move({W.ASKED}, W.WITHDRAWN, rules.asks, pgettext_lazy("swap", "Never mind"), "arrow-back-up",
                     did=_("took the question back"), done=_("Taken back.")),
    "lapse":    Move({W.ASKED}, W.WITHDRAWN, rules.is_portal, pgettext_lazy("swap", "Let it lapse"), "clock",
                     did=pgettext_lazy("swap", "let it lapse"), done=pgettext_lazy("swap", "It lapsed.")),
})
SWAP_ALSO = {"ask": _("asked to change places")}
SWAP_TELLS = {"ask": swap_tells(_("Somebody asks you to take a place"), to.asked)}

CERTIFICATE_MOVES = Moves("volunteers.certificate", {
    "show":   Move({C.ISSUED}, None, rules.owns, pgettext_lazy("certificate", "What others may see"), "eye",
                   did=_("chose what others may see"), done=_("The public page shows this from now on.")),
    "revoke": Move({C.ISSUED}, C.REVOKED, rules.can_revoke, pgettext_lazy("certificate", "Withdraw the certificate"), "ban", danger=True,
                   did=_("withdrew the certificate"), done=_("Withdrawn; its public page says so.")),
})
CERTIFICATE_ALSO = {"issue": _("issued a certificate")}
# fmt: on
