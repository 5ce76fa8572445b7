from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttachmentsConfig(AppConfig):
    name = "attachments"
    verbose_name = _("Files")

    def ready(self) -> None:
        from attachments.models import Comment
        from attachments.services import privacy, register_owner
        from common import personal

        personal.register("attachments", export=privacy.export, erase=privacy.erase)
        register_owner(Comment)
