"""Tables of the parties: organisations and their people, wishes, matters and their parts."""

from parties.models.matter import Matter, MatterPart
from parties.models.people import (
    MicroWish,
    Organisation,
    OrganisationPost,
    PartyMember,
    Registration,
)

__all__ = [
    "Matter",
    "MatterPart",
    "MicroWish",
    "Organisation",
    "OrganisationPost",
    "PartyMember",
    "Registration",
]
