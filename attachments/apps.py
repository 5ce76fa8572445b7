from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttachmentsConfig(AppConfig):
    name = "attachments"
    verbose_name = _("Files")

    def ready(self) -> None:
        from attachments.models import Comment
        from attachments.services import register_owner

        register_owner(Comment)
