from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from common import navigation
from common.navigation import RESIDENT, STAFF, NavItem


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal import rules

        navigation.register_standing(
            is_staff=rules.is_staff, is_resident=rules.is_resident, place=rules.place
        )
        navigation.register(
            NavItem(_("Home"), "home", "portal:home", RESIDENT, order=0),
            NavItem(_("Workbench"), "layout-dashboard", "portal:home", STAFF, order=0),
            NavItem(_("Calendar"), "calendar-event", "portal:calendar", STAFF, order=20),
        )
