from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from common import navigation, personal
        from notifications.services import privacy, unread

        personal.register("notifications", export=privacy.export, erase=privacy.erase)
        navigation.register_number("bell", lambda request: unread(request.user))
