"""The tables of the estates, a file a matter."""

from estates.models.community import Community
from estates.models.desk import NumberSeries, SavedView
from estates.models.estate import Estate, Workday
from estates.models.feed import CalendarFeed
from estates.models.homes import Building, Entrance, Unit
from estates.models.people import (
    INVITATION_ALPHABET,
    NAMES,
    PHONE,
    PHONES,
    Claim,
    Invitation,
    Occupant,
    Relation,
    from_before_to,
    invitation_code,
)
from estates.models.places import Facility, Place, qr_code
from estates.models.roster import RosterImport
from estates.models.staff import DutyShift, Posting, Trade, TsTzRange, duty_at, said_duty

__all__ = [
    "INVITATION_ALPHABET",
    "NAMES",
    "PHONE",
    "PHONES",
    "Building",
    "CalendarFeed",
    "Claim",
    "Community",
    "DutyShift",
    "Entrance",
    "Estate",
    "Facility",
    "Invitation",
    "NumberSeries",
    "Occupant",
    "Place",
    "Posting",
    "Relation",
    "RosterImport",
    "SavedView",
    "Trade",
    "TsTzRange",
    "Unit",
    "Workday",
    "duty_at",
    "from_before_to",
    "invitation_code",
    "qr_code",
    "said_duty",
]
