"""The administrator's door to the volunteers. Hours and series are written by verbs alone."""

from __future__ import annotations

from django.contrib import admin

from audit.admin import AuditedModelAdmin, ReadOnlyAdmin
from volunteers.lives import CERTIFICATE, ENTRY, MEMBERSHIP, QUALIFICATION, SHIFT, SWAP
from volunteers.models import (
    Certificate,
    Entry,
    HourLine,
    Membership,
    Qualification,
    Shift,
    ShiftSeries,
    Swap,
    Team,
)
from workflow.admin import LifecycleAdmin


@admin.register(Team)
class TeamAdmin(AuditedModelAdmin):
    list_display = ("name", "kind", "community", "is_active")
    list_filter = ("community", "kind", "is_active")
    list_select_related = ("community",)
    search_fields = ("name", "name_en")


@admin.register(Membership)
class MembershipAdmin(LifecycleAdmin):
    life = MEMBERSHIP
    left_out = ("skills",)
    list_display = ["user", "team", "role", "status", "joined_on"]
    list_filter = ["status", "role", "team__community"]
    list_select_related = ["team", "user"]
    search_fields = ["user__display_name", "team__name"]


@admin.register(Qualification)
class QualificationAdmin(LifecycleAdmin):
    life = QUALIFICATION
    list_display = ["user", "kind", "expires_on", "status"]
    list_filter = ["status", "kind"]
    list_select_related = ["user"]
    search_fields = ["user__display_name"]


@admin.register(ShiftSeries)
class SeriesAdmin(ReadOnlyAdmin):
    list_display = ("rule", "team", "starts_on", "time", "next_at")
    list_filter = ("team__community",)
    list_select_related = ("team",)
    search_fields = ("team__name",)


@admin.register(Shift)
class ShiftAdmin(LifecycleAdmin):
    life = SHIFT
    left_out = ("origin_type", "origin_id", "remind_at")
    list_display = ["title", "team", "starts_at", "ends_at", "status", "wanted", "places"]
    list_filter = ["status", "team__community"]
    list_select_related = ["team"]
    search_fields = ["title"]


@admin.register(Entry)
class EntryAdmin(LifecycleAdmin):
    life = ENTRY
    list_display = ["user", "shift", "post", "starts_at", "status", "minutes"]
    list_filter = ["status", "shift__team__community"]
    list_select_related = ["user", "shift", "post"]
    search_fields = ["user__display_name", "shift__title"]


@admin.register(Swap)
class SwapAdmin(LifecycleAdmin):
    life = SWAP
    list_display = ["__str__", "status"]
    list_filter = ["status"]
    list_select_related = ["entry__shift", "asked"]


@admin.register(HourLine)
class HourLineAdmin(ReadOnlyAdmin):
    list_display = ("on", "user", "team", "title", "source", "minutes")
    list_filter = ("source", "team__community")
    list_select_related = ("user", "team")
    search_fields = ("title", "user__display_name")
    fields = ("on", "user", "team", "title", "source", "entry", "minutes", "at")


@admin.register(Certificate)
class CertificateAdmin(LifecycleAdmin):
    life = CERTIFICATE
    left_out = ("services",)
    list_display = ["number", "name", "community", "minutes", "status", "issued_at"]
    list_filter = ["status", "community"]
    list_select_related = ["community"]
    search_fields = ["number", "name"]
