"""The API's routes: each app registers its viewsets here."""

from rest_framework.routers import DefaultRouter

from accounts.api import TokenViewSet
from attachments.api import AttachmentViewSet
from estates.api import VIEWSETS as ESTATES
from notifications.api import MessageViewSet
from repairs.api import VIEWSETS as REPAIRS

router = DefaultRouter()
# One line per noun, for example: router.register("tickets", TicketViewSet, "ticket")
router.register("tokens", TokenViewSet, "token")
router.register("attachments", AttachmentViewSet, "attachment")
router.register("messages", MessageViewSet, "message")
for prefix, viewset, basename in (*ESTATES, *REPAIRS):
    router.register(prefix, viewset, basename)
