"""The administrator's door. What is sealed is not among the columns; a note opens on the flag's own
page, by the same reveal with a reason as for everybody."""

from __future__ import annotations

from django.contrib import admin

from audit.admin import AuditedModelAdmin, ReadOnlyAdmin
from grids.lives import FLAG, VISIT
from grids.models import CareFlag, Grid, GridPosting, HeardNeed, Household, Rhythm, Visit
from workflow.admin import LifecycleAdmin


@admin.register(Grid)
class GridAdmin(AuditedModelAdmin):
    list_display = ("name", "community", "kind", "parent")
    list_filter = ("community", "kind")
    list_select_related = ("community", "parent")
    search_fields = ("name",)
    autocomplete_fields = ("parent",)


@admin.register(GridPosting)
class GridPostingAdmin(ReadOnlyAdmin):
    """Given, handed over and ended on the pages, where open visits go along."""

    list_display = ("user", "duty", "grid", "from_date", "to_date", "ended_at")
    list_filter = ("duty", "grid__community")
    list_select_related = ("user", "grid")


@admin.register(Household)
class HouseholdAdmin(ReadOnlyAdmin):
    list_display = ("unit", "grid")
    list_filter = ("grid",)
    list_select_related = ("unit__entrance__building", "grid")


@admin.register(Rhythm)
class RhythmAdmin(AuditedModelAdmin):
    list_display = ("estate", "red_days", "yellow_days", "green_days")
    list_select_related = ("estate",)


@admin.register(CareFlag)
class CareFlagAdmin(LifecycleAdmin):
    life = FLAG
    left_out = ("sealed_note",)
    list_display = ["occupant", "tier", "status", "review_on", "confirmed_at"]
    list_filter = ["status", "tier"]
    raw_id_fields = ["occupant"]


@admin.register(Visit)
class VisitAdmin(LifecycleAdmin):
    life = VISIT
    left_out = ("sealed_words",)
    list_display = ["unit", "tier", "due_on", "status", "visited_at", "logged_by"]
    list_filter = ["status", "tier"]


@admin.register(HeardNeed)
class HeardNeedAdmin(ReadOnlyAdmin):
    fields = ("visit", "position", "becomes")
    list_display = ("visit", "position", "becomes")
    list_select_related = ("visit__unit__entrance__building",)
