from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common import navigation
from common.navigation import RESIDENT, STAFF, NavItem


def at_desk(request: HttpRequest) -> bool:
    from repairs.rules import works_at_desk

    return works_at_desk(request.user)


def is_technician(request: HttpRequest) -> bool:
    from repairs.rules import is_technician

    return is_technician(request.user)


def to_accept(request: HttpRequest) -> int:
    from repairs.models import Ticket

    here = Ticket.objects.visible_to(request.user).at_desk_of(request.user)
    return int(here.filter(status="new").count())


def my_jobs(request: HttpRequest) -> int:
    from repairs.models import Ticket

    return int(Ticket.objects.visible_to(request.user).jobs_of(request.user).count())


class RepairsConfig(AppConfig):
    name = "repairs"
    verbose_name = _("Repairs")

    def ready(self) -> None:
        from common import personal
        from grids.services.matters import register_matters
        from notifications.services import register_answer
        from repairs.calendar import CALENDAR
        from repairs.demo.scenes import SCENES
        from repairs.desk import TRIAGE
        from repairs.lives import MAKE_TICKET, TICKET
        from repairs.origins import ORIGINS
        from repairs.panels import PANELS
        from repairs.services import ANSWER, matters_of_homes, matters_of_visits, privacy
        from workflow import lives
        from workflow.calendar import register_calendar
        from workflow.desk import register_desks
        from workflow.follow_ups import register_follow_ups, register_origins
        from workflow.panels import register_panels
        from workflow.scenes import register_scene

        lives.register(TICKET)
        register_panels(*PANELS)
        register_calendar(*CALENDAR)
        register_desks(TRIAGE)
        register_follow_ups(MAKE_TICKET)
        register_origins(*ORIGINS)
        register_matters("repairs", of_homes=matters_of_homes, of_visits=matters_of_visits)
        register_scene(*SCENES)
        register_answer(ANSWER, "repairs:answer")
        personal.register("repairs", export=privacy.export, erase=privacy.detach)
        navigation.register(
            NavItem(_("Repairs"), "tool", "repairs:list", RESIDENT, order=10),
            NavItem(
                _("Repair desk"),
                "inbox",
                "repairs:triage",
                STAFF,
                order=10,
                visible=at_desk,
                count=to_accept,
            ),
            NavItem(
                _("My jobs"),
                "tools",
                "repairs:jobs",
                STAFF,
                order=11,
                visible=is_technician,
                count=my_jobs,
            ),
            NavItem(
                _("Enter a report"),
                "phone-incoming",
                "repairs:new",
                STAFF,
                order=12,
                visible=at_desk,
            ),
        )
