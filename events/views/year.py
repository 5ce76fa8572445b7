"""The plan of a year, and the templates that it is made of."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from common import sheets
from common.acting import acts
from common.dates import exact_time
from estates.models import Community
from events import almanac, filters, forms, rules
from events.models import Event, SeasonalTemplate
from events.services import seasons, seeds
from events.states import EventStatus
from workflow.crud import Column, Register
from workflow.refusals import NotAllowed

NUM = "num text-nowrap"


@login_required
@require_safe
def plan(request: HttpRequest) -> HttpResponseBase:
    """Twelve months: what is planned, and what will draft itself, with its reason."""
    user, at = request.user, timezone.now()
    if not rules.plans_any(user):
        raise NotAllowed(_("The year is planned by the manager, and by who leads a team."))
    today = timezone.localdate(at)
    year = _year(request, today)
    planned: Any = Event.objects.visible_to(user).filter(starts_at__year=year)
    rows = list(planned.with_all().order_by("starts_at", "pk"))
    if (form := request.GET.get("export", "")) in ("csv", "xlsx"):
        return _exported(year, rows, form)
    templates = list(SeasonalTemplate.objects.visible_to(user).active())
    days = seasons.Days()
    drafted = {(one.template_id, one.occasion) for one in rows}
    coming = [
        one
        for one in seasons.occasions(templates, year, days)
        if (one.template.pk, one.on) not in drafted and one.held_on >= today
    ]
    months = [_month(year, number, rows, coming, today) for number in range(1, 13)]
    communities = Community.objects.visible_to(user).filter(pk__in=rules.communities_planned(user))
    context = {
        "year": year,
        "earlier": year - 1 if year > almanac.FIRST_YEAR else None,
        "later": year + 1 if year < almanac.LAST_YEAR else None,
        "months": months,
        "number": len(rows) + len(coming),
        "drafts": sum(one.status == EventStatus.DRAFT for one in rows),
        "is_known": year in days.years,
        "communities": [one for one in communities if rules.decides(user, one)],
        "at": at,
    }
    return render(request, "events/year.html", context)


def _exported(year: int, rows: list[Any], form: str) -> HttpResponseBase:
    """What was planned and held, with its figures."""
    header = [
        *(_("Number"), _("Title"), _("Begins"), _("Place"), _("Team"), _("State")),
        *(_("Places"), _("Signed up"), _("Came"), _("Budget"), _("Cost")),
    ]
    lines = (
        [
            row.number,
            row.label,
            exact_time(row.starts_at),
            row.where,
            row.team.label if row.team else "",
            row.get_status_display(),
            "" if row.capacity is None else row.capacity,
            row.taken,
            "" if row.people is None else row.people,
            "" if row.budget is None else row.budget,
            "" if row.cost is None else row.cost,
        ]
        for row in rows
    )
    title = _("The plan of %(year)d") % {"year": year}
    return sheets.as_response(title, header, lines, form)


def _year(request: HttpRequest, today: date) -> int:
    said = request.GET.get("year", "")
    year = int(said) if said.isdecimal() and len(said) == len("2027") else today.year
    return min(max(year, almanac.FIRST_YEAR), almanac.LAST_YEAR)


def _month(
    year: int, number: int, rows: list[Any], coming: list[Any], today: date
) -> dict[str, Any]:
    here = [one for one in rows if timezone.localtime(one.starts_at).month == number]
    lines = [
        {"on": timezone.localtime(one.starts_at).date(), "event": one, "label": one.label}
        for one in here
    ]
    lines += [
        {
            "on": one.held_on,
            "template": one.template,
            "label": one.template.label,
            "note": seasons.note_of(one),
        }
        for one in coming
        if one.held_on.month == number and one.held_on.year == year
    ]
    lines.sort(key=lambda line: line["on"])
    counts: dict[date, int] = {}
    for line in lines:
        counts[line["on"]] = counts.get(line["on"], 0) + 1
    for line in lines:
        # what is over need not be put right any more
        line["clash"] = counts[line["on"]] > 1 and line["on"] >= today
    return {
        "first": date(year, number, 1),
        "lunar": almanac.said_lunar(date(year, number, 15))[:-2],
        "lines": lines,
    }


def _to_plan(request: HttpRequest, pk: int) -> str:
    get_object_or_404(Community.objects.visible_to(request.user), pk=pk)
    return "events:year"


@login_required
@acts(leads_to=_to_plan)
def lay_seeds(request: HttpRequest, pk: int) -> HttpResponse:
    """The festivals and service days that model estates hold, where they are missing."""
    at = timezone.now()
    row = get_object_or_404(Community.objects.visible_to(request.user), pk=pk)
    made = seeds.lay(row, actor=request.user, at=at, today=timezone.localdate(at))
    said = ngettext("%(n)d template is laid.", "%(n)d templates are laid.", made)
    messages.success(request, said % {"n": made})
    return redirect("events:year")


class Templates(Register):
    """What comes every year, with the rule of its date."""

    namespace = "events"
    model = SeasonalTemplate
    route = "templates"
    icon = "calendar-repeat"
    form_class = forms.TemplateForm
    filterset_class = filters.TemplateFilter
    columns = (
        Column(gettext_lazy("name"), "label", "name"),
        Column(gettext_lazy("rule"), lambda t: t.get_kind_display(), "kind"),
        Column(gettext_lazy("working days"), lambda t: t.get_shift_display(), "shift", ""),
        Column(gettext_lazy("drafts itself (days before)"), "days_before", "days_before", NUM),
        Column(gettext_lazy("comes again"), lambda t: _("yes") if t.is_active else _("no")),
    )

    def opens(self, user: Any) -> bool:
        return rules.plans_any(user)

    def may(self, user: Any, row: Any) -> bool:
        return bool(user.is_superuser) or row.community_id in rules.communities_planned(user)

    def may_add(self, user: Any) -> bool:
        return rules.plans_any(user)


REGISTERS: tuple[type[Register], ...] = (Templates,)
