"""The registers of an estate: what stands there, who lives and who works there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common import phones
from common.dates import exact_time
from estates import filters, forms, rules
from estates.models import (
    Building,
    DutyShift,
    Entrance,
    Estate,
    Facility,
    Occupant,
    Place,
    Posting,
    Trade,
    Unit,
    Workday,
)
from estates.services import postings, shifts
from workflow.crud import Column, Register
from workflow.standing import forget

NUM = "num text-nowrap"


class EstateRegister(Register):
    """Open to staff; written by the manager unless a register says otherwise."""

    namespace = "estates"

    def opens(self, user: Any) -> bool:
        return rules.works_here(user)

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_manage(user, row)

    def may_add(self, user: Any) -> bool:
        return rules.manages_any(user)


class Estates(EstateRegister):
    """The settings of an estate. Estates are founded in the admin."""

    model = Estate
    route = "settings"
    icon = "building-community"
    form_class = forms.EstateForm
    filterset_class = filters.EstateFilter
    columns = (
        Column(_("name"), "label", "name"),
        Column(_("community"), lambda e: e.community.label, "community"),
        Column(_("address"), "address", "", ""),
        Column(_("front desk"), "phone"),
        Column(_("work begins"), lambda e: f"{e.opens_at:%H:%M}"),
        Column(_("work ends"), lambda e: f"{e.closes_at:%H:%M}"),
    )

    def may_add(self, user: Any) -> bool:
        return False


class Buildings(EstateRegister):
    model = Building
    route = "buildings"
    icon = "building"
    form_class = forms.BuildingForm
    filterset_class = filters.BuildingFilter
    columns = (
        Column(_("building"), "name", "name"),
        Column(_("estate"), lambda b: b.estate.label),
        Column(_("floors"), "floors", "floors", NUM),
        Column(_("height in metres"), "height_m", "height_m", NUM),
        Column(_("use"), lambda b: b.get_use_display(), "use"),
        Column(_("homes"), "homes", "homes", NUM),
    )

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("estate")
        return rows.annotate(homes=Count("entrances__units"))


class Entrances(EstateRegister):
    model = Entrance
    route = "entrances"
    icon = "door"
    form_class = forms.EntranceForm
    filterset_class = filters.EntranceFilter
    columns = (
        Column(_("entrance"), str, "name"),
        Column(_("building"), lambda e: e.building.name, "building"),
        Column(_("homes"), "homes", "homes", NUM),
    )

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("building__estate")
        return rows.annotate(homes=Count("units"))


class Units(EstateRegister):
    model = Unit
    route = "units"
    icon = "home"
    form_class = forms.UnitForm
    filterset_class = filters.UnitFilter
    columns = (
        Column(_("unit"), "label", "number"),
        Column(_("floor"), "floor", "floor", NUM),
        Column(_("area in m²"), "area", "area", NUM),
        Column(_("use"), lambda u: u.get_use_display(), "use"),
        Column(_("state"), lambda u: u.get_state_display(), "state"),
        Column(_("people"), "people", "people", NUM),
    )

    def get_queryset(self) -> Any:
        here = Count("occupants", filter=Q(occupants__to_date__isnull=True))
        return super().get_queryset().with_address().annotate(people=here)


class Places(EstateRegister):
    model = Place
    route = "places"
    icon = "map-pin"
    form_class = forms.PlaceForm
    filterset_class = filters.PlaceFilter
    extra_links = ((_("Posters"), "estates:posters", "qrcode"),)
    columns = (
        Column(_("place"), "name", "name"),
        Column(_("kind"), lambda p: p.get_kind_display()),
        Column(_("building"), lambda p: p.building.name if p.building else ""),
        Column(_("estate"), lambda p: p.estate.label),
    )

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("estate", "building")


class Facilities(EstateRegister):
    model = Facility
    route = "facilities"
    icon = "elevator"
    form_class = forms.FacilityForm
    filterset_class = filters.FacilityFilter
    extra_links = ((_("Posters"), "estates:posters", "qrcode"),)
    columns = (
        Column(_("facility"), "name", "name"),
        Column(_("place"), lambda f: f.place.name),
        Column(_("kind"), lambda f: f.get_kind_display()),
        Column(_("number on the plate"), "serial"),
        Column(_("state"), lambda f: f.get_state_display(), "state"),
    )

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("place__estate")


def said_day(name: str) -> Callable[[Any], str]:
    """2026-06-10, or nothing."""

    def said(row: Any) -> str:
        day = getattr(row, name)
        return day.isoformat() if day else ""

    return said


def shown_phone(occupant: Any) -> str:
    return phones.local(occupant.phone) if occupant.show_phone else phones.masked(occupant.phone)


class Occupants(EstateRegister):
    """The roster."""

    model = Occupant
    route = "occupants"
    icon = "users"
    form_class = forms.OccupantForm
    filterset_class = filters.OccupantFilter
    ends = True
    extra_links = (
        (_("Import"), "estates:roster", "file-import"),
        (_("Letters"), "estates:letters", "mail"),
    )
    columns = (
        Column(_("Name"), "name", "name"),
        Column(_("unit"), lambda o: o.unit.label, "unit"),
        Column(_("relation"), lambda o: o.get_relation_display(), "relation"),
        Column(_("phone"), shown_phone, "", NUM),
        Column(
            _("from"),
            said_day("from_date"),
            "from_date",
            "num text-nowrap",
        ),
        Column(_("to"), said_day("to_date"), "to_date", "num text-nowrap"),
        Column(_("account"), lambda o: o.user.name if o.user else ""),
        Column(
            _("moves out"),
            said_day("leaving_on"),
            "",
            "num text-nowrap",
        ),
    )

    def opens(self, user: Any) -> bool:
        return rules.keeps_a_roster(user)

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_keep_roster(user, row)

    def may_add(self, user: Any) -> bool:
        return self.opens(user)

    def get_queryset(self) -> Any:
        return super().get_queryset().with_address().with_show_phone(self.request.user)

    def form_context(self, form: Any) -> dict[str, Any]:
        return {**super().form_context(form), "reveal_form": forms.ReasonForm(prefix="reveal")}


class Postings(EstateRegister):
    model = Posting
    route = "postings"
    icon = "id-badge-2"
    form_class = forms.PostingForm
    filterset_class = filters.PostingFilter
    ends = True
    columns = (
        Column(_("who"), lambda p: p.user.name, "user__display_name"),
        Column(_("duty"), lambda p: p.get_duty_display(), "duty"),
        Column(_("trades"), lambda p: ", ".join(str(Trade(t).label) for t in p.trades), "", ""),
        Column(_("for"), lambda p: p.where.label),
        Column(
            _("from"),
            said_day("from_date"),
            "from_date",
            "num text-nowrap",
        ),
        Column(_("to"), said_day("to_date"), "to_date", "num text-nowrap"),
    )

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("user", "estate", "community")

    def removed(self, row: Any) -> HttpResponse:
        postings.end_posting(row, actor=self.request.user, at=self.at)
        forget(self.request.user)
        told = {"name": row.user.name}
        messages.success(self.request, _("Ended as of now; %(name)s is told.") % told)
        return redirect(self.after())

    def write(self, form: Any) -> Any:
        posting = super().write(form)
        if posting.ended_at is not None and postings.goes_on(posting, self.at):
            posting.ended_at = None
            posting.save(update_fields=["ended_at"])
        return posting


class Shifts(EstateRegister):
    """Who is at work, a week at a time. A shift is called off, not deleted."""

    model = DutyShift
    route = "shifts"
    icon = "calendar-event"
    form_class = forms.ShiftForm
    filterset_class = filters.ShiftFilter
    columns = (
        Column(_("who"), lambda s: s.posting.user.name),
        Column(_("duty"), lambda s: s.posting.get_duty_display()),
        Column(_("from"), lambda s: exact_time(s.starts_at)),
        Column(_("to"), lambda s: exact_time(s.ends_at)),
        Column(_("state"), lambda s: _("called off") if s.called_off_at else ""),
    )

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("posting__user", "posting__estate")

    def may(self, user: Any, row: Any) -> bool:
        return super().may(user, row) and row.called_off_at is None

    def removed(self, row: Any) -> HttpResponse:
        shifts.call_off(row, actor=self.request.user, at=self.at)
        messages.success(
            self.request, _("Called off; %(name)s is told.") % {"name": row.posting.user.name}
        )
        return redirect(self.after())

    def monday(self) -> date:
        try:
            day = date.fromisoformat(self.request.GET.get("week", ""))
        except ValueError:
            day = timezone.localdate(self.at)
        return day - timedelta(days=day.weekday())

    def sorted_rows(self) -> QuerySet[Any]:
        """Of the week, unless days are asked for; in order, so that a page's days follow."""
        rows = super().sorted_rows().order_by("starts_at", "pk")
        if self.request.GET.get("after") or self.request.GET.get("before"):
            return rows
        begin = timezone.make_aware(datetime.combine(self.monday(), datetime.min.time()))
        return rows.filter(ends_at__gt=begin, starts_at__lt=begin + timedelta(days=7))

    def list_context(self) -> dict[str, Any]:
        monday, week = self.monday(), timedelta(days=7)
        links = {"before": monday - week, "this": None, "after": monday + week}
        return {
            **super().list_context(),
            "monday": monday,
            "sunday": monday + timedelta(days=6),
            "weeks": {name: day.isoformat() if day else "" for name, day in links.items()},
        }

    def page(self, name: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
        """The days are of the rows that the list shows, so its pages are theirs too."""
        return super().page(name, {"days": by_day(context.get("lines", ())), **context}, status)


def by_day(lines: Iterable[Mapping[str, Any]]) -> list[tuple[date, list[Mapping[str, Any]]]]:
    def day(line: Mapping[str, Any]) -> date:
        return timezone.localdate(line["row"].starts_at)

    return [(when, list(those)) for when, those in groupby(lines, key=day)]


class Workdays(EstateRegister):
    """Holidays and make-up workdays are the whole country's, so the administrator's."""

    model = Workday
    route = "workdays"
    icon = "calendar"
    form_class = forms.WorkdayForm
    filterset_class = filters.WorkdayFilter
    columns = (
        Column(_("day"), lambda w: w.day.isoformat(), "day"),
        Column(_("is worked"), lambda w: _("worked") if w.is_workday else _("free")),
        Column(_("name"), "name", "name"),
        Column(_("source"), "source", "", ""),
    )

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_administer(user, row)

    def may_add(self, user: Any) -> bool:
        return rules.can_administer(user)


REGISTERS: tuple[type[EstateRegister], ...] = (
    Estates,
    Buildings,
    Entrances,
    Units,
    Places,
    Facilities,
    Occupants,
    Postings,
    Shifts,
    Workdays,
)
