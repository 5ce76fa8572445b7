from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from common import navigation
from common.navigation import RESIDENT, NavItem


class RepairsConfig(AppConfig):
    name = "repairs"

    def ready(self) -> None:
        from attachments.services import register_owner
        from audit.services import register as register_labels
        from notifications.services import register_answer
        from repairs.models import Comment, Ticket
        from repairs.services.timeline import DID

        register_labels({f"repairs.{verb}": words for verb, words in DID.items()})
        register_owner(Ticket)
        register_owner(Comment)
        register_answer("repairs.answer", "repairs:answer")
        navigation.register(NavItem(_("Repairs"), "tool", "repairs:list", RESIDENT, order=10))
