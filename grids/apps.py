from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

LABELS = {
    "reveal": _("looked at what is masked"),
    "draw": _("drew the territory"),
    "give_posting": _("gave a grid posting"),
    "end_posting": _("ended a grid posting"),
    "hand_over": _("handed a grid over"),
    "create_grid": _("added a grid"),
    "edit_grid": _("changed a grid"),
    "remove_grid": _("removed a grid"),
    "create_gridposting": _("gave a grid posting"),
    "edit_gridposting": _("changed a grid posting"),
    "end_gridposting": _("ended a grid posting"),
    "create_rhythm": _("set the rhythm of visits"),
    "edit_rhythm": _("changed the rhythm of visits"),
    "remove_rhythm": _("went back to the usual rhythm of visits"),
}


def looks_after(request: HttpRequest) -> bool:
    from grids.rules import looks_after_any

    return looks_after_any(request.user)


def leads(request: HttpRequest) -> bool:
    from grids.rules import leads_any

    return leads_any(request.user)


def arranges(request: HttpRequest) -> bool:
    from grids.rules import arranges_any

    return arranges_any(request.user)


def is_steward(request: HttpRequest) -> bool:
    from grids.rules import is_steward

    return is_steward(request.user)


def this_week(request: HttpRequest) -> int:
    """What the page begins with, for whoever keeps a micro-grid."""
    from django.utils import timezone

    from grids.models import Visit

    return int(Visit.objects.to_pay(request.user, timezone.localdate()).count())


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = _("Grids")

    def ready(self) -> None:
        from accounts.services import register_duty
        from audit.services import register as register_labels
        from common import personal
        from estates.services.privacy import register_looks
        from grids.calendar import CALENDAR
        from grids.demo.scenes import SCENES
        from grids.lives import FLAG, VISIT
        from grids.notifications import KINDS
        from grids.origins import ORIGINS
        from grids.panels import PANELS
        from grids.services import privacy, reveal
        from grids.standing import register as register_standing
        from grids.standing import works_in_grids
        from notifications.services import register as register_kinds
        from workflow import lives
        from workflow.calendar import register_calendar
        from workflow.follow_ups import register_origins
        from workflow.panels import register_panels
        from workflow.scenes import register_scene

        register_standing()
        lives.register(FLAG, VISIT)
        register_labels({f"grids.{verb}": label for verb, label in LABELS.items()})
        register_kinds(*KINDS)
        register_origins(*ORIGINS)
        register_panels(*PANELS)
        register_calendar(*CALENDAR)
        register_scene(*SCENES)
        register_duty("grids", works_in_grids)
        register_looks(reveal.CODE)
        personal.register("grids", export=privacy.export, erase=privacy.erase)
        _bars()


def _bars() -> None:
    from common import navigation
    from common.navigation import STAFF, NavItem

    here = _("Grids")
    navigation.register(
        NavItem(
            _("My households"),
            "home-heart",
            "grids:mine",
            STAFF,
            60,
            here,
            visible=looks_after,
            count=this_week,
        ),
        NavItem(
            _("Home visits"), "clipboard-check", "grids:visits", STAFF, 61, here, visible=leads
        ),
        NavItem(_("Care flags"), "flag", "grids:flags", STAFF, 62, here, visible=looks_after),
        NavItem(_("Coverage"), "chart-bar", "grids:coverage", STAFF, 63, here, visible=leads),
        NavItem(_("Who looked"), "eye", "grids:looks", STAFF, 64, here, visible=leads),
        NavItem(_("Grids"), "grid-dots", "grids:grids", STAFF, 65, here, visible=arranges),
        NavItem(
            _("Grid postings"), "id-badge-2", "grids:postings", STAFF, 66, here, visible=arranges
        ),
        NavItem(
            _("Rhythm of visits"),
            "calendar-repeat",
            "grids:rhythms",
            STAFF,
            67,
            here,
            visible=arranges,
        ),
        NavItem(_("My staircase"), "stairs", "grids:stairs", STAFF, 68, here, visible=is_steward),
    )
