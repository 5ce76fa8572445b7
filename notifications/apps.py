from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        # A web process wakes the worker by the task's name and so must know the task.
        import notifications.tasks  # noqa: F401
