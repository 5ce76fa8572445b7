"""The one class of staff registers: list with search, filter, pages and export; new; edit; remove.

A register names its model, columns, form, filters and who may; rows come from `visible_to` alone.
Pages that have a story of their own are no registers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from django_filters import FilterSet

from audit.services import record
from common import sheets
from workflow.forms import ScopedForm
from workflow.moves import lock
from workflow.refusals import NotAllowed, WrongState
from workflow.standing import forget
from workflow.versions import Outdated

PAGE = 50


class Role(StrEnum):
    LIST = "list"
    NEW = "new"
    EDIT = "edit"
    REMOVE = "remove"


@dataclass(frozen=True)
class Column:
    """`value` is an attribute or a function of the row; `sort` the fields behind the head."""

    label: str | Promise
    value: str | Callable[[Any], Any]
    sort: str = ""
    css: str = "text-nowrap"

    def of(self, row: Any) -> Any:
        found = self.value(row) if callable(self.value) else getattr(row, self.value)
        return "" if found is None else found


class Register(LoginRequiredMixin, View):
    http_method_names = ["get", "head", "post"]
    role: Role = Role.LIST

    model: ClassVar[type[Any]]
    form_class: ClassVar[type[ScopedForm]]
    filterset_class: ClassVar[type[FilterSet]]
    columns: ClassVar[tuple[Column, ...]]
    route: ClassVar[str]  # "buildings"; the names are buildings, buildings-new, …-edit, …-remove
    namespace: ClassVar[str]
    icon: ClassVar[str] = "list"
    # Rows with an end are ended, not deleted: who lived or worked here stays true.
    ends: ClassVar[bool] = False
    extra_links: ClassVar[tuple[tuple[str | Promise, str, str], ...]] = ()

    # who may

    def opens(self, user: Any) -> bool:
        """May this person open the register at all?"""
        raise NotImplementedError

    def may(self, user: Any, row: Any) -> bool:
        """May this person write this row?"""
        raise NotImplementedError

    def may_add(self, user: Any) -> bool:
        """Is there any row this person could add?"""
        raise NotImplementedError

    def get_queryset(self) -> Any:
        """The rows of every role; subclasses add select_related."""
        return self.model.objects.visible_to(self.request.user)

    # routes

    @classmethod
    def urls(cls) -> list[URLPattern]:
        base, name = f"{cls.route}/", cls.route
        return [
            path(base, cls.as_view(role=Role.LIST), name=name),
            path(f"{base}new/", cls.as_view(role=Role.NEW), name=f"{name}-new"),
            path(f"{base}<int:pk>/", cls.as_view(role=Role.EDIT), name=f"{name}-edit"),
            path(f"{base}<int:pk>/remove/", cls.as_view(role=Role.REMOVE), name=f"{name}-remove"),
        ]

    def url(self, role: Role = Role.LIST, pk: int | None = None) -> str:
        name = self.route if role == Role.LIST else f"{self.route}-{role}"
        return reverse(f"{self.namespace}:{name}", args=[pk] if pk else [])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not self.opens(request.user):
            if "pk" in kwargs:
                self.row(kwargs["pk"])  # what one does not see is not there: 404 before 403
            raise NotAllowed(_("This register is for the staff of the estate."))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
        if self.role == Role.LIST:
            return self.listed()
        if self.role == Role.REMOVE:
            return self.page("register_remove", {"row": self.writable(pk), "ends": self.ends})
        return self.page("register_form", self.form_context(self.form(self.editable(pk))))

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
        if self.role == Role.LIST:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if self.role == Role.REMOVE:
            return self.removed(self.writable(pk))
        form = self.form(self.editable(pk))
        if not form.is_valid():
            return self.page("register_form", self.form_context(form), status=422)
        try:
            self.save(form, at=timezone.now())
        except Outdated as refusal:
            form.outdated(refusal)
            return self.page("register_form", self.form_context(form), status=refusal.status)
        messages.success(request, _("Saved."))
        return redirect(self.after())

    def after(self) -> str:
        return self.url()

    # rows

    @cached_property
    def at(self) -> datetime:
        return timezone.now()

    def row(self, pk: int | None) -> Any:
        return get_object_or_404(self.get_queryset(), pk=pk)

    def writable(self, pk: int | None) -> Any:
        row = self.row(pk)
        if not self.may(self.request.user, row):
            raise NotAllowed(_("You may look at this, but not change it."))
        return row

    def editable(self, pk: int | None) -> Any:
        """The row to edit; None for a new one."""
        if self.role == Role.EDIT:
            return self.writable(pk)
        if not self.may_add(self.request.user):
            raise NotAllowed(_("You may not add to this register."))
        return None

    # list

    @cached_property
    def filter(self) -> FilterSet:
        return self.filterset_class(
            self.request.GET, queryset=self.get_queryset(), request=self.request
        )

    def sorted_rows(self) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = self.filter.qs
        sort = self.request.GET.get("sort", "")
        known = {column.sort for column in self.columns if column.sort}
        if sort.removeprefix("-") in known:
            return rows.order_by(sort, "pk")
        # an annotated count drops the order of the model
        return rows if rows.ordered else rows.order_by(*self.model._meta.ordering, "pk")

    def listed(self) -> HttpResponseBase:
        form = self.request.GET.get("export", "")
        if form in ("csv", "xlsx"):
            return self.exported(form)
        page = Paginator(self.sorted_rows(), PAGE).get_page(self.request.GET.get("page"))
        rows = [self.line(row) for row in page]
        return self.page("register_list", {"page": page, "lines": rows, **self.list_context()})

    def list_context(self) -> dict[str, Any]:
        return {
            "filter": self.filter,
            "columns": self.columns,
            "new_url": self.url(Role.NEW) if self.may_add(self.request.user) else "",
            "extra_links": [(label, reverse(n), icon) for label, n, icon in self.extra_links],
        }

    def line(self, row: Any) -> Mapping[str, Any]:
        may = self.may(self.request.user, row)
        return {
            "row": row,
            "cells": [(column, column.of(row)) for column in self.columns],
            "edit_url": self.url(Role.EDIT, row.pk) if may else "",
            "remove_url": self.url(Role.REMOVE, row.pk) if may else "",
        }

    def exported(self, form: str) -> HttpResponseBase:
        """The list as filtered, all pages, streamed."""

        def rows() -> Iterator[list[Any]]:
            for row in self.sorted_rows().iterator(chunk_size=1000):
                yield [column.of(row) for column in self.columns]

        header = [str(column.label) for column in self.columns]
        return sheets.as_response(str(self.model._meta.verbose_name_plural), header, rows(), form)

    # writing

    def form(self, row: Any) -> ScopedForm:
        return self.form_class(
            self.request.POST if self.request.method == "POST" else None,
            instance=row,
            user=self.request.user,
            initial={} if row else self.initial(),
        )

    def initial(self) -> dict[str, Any]:
        """A new row begins with what the address says, e.g. ?building=3."""
        return self.request.GET.dict()

    def form_context(self, form: ScopedForm) -> dict[str, Any]:
        row = form.instance if form.instance.pk else None
        return {
            "form": form,
            "row": row,
            "remove_url": self.url(Role.REMOVE, row.pk) if row else "",
        }

    def save(self, form: ScopedForm, *, at: datetime) -> Any:
        """Write, record, and undo it all if the row is no longer the actor's to see or write."""
        pk = form.instance.pk
        verb = "edit" if pk else "create"
        try:
            with transaction.atomic():
                before = lock(form.instance) if pk else None
                if before is not None:
                    form.check_version(before, at=at)
                row = self.write(form)
                self.record(verb, row, before, form, at=at)
                forget(self.request.user)
                stands = self.get_queryset().filter(pk=row.pk).first()
                if stands is None or not self.may(self.request.user, stands):
                    raise NotAllowed(_("You would put this out of your own hands."))
        except IntegrityError as error:
            raise WrongState(_("Somebody has just saved the like of it; look again.")) from error
        return row

    def write(self, form: ScopedForm) -> Any:
        if form.instance.pk is None:
            return form.save()
        row = form.save(commit=False)
        names = {field.name for field in row._meta.concrete_fields}
        changed = [name for name in form.changed_data if name in names]
        row.save(update_fields=[*changed, *({"updated_at"} & names)])
        return row

    def record(self, verb: str, row: Any, before: Any, form: ScopedForm, *, at: datetime) -> None:
        fields = [f for f in row._meta.concrete_fields if f.name in form.changed_data]
        record(
            self.code(verb),
            row,
            actor=self.request.user,
            at=at,
            before={f.name: f.value_from_object(before) for f in fields} if before else {},
            after={f.name: f.value_from_object(row) for f in fields},
        )

    def code(self, verb: str) -> str:
        return f"{self.model._meta.app_label}.{verb}_{self.model._meta.model_name}"

    def removed(self, row: Any) -> HttpResponse:
        with transaction.atomic():
            if self.ends:
                self.end(row)
            else:
                self.delete(row)
        messages.success(self.request, _("Ended as of today.") if self.ends else _("Removed."))
        return redirect(self.after())

    def end(self, row: Any) -> None:
        today = timezone.localdate(self.at)
        if row.to_date is not None:
            raise WrongState(_("This has ended already."))
        row.to_date = today
        if row.from_date is not None and row.from_date > today:
            row.from_date = today
        row.save(update_fields=["from_date", "to_date", "updated_at"])
        after = {"to_date": today}
        record(self.code("end"), row, actor=self.request.user, at=self.at, after=after)

    def delete(self, row: Any) -> None:
        shown = [f for f in row._meta.concrete_fields if f.editable and not f.generated]
        before = {field.name: field.value_from_object(row) for field in shown}
        record(self.code("remove"), row, actor=self.request.user, at=self.at, before=before)
        try:
            row.delete()
        except models.ProtectedError as error:
            raise WrongState(
                _("Other things still stand on this; it cannot be removed.")
            ) from error

    # pages

    def page(self, name: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
        meta = self.model._meta
        common = {
            "title": meta.verbose_name_plural,
            "noun": meta.verbose_name,
            "icon_name": self.icon,
            "list_url": self.url(),
            "at": self.at,
        }
        templates = [f"{meta.app_label}/{self.route}_{name}.html", f"workflow/{name}.html"]
        return render(self.request, templates, {**common, **context}, status=status)
