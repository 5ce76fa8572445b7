"""Which rows of safety people may see, written once, and the questions that lists ask."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from estates.standing import (
    at_work,
    estates_handled,
    estates_staffed,
    homes_of,
)
from parties.standing import calls_in
from safety.standing import SAFETY, communities_helped, drills_served, plans_led
from safety.states import (
    AHEAD,
    AT_WORK,
    CLIMBING,
    COUNTED,
    OPEN,
    SHORT,
    STANDING,
    DrillStatus,
    ImprovementStatus,
    PlanStatus,
    RequirementStatus,
    Status,
)


class GroundQuerySet(models.QuerySet[Any]):
    """What is walked is for those who plan and walk it."""

    estate_path = "estate"

    def visible_to(self, user: Any) -> Self:
        return self.filter(at_work(user, self.estate_path, *SAFETY))


class ChecklistQuerySet(GroundQuerySet):
    pass


class ChecklistItemQuerySet(GroundQuerySet):
    estate_path = "checklist__estate"

    def asked(self) -> Self:
        return self.filter(is_active=True)


class CheckpointQuerySet(GroundQuerySet):
    pass


class RouteQuerySet(GroundQuerySet):
    pass


class StopQuerySet(GroundQuerySet):
    estate_path = "route__estate"


HANDED = "handed_from"
LONGEST = timedelta(days=7)


def _seen(user: Any, plan: str = "plan", path: str = "", *walked: str) -> Q:
    """All of an estate for its manager and inspectors; else what somebody walks or leads at an
    estate where they work today."""
    if user.is_superuser:
        return ~Q(pk__in=())
    staffed = estates_staffed(user)
    whole = estates_staffed(user, *SAFETY)
    seen = Q(**{f"{path}estate__in": whole})
    if staffed - whole:
        theirs = Q(**{f"{path}{plan}__in": plans_led(user)})
        for who in ("assignee", *walked):
            theirs |= Q(**{f"{path}{who}": user.pk})
        seen |= theirs & Q(**{f"{path}estate__in": staffed - whole})
    return seen


class PlanQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(_seen(user, "pk")) if user.pk else self.none()

    def at_desk_of(self, user: Any) -> Self:
        return self.filter(estate__in=estates_handled(user, *SAFETY))

    def running(self) -> Self:
        return self.filter(status=PlanStatus.ACTIVE)

    def to_extend(self, until: datetime) -> Self:
        """Those with a time before `until` for which no round is made."""
        return self.filter(next_at__isnull=False, next_at__lt=until, status=PlanStatus.ACTIVE)

    def with_all(self) -> Self:
        return self.select_related("estate", "route", "assignee", "lead")


class RoundQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(_seen(user, "plan", "", HANDED)) if user.pk else self.none()

    def at_desk_of(self, user: Any) -> Self:
        return self.filter(estate__in=estates_handled(user, *SAFETY))

    def standing(self) -> Self:
        """Not called off."""
        return self.filter(status__in=STANDING)

    def ahead(self) -> Self:
        return self.filter(status__in=AHEAD)

    def between(self, begin: datetime, end: datetime) -> Self:
        return self.filter(planned_at__gte=begin, planned_at__lt=end)

    def on_between(self, begin: datetime, end: datetime) -> Self:
        """Whose time lies in part between the two; none takes longer than a week."""
        return self.between(begin - LONGEST, end).filter(ends_at__gt=begin)

    def by_rule(self) -> Self:
        """Those of the plan itself, not those that make up for one."""
        return self.filter(makes_up__isnull=True)

    def counted(self) -> Self:
        return self.by_rule().filter(status__in=COUNTED)

    def short(self) -> Self:
        """Missed, or with points missing, and nothing made up for it yet."""
        return self.filter(status__in=SHORT, made_up__isnull=True)

    def for_walker(self, user: Any) -> Self:
        """Theirs, and those of nobody in particular where they are inspectors."""
        inspected = estates_staffed(user, "inspector")
        return self.filter(Q(assignee=user.pk) | Q(assignee__isnull=True, estate__in=inspected))

    def to_close(self, at: datetime) -> Self:
        return self.ahead().filter(ends_at__lte=at)

    def to_remind(self, at: datetime) -> Self:
        return self.filter(
            remind_at__isnull=False, remind_at__lte=at, status=Status.PLANNED, planned_at__gt=at
        )

    def not_begun(self, at: datetime) -> Self:
        """Whose time has not come, and which nobody has begun before it."""
        return self.by_rule().filter(status=Status.PLANNED, planned_at__gt=at)

    def with_all(self) -> Self:
        return self.select_related("estate", "plan__route", "plan__lead", "assignee")

    def with_progress(self) -> Self:
        """`reached` of `all_points`: those of the round once it has any, else of its route. And
        whether another `is_made_up` for it, which a verb asks."""
        points = apps.get_model("safety", "RoundPoint").objects.filter(round=OuterRef("pk"))
        stops = apps.get_model("safety", "Stop").objects.filter(route=OuterRef("plan__route"))
        return self.annotate(
            reached=Coalesce(_count(points.filter(reached_at__isnull=False), "round"), 0),
            all_points=Coalesce(_count(points, "round"), _count(stops, "route"), 0),
            findings=Coalesce(_count(points.filter(failed__gt=0), "round"), 0),
            is_made_up=Exists(self.model._default_manager.filter(makes_up=OuterRef("pk"))),
        )


def _count(rows: Any, by: str) -> Subquery:
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Subquery(counted, output_field=models.IntegerField())


class RoundPointQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(_seen(user, "plan", "round__", HANDED)) if user.pk else self.none()

    def missing(self) -> Self:
        return self.filter(reached_at__isnull=True)

    def with_all(self) -> Self:
        return self.select_related("checkpoint__place", "checkpoint__facility", "reached_by")


class AnswerQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return (
            self.filter(_seen(user, "plan", "point__round__", HANDED)) if user.pk else self.none()
        )

    def failed(self) -> Self:
        return self.filter(verdict="fail")


class HazardQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Whoever works at the estate; the secretaries, once it is the joint meeting's; and the
        resident who reported it, who reads its state and its result and nothing else."""
        if user.is_superuser:
            return self.all()
        return self.filter(_inside(user) | Q(reporter=user.pk)) if user.pk else self.none()

    def inside(self, user: Any) -> Self:
        """A part of `visible_to`: for lists and notes of those who work on it."""
        if user.is_superuser:
            return self.all()
        return self.filter(_inside(user)) if user.pk else self.none()

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def to_remind(self, at: datetime) -> Self:
        return self.filter(remind_at__isnull=False, remind_at__lte=at, status__in=AT_WORK)

    def to_climb(self, at: datetime) -> Self:
        return self.filter(step_at__isnull=False, step_at__lte=at, status__in=CLIMBING)

    def found_at_the_same(self, hazard: Any, since: datetime) -> Self:
        """Earlier ones at its checkpoint or its facility."""
        same = Q(pk__in=())
        for name in ("checkpoint_id", "facility_id"):
            if (key := getattr(hazard, name)) is not None:
                same |= Q(**{name: key})
        found = self.filter(same, found_at__gte=since, found_at__lte=hazard.found_at)
        return found.exclude(pk=hazard.pk)

    def with_all(self) -> Self:
        return self.select_related(
            "estate",
            "place",
            "facility",
            "responsible",
            "found_by",
            "submitted_by",
            "inspected_by",
            "of_plan",
            "checkpoint",
        )


def _inside(user: Any) -> Q:
    seen = Q(estate__in=estates_staffed(user))
    if communities := calls_in(user):
        seen |= Q(to_meeting_at__isnull=False, estate__community__in=communities)
    return seen


# --- drills


class RequirementQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """For everybody who works at the estate: what is to be practised is no secret to them."""
        return self.filter(at_work(user, "estate"))

    def holding(self) -> Self:
        return self.filter(status=RequirementStatus.ON)

    def with_all(self) -> Self:
        return self.select_related("estate")


def _drills_inside(user: Any, path: str = "") -> Q:
    """Those that somebody works on: who works at the estate, and who has a role in one of an estate
    where they stand."""
    seen = Q(**{f"{path}estate__in": estates_staffed(user)})
    if served := drills_served(user):
        seen |= Q(**{f"{path}pk__in": served}) & _helped(user, path)
    return seen


def _helped(user: Any, path: str = "") -> Q:
    """Of the communities where somebody looks after households, or volunteers."""
    return Q(**{f"{path}estate__community__in": communities_helped(user)})


class DrillQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Whoever works on it; the homes concerned, once it was announced to them."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        return self.filter(_drills_inside(user) | Q(pk__in=self._of_homes(user)))

    def _of_homes(self, user: Any) -> Any:
        homes = apps.get_model("safety", "DrillHome").objects.filter(unit__in=homes_of(user))
        return homes.filter(part__drill__announced_at__isnull=False).values("part__drill")

    def inside(self, user: Any) -> Self:
        """A part of `visible_to`: of those who work on it."""
        if user.is_superuser:
            return self.all()
        return self.filter(_drills_inside(user)) if user.pk else self.none()

    def between(self, begin: datetime, end: datetime) -> Self:
        return self.filter(planned_at__gte=begin, planned_at__lt=end)

    def to_remind(self, at: datetime) -> Self:
        return self.filter(
            remind_at__isnull=False,
            remind_at__lte=at,
            status=DrillStatus.ANNOUNCED,
            planned_at__gt=at,
        )

    def with_all(self) -> Self:
        """And whether it `has_open` improvements, which a verb asks."""
        improvements = apps.get_model("safety", "Improvement").objects.open()
        open_ones = Exists(improvements.filter(drill=OuterRef("pk")))
        rows = self.select_related("estate", "assembly", "planner")
        return rows.annotate(has_open=open_ones)


class DrillBuildingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        drills = apps.get_model("safety", "Drill").objects.visible_to(user)
        return self.filter(drill__in=drills)


class DrillPartQuerySet(models.QuerySet[Any]):
    """Roles, moments and sheets: of those who work on the drill."""

    drill_path = "drill"

    def of(self, user: Any, at: datetime) -> Self:
        """Somebody's own; see `safety.standing`."""
        return self.filter(person_id=user.pk)

    def visible_to(self, user: Any) -> Self:
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        return self.filter(_drills_inside(user, f"{self.drill_path}__"))


class DrillHomeQuerySet(DrillPartQuerySet):
    """Who was missing is read by those who work on the drill; by who lives there, their own."""

    drill_path = "part__drill"

    def visible_to(self, user: Any) -> Self:
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        own = Q(unit__in=homes_of(user), part__drill__announced_at__isnull=False)
        return self.filter(_drills_inside(user, "part__drill__") | own)


class DrillMarkQuerySet(DrillPartQuerySet):
    drill_path = "home__part__drill"


class ImprovementQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Who works at the estate; and whoever sees to it, while they stand there."""
        if user.is_superuser:
            return self.all()
        if not user.pk:
            return self.none()
        mine = Q(owner=user.pk) & _helped(user)
        return self.filter(Q(estate__in=estates_staffed(user)) | mine)

    def open(self) -> Self:
        return self.exclude(status=ImprovementStatus.VERIFIED)

    def to_tell_late(self, today: date) -> Self:
        late = self.filter(status=ImprovementStatus.OPEN, due_on__lt=today)
        return late.exclude(late_told=F("due_on"))

    def with_all(self) -> Self:
        return self.select_related("estate", "drill", "owner", "done_by", "verified_by")
