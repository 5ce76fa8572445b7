"""The admin of every app stands on AuditedModelAdmin; the log itself is shown, never touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display as unfold_display

from audit.models import LABELS, Entry, SweepRun
from audit.services import label_for, record


class AuditedModelAdmin(ModelAdmin):  # type: ignore[misc]
    """Shows the rows visible to the administrator, and writes each edit to the log."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = super().get_queryset(request)
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(request.user)
        return rows

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: ModelForm[Any], change: bool
    ) -> None:
        before = _stored(obj) if change else {}
        super().save_model(request, obj, form, change)
        _record_saved(request, obj, before)

    def save_formset(
        self, request: HttpRequest, form: ModelForm[Any], formset: Any, change: bool
    ) -> None:
        rows = formset.save(commit=False)
        before = {id(row): _stored(row) for row in rows}
        for row in formset.deleted_objects:
            _record_removed(request, row)
            row.delete()
        for row in rows:
            row.save()
            _record_saved(request, row, before[id(row)])
        formset.save_m2m()

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        _record_removed(request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for row in queryset:
            _record_removed(request, row)
        super().delete_queryset(request, queryset)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """A row's history is its part of the log."""
        kind = ContentType.objects.get_for_model(self.model)
        query = urlencode({"content_type__id__exact": kind.pk, "object_id": object_id})
        return redirect(f"{reverse('admin:audit_entry_changelist')}?{query}")

    # Django's own log of the admin would tell everything twice, and less exactly.
    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        pass

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        pass

    def log_deletions(self, request: HttpRequest, queryset: Iterable[models.Model]) -> None:
        pass


def _record_saved(request: HttpRequest, row: models.Model, before: Mapping[str, Any]) -> None:
    after = _values(row)
    changed = [name for name in after if name not in before or before[name] != after[name]]
    if changed:
        record(
            "admin.edit" if before else "admin.add",
            row,
            actor=request.user,
            at=timezone.now(),
            before={name: before[name] for name in changed} if before else {},
            after={name: after[name] for name in changed},
        )


def _record_removed(request: HttpRequest, row: models.Model) -> None:
    record("admin.remove", row, actor=request.user, at=timezone.now(), before=_values(row))


def _stored(row: models.Model) -> dict[str, Any]:
    """What the database holds of the row now; nothing for a new one."""
    stored = type(row)._base_manager.filter(pk=row.pk).first() if row.pk else None
    return _values(stored) if stored else {}


def _values(row: models.Model) -> dict[str, Any]:
    return {
        field.name: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if field.editable and not field.generated
    }


class ReadOnlyMixin:
    """Shown, never edited by hand: a verb writes it, or it is history."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnlyMixin, AuditedModelAdmin):
    show_full_result_count = False


class NounFilter(admin.SimpleListFilter):
    """By the noun of the row, under the name that the history of a row asks by."""

    title = _("noun")
    parameter_name = "content_type__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        nouns = ContentType.objects.get_for_models(*admin.site._registry)
        return sorted(
            ((str(kind.pk), kind.name) for kind in nouns.values()), key=lambda one: one[1]
        )

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Entry]
    ) -> models.QuerySet[Entry]:
        asked = self.value() or ""
        return queryset.filter(content_type=int(asked)) if asked.isdecimal() else queryset


class WhatFilter(admin.SimpleListFilter):
    title = _("what")
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(
            ((code, str(label)) for code, label in LABELS.items()), key=lambda one: one[1]
        )

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Entry]
    ) -> models.QuerySet[Entry]:
        return queryset.filter(code=self.value()) if self.value() else queryset


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "what", "which", "note"]
    list_filter = [NounFilter, WhatFilter]
    search_fields = ["=object_id", "code", "note", "actor__username", "actor__display_name"]
    date_hierarchy = "at"
    list_select_related = ["actor", "content_type"]
    ordering = ["-at", "-pk"]
    fields = readonly_fields = [
        "at",
        "actor",
        "what",
        "which",
        "changes",
        "note",
    ]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup == "object_id" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("what"), ordering="code")
    def what(self, entry: Entry) -> str:
        return label_for(entry.code)

    @admin.display(description=_("row"), ordering="object_id")
    def which(self, entry: Entry) -> SafeString | str:
        """The noun and number of the row, leading to it where the administration keeps it."""
        kind = entry.content_type
        words = f"{kind.name} #{entry.object_id}"
        if kind.model_class() not in admin.site._registry:
            return words
        url = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[entry.object_id])
        return format_html('<a href="{}">{}</a>', url, words)

    @admin.display(description=_("changes"))
    def changes(self, entry: Entry) -> SafeString:
        names = sorted({*entry.before, *entry.after})
        return format_html_join(
            "",
            "<div>{}: {} → {}</div>",
            (
                (field_name(entry, name), said(entry, "before", name), said(entry, "after", name))
                for name in names
            ),
        )


def field_of(entry: Entry, name: str) -> Any:
    """The field that a name of the log means; a verb may record what is no field."""
    model = entry.content_type.model_class()
    fields = model._meta.concrete_fields if model else ()
    return next((field for field in fields if name in (field.name, field.attname)), None)


def field_name(entry: Entry, name: str) -> str:
    field = field_of(entry, name)
    return str(field.verbose_name) if field else name


def said(entry: Entry, side: str, name: str) -> str:
    """The value as people read it: the label of a choice, and nothing for none."""
    value = getattr(entry, side).get(name)
    if value is None:
        return ""
    field = field_of(entry, name)
    labels = dict(field.flatchoices) if field else {}
    return str(labels.get(value, value) if isinstance(value, str) else value)


@admin.register(SweepRun)
class SweepRunAdmin(ReadOnlyAdmin):
    list_display = ["name", "what", "state", "started_at", "took", "counted", "failed_at"]
    list_display_links = ["name", "what"]
    fields = readonly_fields = [
        "name",
        "what",
        "state",
        "started_at",
        "took",
        "counted",
        "failed_at",
        "error",
    ]

    @admin.display(description=_("what"))
    def what(self, run: SweepRun) -> str:
        return run.title

    @unfold_display(  # type: ignore[untyped-decorator]
        description=_("state"),
        label={"done": "success", "failed": "danger", "unfinished": "warning"},
    )
    def state(self, run: SweepRun) -> tuple[str, str]:
        if run.finished_at is None:
            return "unfinished", gettext("not ended")
        return ("failed", gettext("failed")) if run.failed else ("done", pgettext("sweep", "done"))

    @admin.display(description=_("took"))
    def took(self, run: SweepRun) -> str:
        seconds = run.duration.total_seconds() if run.duration else None
        return "" if seconds is None else gettext("%(seconds).2f s") % {"seconds": seconds}

    @admin.display(description=_("counts"))
    def counted(self, run: SweepRun) -> str:
        return " · ".join(f"{name} {count}" for name, count in run.counted().items())
