"""The registers of safety: points, checklists and their items, routes with their labels."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from estates.views.letters import qr_svg
from safety import filters, rules
from safety.forms import rounds as forms
from safety.forms.drills import RequirementForm
from safety.models import Checklist, ChecklistItem, Checkpoint, DrillRequirement, Route
from workflow.crud import Column, Register
from workflow.forms import ScopedForm

NUM = "num text-nowrap"


class SafetyRegister(Register):
    namespace = "safety"

    def opens(self, user: Any) -> bool:
        return rules.works_in_safety(user)

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_manage(user, row)

    def may_add(self, user: Any) -> bool:
        return rules.plans_any(user)


class Checklists(SafetyRegister):
    model = Checklist
    route = "checklists"
    icon = "checklist"
    form_class = forms.ChecklistForm
    filterset_class = filters.ChecklistFilter
    extra_links = ((_("Items"), "safety:items", "list"),)
    columns = (
        Column(_("name"), "name", "name"),
        Column(_("estate"), lambda c: c.estate.label),
        Column(_("items"), "asked", "asked", NUM),
    )

    def get_queryset(self) -> Any:
        asked = Count("items", filter=Q(items__is_active=True))
        return super().get_queryset().select_related("estate").annotate(asked=asked)


class Items(SafetyRegister):
    model = ChecklistItem
    route = "items"
    icon = "list"
    form_class = forms.ChecklistItemForm
    filterset_class = filters.ChecklistItemFilter
    columns = (
        Column(_("what is looked at"), "name", "name", ""),
        Column(_("checklist"), lambda i: i.checklist.name, "checklist__name"),
        Column(_("order"), "position", "position", NUM),
        Column(_("kind of answer"), lambda i: i.get_kind_display(), "kind"),
        Column(_("in order"), lambda i: i.range or i.standard, "", ""),
        Column(_("photo"), lambda i: gettext("wanted") if i.photo_required else ""),
        Column(_("is asked"), lambda i: gettext("yes") if i.is_active else gettext("no")),
    )

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("checklist")

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_manage(user, row.checklist)

    def write(self, form: ScopedForm) -> Any:
        row = super().write(form)
        row.save(update_fields=["failing"])
        return row


class Checkpoints(SafetyRegister):
    model = Checkpoint
    route = "checkpoints"
    icon = "map-pin"
    form_class = forms.CheckpointForm
    filterset_class = filters.CheckpointFilter
    columns = (
        Column(_("point"), "name", "name"),
        Column(_("place"), lambda c: c.place.name if c.place else ""),
        Column(_("facility"), lambda c: c.facility.name if c.facility else ""),
        Column(_("checklist"), lambda c: c.checklist.name if c.checklist else ""),
        Column(_("routes"), "on_routes", "on_routes", NUM),
    )

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("place", "facility", "checklist")
        return rows.annotate(on_routes=Count("stops"))


class Routes(SafetyRegister):
    model = Route
    route = "routes"
    icon = "route"
    form_class = forms.RouteForm
    filterset_class = filters.RouteFilter
    columns = (
        Column(_("route"), "name", "name"),
        Column(_("estate"), lambda r: r.estate.label),
        Column(_("points"), "points", "points", NUM),
    )

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("estate")
        return rows.annotate(points=Count("stops"))

    def write(self, form: ScopedForm) -> Any:
        row = super().write(form)
        if isinstance(form, forms.RouteForm) and "stops" in form.changed_data:
            form.save_stops(row)
        return row


class Requirements(SafetyRegister):
    """What is to be practised how often; whether it holds here is switched on its page."""

    model = DrillRequirement
    route = "requirements"
    icon = "gavel"
    form_class = RequirementForm
    filterset_class = filters.RequirementFilter
    extra_links = ((_("When each building is due"), "safety:drills-due", "calendar-event"),)
    columns = (
        Column(_("what is practised"), "name", "name", ""),
        Column(_("state"), lambda r: r.get_status_display(), "status"),
        Column(_("kind"), lambda r: r.get_kind_display(), "kind"),
        Column(_("buildings"), "said_scope"),
        Column(_("how often"), "said_often", "months"),
        Column(_("law or rule"), "said_source", "", ""),
    )

    def opens(self, user: Any) -> bool:
        return rules.works_here(user)

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_switch(user, row)

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("estate")


REGISTERS: tuple[type[Register], ...] = (Checklists, Items, Checkpoints, Routes, Requirements)


@login_required
@require_safe
def labels(request: HttpRequest, pk: int) -> HttpResponse:
    """The labels of a route's points, in its order, to be cut out and put up."""
    routes = Route.objects.visible_to(request.user).select_related("estate")
    route = get_object_or_404(routes, pk=pk)
    stops = route.stops.select_related("checkpoint__place__building", "checkpoint__facility")
    sheets = [
        {
            "stop": stop,
            "qr": qr_svg(
                request.build_absolute_uri(reverse("safety:label", args=[stop.checkpoint.qr])), 6
            ),
        }
        for stop in stops.order_by("position")
    ]
    return render(request, "safety/labels.html", {"route": route, "sheets": sheets})
