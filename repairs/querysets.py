"""Which repairs people may see, written once, and the questions that lists ask."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import IsNull

from estates.audiences import Audience, Rows, living_at, living_in, of, posted, working_at
from estates.standing import (
    DESK,
    TECHNICIAN,
    at_home_or_work,
    estates_handled,
    estates_lived_in,
    estates_staffed,
    homes_of,
)
from grids.standing import grids_seen
from repairs.standing import categories_to_take, categories_worked, followed_by, has_had_jobs
from repairs.states import JOBS, OPEN, UNDER_WAY, UNTAKEN, WAITING, Status

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class CategoryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(at_home_or_work(user, "estate"))

    def choosable(self) -> Self:
        return self.filter(is_active=True)

    def tiles(self) -> Self:
        """The top of the tree: what a resident taps first."""
        return self.choosable().filter(parent__isnull=True)


# What a ticket waits for next. Without a deadline it waits for ever; one to be confirmed counts
# from its result. While nobody has answered, either deadline may be the next.
DUE = Coalesce(
    Case(
        When(status=Status.ON_HOLD, then="held_until"),
        When(status=Status.RESOLVED, then=Coalesce("resolved_at", "reported_at")),
        When(status__in=WAITING, responded_at__isnull=True, then=Least("respond_by", "resolve_by")),
        When(status__in=WAITING, then="resolve_by"),
        default="closed_at",
    ),
    Value(NEVER, output_field=models.DateTimeField()),
)


def late(at: datetime) -> Q:
    return Q(status__in=WAITING, due__lt=at)


# An empty set of ids is no condition at all beside an “or”: Django leaves it out of the statement.


def _at_home(user: Any) -> Q:
    """Reported by somebody or, unless private, of the home."""
    return Q(reporter_id=user.pk) | Q(unit__in=homes_of(user), private=False)


def _followed(user: Any) -> Q:
    """Unless private, at the estates where somebody lives or works."""
    return Q(at_home_or_work(user, "estate"), pk__in=followed_by(user), private=False)


def _at_work(user: Any) -> Q:
    """The desk sees all of its estates; a technician the trades, and whatever was ever theirs at an
    estate where they work today."""
    desks = estates_staffed(user, *DESK)
    assignments = apps.get_model("repairs", "Assignment").objects
    theirs = assignments.filter(ticket=OuterRef("pk"), worker_id=user.pk).values("pk")[:1]
    seen = Q(estate__in=desks) | Q(category__in=categories_worked(user))
    beyond = estates_staffed(user) - desks
    if beyond and has_had_jobs(user):
        # For EXISTS PostgreSQL would read all the jobs that somebody ever had, and keep them.
        seen |= Q(IsNull(Subquery(theirs), False), estate__in=beyond)
    return seen


class TicketQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Staff of the desk: all of their estates. Technicians: their trades' and whatever was ever
        theirs. Residents: what they reported, and unless private what concerns their homes or
        what they follow.
        """
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        seen = _at_home(user) | _at_work(user)
        # What is followed at one's own desks is seen anyway: mostly there is nothing to read.
        beyond = estates_staffed(user) | estates_lived_in(user)
        if beyond - estates_staffed(user, *DESK):
            seen |= _followed(user)
        return self.filter(seen)

    def known_to(self, user: Any) -> Self:
        """With those of households that somebody looks after, unless private: of them they know
        number, what, state and days, and may make something else of them."""
        homes = Q(unit__household__grid__in=grids_seen(user), private=False)
        seen = Q(pk__in=self.visible_to(user).values("pk"))
        return self.filter(seen | homes) if user.pk else self.none()

    def at_desk_of(self, user: Any) -> Self:
        """What somebody's desks handle: a part of `visible_to`."""
        return self.filter(estate__in=estates_handled(user, *DESK))

    def under_way(self) -> Self:
        """Not done with: until the resident has said that it is mended."""
        return self.filter(status__in=UNDER_WAY)

    def of_home(self, user: Any) -> Self:
        """A resident's own matters: reported, followed, or of the home."""
        return self.filter(_at_home(user) | _followed(user))

    def visits_of(self, user: Any, start: datetime, end: datetime) -> Self:
        """Planned visits that somebody pays, or that come in their own matters, from when to when
        they begin."""
        theirs = Q(assignee_id=user.pk) | _at_home(user) | _followed(user)
        return self.filter(theirs, visit_from__gte=start, visit_from__lt=end)

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def overdue(self, at: datetime) -> Self:
        """Not answered, or not put right, in time; a held ticket's clock stands still."""
        return self.filter(late(at))

    def due_soon(self, at: datetime, until: datetime) -> Self:
        """Jobs whose next deadline comes between the two, nobody reminded of it yet."""
        return (
            self.filter(status__in=WAITING, assignee__isnull=False)
            .filter(Q(due__gt=at, due__lte=until))
            .filter(Q(reminded_for__isnull=True) | ~Q(reminded_for=F("due")))
        )

    def not_alarmed(self, at: datetime) -> Self:
        """Late, and nobody has been told of this deadline yet."""
        missed = Case(When(resolve_by__lt=at, then="resolve_by"), default="respond_by")
        return (
            self.overdue(at)
            .annotate(missed_deadline=missed)
            .filter(Q(alarmed_for__isnull=True) | ~Q(alarmed_for=F("missed_deadline")))
        )

    def untaken(self) -> Self:
        return self.filter(status__in=UNTAKEN)

    def assigned_to(self, user: Any) -> Self:
        return self.filter(assignee_id=user.pk)

    def jobs_of(self, user: Any) -> Self:
        """What a technician has in hand or before him."""
        return self.assigned_to(user).filter(status__in=JOBS)

    def to_wake(self, at: datetime) -> Self:
        return self.filter(status=Status.ON_HOLD, held_until__lte=at)

    def unanswered_since(self, at: datetime) -> Self:
        return self.filter(status=Status.RESOLVED, resolved_at__lte=at)

    def to_take(self, user: Any) -> Self:
        """The pool: what a technician of the trade may help himself to."""
        return self.untaken().filter(category__in=categories_to_take(user))

    def with_resolve_by_or_never(self) -> Self:
        """To order by: pages by key cannot compare with a deadline that is not there."""
        never = Value(NEVER, output_field=models.DateTimeField())
        return self.annotate(resolve_by_or_never=Coalesce("resolve_by", never))

    def with_place(self) -> Self:
        return self.select_related(
            "estate",
            "unit__entrance__building",
            "place",
            "facility",
            "category",
            "assignee",
            "reporter",
        )

    def for_page(self, user: Any) -> Self:
        """What a ticket's page asks besides: whether `user` follows it."""
        follows = apps.get_model("repairs", "Follow").objects
        return self.annotate(
            followed=Exists(follows.filter(ticket=OuterRef("pk"), user_id=user.pk))
        )


class OfTicketQuerySet(models.QuerySet[Any]):
    """Rows of a ticket are seen by whoever sees the ticket."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(ticket__in=apps.get_model("repairs", "Ticket").objects.visible_to(user))


def with_open_jobs(rows: models.QuerySet[Any], person: str = "pk") -> models.QuerySet[Any]:
    """Users (or rows with a `person`) with the number of their open tickets, the freest first."""
    jobs = (
        apps.get_model("repairs", "Ticket")
        .objects.open()
        .filter(assignee=OuterRef(person))
        .order_by()
        .values("assignee")
        .annotate(count=Count("*"))
        .values("count")
    )
    loaded: models.QuerySet[Any] = rows.annotate(open_jobs=Coalesce(Subquery(jobs), 0))
    return loaded.order_by("open_jobs", "pk")


def watchers(tickets: Rows) -> Audience:
    """The people who may see each ticket: the inverse of `visible_to`, administrators left out."""
    shared = tickets.filter(private=False)
    return (
        of(tickets, "reporter")
        | posted(tickets, "estate", *DESK)
        | posted(tickets, "estate", TECHNICIAN, trade=F("category__trade"))
        | working_at(tickets, "assignments__worker", "estate")
        | working_at(shared, "follows__user", "estate")
        | living_at(shared, "follows__user", "estate")
        | living_in(shared, "unit")
    )
