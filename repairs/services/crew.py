"""Who does the work: the technicians of an estate, and who of them has a ticket."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from estates.models import Posting
from repairs.models import Assignment, Ticket
from repairs.querysets import with_open_jobs
from repairs.services.deadlines import answered
from repairs.services.moves import MOVES
from workflow.moves import move
from workflow.refusals import Invalid


def workers_for(estate_id: int, at: datetime) -> Any:
    """Postings of the technicians of an estate on that day."""
    return Posting.objects.filter(
        estate=estate_id, duty="technician", user__is_active=True
    ).current(timezone.localdate(at))


def crews(estates: Iterable[int], at: datetime) -> dict[int, list[Any]]:
    """The technicians of each estate with their `open_jobs`, the freest first; one query."""
    postings = Posting.objects.filter(
        estate__in=list(estates), duty=Posting.Duty.TECHNICIAN, user__is_active=True
    ).current(timezone.localdate(at))
    people: dict[int, list[Any]] = {}
    for posting in with_open_jobs(postings, "user").select_related("user"):
        posting.user.open_jobs = posting.open_jobs
        people.setdefault(posting.estate_id, []).append(posting.user)
    return people


def next_in_turn(ticket: Ticket, at: datetime) -> Any:
    """Of the trade's technicians on duty, the one whose last job lies longest back, if any."""
    on_duty = workers_for(ticket.estate_id, at).filter(
        trades__contains=[ticket.category.trade], shifts__starts_at__lte=at, shifts__ends_at__gt=at
    )
    waiting = sorted(
        {posting.user for posting in on_duty.select_related("user")},
        key=lambda user: (_last_job(user), user.pk),
    )
    return waiting[0] if waiting else None


def _last_job(user: Any) -> datetime:
    last = Assignment.objects.filter(worker=user).order_by("-started_at").first()
    return last.started_at if last else datetime.min.replace(tzinfo=timezone.get_default_timezone())


def assign(
    ticket: Ticket, verb: str, worker: Any, *, actor: Any, at: datetime, reason: str = ""
) -> Ticket:
    def changes(locked: Ticket) -> dict[str, Any]:
        if not workers_for(locked.estate_id, at).filter(user=worker).exists():
            raise Invalid(_("%(name)s is not a technician of this estate.") % {"name": worker.name})
        if locked.assignee_id == worker.pk and verb == "reassign":
            raise Invalid(_("%(name)s has this job already.") % {"name": worker.name})
        end_assignment(locked, at=at, reason=reason)
        Assignment.objects.create(ticket=locked, worker=worker, started_at=at)
        return {"assignee": worker, "visit_from": None, "visit_to": None, **answered(at)(locked)}

    return move(MOVES, verb, ticket, actor=actor, at=at, changes=changes, note=reason)


def end_assignment(ticket: Ticket, *, at: datetime, reason: str = "") -> None:
    Assignment.objects.filter(ticket=ticket, ended_at__isnull=True).update(
        ended_at=at, reason=reason
    )
