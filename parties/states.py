"""What organisations, registrations, wishes and matters may be, and the sets of it that everybody
above speaks of."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# In the place of a name that is not for the reader.
MASKED = "•••"


class OrganisationKind(models.TextChoices):
    BRANCH = "branch", _("community party branch")
    COMMITTEE = "committee", _("community party committee")
    PROPERTY = "property", _("property company's branch")
    OWNERS = "owners", _("owners' committee")
    OFFICE = "office", _("government office")
    OTHER = "other", pgettext_lazy("organisation", "other")


# They call others; a grid's leader does so for them.
CALLERS = (OrganisationKind.COMMITTEE, OrganisationKind.BRANCH)
# They have party members.
BRANCHES = (OrganisationKind.BRANCH, OrganisationKind.PROPERTY, OrganisationKind.COMMITTEE)


class Role(models.TextChoices):
    SECRETARY = "secretary", _("secretary")
    LIAISON = "liaison", _("liaison")
    MEMBER = "member", pgettext_lazy("of an organisation", "member")


# They act for the organisation.
ACTING = (Role.SECRETARY, Role.LIAISON)


class Basis(models.TextChoices):
    """Why a grid is proposed to a party member: nearby, voluntary, coordinated."""

    NEARBY = "nearby", _("nearby")
    VOLUNTARY = "voluntary", _("voluntary")
    COORDINATED = "coordinated", _("coordinated")


class RegistrationStatus(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("registration", "proposed")
    AGREED = "agreed", pgettext_lazy("registration", "agreed, waits for the branch")
    REGISTERED = "registered", pgettext_lazy("registration", "registered")
    DECLINED = "declined", pgettext_lazy("registration", "declined")
    TURNED_DOWN = "turned_down", pgettext_lazy("registration", "turned down")
    ENDED = "ended", pgettext_lazy("registration", "ended")


STANDING = (
    RegistrationStatus.PROPOSED,
    RegistrationStatus.AGREED,
    RegistrationStatus.REGISTERED,
)


class WishStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("wish", "open")
    CLAIMED = "claimed", pgettext_lazy("wish", "claimed")
    FULFILLED = "fulfilled", pgettext_lazy("wish", "fulfilled")
    WITHDRAWN = "withdrawn", pgettext_lazy("wish", "withdrawn")


class MatterStatus(models.TextChoices):
    RAISED = "raised", pgettext_lazy("matter", "raised")
    SIGNED_FOR = "signed_for", pgettext_lazy("matter", "signed for")
    ON_SITE = "on_site", pgettext_lazy("matter", "on site")
    PLANNED = "planned", pgettext_lazy("matter", "planned")
    IN_HAND = "in_hand", pgettext_lazy("matter", "in hand")
    COMPLETED = "completed", pgettext_lazy("matter", "completed")
    ACCEPTED = "accepted", pgettext_lazy("matter", "accepted")
    RATED = "rated", pgettext_lazy("matter", "rated")
    ARCHIVED = "archived", pgettext_lazy("matter", "archived")
    SENT_BACK = "sent_back", pgettext_lazy("matter", "sent back")
    TRANSFERRED = "transferred", pgettext_lazy("matter", "transferred")
    WITHDRAWN = "withdrawn", pgettext_lazy("matter", "withdrawn")


S = MatterStatus
# Somebody has called, and nobody has signed for it.
CALLED = (S.RAISED, S.TRANSFERRED)
# The lead has it before them.
WITH_LEAD = (S.RAISED, S.TRANSFERRED, S.SIGNED_FOR, S.ON_SITE, S.PLANNED, S.IN_HAND, S.SENT_BACK)
# The caller has.
WITH_CALLER = (S.COMPLETED, S.ACCEPTED)
OPEN = (*WITH_LEAD, *WITH_CALLER)
ENDED = (S.RATED, S.ARCHIVED, S.WITHDRAWN)
DONE = (S.ACCEPTED, S.RATED, S.ARCHIVED)
# Of these the day that is waited for is the one that the lead has promised.
PROMISED = (S.PLANNED, S.IN_HAND)
# As residents read it, and no finer.
PUBLIC = {
    S.RAISED: pgettext_lazy("matter, to residents", "handed on"),
    S.TRANSFERRED: pgettext_lazy("matter, to residents", "handed on"),
    S.SIGNED_FOR: pgettext_lazy("matter, to residents", "somebody has it in hand"),
    S.ON_SITE: pgettext_lazy("matter, to residents", "looked at on site"),
    S.PLANNED: pgettext_lazy("matter, to residents", "planned"),
    S.IN_HAND: pgettext_lazy("matter, to residents", "being worked on"),
    S.SENT_BACK: pgettext_lazy("matter, to residents", "being worked on"),
    S.COMPLETED: pgettext_lazy("matter, to residents", "waits for acceptance"),
    S.ACCEPTED: pgettext_lazy("matter, to residents", "done"),
    S.RATED: pgettext_lazy("matter, to residents", "done"),
    S.ARCHIVED: pgettext_lazy("matter, to residents", "done"),
    S.WITHDRAWN: pgettext_lazy("matter, to residents", "withdrawn"),
}


class Supervision(models.TextChoices):
    NONE = "none", pgettext_lazy("supervision", "none")
    ORDINARY = "ordinary", pgettext_lazy("supervision", "ordinary")
    YELLOW = "yellow", pgettext_lazy("supervision", "yellow")
    RED = "red", pgettext_lazy("supervision", "red")


LEVELS = tuple(Supervision)
# Working days after the day that was promised.
YELLOW_AFTER, RED_AFTER = 1, 5


class PartRole(models.TextChoices):
    LEAD = "lead", pgettext_lazy("part", "lead")
    HELPER = "helper", pgettext_lazy("part", "helps")


class PartStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("part", "open")
    DONE = "done", pgettext_lazy("part", "done")


class Grade(models.TextChoices):
    GOOD = "good", pgettext_lazy("grade", "content")
    FAIR = "fair", pgettext_lazy("grade", "by and large content")
    POOR = "poor", pgettext_lazy("grade", "not content")
