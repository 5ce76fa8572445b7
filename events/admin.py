"""The administrator's door."""

from __future__ import annotations

from django.contrib import admin

from audit.admin import AuditedModelAdmin, ReadOnlyAdmin
from events.lives import EVENT
from events.models import Event, SeasonalTemplate, Task
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
