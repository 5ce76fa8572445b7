from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LABELS = {
    "create_team": _("founded a team"),
    "edit_team": _("changed a team"),
    "remove_team": _("removed a team"),
}


def leads(request: HttpRequest) -> bool:
    from volunteers.rules import works_here

    return works_here(request.user)


def keeps(request: HttpRequest) -> bool:
    from volunteers.rules import founds_any, works_here

    return works_here(request.user) or founds_any(request.user)


def helps(request: HttpRequest) -> bool:
    """Whoever is in no team finds them by way of the events."""
    from volunteers.standing import is_volunteer

    return is_volunteer(request.user)


def founds(request: HttpRequest) -> bool:
    from volunteers.rules import founds_any

    return founds_any(request.user)


class VolunteersConfig(AppConfig):
    name = "volunteers"
    verbose_name = _("Volunteers")

    def ready(self) -> None:
        from audit.services import register as register_labels
        from common import personal
        from volunteers.calendar import CALENDAR
        from volunteers.demo.scenes import SCENES
        from volunteers.lives import (
            CERTIFICATE,
            ENTRY,
            MEMBERSHIP,
            QUALIFICATION,
            SHIFT,
            SWAP,
        )
        from volunteers.origins import ASK_TEAM
        from volunteers.panels import PANELS
        from volunteers.services import privacy
        from volunteers.standing import register as register_standing
        from workflow import lives
        from workflow.calendar import register_calendar
        from workflow.follow_ups import register_follow_ups
        from workflow.panels import register_panels
        from workflow.scenes import register_scene

        register_standing()
        lives.register(MEMBERSHIP, QUALIFICATION, SHIFT, ENTRY, SWAP, CERTIFICATE)
        register_labels({f"volunteers.{verb}": label for verb, label in LABELS.items()})
        register_panels(*PANELS)
        register_calendar(*CALENDAR)
        register_follow_ups(ASK_TEAM)
        register_scene(*SCENES)
        personal.register("volunteers", export=privacy.export, erase=privacy.erase)
        _bars()


def _bars() -> None:
    from common import navigation
    from common.navigation import RESIDENT, STAFF, NavItem

    here, tab = _("Volunteers"), pgettext_lazy("tab", "Volunteer")
    navigation.register(
        NavItem(_("Board"), "heart-handshake", "volunteers:boards", STAFF, 76, here, visible=leads),
        NavItem(_("Members"), "users-group", "volunteers:members", STAFF, 77, here, visible=keeps),
        NavItem(_("Ledger of hours"), "clock", "volunteers:ledger", STAFF, 78, here, visible=leads),
        NavItem(_("Teams"), "flag", "volunteers:register", STAFF, 79, here, visible=founds),
        NavItem(tab, "heart-handshake", "volunteers:index", RESIDENT, 42, visible=helps),
    )
