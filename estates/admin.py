"""The administrator's door: everything shown, edits written to the log, states by verbs alone."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.resources import ModelResource, modelresource_factory
from unfold.contrib.import_export.forms import ExportForm

from audit.admin import AuditedModelAdmin, ReadOnlyAdmin
from common.sheets import Deadline, safe
from estates.lives import CLAIM
from estates.models import (
    Building,
    CalendarFeed,
    Claim,
    Community,
    DutyShift,
    Entrance,
    Estate,
    Facility,
    Invitation,
    NumberSeries,
    Occupant,
    Place,
    Posting,
    RosterImport,
    SavedView,
    Trade,
    Unit,
    Workday,
)
from estates.services import invitations, shifts
from estates.services.roster import imports
from workflow.admin import LifecycleAdmin, each


class SafeResource(ModelResource):  # type: ignore[misc]
    """No cell of an export starts a formula."""

    def export_field(self, field: Any, instance: Model, **kwargs: Any) -> Any:
        return safe(super().export_field(field, instance, **kwargs))


class ExportedAdmin(ExportMixin, AuditedModelAdmin):  # type: ignore[misc]
    export_form_class = ExportForm
    formats = (CSV, XLSX)

    def get_resource_classes(self, request: HttpRequest) -> list[type[ModelResource]]:
        return [modelresource_factory(self.model, resource_class=SafeResource)]

    def get_valid_export_item_pks(self, request: HttpRequest) -> Any:
        """The library's own reads all rows, and warns that it does."""
        return self.get_queryset(request).values_list("pk", flat=True)


class EntranceInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Entrance
    extra = 0


@admin.register(Community)
class CommunityAdmin(AuditedModelAdmin):
    list_display = ("name", "code")
    search_fields = ("name", "name_en", "code")


@admin.register(Estate)
class EstateAdmin(AuditedModelAdmin):
    list_display = ("name", "code", "community", "ticket_prefix", "opens_at", "closes_at")
    list_filter = ("community",)
    list_select_related = ("community",)
    search_fields = ("name", "name_en", "code")


@admin.register(Building)
class BuildingAdmin(ExportedAdmin):
    list_display = ("name", "estate", "floors", "height_m", "use")
    list_filter = ("estate",)
    list_select_related = ("estate",)
    search_fields = ("name",)
    inlines = (EntranceInline,)


@admin.register(Entrance)
class EntranceAdmin(AuditedModelAdmin):
    list_display = ("__str__", "building")
    list_filter = ("building__estate",)
    list_select_related = ("building",)
    search_fields = ("name", "building__name")
    autocomplete_fields = ("building",)


@admin.register(Unit)
class UnitAdmin(ExportedAdmin):
    list_display = ("label", "floor", "area", "use", "state")
    list_filter = ("entrance__building__estate", "use", "state")
    list_select_related = ("entrance__building",)
    search_fields = ("number", "entrance__building__name")
    autocomplete_fields = ("entrance",)


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    """Whose there are, and since when; the addresses themselves are their owners' alone."""

    list_display = ("__str__", "renewed_at")
    list_select_related = ("user", "estate")
    exclude = ("token_hash", "encrypted_token")


@admin.register(Place)
class PlaceAdmin(ExportedAdmin):
    list_display = ("name", "kind", "building", "estate")
    list_filter = ("estate", "kind")
    list_select_related = ("estate", "building")
    search_fields = ("name",)
    readonly_fields = ("qr",)


@admin.register(Facility)
class FacilityAdmin(ExportedAdmin):
    list_display = ("name", "place", "kind", "state", "serial")
    list_filter = ("place__estate", "kind", "state")
    list_select_related = ("place",)
    search_fields = ("name", "serial")
    autocomplete_fields = ("place",)
    readonly_fields = ("qr",)


@admin.register(Occupant)
class OccupantAdmin(ExportedAdmin):
    list_display = ("name", "unit", "relation", "phone", "user", "from_date", "to_date")
    list_filter = ("unit__entrance__building__estate", "relation")
    list_select_related = ("unit__entrance__building", "user")
    search_fields = ("name", "phone", "unit__number")
    autocomplete_fields = ("unit", "user")


class PostingForm(forms.ModelForm):  # type: ignore[type-arg]
    trades = forms.MultipleChoiceField(
        label=_("Trades"),
        choices=Trade.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Posting
        fields = ("user", "estate", "community", "duty", "trades", "from_date", "to_date")


@admin.register(Posting)
class PostingAdmin(ExportedAdmin):
    form = PostingForm
    list_display = ("user", "duty", "estate", "community", "from_date", "to_date")
    list_filter = ("estate", "community", "duty")
    list_select_related = ("user", "estate", "community")
    search_fields = ("user__username", "user__display_name")
    autocomplete_fields = ("user",)


@admin.register(DutyShift)
class DutyShiftAdmin(AuditedModelAdmin):
    """Shifts are called off, not deleted."""

    actions = ("call_off",)
    list_display = ("posting", "starts_at", "ends_at", "called_off_at")
    list_filter = ("posting__estate", "posting__community")
    list_select_related = ("posting__user",)
    search_fields = ("posting__user__username", "posting__user__display_name")
    autocomplete_fields = ("posting",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Call off"))
    def call_off(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        each(request, rows, shifts.call_off)


@admin.register(Workday)
class WorkdayAdmin(ExportedAdmin):
    list_display = ("day", "name", "is_workday", "source")
    list_filter = ("is_workday",)
    search_fields = ("name",)


@admin.register(Claim)
class ClaimAdmin(LifecycleAdmin):
    life = CLAIM
    list_display = ("name", "unit", "user", "status", "method", "created_at")
    list_filter = ("unit__entrance__building__estate", "status", "method")
    list_select_related = ("unit__entrance__building", "user")
    search_fields = ("name", "user__username", "user__display_name")
    actions = ("refuse",)

    @admin.action(description=_("Refuse: nothing on the roster or on paper says so"))
    def refuse(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        reason = str(_("Neither the roster nor a document says that you live there."))
        verb = partial(CLAIM.do, "refuse", reason=reason)
        each(request, rows, verb, CLAIM.moves["refuse"].done)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("unit", "expires_at", "used_at", "used_by", "revoked_at")
    # The code is on paper only.
    fields = readonly_fields = (
        "unit",
        "created_at",
        "expires_at",
        "used_at",
        "used_by",
        "revoked_at",
    )
    list_filter = ("unit__entrance__building__estate",)
    list_select_related = ("unit__entrance__building", "used_by")
    actions = ("revoke",)

    @admin.action(description=_("Revoke"))
    def revoke(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        each(request, rows, invitations.revoke)


@admin.register(RosterImport)
class RosterImportAdmin(ReadOnlyAdmin):
    list_display = ("name", "estate", "status", "uploaded_by", "created_at", "applied_at")
    list_filter = ("estate", "status")
    list_select_related = ("estate", "uploaded_by")
    fields = readonly_fields = (
        "estate",
        "name",
        "status",
        "counts",
        "uploaded_by",
        "created_at",
        "applied_at",
    )
    actions = ("apply_roster", "discard_roster")

    @admin.action(description=_("Import"))
    def apply_roster(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        within = Deadline(imports.IMPORTING)
        each(request, rows, partial(imports.apply, deadline=within))

    @admin.action(description=_("Discard"))
    def discard_roster(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        each(request, rows, imports.discard)


@admin.register(SavedView)
class SavedViewAdmin(AuditedModelAdmin):
    list_display = ("name", "user", "desk", "query")
    search_fields = ("name", "user__display_name", "user__username")
    list_select_related = ("user",)
    raw_id_fields = ("user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedView]:
        """The administrator's own, by the same question as everywhere."""
        return SavedView.objects.visible_to(request.user)


@admin.register(NumberSeries)
class NumberSeriesAdmin(ReadOnlyAdmin):
    list_display = ("noun", "year", "estate", "community", "last")
    list_filter = ("noun", "year")
    list_select_related = ("estate", "community")
