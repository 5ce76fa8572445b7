"""The states of a ticket, and the sets of them that questions, moves and pages speak of."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    NEW = "new", _("reported")
    ACCEPTED = "accepted", _("accepted")
    ASSIGNED = "assigned", _("assigned")
    IN_PROGRESS = "in_progress", _("being repaired")
    ON_HOLD = "on_hold", _("on hold")
    RESOLVED = "resolved", _("to be confirmed")
    CLOSED = "closed", _("closed")
    REOPENED = "reopened", _("reopened")
    REJECTED = "rejected", _("declined")
    CANCELLED = "cancelled", _("cancelled")
    MERGED = "merged", _("merged")


# Taken on, in nobody's hands.
UNTAKEN = (Status.ACCEPTED, Status.REOPENED)
AT_WORK = (Status.ASSIGNED, Status.IN_PROGRESS)
# A technician's day, in its order.
JOBS = (Status.IN_PROGRESS, Status.ASSIGNED, Status.ON_HOLD)
# The clock runs.
WAITING = (
    Status.NEW,
    Status.ACCEPTED,
    Status.ASSIGNED,
    Status.IN_PROGRESS,
    Status.REOPENED,
)
OPEN = (*WAITING, Status.ON_HOLD)
# As residents count: until they have said that it is mended.
UNDER_WAY = (*OPEN, Status.RESOLVED)
TALKED_OF = (*UNDER_WAY, Status.CLOSED)
# Ended another way than by being mended.
UNMENDED = (Status.REJECTED, Status.CANCELLED, Status.MERGED)
ENDED = (Status.CLOSED, *UNMENDED)
