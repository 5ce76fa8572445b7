"""The lives of a matter, of its parts, of a registration and of a wish on one screen."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from estates.audiences import both
from parties import rules
from parties.models import Matter, MatterPart, MicroWish, Registration
from parties.services import audience as to
from parties.services.audience import part_tells, registration_tells, tells, wish_tells
from parties.states import CALLED, OPEN, STANDING, WITH_LEAD
from workflow.moves import Move, Moves
from workflow.threads import thread_moves

M, P, R, W = Matter.Status, MatterPart.Status, Registration.Status, MicroWish.Status

# fmt: off
MATTER_MOVES = Moves("parties.matter", {
    # the lead
    "sign":      Move(CALLED, M.SIGNED_FOR, rules.is_lead, _("Sign for it"), "signature",
                      did=_("signed for it"), done=_("Signed for. The caller is told."),
                      tells=tells(_("Matter signed for"), to.caller)),
    "arrive":    Move({M.SIGNED_FOR}, M.ON_SITE, rules.is_lead, _("On site"), "map-pin",
                      did=_("was on site"), done=_("Noted: you are on site."),
                      tells=tells(_("Somebody is on site"), to.caller)),
    "plan":      Move({M.SIGNED_FOR, M.ON_SITE}, M.PLANNED, rules.is_lead, _("Set the plan"), "clipboard-list",
                      did=_("set the plan"), done=_("The plan stands, with its day."),
                      tells=tells(_("Matter planned"), both(to.caller, to.helpers))),
    "begin":     Move({M.PLANNED, M.SENT_BACK}, M.IN_HAND, rules.is_lead, _("Begin"), "player-play",
                      did=pgettext_lazy("matter", "began"), done=_("It is in hand.")),
    "complete":  Move({M.IN_HAND}, M.COMPLETED, rules.is_lead, _("It is done"), "checks",
                      did=_("reported it done"), done=_("Reported done; the caller looks at it."),
                      tells=tells(_("Matter reported done: please look at it"), both(to.caller, to.helpers))),
    # the caller
    "accept":    Move({M.COMPLETED}, M.ACCEPTED, rules.is_caller, _("Accept it"), "check",
                      did=_("accepted it"), done=pgettext_lazy("matter", "Accepted."),
                      tells=tells(_("Matter accepted"), both(to.lead, to.helpers))),
    "send_back": Move({M.COMPLETED}, M.SENT_BACK, rules.is_caller, _("Not done: send it back"), "arrow-back-up", danger=True,
                      did=_("sent it back"), done=_("Sent back, with the reason."),
                      tells=tells(_("Matter sent back"), both(to.lead, to.helpers))),
    "rate":      Move({M.ACCEPTED}, M.RATED, rules.is_caller, pgettext_lazy("matter", "Grade"), "star",
                      did=_("graded the work"), done=_("Graded; those who were called read it."),
                      tells=tells(_("Your work on a matter was graded"), both(to.lead, to.helpers))),
    "archive":   Move({M.RATED}, M.ARCHIVED, rules.can_archive, _("Archive"), "file-text",
                      did=_("archived it"), done=_("Archived.")),
    "withdraw":  Move(WITH_LEAD, M.WITHDRAWN, rules.is_caller, pgettext_lazy("matter", "Withdraw"), "x", danger=True,
                      did=_("withdrew it"), done=_("Withdrawn; everybody in it is told."),
                      tells=tells(_("Matter withdrawn"), both(to.lead, to.helpers))),
    # both of them
    "transfer":  Move({*CALLED, M.SIGNED_FOR, M.ON_SITE}, M.TRANSFERRED, rules.can_pass_on, _("Pass it on"), "switch-horizontal",
                      did=_("passed it on"), done=_("Passed on; the new lead is told."),
                      tells=tells(_("A matter waits for you to sign"), to.lead),
                      relieves=tells(_("A matter is no longer yours to lead"), to.lead)),
    "call_in":   Move(OPEN, None, rules.can_pass_on, _("Call somebody in"), "user-plus",
                      did=_("called somebody in"), done=_("Called in, and told."),
                      tells=tells(_("You are called in to a matter"), to.helpers)),
    "tell":      Move(M.values, None, rules.can_tell, _("Words for residents"), "message",
                      did=_("wrote what residents read"), done=_("Residents read it now.")),
    # everybody in it
    **thread_moves(talked_of=M.values, noted_of=M.values, anybody=rules.sees_inside, staff=rules.sees_inside, tells=(
        tells(_("New words about a matter"), to.everybody_in_it),
        tells(_("New note about a matter"), to.everybody_in_it),
    )),
    # by the portal itself
    "supervise": Move(WITH_LEAD, None, rules.is_portal, _("Supervise"), "flag",
                      did=_("raised the supervision"), done=_("Supervised."),
                      tells=tells(_("Supervision of a matter was raised"), both(to.lead, to.caller, to.committee))),
})
MATTER_ALSO = {"raise": pgettext_lazy("matter", "called")}
MATTER_TELLS = {
    "raise": tells(_("A matter waits for you to sign"), both(to.lead, to.helpers)),
    "step": tells(_("How your matter goes on"), to.resident),
}

PART_MOVES = Moves("parties.part", {
    "promise": Move({P.OPEN}, None, rules.can_do_part, pgettext_lazy("part of a matter", "Promise"), "signature",
                    did=_("promised"), done=_("Your part is promised."),
                    tells=part_tells(_("A part of a matter is promised"), to.part_caller)),
    "finish":  Move({P.OPEN}, P.DONE, rules.can_do_part, pgettext_lazy("part of a matter", "My part is done"), "check",
                    did=_("finished their part"), done=_("Your part is done."),
                    tells=part_tells(_("A part of a matter is done"), to.part_caller)),
    **thread_moves(talked_of=(), noted_of=P.values, anybody=rules.can_note, staff=rules.can_note, tells=(
        None, part_tells(_("New note about a part of a matter"), both(to.part_caller, to.part_people)),
    )),
})
PART_MOVES.pop("comment")

REGISTRATION_MOVES = Moves("parties.registration", {
    "agree":     Move({R.PROPOSED}, R.AGREED, rules.can_agree, pgettext_lazy("registration", "I agree"), "check",
                      did=_("agreed"), done=_("Thank you. The branch decides."),
                      tells=registration_tells(_("A member agreed to register at a grid"), to.secretary)),
    "decline":   Move({R.PROPOSED, R.AGREED}, R.DECLINED, rules.can_agree, pgettext_lazy("registration", "Rather not"), "x",
                      did=pgettext_lazy("registration", "declined"), done=_("Noted. Nobody asks why."),
                      tells=registration_tells(_("A member would rather not register there"), to.secretary)),
    "register":  Move({R.AGREED}, R.REGISTERED, rules.can_decide, pgettext_lazy("registration", "Register"), "circle-check",
                      did=_("registered the member"), done=_("Registered; the grid's leader is told."),
                      tells=registration_tells(_("A party member is registered at a grid"), both(to.member, to.registered_leader))),
    "turn_down": Move({R.PROPOSED, R.AGREED}, R.TURNED_DOWN, rules.can_decide, pgettext_lazy("registration", "Do not register"), "ban", danger=True,
                      did=_("did not register the member"), done=_("Not registered."),
                      tells=registration_tells(_("Your registration at a grid was turned down"), to.member)),
    "end":       Move(STANDING, R.ENDED, rules.can_end, pgettext_lazy("registration", "End the registration"), "logout", danger=True,
                      did=_("ended the registration"), done=_("The registration has ended."),
                      tells=registration_tells(_("A registration at a grid has ended"), both(to.member, to.secretary))),
})
REGISTRATION_ALSO = {"propose": _("proposed the grid")}
REGISTRATION_TELLS = {
    "propose": registration_tells(_("A grid is proposed to you"), to.member),
}

WISH_MOVES = Moves("parties.wish", {
    "claim":     Move({W.OPEN}, W.CLAIMED, rules.can_claim, pgettext_lazy("wish", "I take this one"), "hand-grab",
                      did=pgettext_lazy("wish", "claimed it"), done=_("It is yours. Thank you."),
                      tells=wish_tells(_("A micro-wish is claimed"), to.wisher)),
    "give_back": Move({W.CLAIMED}, W.OPEN, rules.has_claimed, pgettext_lazy("wish", "Give it back"), "arrow-back-up",
                      did=pgettext_lazy("wish", "gave it back"), done=_("Somebody else may take it.")),
    "fulfil":    Move({W.CLAIMED}, W.FULFILLED, rules.can_fulfil, pgettext_lazy("wish", "It is fulfilled"), "heart-handshake",
                      did=pgettext_lazy("wish", "fulfilled it"), done=_("Fulfilled. Thank you."),
                      tells=wish_tells(_("A micro-wish is fulfilled"), to.wisher)),
    "withdraw":  Move({W.OPEN, W.CLAIMED}, W.WITHDRAWN, rules.can_withdraw_wish, pgettext_lazy("wish", "Withdraw"), "x", danger=True,
                      did=pgettext_lazy("wish", "withdrew it"), done=_("The wish is withdrawn."),
                      tells=wish_tells(_("A micro-wish that you claimed is withdrawn"), to.claimer)),
})
WISH_ALSO = {"note_down": _("noted the wish")}
# fmt: on
