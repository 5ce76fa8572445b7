"""The tables of repairs, a file a noun."""

from repairs.models.category import Category, Priority
from repairs.models.follow import Follow
from repairs.models.pause import Pause
from repairs.models.ticket import (
    CLOSES_AFTER,
    CONTACT_PHONES,
    REOPEN_WITHIN,
    URGE_EVERY,
    WORDS,
    Ticket,
)
from repairs.models.work import Assignment, CostLine

__all__ = [
    "CLOSES_AFTER",
    "CONTACT_PHONES",
    "REOPEN_WITHIN",
    "URGE_EVERY",
    "WORDS",
    "Assignment",
    "Category",
    "CostLine",
    "Follow",
    "Pause",
    "Priority",
    "Ticket",
]
