from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from common import navigation
from common.navigation import RESIDENT, STAFF, NavItem


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal import standing

        navigation.register_standing(
            is_staff=standing.is_staff, is_resident=standing.is_resident, place=standing.place
        )
        navigation.register(
            NavItem(_("Home"), "home", "portal:home", RESIDENT, order=0),
            NavItem(_("Workbench"), "layout-dashboard", "portal:home", STAFF, order=0),
        )
