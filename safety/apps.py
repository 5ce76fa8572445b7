from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def leads(request: HttpRequest) -> bool:
    from safety.rules import works_in_safety

    return works_in_safety(request.user)


def runs(request: HttpRequest) -> bool:
    from safety.rules import plans_any

    return plans_any(request.user)


def hears(request: HttpRequest) -> bool:
    from safety.rules import hears_of_hazards

    return hears_of_hazards(request.user)


def drills(request: HttpRequest) -> bool:
    from safety.rules import hears_of_drills

    return hears_of_drills(request.user)


def works(request: HttpRequest) -> bool:
    from safety.rules import works_here

    return works_here(request.user)


def walks(request: HttpRequest) -> bool:
    from safety.rules import walks

    return walks(request.user)


class SafetyConfig(AppConfig):
    name = "safety"
    verbose_name = _("Safety")

    def ready(self) -> None:
        from attachments.services import register_owner
        from common import personal
        from safety import standing
        from safety.calendar import CALENDAR
        from safety.demo.scenes import SCENES
        from safety.desk import DRILLS, HAZARDS, IMPROVEMENTS
        from safety.lives import DRILL, HAZARD, IMPROVEMENT, PLAN, REQUIREMENT, ROUND
        from safety.models import Answer
        from safety.origins import MADE, ORIGINS
        from safety.panels import PANELS
        from safety.services import privacy
        from workflow import lives
        from workflow.calendar import register_calendar
        from workflow.desk import register_desks
        from workflow.follow_ups import register_follow_ups, register_origins
        from workflow.panels import register_panels
        from workflow.scenes import register_scene
        from workflow.tiles import Tile, register_tiles

        standing.register()
        lives.register(PLAN, ROUND, HAZARD, DRILL, REQUIREMENT, IMPROVEMENT)
        register_owner(Answer)
        register_origins(*ORIGINS)
        register_follow_ups(MADE)
        register_panels(*PANELS)
        register_desks(HAZARDS, DRILLS, IMPROVEMENTS)
        register_tiles(Tile(_("Danger"), "alert-triangle", "safety:report", 10))
        register_calendar(*CALENDAR)
        register_scene(*SCENES)
        personal.register("safety", export=privacy.export, erase=privacy.erase)
        _bars()


def _bars() -> None:
    from common import navigation
    from common.navigation import STAFF, NavItem

    here = _("Safety")
    navigation.register(
        NavItem(_("Rounds"), "route", "safety:week", STAFF, 50, here, visible=leads),
        NavItem(_("Hazards"), "alert-triangle", "safety:hazards", STAFF, 50, here, visible=hears),
        NavItem(_("Drills"), "flame", "safety:drills", STAFF, 50, here, visible=drills),
        NavItem(
            _("Improvements"), "trending-up", "safety:improvements", STAFF, 50, here, visible=drills
        ),
        NavItem(_("My rounds"), "walk", "safety:rounds", STAFF, 51, here, visible=walks),
        NavItem(_("Plans"), "calendar-repeat", "safety:plans", STAFF, 52, here, visible=leads),
        NavItem(_("Checkpoints"), "map-pin", "safety:checkpoints", STAFF, 53, here, visible=runs),
        NavItem(_("Routes"), "scan", "safety:routes", STAFF, 54, here, visible=leads),
        NavItem(_("Checklists"), "checklist", "safety:checklists", STAFF, 55, here, visible=runs),
        NavItem(
            _("Required drills"), "gavel", "safety:requirements", STAFF, 56, here, visible=works
        ),
    )
