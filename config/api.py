"""The API's routes: each app registers its viewsets here."""

from rest_framework.routers import DefaultRouter
from rest_framework.viewsets import ViewSetMixin

from accounts.api import TokenViewSet
from attachments.api import AttachmentViewSet
from estates.api import VIEWSETS as ESTATES
from events.api import VIEWSETS as EVENTS
from grids.api import VIEWSETS as GRIDS
from notifications.api import MessageViewSet
from parties.api import VIEWSETS as PARTIES
from repairs.api import VIEWSETS as REPAIRS
from safety.api import VIEWSETS as SAFETY
from volunteers.api import VIEWSETS as VOLUNTEERS

router = DefaultRouter()
router.register("tokens", TokenViewSet, "token")
router.register("attachments", AttachmentViewSet, "attachment")
router.register("messages", MessageViewSet, "message")
nouns: list[tuple[str, type[ViewSetMixin], str]] = [
    *ESTATES,
    *EVENTS,
    *GRIDS,
    *PARTIES,
    *REPAIRS,
    *SAFETY,
    *VOLUNTEERS,
]
for prefix, viewset, basename in nouns:
    router.register(prefix, viewset, basename)
