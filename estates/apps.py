from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EstatesConfig(AppConfig):
    name = "estates"
    verbose_name = _("Estates")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from accounts.services import register_duty
        from audit.services import register as register_labels
        from common import navigation, personal
        from estates.calendar import CALENDAR
        from estates.demo.scenes import SCENES
        from estates.lives import CLAIM
        from estates.models import SavedView
        from estates.notifications import KINDS
        from estates.panels import PANELS
        from estates.services import privacy
        from estates.standing import duties_of
        from estates.standing import register as register_standing
        from notifications.services import register as register_kinds
        from workflow import lives
        from workflow.calendar import register_calendar
        from workflow.desk import Keeper, register_keeper
        from workflow.panels import register_panels
        from workflow.scenes import register_scene

        register_standing()
        lives.register(CLAIM)
        register_panels(*PANELS)
        register_calendar(*CALENDAR)
        register_keeper(
            Keeper(
                lambda user, code: SavedView.objects.visible_to(user).filter(desk=code),
                save="estates:save-view",
                rename="estates:rename-view",
                delete="estates:delete-view",
            )
        )
        register_scene(*SCENES)
        register_labels({f"estates.{verb}": label for verb, label in LABELS.items()})
        register_kinds(*KINDS)
        register_duty("estates", lambda user: bool(duties_of(user)))
        looks = personal.Page(_("Who looked at what is masked"), "eye", "estates:home", "looks")
        personal.register("estates", export=privacy.export, erase=privacy.detach, page=looks)
        navigation.register(*_entries())
        user_logged_in.connect(take_homes, dispatch_uid="estates.take_homes")


def take_homes(sender: object, user: Any, **kwargs: object) -> None:
    """Whoever signs in with a phone that stands on a roster is at home at once."""
    from django.utils import timezone

    from estates.services.claims import claim_by_phone

    claim_by_phone(user, at=timezone.now())


LABELS = {
    "invite": _("wrote a letter with a code"),
    "use_invitation": _("used the code of a letter"),
    "revoke_invitation": _("revoked a letter"),
    "reveal": _("looked at a masked value"),
    "renew_feed": _("gave a calendar a new address"),
    "leave": _("said when they move out"),
    "roster.upload": _("uploaded a roster"),
    "roster.apply": _("imported a roster"),
    "roster.discard": _("discarded a roster"),
    "create_estate": _("founded an estate"),
    "edit_estate": _("changed the settings of an estate"),
    "create_building": _("added a building"),
    "edit_building": _("changed a building"),
    "remove_building": _("removed a building"),
    "create_entrance": _("added an entrance"),
    "edit_entrance": _("changed an entrance"),
    "remove_entrance": _("removed an entrance"),
    "create_unit": _("added a unit"),
    "edit_unit": _("changed a unit"),
    "remove_unit": _("removed a unit"),
    "create_place": _("added a public place"),
    "edit_place": _("changed a public place"),
    "remove_place": _("removed a public place"),
    "create_facility": _("added a facility"),
    "edit_facility": _("changed a facility"),
    "remove_facility": _("removed a facility"),
    "create_occupant": _("added an occupant"),
    "edit_occupant": _("changed an occupant"),
    "end_occupant": _("ended an occupancy"),
    "create_posting": _("gave a posting"),
    "edit_posting": _("changed a posting"),
    "end_posting": _("ended a posting"),
    "create_dutyshift": _("added a duty shift"),
    "edit_dutyshift": _("changed a duty shift"),
    "call_off_dutyshift": _("called off a duty shift"),
    "create_workday": _("added a holiday or make-up workday"),
    "edit_workday": _("changed a holiday or make-up workday"),
    "remove_workday": _("removed a holiday or make-up workday"),
}


def _entries() -> list[Any]:
    from django.http import HttpRequest

    from common.navigation import RESIDENT, STAFF, NavItem
    from estates import rules
    from estates.models import Claim

    def keeps_roster(request: HttpRequest) -> bool:
        return rules.keeps_a_roster(request.user)

    def works_here(request: HttpRequest) -> bool:
        return rules.works_here(request.user)

    def manages(request: HttpRequest) -> bool:
        return rules.manages_any(request.user)

    def waiting(request: HttpRequest) -> int:
        found = Claim.objects.visible_to(request.user).at_desk_of(request.user)
        return int(found.pending().count())

    estate, management = _("Estate"), _("Management")
    return [
        NavItem(_("My home"), "users-group", "estates:home", RESIDENT, order=20),
        NavItem(
            _("Roster"), "users", "estates:occupants", STAFF, 100, estate, visible=keeps_roster
        ),
        NavItem(
            _("Claims"),
            "user-question",
            "estates:claim-queue",
            STAFF,
            101,
            estate,
            visible=keeps_roster,
            count=waiting,
        ),
        NavItem(_("Letters"), "mail", "estates:letters", STAFF, 102, estate, visible=keeps_roster),
        NavItem(_("Homes"), "home", "estates:units", STAFF, 103, estate, visible=works_here),
        NavItem(
            _("Buildings"), "building", "estates:buildings", STAFF, 104, estate, visible=works_here
        ),
        NavItem(
            _("Entrances"), "door", "estates:entrances", STAFF, 105, estate, visible=works_here
        ),
        NavItem(
            _("Public places"), "map-pin", "estates:places", STAFF, 106, estate, visible=works_here
        ),
        NavItem(
            _("Facilities"),
            "elevator",
            "estates:facilities",
            STAFF,
            107,
            estate,
            visible=works_here,
        ),
        NavItem(
            _("Duty shifts"),
            "calendar-event",
            "estates:shifts",
            STAFF,
            200,
            management,
            visible=works_here,
        ),
        NavItem(
            _("Postings"),
            "id-badge-2",
            "estates:postings",
            STAFF,
            201,
            management,
            visible=works_here,
        ),
        NavItem(
            _("Holidays"),
            "calendar",
            "estates:workdays",
            STAFF,
            202,
            management,
            visible=works_here,
        ),
        NavItem(
            _("Settings"), "settings", "estates:settings", STAFF, 203, management, visible=manages
        ),
    ]
