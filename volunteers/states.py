"""What teams, members, shifts and entries may be, and the sets of it that everybody above speaks
of."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TeamKind(models.TextChoices):
    SERVICE = "service", _("volunteer service team")
    CULTURE = "culture", _("culture and publicity team")
    SPARK = "spark", _("spark commandos")
    OTHER = "other", pgettext_lazy("team", "other")


class TeamRole(models.TextChoices):
    LEAD = "lead", pgettext_lazy("of a team", "lead")
    DEPUTY = "deputy", pgettext_lazy("of a team", "deputy")
    MEMBER = "member", pgettext_lazy("of a team", "member")


# They keep the team: its members, its shifts, its hours.
LEADING = (TeamRole.LEAD, TeamRole.DEPUTY)


class MembershipStatus(models.TextChoices):
    APPLIED = "applied", pgettext_lazy("membership", "applied")
    ACTIVE = "active", pgettext_lazy("membership", "active")
    DECLINED = "declined", pgettext_lazy("membership", "declined")
    LEFT = "left", pgettext_lazy("membership", "left")


class Skill(models.TextChoices):
    COMPANY = "company", _("keeping company")
    ESCORT = "escort", _("going along to the hospital")
    REPAIR = "repair", _("home repairs")
    TEACHING = "teaching", _("teaching children")
    CULTURE = "culture", _("singing, dancing, writing")
    MEDIA = "media", _("photographs and texts")
    GUIDING = "guiding", _("guiding and order")
    PATROL = "patrol", _("night patrol")
    FIRST_AID = "first_aid", _("first aid")
    CLEANING = "cleaning", _("cleaning and greening")


class QualificationKind(models.TextChoices):
    FIRST_AID = "first_aid", _("first aid certificate")
    MEDICAL = "medical", _("medical licence")
    ELECTRICIAN = "electrician", _("electrician's licence")
    DRIVING = "driving", _("driving licence")
    FIRE = "fire", _("fire safety certificate")
    COUNSELLING = "counselling", _("counselling certificate")
    TEACHING = "teaching", _("teaching certificate")


class QualificationStatus(models.TextChoices):
    SHOWN = "shown", pgettext_lazy("qualification", "waits for the lead")
    CONFIRMED = "confirmed", pgettext_lazy("qualification", "confirmed")
    REFUSED = "refused", pgettext_lazy("qualification", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("qualification", "withdrawn")


class ShiftStatus(models.TextChoices):
    ASKED = "asked", pgettext_lazy("shift", "asked of the team")
    OPEN = "open", pgettext_lazy("shift", "open")
    ENDED = "ended", pgettext_lazy("shift", "ended")
    CANCELLED = "cancelled", pgettext_lazy("shift", "cancelled")
    REFUSED = "refused", pgettext_lazy("shift", "not taken on")


# Between whoever asked and the lead; it may say more than the community should read.
ASIDE = (ShiftStatus.ASKED, ShiftStatus.REFUSED)


class EntryStatus(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("entry", "waits for the lead")
    CONFIRMED = "confirmed", pgettext_lazy("entry", "is in")
    WAITLISTED = "waitlisted", pgettext_lazy("entry", "on the waiting list")
    OFFERED = "offered", pgettext_lazy("entry", "a place is held")
    CHECKED_IN = "checked_in", pgettext_lazy("entry", "is here")
    CHECKED_OUT = "checked_out", pgettext_lazy("entry", "hours to confirm")
    HOURS_CONFIRMED = "hours_confirmed", pgettext_lazy("entry", "hours confirmed")
    DECLINED = "declined", pgettext_lazy("entry", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("entry", "withdrawn")
    NO_SHOW = "no_show", pgettext_lazy("entry", "did not come")
    OFFER_EXPIRED = "offer_expired", pgettext_lazy("entry", "the offer ran out")
    CANCELLED = "cancelled", pgettext_lazy("entry", "called off")


E = EntryStatus
# They take up a place of the post; who did not come kept theirs from others, and may still come.
HELD = (
    E.REQUESTED,
    E.CONFIRMED,
    E.OFFERED,
    E.CHECKED_IN,
    E.CHECKED_OUT,
    E.HOURS_CONFIRMED,
    E.NO_SHOW,
)
# Before the shift, with a place or waiting for one: one of these a person and shift.
AHEAD = (E.REQUESTED, E.CONFIRMED, E.OFFERED, E.WAITLISTED)
# A person's time is taken; nobody is in two of these at once.
BUSY = (E.REQUESTED, E.CONFIRMED, E.OFFERED, E.CHECKED_IN, E.CHECKED_OUT, E.HOURS_CONFIRMED)
STANDING = (*AHEAD, E.CHECKED_IN, E.CHECKED_OUT, E.HOURS_CONFIRMED)
CAME = (E.CHECKED_IN, E.CHECKED_OUT, E.HOURS_CONFIRMED)


class SwapStatus(models.TextChoices):
    ASKED = "asked", pgettext_lazy("swap", "asked")
    ACCEPTED = "accepted", pgettext_lazy("swap", "accepted")
    REFUSED = "refused", pgettext_lazy("swap", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("swap", "withdrawn")


class Source(models.TextChoices):
    """Where hours come from."""

    SHIFT = "shift", pgettext_lazy("hours", "shift")
    EVENT = "event", pgettext_lazy("hours", "event")
    VISIT = "visit", pgettext_lazy("hours", "visit")
    CALLOUT = "callout", pgettext_lazy("hours", "call-out")


class CertificateStatus(models.TextChoices):
    ISSUED = "issued", pgettext_lazy("certificate", "valid")
    REVOKED = "revoked", pgettext_lazy("certificate", "withdrawn")


class Reason(models.TextChoices):
    """Why somebody may take a place of a shift, or may not: the answer of every shift."""

    FREE = "free", pgettext_lazy("place", "free")
    IN = "in", pgettext_lazy("place", "you are in")
    COLLIDES = "collides", pgettext_lazy("place", "collides")
    NOT_QUALIFIED = "not_qualified", pgettext_lazy("place", "needs a certificate")
    FULL = "full", pgettext_lazy("place", "full")
    TOO_EARLY = "too_early", pgettext_lazy("place", "not open yet")
    OVER = "over", pgettext_lazy("place", "sign-up is over")
    NOT_MEMBER = "not_member", pgettext_lazy("place", "members of the team only")


# Hours by which the stars of a volunteer go.
STARS = (100, 300, 600, 1000, 1500)
