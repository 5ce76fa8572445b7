from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

LABELS = {
    "create_template": _("added a template of the year"),
    "edit_template": _("changed a template of the year"),
    "remove_template": _("removed a template of the year"),
}


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from audit.services import register as register_labels
        from common import personal
        from events.calendar import CALENDAR
        from events.lives import EVENT
        from events.services import privacy
        from workflow import lives
        from workflow.calendar import register_calendar

        lives.register(EVENT)
        register_labels({f"events.{verb}": label for verb, label in LABELS.items()})
        register_calendar(*CALENDAR)
        personal.register("events", export=privacy.export, erase=privacy.erase)
