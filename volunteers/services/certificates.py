"""Certificates of hours: numbered, as they were on the day of issue; what others see of them is for
the holder to say."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import record
from estates.models import Community
from estates.services import numbers
from volunteers.models import Certificate, HourLine, Membership
from volunteers.services import hours
from volunteers.services.moves import CERTIFICATE_MOVES as MOVES
from volunteers.states import TeamRole
from workflow.moves import move
from workflow.refusals import Invalid

LETTERS = "V"


def issue(
    community: Community,
    *,
    actor: Any,
    at: datetime,
    first: date | None = None,
    last: date | None = None,
) -> Certificate:
    """Of one's own hours in a community, between two days or of all time. Raises Invalid where
    there are none."""
    today = timezone.localdate(at)
    lines = HourLine.objects.of(actor).filter(team__community=community)
    if first:
        lines = lines.filter(on__gte=first)
    lines = lines.filter(on__lte=min(last or today, today))
    found = hours.given(lines)
    if found.minutes <= 0 or found.first is None or found.last is None:
        raise Invalid(_("There are no confirmed hours in this time."))
    with transaction.atomic():
        [number] = numbers.next_numbers(
            "volunteers.certificate",
            Certificate.objects.all(),
            letters=LETTERS,
            of=community,
            year=today.year,
            count=1,
        )
        made = Certificate.objects.create(
            number=number,
            community=community,
            user=actor,
            name=str(actor.name),
            from_date=first or found.first,
            to_date=min(last or today, today),
            minutes=found.minutes,
            times=found.times,
            services=[list(one) for one in hours.by_service(lines)],
            signed_by=_lead_of(actor, community),
            issued_at=at,
        )
        record(MOVES.code_of("issue"), made, actor=actor, at=at, after={"number": number})
    return made


def communities_of(user: Any) -> Any:
    """Those in which somebody has given hours, wherever they live now."""
    given = HourLine.objects.of(user).values("team__community")
    return Community.objects.filter(pk__in=given).order_by("pk")


def by_number(number: str) -> Certificate | None:
    """For anybody who checks a number; what of it is shown is its holder's word."""
    rows = Certificate.objects.select_related("community")
    found: Certificate | None = rows.filter(number=number).first()
    return found


def _lead_of(user: Any, community: Community) -> str:
    """Who leads the team in which somebody is, for the line of the signature."""
    teams = Membership.objects.of(user).filter(team__community=community).values("team")
    lead = Membership.objects.active().filter(team__in=teams, role=TeamRole.LEAD)
    found = lead.exclude(user=user).select_related("user").order_by("pk").first()
    return str(found.user.name) if found else ""


def show(
    certificate: Certificate,
    *,
    actor: Any,
    at: datetime,
    shows_name: bool | None = None,
    shows_hours: bool | None = None,
    shows_services: bool | None = None,
) -> Certificate:
    """What is not said stays."""
    said = {
        "shows_name": shows_name,
        "shows_hours": shows_hours,
        "shows_services": shows_services,
    }
    changes = {name: value for name, value in said.items() if value is not None}
    return move(MOVES, "show", certificate, actor=actor, at=at, changes=changes)


def revoke(certificate: Certificate, *, actor: Any, at: datetime, reason: str) -> Certificate:
    return move(MOVES, "revoke", certificate, actor=actor, at=at, note=reason)
