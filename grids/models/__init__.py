"""Tables of the grids: the grids and who works in them, what is known of people, visits."""

from grids.models.care import CareFlag, Consent, EndReason, FlagSource
from grids.models.grid import FEWEST, MOST, Grid, GridPosting, Household, Rhythm
from grids.models.sealed import PURPOSE, opened, sealed
from grids.models.visit import HeardNeed, Visit

__all__ = [
    "FEWEST",
    "MOST",
    "PURPOSE",
    "CareFlag",
    "Consent",
    "EndReason",
    "FlagSource",
    "Grid",
    "GridPosting",
    "HeardNeed",
    "Household",
    "Rhythm",
    "Visit",
    "opened",
    "sealed",
]
