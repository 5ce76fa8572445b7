"""What homes say of the parties: what waits for an organisation, and for a member of a branch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.navigation import RESIDENT
from parties import rules
from parties.models import Matter, MicroWish, Registration
from parties.standing import acts_for, branches_led
from parties.states import CALLED, WITH_CALLER, WITH_LEAD, RegistrationStatus
from workflow.panels import Action, Figure, Panel

MOST_ROWS = 5

Shown = Mapping[str, Any]


def board(user: Any, at: datetime) -> Shown:
    """Two statements: the figures, and what waits for this person."""
    today = timezone.localdate(at)
    inside = Matter.objects.inside(user).open()
    mine = Q(lead__in=acts_for(user))
    called = Q(caller__in=acts_for(user)) | Q(raised_by=user.pk)
    found = inside.aggregate(
        to_sign=Count("pk", filter=mine & Q(status__in=CALLED)),
        late=Count("pk", filter=Q(status__in=WITH_LEAD, due_on__lt=today)),
        to_judge=Count("pk", filter=called & Q(status__in=WITH_CALLER)),
    )
    waits = inside.filter((mine & Q(status__in=WITH_LEAD)) | (called & Q(status__in=WITH_CALLER)))
    url = reverse("parties:matters")
    return {
        "matters": list(waits.with_all().order_by("due", "-pk")[:MOST_ROWS]),
        "url": url,
        "today": today,
        "figures": [
            Figure(_("Matters to sign for"), found["to_sign"], f"{url}?view=to_sign"),
            Figure(_("Matters that are late"), found["late"], f"{url}?view=late", late=True),
            Figure(_("Matters to accept"), found["to_judge"], f"{url}?view=to_judge"),
        ],
    }


def roster(user: Any, at: datetime) -> Shown:
    """Registrations that the branch decides."""
    rows = Registration.objects.visible_to(user).filter(
        status=RegistrationStatus.AGREED, member__branch__in=branches_led(user)
    )
    return {
        "figures": [
            Figure(_("Registrations to decide"), rows.count(), reverse("parties:members")),
        ]
    }


def member(user: Any, at: datetime) -> Shown:
    """What a member of a branch is asked, and open wishes around."""
    asked = Registration.objects.visible_to(user).filter(
        member__user=user.pk, status=RegistrationStatus.PROPOSED
    )
    wishes: Any = MicroWish.objects.visible_to(user)
    around = wishes.open().with_all().order_by("-pk")
    return {"asked": list(asked.with_all()), "wishes": list(around[:MOST_ROWS])}


PANELS = (
    Panel(
        "parties.board",
        13,
        rules.works_in_organisations,
        "parties/panels/board.html",
        board,
        action=Action(_("Call others"), "speakerphone", "parties:call"),
    ),
    Panel("parties.roster", 24, rules.keeps_a_roster, "", roster),
    Panel("parties.member", 40, rules.is_member, "parties/panels/member.html", member, RESIDENT),
)
