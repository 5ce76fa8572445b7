"""The administrator's door."""

from __future__ import annotations

from django.contrib import admin

from audit.admin import AuditedModelAdmin, ReadOnlyAdmin
from events.lives import EVENT, SIGNUP, SLOT
from events.models import Event, Question, Scan, SeasonalTemplate, Seat, Service, Signup, Slot, Task
from workflow.admin import LifecycleAdmin


@admin.register(SeasonalTemplate)
class SeasonalTemplateAdmin(AuditedModelAdmin):
    list_display = ("name", "kind", "community", "days_before", "is_active")
    list_filter = ("community", "kind")
    list_select_related = ("community",)
    search_fields = ("name", "name_en")


@admin.register(Event)
class EventAdmin(LifecycleAdmin):
    life = EVENT
    list_display = ["number", "title", "community", "starts_at", "status"]
    list_filter = ["status", "community"]
    list_select_related = ["community"]
    search_fields = ["number", "title"]


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    list_display = ("words", "event", "done_at", "done_by")
    list_select_related = ("event", "done_by")


@admin.register(Signup)
class SignupAdmin(LifecycleAdmin):
    life = SIGNUP
    list_display = ["event", "name", "size", "status", "queued_at"]
    list_filter = ["status", "by_staff"]
    list_select_related = ["event"]
    search_fields = ["name", "event__number"]


@admin.register(Seat)
class SeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "event", "stands", "arrived_at", "door")
    list_select_related = ("event",)


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    list_display = ("words", "event", "is_required")
    list_select_related = ("event",)


@admin.register(Scan)
class ScanAdmin(ReadOnlyAdmin):
    list_display = ("event", "door", "let_in", "reason", "at", "by")
    list_select_related = ("event", "by")


@admin.register(Service)
class ServiceAdmin(ReadOnlyAdmin):
    list_display = ("letter", "name", "event", "desk", "begins_at", "minutes", "numbers")
    list_select_related = ("event",)
    search_fields = ("name", "name_en", "event__number")


@admin.register(Slot)
class SlotAdmin(LifecycleAdmin):
    life = SLOT
    list_display = ["label", "service", "status", "starts_at", "user", "person"]
    list_filter = ["status"]
    list_select_related = ["service", "user"]
    search_fields = ["service__event__number", "service__name"]
