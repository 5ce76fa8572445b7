"""The administrator's door. What was said and who had a job is history, and read only."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from audit.admin import AuditedModelAdmin, ReadOnlyAdmin, ReadOnlyMixin
from repairs.lives import TICKET
from repairs.models import (
    Assignment,
    Category,
    CostLine,
    Follow,
    Pause,
    Ticket,
)
from workflow.admin import LifecycleAdmin


class CostInline(ReadOnlyMixin, admin.TabularInline):  # type: ignore[type-arg]
    model = CostLine
    extra = 0


class AssignmentInline(ReadOnlyMixin, admin.TabularInline):  # type: ignore[type-arg]
    model = Assignment
    extra = 0
    fields = ["worker", "started_at", "ended_at", "reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return super().get_queryset(request).select_related("worker")


class PauseInline(ReadOnlyMixin, admin.TabularInline):  # type: ignore[type-arg]
    model = Pause
    extra = 0


@admin.register(Ticket)
class TicketAdmin(LifecycleAdmin):
    life = TICKET
    words = ("title", "description", "place_words", "contact_name", "contact_phone", "on_behalf_of")
    left_out = ("due", "origin_id", "origin_type", "idempotency_key", "sent_digest")
    list_display = [
        "number",
        "title",
        "status",
        "priority",
        "category",
        "estate",
        "assignee",
        "reported_at",
        "resolve_by",
    ]
    list_filter = ["status", "priority", "source", "estate", "category__trade"]
    search_fields = ["number", "title", "description", "contact_name", "contact_phone"]
    list_select_related = ["entered_by"]
    inlines = [AssignmentInline, PauseInline, CostInline]


@admin.register(Category)
class CategoryAdmin(AuditedModelAdmin):
    list_display = [
        "name",
        "name_en",
        "parent",
        "estate",
        "trade",
        "priority",
        "clock",
        "dispatch",
        "is_active",
    ]
    list_filter = ["estate", "trade", "priority", "dispatch", "is_active"]
    search_fields = ["name", "name_en", "code"]
    list_select_related = ["parent", "estate"]


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ["ticket", "worker", "started_at", "ended_at", "reason"]
    list_filter = ["ticket__estate"]
    search_fields = ["ticket__number", "worker__display_name", "worker__username"]
    list_select_related = ["ticket", "worker"]


@admin.register(CostLine)
class CostLineAdmin(ReadOnlyAdmin):
    list_display = ["ticket", "kind", "name", "quantity", "unit_price", "payer"]
    list_filter = ["kind", "payer", "ticket__estate"]
    search_fields = ["ticket__number", "name"]
    list_select_related = ["ticket"]


@admin.register(Follow)
class FollowAdmin(ReadOnlyAdmin):
    list_display = ["ticket", "user", "created_at"]
    search_fields = ["ticket__number", "user__display_name", "user__username"]
    list_select_related = ["ticket", "user"]
