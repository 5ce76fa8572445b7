"""The administrator's door. What was walked is history, and read only."""

from __future__ import annotations

from django.contrib import admin

from audit.admin import AuditedModelAdmin, ReadOnlyAdmin, ReadOnlyMixin
from safety.lives import DRILL, HAZARD, IMPROVEMENT, PLAN, REQUIREMENT, ROUND
from safety.models import (
    Answer,
    Checklist,
    ChecklistItem,
    Checkpoint,
    Drill,
    DrillBuilding,
    DrillHome,
    DrillMark,
    DrillMoment,
    DrillRequirement,
    DrillRole,
    DrillSheet,
    Hazard,
    Improvement,
    Plan,
    Round,
    RoundPoint,
    Route,
    Stop,
)
from workflow.admin import LifecycleAdmin


class ItemInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ChecklistItem
    extra = 0
    fields = ["position", "name", "kind", "unit", "lowest", "highest", "photo_required"]


@admin.register(Checklist)
class ChecklistAdmin(AuditedModelAdmin):
    list_display = ("name", "estate")
    list_filter = ("estate",)
    list_select_related = ("estate",)
    search_fields = ("name",)
    inlines = (ItemInline,)


@admin.register(ChecklistItem)
class ChecklistItemAdmin(AuditedModelAdmin):
    list_display = ("name", "checklist", "position", "kind", "is_active")
    list_filter = ("checklist__estate", "kind", "is_active")
    list_select_related = ("checklist",)
    search_fields = ("name", "checklist__name")
    autocomplete_fields = ("checklist",)


@admin.register(Checkpoint)
class CheckpointAdmin(AuditedModelAdmin):
    list_display = ("name", "estate", "place", "facility", "checklist")
    list_filter = ("estate",)
    list_select_related = ("estate", "place", "facility", "checklist")
    search_fields = ("name", "place__name")
    autocomplete_fields = ("place", "facility", "checklist")


class StopInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Stop
    extra = 0
    autocomplete_fields = ("checkpoint", "checklist")


@admin.register(Route)
class RouteAdmin(AuditedModelAdmin):
    list_display = ("name", "estate")
    list_filter = ("estate",)
    list_select_related = ("estate",)
    search_fields = ("name",)
    inlines = (StopInline,)


@admin.register(Stop)
class StopAdmin(ReadOnlyAdmin):
    list_display = ("route", "position", "checkpoint", "checklist")
    list_select_related = ("route", "checkpoint", "checklist")


@admin.register(Plan)
class PlanAdmin(LifecycleAdmin):
    life = PLAN
    list_display = ["name", "estate", "route", "rule", "time", "status", "next_at"]
    list_filter = ["status", "estate"]
    search_fields = ["name"]


class PointInline(ReadOnlyMixin, admin.TabularInline):  # type: ignore[type-arg]
    model = RoundPoint
    extra = 0
    fields = ["position", "checkpoint", "reached_at", "reached_by", "by_label", "failed", "note"]


@admin.register(Round)
class RoundAdmin(LifecycleAdmin):
    life = ROUND
    list_display = ["plan", "planned_at", "ends_at", "status", "assignee", "finished_at"]
    list_filter = ["status", "estate"]
    search_fields = ["plan__name"]
    inlines = [PointInline]


@admin.register(RoundPoint)
class RoundPointAdmin(ReadOnlyAdmin):
    list_display = ("round", "position", "checkpoint", "reached_at", "reached_by", "failed")
    list_select_related = ("round__plan", "checkpoint", "reached_by")


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    list_display = ("point", "item", "verdict", "value")
    list_filter = ("verdict",)
    list_select_related = ("point__checkpoint", "item")


@admin.register(Hazard)
class HazardAdmin(LifecycleAdmin):
    life = HAZARD
    left_out = ("origin_type", "origin_id", "hands")
    list_display = ["number", "title", "estate", "grade", "status", "responsible", "due_at", "step"]
    list_filter = ["status", "grade", "estate"]
    search_fields = ["number", "title"]


@admin.register(DrillRequirement)
class RequirementAdmin(LifecycleAdmin):
    life = REQUIREMENT
    left_out = ("seed",)
    list_display = ["name", "estate", "kind", "months", "article", "verified_on", "status"]
    list_filter = ["status", "kind", "estate"]
    search_fields = ["name", "source"]


class RoleInline(ReadOnlyMixin, admin.TabularInline):  # type: ignore[type-arg]
    model = DrillRole
    extra = 0
    fields = ["person", "role", "building"]


class MomentInline(ReadOnlyMixin, admin.TabularInline):  # type: ignore[type-arg]
    model = DrillMoment
    extra = 0
    fields = ["at", "words", "is_trouble", "by"]


@admin.register(Drill)
class DrillAdmin(LifecycleAdmin):
    life = DRILL
    list_display = ["number", "title", "estate", "kind", "form", "status", "planned_at", "score"]
    list_filter = ["status", "kind", "form", "estate"]
    search_fields = ["number", "title"]
    inlines = [RoleInline, MomentInline]


@admin.register(Improvement)
class ImprovementAdmin(LifecycleAdmin):
    life = IMPROVEMENT
    list_display = ["title", "drill", "estate", "owner", "due_on", "status"]
    list_filter = ["status", "estate"]
    search_fields = ["title", "drill__number"]


@admin.register(DrillBuilding)
class DrillBuildingAdmin(ReadOnlyAdmin):
    list_display = ("drill", "building")
    list_select_related = ("drill", "building")


@admin.register(DrillRole)
class DrillRoleAdmin(ReadOnlyAdmin):
    list_display = ("drill", "person", "role", "building")
    list_filter = ("role",)
    list_select_related = ("drill", "person", "building")


@admin.register(DrillHome)
class DrillHomeAdmin(ReadOnlyAdmin):
    list_display = ("part", "unit", "people", "mark", "marked_at", "marked_by")
    list_filter = ("mark",)
    list_select_related = (
        "part__drill",
        "part__building",
        "unit__entrance__building",
        "marked_by",
    )


@admin.register(DrillMark)
class DrillMarkAdmin(ReadOnlyAdmin):
    list_display = ("home", "mark", "at", "arrived_at", "by", "is_taken")
    list_filter = ("mark", "is_taken")
    list_select_related = ("home__part__drill", "home__unit__entrance__building", "by")


@admin.register(DrillMoment)
class DrillMomentAdmin(ReadOnlyAdmin):
    list_display = ("drill", "at", "words", "is_trouble", "by")
    list_select_related = ("drill", "by")


@admin.register(DrillSheet)
class DrillSheetAdmin(ReadOnlyAdmin):
    list_display = ("drill", "name", "alarm", "order", "help", "roll", "ways")
    list_select_related = ("drill",)
