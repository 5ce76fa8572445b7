from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

LABELS = {
    "create_template": _("added a template of the year"),
    "edit_template": _("changed a template of the year"),
    "remove_template": _("removed a template of the year"),
    "add_service": _("added a service"),
    "remove_service": _("removed a service"),
}


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from audit.services import register as register_labels
        from common import personal
        from events.calendar import CALENDAR
        from events.demo.scenes import SCENES
        from events.lives import EVENT, SIGNUP, SLOT
        from events.origins import ORIGINS
        from events.panels import PANELS
        from events.services import privacy
        from events.services.audience import ANSWER
        from notifications.services import register_answer
        from workflow import lives
        from workflow.calendar import register_calendar
        from workflow.follow_ups import register_origins
        from workflow.panels import register_panels
        from workflow.scenes import register_scene

        lives.register(EVENT, SIGNUP, SLOT)
        register_labels({f"events.{verb}": label for verb, label in LABELS.items()})
        register_panels(*PANELS)
        register_calendar(*CALENDAR)
        register_origins(*ORIGINS)
        register_answer(ANSWER, "events:answer")
        register_scene(*SCENES)
        personal.register("events", export=privacy.export, erase=privacy.erase)
        _bars()


def _plans(request: HttpRequest) -> bool:
    from events import rules

    return rules.plans_any(request.user)


def _bars() -> None:
    from common import navigation
    from common.navigation import RESIDENT, STAFF, NavItem

    here = _("Events")
    navigation.register(
        NavItem(here, "calendar-event", "events:index", RESIDENT, 15),
        NavItem(here, "calendar-event", "events:index", STAFF, 70, here),
        NavItem(_("The year"), "calendar-repeat", "events:year", STAFF, 71, here, visible=_plans),
        NavItem(
            _("Templates"), "calendar-plus", "events:templates", STAFF, 72, here, visible=_plans
        ),
    )
