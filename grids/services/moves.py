"""The lives of a care flag and of a visit on one screen.

No threads, and reasons are chosen from a list: what is written about people is sealed, and a
comment or a note of the log would lie beside it in clear.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from grids import rules
from grids.models import CareFlag, Visit
from grids.services import audience as to
from grids.services.audience import flag_tells, tells
from grids.states import RESULTS, STANDING
from workflow.moves import Move, Moves

F, V = CareFlag.Status, Visit.Status

# A slip of the finger is put right within a day.
CORRECTED_WITHIN = timedelta(days=1)


def has_consent(flag: CareFlag, at: datetime) -> bool:
    return flag.has_consent


def has_note(flag: CareFlag, at: datetime) -> bool:
    return bool(flag.sealed_note)


def noted_lately(visit: Visit, at: datetime) -> bool:
    return visit.logged_at is not None and at - visit.logged_at <= CORRECTED_WITHIN


def as_it_was(visit: Visit) -> str:
    """What the form said; a person was met unless it says otherwise."""
    return visit.outcome or V.MET


# fmt: off
FLAG_MOVES = Moves("grids.flag", {
    # the leader
    "confirm": Move({F.PROPOSED}, F.CONFIRMED, rules.can_lead, _("Confirm"), "circle-check",
                    did=_("confirmed the flag"), done=_("The flag is confirmed; the next visit is planned."),
                    tells=flag_tells(_("Your care flag is confirmed"), to.proposer)),
    "refuse":  Move({F.PROPOSED}, F.REFUSED, rules.can_lead, _("Do not confirm"), "ban", danger=True,
                    did=_("did not confirm the flag"), done=_("The flag is not confirmed."),
                    tells=flag_tells(_("Your care flag is not confirmed"), to.proposer)),
    "renew":   Move({F.CONFIRMED}, None, rules.can_lead, _("It still holds"), "calendar-repeat",
                    did=_("reviewed the flag"), done=_("Reviewed.")),
    # whoever looks after the household
    "change":  Move(STANDING, None, rules.can_change, _("Change the flag"), "pencil",
                    did=_("changed the flag"), done=_("The flag is changed.")),
    "agree":   Move(STANDING, None, rules.can_care, _("Note the consent"), "signature",
                    did=_("noted the consent"), done=_("The consent is noted.")),
    "withdraw_consent": Move(STANDING, None, rules.can_care, _("Consent withdrawn"), "hand-stop", has_consent,
                    _("There is no consent to withdraw."), danger=True,
                    did=_("noted that the consent is withdrawn"), done=_("Consent, note and hints are gone.")),
    "write":   Move(STANDING, None, rules.can_care, _("Write a note"), "note", has_consent,
                    _("Without consent there is no note."),
                    did=_("wrote a note"), done=_("Noted, and sealed.")),
    "clear":   Move(STANDING, None, rules.can_lead, _("Remove the note"), "trash", has_note,
                    _("There is no note."), danger=True,
                    did=_("removed the note"), done=_("The note is gone.")),
    "end":     Move(STANDING, F.ENDED, rules.can_end, _("End the flag"), "flag-off", danger=True,
                    did=_("ended the flag"), done=_("The flag has ended."),
                    tells=flag_tells(_("A care flag has ended"), to.flag_keepers)),
})
FLAG_ALSO = {"propose": _("proposed the flag"), "review": _("asked for a review")}
FLAG_TELLS = {
    "propose": flag_tells(_("A care flag waits for your word"), to.flag_leaders),
    "review": flag_tells(_("A care flag is to be reviewed"), to.flag_watchers),
}

VISIT_MOVES = Moves("grids.visit", {
    # whoever looks after the household
    "log":      Move({V.PLANNED}, as_it_was, rules.can_visit, _("Note the visit"), "clipboard-plus",
                     did=_("noted the visit"), done=_("Noted.")),
    "correct":  Move(RESULTS, as_it_was, rules.can_correct, _("Put it right"), "pencil", noted_lately,
                     _("A visit is put right within a day."),
                     did=_("put the visit right"), done=_("Put right.")),
    "put_off":  Move({V.PLANNED}, None, rules.can_visit, _("Another day"), "calendar",
                     did=_("moved the visit to another day"), done=_("The visit has another day.")),
    # the leader
    "transfer": Move({V.PLANNED}, None, rules.can_send, pgettext_lazy("home visit", "Send somebody else"), "switch-horizontal",
                     did=pgettext_lazy("home visit", "sent somebody else"), did_to=pgettext_lazy("home visit", "sent %(name)s"), whom="assignee", done=_("Somebody else is sent."),
                     tells=tells(_("You visit a household"), to.assignee),
                     relieves=tells(_("A visit is no longer yours"), to.has_before_them)),
    "call_off": Move({V.PLANNED}, V.CALLED_OFF, rules.can_call_off, pgettext_lazy("home visit", "Call off"), "ban", danger=True,
                     did=_("called the visit off"), done=_("The visit is called off.")),
})
VISIT_ALSO = {"plan": pgettext_lazy("home visit", "planned the visit")}
VISIT_TELLS = {
    "climb": tells(_("A red visit is late"), to.leaders),
    "urgent": tells(_("A household needs help at once"), to.leaders),
    "moved": tells(_("A household has moved away"), to.leaders),
}
# fmt: on
