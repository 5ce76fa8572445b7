"""The administrator's door. What was walked is history, and read only."""

from __future__ import annotations

from django.contrib import admin

from audit.admin import AuditedModelAdmin, ReadOnlyAdmin, ReadOnlyMixin
from safety.lives import HAZARD, PLAN, ROUND
from safety.models import (
    Answer,
    Checklist,
    ChecklistItem,
    Checkpoint,
    Hazard,
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
