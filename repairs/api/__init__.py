"""The API of repairs, a file a noun; config/api.py reads VIEWSETS."""

from repairs.api.categories import CategoryViewSet
from repairs.api.tickets import TicketViewSet

__all__ = ["VIEWSETS"]

VIEWSETS = [
    ("tickets", TicketViewSet, "ticket"),
    ("categories", CategoryViewSet, "category"),
]
