from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

LABELS = {
    "join": _("put somebody on a roster"),
    "leave": _("took somebody off a roster"),
    "reveal": _("looked who a party member is"),
    "end_post": _("ended a post"),
    "create_organisation": _("added an organisation"),
    "edit_organisation": _("changed an organisation"),
    "remove_organisation": _("removed an organisation"),
    "create_organisationpost": _("gave a post"),
    "edit_organisationpost": _("changed a post"),
    "edit_partymember": _("changed a row of a roster"),
}


def works(request: HttpRequest) -> bool:
    from parties.rules import works_here

    return works_here(request.user)


def arranges(request: HttpRequest) -> bool:
    from parties.rules import arranges_any

    return arranges_any(request.user)


def reads_rosters(request: HttpRequest) -> bool:
    from parties.rules import reads_rosters

    return reads_rosters(request.user)


def is_member(request: HttpRequest) -> bool:
    from parties.rules import is_member

    return is_member(request.user)


def wishes(request: HttpRequest) -> bool:
    from parties.rules import wishes_any, works_here

    return wishes_any(request.user) or works_here(request.user)


class PartiesConfig(AppConfig):
    name = "parties"
    verbose_name = _("Working together")

    def ready(self) -> None:
        from accounts.services import register_duty
        from audit.services import keep_discreet
        from audit.services import register as register_labels
        from common import personal
        from parties.calendar import CALENDAR
        from parties.demo.scenes import SCENES
        from parties.desk import MATTERS
        from parties.lives import MATTER, PART, REGISTRATION, WISH
        from parties.origins import MAKE_MATTER, ORIGINS
        from parties.panels import PANELS
        from parties.services import privacy
        from parties.standing import register as register_standing
        from parties.standing import works_in_parties
        from workflow import lives
        from workflow.calendar import register_calendar
        from workflow.desk import register_desks
        from workflow.follow_ups import register_follow_ups, register_origins
        from workflow.panels import register_panels
        from workflow.scenes import register_scene

        register_standing()
        lives.register(MATTER, PART, REGISTRATION, WISH)
        register_labels({f"parties.{verb}": label for verb, label in LABELS.items()})
        # Whoever does or reads these is a member of a branch.
        keep_discreet(*REGISTRATION.labels(), *WISH.labels(), "parties.join", "parties.leave")
        register_panels(*PANELS)
        register_calendar(*CALENDAR)
        register_desks(MATTERS)
        register_follow_ups(MAKE_MATTER)
        register_origins(*ORIGINS)
        register_scene(*SCENES)
        register_duty("parties", works_in_parties)
        personal.register("parties", export=privacy.export, erase=privacy.erase)
        _bars()


def _bars() -> None:
    from common import navigation
    from common.navigation import RESIDENT, STAFF, NavItem

    here = _("Working together")
    navigation.register(
        NavItem(_("Together"), "speakerphone", "parties:board", STAFF, 70, here, visible=works),
        NavItem(_("Matters"), "list", "parties:matters", STAFF, 71, here, visible=works),
        NavItem(
            _("Micro-wishes"), "heart-handshake", "parties:wishes", STAFF, 72, here, visible=wishes
        ),
        NavItem(
            _("Roster of the branch"),
            "users-group",
            "parties:members",
            STAFF,
            73,
            here,
            visible=reads_rosters,
        ),
        NavItem(
            _("Organisations"),
            "building-community",
            "parties:organisations",
            STAFF,
            74,
            here,
            visible=arranges,
        ),
        NavItem(_("My branch"), "flag", "parties:me", RESIDENT, 45, visible=is_member),
    )
