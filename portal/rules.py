"""Which bars somebody gets, from where they stand in the estates."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.services import has_duty
from estates.models import Estate
from estates.standing import homes_of


def is_staff(request: HttpRequest) -> bool:
    return request.user.is_authenticated and has_duty(request.user)


def is_resident(request: HttpRequest) -> bool:
    return bool(homes_of(request.user))


def place(request: HttpRequest) -> str:
    """The estate's name; the portal's own for whoever stands in several or none."""
    at_work = Estate.objects.staffed_by(request.user)
    estates = list(at_work[:2]) or list(Estate.objects.visible_to(request.user)[:2])
    return estates[0].label if len(estates) == 1 else _("Banyan")
