from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("Audit trail")

    def ready(self) -> None:
        from audit.services import register

        register(
            {
                "admin.add": _("added in the administration"),
                "admin.edit": _("edited in the administration"),
                "admin.remove": _("removed in the administration"),
            }
        )
