"""The administrator's door. Who is on a roster is not for it: rows stand there without names, and a
name is revealed on its page for a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audit.admin import AuditedModelAdmin, ReadOnlyAdmin
from parties.lives import MATTER, PART, REGISTRATION, WISH
from parties.models import (
    Matter,
    MatterPart,
    MicroWish,
    Organisation,
    OrganisationPost,
    PartyMember,
    Registration,
)
from workflow.admin import LifecycleAdmin


@admin.register(Organisation)
class OrganisationAdmin(AuditedModelAdmin):
    list_display = ("name", "kind", "community", "is_active")
    list_filter = ("community", "kind")
    list_select_related = ("community",)
    search_fields = ("name", "name_en")


@admin.register(OrganisationPost)
class OrganisationPostAdmin(ReadOnlyAdmin):
    list_display = ("user", "organisation", "role", "from_date", "to_date", "ended_at")
    list_filter = ("role", "organisation__community")
    list_select_related = ("user", "organisation")


@admin.register(PartyMember)
class PartyMemberAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "branch", "from_date", "to_date")
    list_filter = ("branch",)
    list_select_related = ("branch",)
    fields = ("branch", "from_date", "to_date", "ended_at")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """By the branch alone: `?user__exact=` would tell whether somebody is on a roster."""
        return lookup.startswith("branch__") and super().lookup_allowed(lookup, value, request)


@admin.register(Registration)
class RegistrationAdmin(LifecycleAdmin):
    life = REGISTRATION
    left_out = ("member", "grid")
    list_display = ["__str__", "basis", "status", "decided_at"]
    list_filter = ["status", "basis"]


@admin.register(MicroWish)
class MicroWishAdmin(LifecycleAdmin):
    life = WISH
    left_out = ("member",)
    list_display = ["title", "grid", "status", "fulfilled_at"]
    list_filter = ["status"]
    search_fields = ["title"]


@admin.register(Matter)
class MatterAdmin(LifecycleAdmin):
    life = MATTER
    left_out = ("origin_type", "origin_id", "due", "involved")
    list_display = ["number", "title", "caller", "lead", "status", "supervision", "due_on"]
    list_filter = ["status", "supervision", "community"]
    search_fields = ["number", "title"]


@admin.register(MatterPart)
class MatterPartAdmin(LifecycleAdmin):
    life = PART
    list_display = ["matter", "organisation", "role", "status", "due_on", "grade"]
    list_filter = ["status", "role"]
