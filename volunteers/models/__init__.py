"""Tables of the volunteers: teams and who is in them, shifts and who comes, hours and what is shown
of them."""

from volunteers.models.hours import Certificate, HourLine
from volunteers.models.shifts import Entry, Shift, ShiftPost, ShiftSeries, Swap
from volunteers.models.teams import Membership, Qualification, Team

__all__ = [
    "Certificate",
    "Entry",
    "HourLine",
    "Membership",
    "Qualification",
    "Shift",
    "ShiftPost",
    "ShiftSeries",
    "Swap",
    "Team",
]
