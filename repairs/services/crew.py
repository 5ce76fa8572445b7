"""Who does the work: the technicians of an estate, and who of them has a ticket."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Max
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from estates.models import DutyShift, Posting
from repairs.models import Assignment, Ticket
from repairs.querysets import with_open_jobs
from repairs.services.deadlines import answered
from repairs.services.moves import MOVES
from workflow.moves import move
from workflow.refusals import Invalid


def workers_for(estate_id: int, at: datetime) -> Any:
    """Postings of the technicians of an estate, or of the community around it, at that time."""
    return _technicians([estate_id], at)


def crews(estates: Iterable[int], at: datetime) -> dict[int, list[Any]]:
    """The technicians of each estate with their `open_jobs`, the freest first; one query."""
    wanted = set(estates)
    people: dict[int, list[Any]] = {}
    here = Coalesce("estate", "community__estates")
    postings = with_open_jobs(_technicians(wanted, at).annotate(here=here), "user")
    for posting in postings.select_related("user"):
        posting.user.open_jobs = posting.open_jobs
        crew = people.setdefault(posting.here, []) if posting.here in wanted else []
        # Once, whoever has a posting for the estate and one for the community.
        if posting.user not in crew:
            crew.append(posting.user)
    return people


def _technicians(estates: Iterable[int], at: datetime) -> Any:
    technicians = Posting.objects.filter(duty=Posting.Duty.TECHNICIAN, user__is_active=True)
    return technicians.at(estates).holding(at)


def next_in_turn(ticket: Ticket, at: datetime) -> Any:
    """Of the trade's technicians on duty, the one whose last job lies longest back, if any."""
    on_duty = workers_for(ticket.estate_id, at).filter(
        trades__contains=[ticket.category.trade],
        pk__in=DutyShift.objects.on_at(at).values("posting"),
    )
    last_job = Max("assignments__started_at")
    # Two queries: what was given meanwhile is read only after the lock is had.
    waiting = User.objects.filter(pk__in=lock_turn(on_duty)).annotate(last_job=last_job)
    return waiting.order_by(F("last_job").asc(nulls_first=True), "pk").first()


def lock_turn(postings: Any) -> list[int]:
    """Their people. Until the job is given, whoever else asks whose turn it is waits here."""
    rows = postings.select_for_update(of=("self",), no_key=True).order_by("pk")
    return [posting.user_id for posting in rows]


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
    end_assignments([ticket], at=at, reason=reason)


def end_assignments(tickets: Iterable[Ticket], *, at: datetime, reason: str = "") -> None:
    """Nobody has the job any more; who had it, and until when, stays."""
    had = Assignment.objects.filter(ticket__in=list(tickets), ended_at__isnull=True)
    had.update(ended_at=at, reason=reason)
