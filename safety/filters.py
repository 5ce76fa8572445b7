"""One FilterSet per noun, for its list, its API and its export."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import django_filters as df
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.days import FromDay, UntilDay
from estates.filters import ByName, estates
from safety.models import (
    Checklist,
    ChecklistItem,
    Checkpoint,
    Drill,
    DrillRequirement,
    Hazard,
    Improvement,
    Plan,
    Round,
    Route,
)
from safety.models.drill import DRILL_WORDS
from safety.models.hazard import WORDS
from safety.models.improvement import IMPROVEMENT_WORDS
from safety.services.people import walkers
from safety.states import (
    AT_WORK,
    DRILL_AHEAD,
    DRILL_OPEN,
    OPEN,
    STANDING,
    D,
    H,
    ImprovementStatus,
)
from workflow.desk import View, views

LOOKED_BACK = timedelta(days=92)


def checklists(request: HttpRequest | None) -> QuerySet[Checklist]:
    rows: QuerySet[Checklist] = Checklist.objects.none()
    return Checklist.objects.visible_to(request.user) if request else rows


def routes(request: HttpRequest | None) -> QuerySet[Route]:
    rows: QuerySet[Route] = Route.objects.none()
    return Route.objects.visible_to(request.user) if request else rows


def plans(request: HttpRequest | None) -> QuerySet[Plan]:
    rows: QuerySet[Plan] = Plan.objects.none()
    return Plan.objects.visible_to(request.user) if request else rows


def walked_by(request: HttpRequest | None) -> Any:
    return walkers(request.user) if request else None


class ChecklistFilter(ByName):
    estate = df.ModelChoiceFilter(queryset=estates, label=_("Estate"))

    class Meta:
        model = Checklist
        fields = ["q", "estate"]


class ChecklistItemFilter(ByName):
    fields_of_q = ("name", "standard")
    checklist = df.ModelChoiceFilter(queryset=checklists, label=_("Checklist"))

    class Meta:
        model = ChecklistItem
        fields = ["q", "checklist", "kind", "is_active"]


class CheckpointFilter(ByName):
    fields_of_q = ("name", "hint")
    estate = df.ModelChoiceFilter(queryset=estates, label=_("Estate"))
    routes = df.ModelChoiceFilter(queryset=routes, label=_("Route"))

    class Meta:
        model = Checkpoint
        fields = ["q", "estate", "routes"]


class RouteFilter(ByName):
    estate = df.ModelChoiceFilter(queryset=estates, label=_("Estate"))

    class Meta:
        model = Route
        fields = ["q", "estate"]


class PlanFilter(ByName):
    estate = df.ModelChoiceFilter(queryset=estates, label=_("Estate"))
    route = df.ModelChoiceFilter(queryset=routes, label=_("Route"))
    status = df.MultipleChoiceFilter(choices=Plan.Status.choices, label=_("State"))

    class Meta:
        model = Plan
        fields = ["q", "estate", "route", "status"]


class RoundFilter(df.FilterSet):  # type: ignore[misc]
    """Those that were called off are shown to whoever asks for them."""

    plan = df.ModelChoiceFilter(queryset=plans, label=_("Plan"))
    status = df.MultipleChoiceFilter(choices=Round.Status.choices, label=_("State"))
    assignee = df.ModelChoiceFilter(queryset=walked_by, label=_("Who walks"))
    estate = df.ModelChoiceFilter(queryset=estates, label=_("Estate"))
    planned_after = df.IsoDateTimeFilter("planned_at", "gte", label=_("Planned after"))
    planned_before = df.IsoDateTimeFilter("planned_at", "lte", label=_("Planned before"))
    from_day = FromDay(field_name="planned_at", label=_("From day"))
    until_day = UntilDay(field_name="planned_at", label=_("Until day"))

    class Meta:
        model = Round
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Round]) -> QuerySet[Round]:
        rows: QuerySet[Round] = super().filter_queryset(queryset)
        asked = self.form.cleaned_data.get("status")
        return rows if asked else rows.filter(status__in=STANDING)


class RoundListFilter(RoundFilter):
    """The page asks by days. Nothing asked, it begins with today and goes back three months."""

    planned_after = planned_before = None

    @classmethod
    def asked(cls, sent: QueryDict, today: date) -> QueryDict:
        said = sent.copy()
        if not set(said) & set(cls.base_filters):
            said["from_day"] = (today - LOOKED_BACK).isoformat()
            said["until_day"] = today.isoformat()
        return said


def late(at: datetime, user: Any) -> Q:
    return Q(status__in=OPEN, due_at__lt=at)


HAZARD_VIEWS = views(
    View("open", _("all open"), lambda at, user: Q(status__in=OPEN)),
    View("to_grade", _("to grade"), lambda at, user: Q(status=H.FOUND)),
    View("to_order", _("to order"), lambda at, user: Q(status=H.GRADED)),
    View(
        "mine", _("mine to put right"), lambda at, user: Q(responsible=user.pk, status__in=AT_WORK)
    ),
    View("to_inspect", _("to be looked at again"), lambda at, user: Q(status=H.SUBMITTED)),
    View("late", _("late"), late, late=True),
    View(
        "major",
        pgettext_lazy("hazard", "major"),
        lambda at, user: Q(grade="major", status__in=OPEN),
    ),
    View(
        "closed",
        pgettext_lazy("hazard", "closed"),
        lambda at, user: Q(status=H.CLOSED),
        counted=False,
        newest_first=True,
    ),
    View("all", _("All"), lambda at, user: Q(), counted=False, newest_first=True),
)


class HazardFilter(df.FilterSet):  # type: ignore[misc]
    view = df.ChoiceFilter(
        label=_("View"),
        choices=[(one.key, one.label) for one in HAZARD_VIEWS.values()],
        method="in_view",
    )
    q = df.CharFilter(method="saying", label=_("Number or words"))
    estate = df.ModelChoiceFilter(queryset=estates, label=_("Estate"))
    status = df.MultipleChoiceFilter(choices=Hazard.Status.choices, label=_("State"))
    grade = df.MultipleChoiceFilter(choices=Hazard.Grade.choices, label=_("Grade"))
    late = df.BooleanFilter(method="is_late", label=_("Late"))
    from_day = FromDay(field_name="found_at", label=_("From day"))
    until_day = UntilDay(field_name="found_at", label=_("Until day"))

    class Meta:
        model = Hazard
        fields: list[str] = []

    def in_view(self, rows: QuerySet[Hazard], _name: str, value: str) -> QuerySet[Hazard]:
        return rows.filter(HAZARD_VIEWS[value].rows(timezone.now(), self.request.user))

    def is_late(self, rows: QuerySet[Hazard], _name: str, value: bool) -> QuerySet[Hazard]:
        found = late(timezone.now(), self.request.user)
        return rows.filter(found if value else ~found)

    def saying(self, rows: QuerySet[Hazard], _name: str, value: str) -> QuerySet[Hazard]:
        return rows.filter(WORDS.saying(value))


# --- drills


class RequirementFilter(ByName):
    fields_of_q = ("name", "source")
    estate = df.ModelChoiceFilter(queryset=estates, label=_("Estate"))
    kind = df.MultipleChoiceFilter(choices=DrillRequirement.Kind.choices, label=_("Kind"))
    status = df.MultipleChoiceFilter(choices=DrillRequirement.Status.choices, label=_("State"))

    class Meta:
        model = DrillRequirement
        fields = ["q", "estate", "kind", "status"]


DRILL_VIEWS = views(
    View("open", _("not done with"), lambda at, user: Q(status__in=DRILL_OPEN)),
    View("ahead", _("ahead"), lambda at, user: Q(status__in=DRILL_AHEAD)),
    View("running", pgettext_lazy("drill", "running"), lambda at, user: Q(status=D.RUNNING)),
    View("to_evaluate", _("to be evaluated"), lambda at, user: Q(status=D.ENDED)),
    View(
        "held",
        pgettext_lazy("drills", "held"),
        lambda at, user: Q(status__in=(D.EVALUATED, D.ARCHIVED)),
        counted=False,
        newest_first=True,
    ),
    View("all", _("All"), lambda at, user: Q(), counted=False, newest_first=True),
)


class DrillFilter(df.FilterSet):  # type: ignore[misc]
    view = df.ChoiceFilter(
        label=_("View"),
        choices=[(one.key, one.label) for one in DRILL_VIEWS.values()],
        method="in_view",
    )
    q = df.CharFilter(method="saying", label=_("Number or words"))
    estate = df.ModelChoiceFilter(queryset=estates, label=_("Estate"))
    kind = df.MultipleChoiceFilter(choices=Drill.Kind.choices, label=_("Kind"))
    status = df.MultipleChoiceFilter(choices=Drill.Status.choices, label=_("State"))
    from_day = FromDay(field_name="planned_at", label=_("From day"))
    until_day = UntilDay(field_name="planned_at", label=_("Until day"))

    class Meta:
        model = Drill
        fields: list[str] = []

    def in_view(self, rows: QuerySet[Drill], _name: str, value: str) -> QuerySet[Drill]:
        return rows.filter(DRILL_VIEWS[value].rows(timezone.now(), self.request.user))

    def saying(self, rows: QuerySet[Drill], _name: str, value: str) -> QuerySet[Drill]:
        return rows.filter(DRILL_WORDS.saying(value))


def improvement_late(at: datetime, user: Any) -> Q:
    return Q(status=ImprovementStatus.OPEN, due_on__lt=timezone.localdate(at))


IMPROVEMENT_VIEWS = views(
    View("open", _("not done with"), lambda at, user: ~Q(status=ImprovementStatus.VERIFIED)),
    View(
        "mine",
        _("mine to see to"),
        lambda at, user: Q(owner=user.pk, status=ImprovementStatus.OPEN),
    ),
    View("to_verify", _("to be verified"), lambda at, user: Q(status=ImprovementStatus.DONE)),
    View("late", _("late"), improvement_late, late=True),
    View(
        "verified",
        pgettext_lazy("improvements", "verified"),
        lambda at, user: Q(status=ImprovementStatus.VERIFIED),
        counted=False,
        newest_first=True,
    ),
    View("all", _("All"), lambda at, user: Q(), counted=False, newest_first=True),
)


class ImprovementFilter(df.FilterSet):  # type: ignore[misc]
    view = df.ChoiceFilter(
        label=_("View"),
        choices=[(one.key, one.label) for one in IMPROVEMENT_VIEWS.values()],
        method="in_view",
    )
    q = df.CharFilter(method="saying", label=_("Words"))
    estate = df.ModelChoiceFilter(queryset=estates, label=_("Estate"))
    status = df.MultipleChoiceFilter(choices=Improvement.Status.choices, label=_("State"))
    from_day = df.DateFilter("due_on", "gte", label=_("From day"))
    until_day = df.DateFilter("due_on", "lte", label=_("Until day"))

    class Meta:
        model = Improvement
        fields: list[str] = []

    def in_view(self, rows: QuerySet[Improvement], _name: str, value: str) -> QuerySet[Improvement]:
        return rows.filter(IMPROVEMENT_VIEWS[value].rows(timezone.now(), self.request.user))

    def saying(self, rows: QuerySet[Improvement], _name: str, value: str) -> QuerySet[Improvement]:
        return rows.filter(IMPROVEMENT_WORDS.saying(value))
