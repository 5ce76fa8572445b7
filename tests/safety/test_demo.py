"""What the demo shows of hazards. `check_hazards` looks at a demo that is laid already: it runs at
every hour at which tests/portal/test_seed_demo.py lays one."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import F

from attachments.models import Attachment
from attachments.services import of
from audit.models import Entry
from estates.models import Estate
from notifications.models import Message
from repairs.models import Ticket
from safety.models import Hazard
from safety.services import sweeps
from safety.states import HazardStatus, Step

CLIMB = "safety.hazard.climb"


def check_hazards(court: Estate, now: datetime) -> None:
    rows = Hazard.objects.filter(estate=court)
    assert not Hazard.objects.exclude(estate=court).exists()
    counted = Counter(rows.values_list("status", flat=True))
    assert set(counted) == {*HazardStatus}
    assert set(rows.values_list("grade", flat=True)) == {"", "general", "major"}
    assert 13 <= counted["closed"] <= 15
    closed = rows.filter(status="closed")
    late = closed.filter(submitted_at__gt=F("due_at"))
    assert (late.count(), late.filter(grade="major").count()) == (3, 1)
    assert closed.filter(found_at__lt=now - timedelta(days=330)).exists()
    [again] = rows.filter(repeated__gt=0)
    assert (again.repeated, again.facility.name) == (1, "B2 潜污泵 1 号")
    numbers = list(rows.order_by("found_at", "pk").values_list("number", flat=True))
    assert numbers == sorted(numbers)
    check_late(rows.get(to_meeting_at__isnull=False), now)
    check_work(court)
    check_residents(now)
    check_moments(now)


def check_late(row: Hazard, now: datetime) -> None:
    """It has climbed all steps, one a day; at the end the secretaries hear."""
    assert (row.status, row.grade, row.step, row.step_at) == (
        "ordered",
        "major",
        Step.MEETING,
        None,
    )
    assert row.due_at is not None
    assert now - row.due_at > timedelta(days=8)
    climbs = Entry.objects.for_row(row).filter(code=CLIMB)
    assert (climbs.count(), len({entry.at.date() for entry in climbs})) == (4, 4)
    assert Entry.objects.for_row(row).filter(code="safety.hazard.remind").count() == 1
    told = Message.objects.about(row).filter(kind=CLIMB)
    assert {"inspector", "manager", "secretary"} <= set(
        told.values_list("recipient__username", flat=True)
    )


def check_work(court: Estate) -> None:
    """Before whoever looks at it again, sent back, and under repair."""
    submitted = Hazard.objects.get(status="submitted")
    assert submitted.submitted_at is not None
    assert submitted.due_at is not None
    assert timedelta(0) < submitted.submitted_at - submitted.due_at < timedelta(hours=1)
    assert [photo.stage for photo in of(submitted).order_by("created_at")] == ["before", "after"]
    assert str(submitted.funds) == "380.00"
    back = Hazard.objects.get(status="sent_back")
    assert Entry.objects.for_row(back).get(code="safety.hazard.send_back").note
    mending = Hazard.objects.get(status="rectifying")
    tickets = Ticket.objects.filter(estate=court, origin_id=mending.pk)
    [ticket] = tickets.filter(origin_type__model="hazard")
    assert ticket.status == "assigned"


def check_residents(now: datetime) -> None:
    reported = Hazard.objects.filter(reporter__isnull=False)
    heard, new = reported.order_by("found_at")
    assert (heard.status, heard.reporter.username, new.status) == ("closed", "resident", "found")
    assert now - new.found_at < timedelta(days=2)
    told = Message.objects.filter(kind="safety.hazard.heard")
    assert [(one.object_id, one.recipient) for one in told] == [(heard.pk, heard.reporter)]


def check_moments(now: datetime) -> None:
    """Nothing lies ahead, nothing runs backwards, and nothing is left for the portal to do."""
    rows = Hazard.objects.all()
    for moment in ("found_at", "submitted_at", "closed_at", "to_meeting_at", "created_at",
                   "updated_at"):  # fmt: skip
        assert not rows.filter(**{f"{moment}__gt": now}).exists()
    assert not rows.exclude(created_at=F("found_at")).exists()
    assert not rows.filter(updated_at__lt=F("created_at")).exists()
    assert not rows.filter(submitted_at__lt=F("found_at")).exists()
    assert not rows.filter(closed_at__lte=F("submitted_at")).exists()
    photos = Attachment.objects.filter(content_type__model="hazard")
    assert not photos.filter(created_at__gt=now).exists()
    for sweep in (sweeps.remind_of_hazards, sweeps.climb):
        swept = sweep(now)
        assert (swept.done, swept.errors) == (0, [])
