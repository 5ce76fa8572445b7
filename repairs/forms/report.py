"""The report: what is broken, where, in which words, and when somebody may come."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from attachments.forms import PhotosField
from common.keys import key_of
from common.phones import PhoneField
from common.required import NamesMissing
from estates.models import Estate, Facility, Place, Unit
from estates.services.finding import find_homes
from estates.standing import DESK, holds
from repairs.models import Category, Priority, Ticket
from repairs.services import is_over, said_window, window_choices

MOST_HOMES = 8
UNIT, BUILDING, ESTATE, SEARCHED = "unit-", "building", "estate", "home"


class WindowsField(forms.MultipleChoiceField):
    """A wish that meanwhile lies in the past is dropped rather than refused."""

    widget = forms.CheckboxSelectMultiple
    at: datetime

    def offer(self, at: datetime, kept: Iterable[str] = ()) -> None:
        self.at = at
        offered = window_choices(at)
        known = {window for window, _words in offered}
        gone = [(window, said_window(window, at)) for window in kept if window not in known]
        self.choices = [*gone, *offered]

    def to_python(self, value: Any) -> list[str]:
        wished = dict.fromkeys(super().to_python(value))
        return [w for w in wished if self.valid_value(w) or not is_over(w, self.at)]


class ReportForm(NamesMissing, forms.Form):
    """`tile` is the top of the tree, `problem` a leaf below; another tile's leaf is ignored."""

    tile = forms.ModelChoiceField(
        Category.objects.none(),
        label=_("What is broken?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Please tap what is broken.")},
    )
    problem = forms.ModelChoiceField(
        Category.objects.none(), widget=forms.RadioSelect, required=False, empty_label=None
    )
    where = forms.ChoiceField(
        label=_("Where?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say where it is.")},
    )
    near = forms.ChoiceField(label=_("Which place?"), required=False)
    elsewhere = forms.ChoiceField(label=_("Which place?"), required=False)
    place_words = forms.CharField(
        label=_("Where exactly"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"placeholder": _("kitchen, below the sink")}),
    )
    description = forms.CharField(
        label=_("What happened?"),
        max_length=4000,
        widget=forms.Textarea({"rows": 3, "placeholder": _("Since when, how bad, what you did")}),
        error_messages={"required": _("Please say in a few words what happened.")},
    )
    photos = PhotosField()
    windows = WindowsField(label=_("When may somebody come?"), required=False)
    may_enter = forms.BooleanField(
        label=_("May enter when nobody is at home (the front desk has a key)"), required=False
    )
    contact_phone = PhoneField(
        label=_("Phone for questions"),
        max_length=30,
        required=False,
        help_text=_("Only the front desk and the technician see it."),
    )
    private = forms.BooleanField(
        label=_("Only for me and the staff"),
        required=False,
        help_text=_("Otherwise the other people of your home see it too."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, estate: Estate, at: datetime, **kwargs: Any) -> None:
        self.user, self.estate, self.at = user, estate, at
        super().__init__(*args, **kwargs)
        self.fields["photos"].user = user  # type: ignore[attr-defined]
        self.fields["windows"].offer(at)  # type: ignore[attr-defined]
        self.fields["key"].initial = uuid.uuid4
        self.fields["contact_phone"].initial = user.phone
        self.homes = self._homes()
        self._offer_categories()
        self._offer_places()

    def _homes(self) -> list[Unit]:
        homes = Unit.objects.lived_in_by(self.user).with_address()
        return list(homes.filter(entrance__building__estate=self.estate)[:MOST_HOMES])

    def _offer_categories(self) -> None:
        known = Category.objects.visible_to(self.user).choosable().filter(estate=self.estate)
        self.categories = list(known)
        self.fields["tile"].queryset = known.filter(parent=None)  # type: ignore[attr-defined]
        self.fields["problem"].queryset = known.exclude(parent=None)  # type: ignore[attr-defined]

    @property
    def tiles(self) -> list[tuple[Category, list[Category]]]:
        """Each tile with its problems, from one query."""
        return [
            (tile, [leaf for leaf in self.categories if leaf.parent_id == tile.pk])
            for tile in self.categories
            if tile.parent_id is None
        ]

    @property
    def chosen(self) -> set[int]:
        """The pks of the tile and the problem as they stand, to tick their radios."""
        values = {str(self[name].value() or "") for name in ("tile", "problem")}
        return {key for key in map(key_of, values) if key}

    def _offer_places(self) -> None:
        own = {home.entrance.building_id for home in self.homes}
        places = Place.objects.visible_to(self.user).filter(estate=self.estate)
        rows = list(places.select_related("building").prefetch_related("facilities"))
        near = [place for place in rows if place.building_id in own]
        far = [place for place in rows if place.building_id not in own]
        where: list[tuple[str, Any]] = [(f"{UNIT}{home.pk}", home.label) for home in self.homes]
        where += [(BUILDING, _("Public place of my building"))] if near else []
        where += [(ESTATE, _("Public place of the estate"))]
        self._choices("where", where)
        self._choices("near", _spots(near))
        self._choices("elsewhere", _spots(far))
        self.places = {place.pk: place for place in rows}
        self.initial.setdefault("where", where[0][0])

    def _choices(self, name: str, choices: Any) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def start_at(
        self, *, unit: Unit | None, place: Place | None, facility: Facility | None
    ) -> None:
        """What a poster or a link says already."""
        if unit is not None:
            self.initial["where"] = f"{UNIT}{unit.pk}"
        if place is not None:
            spot = f"facility-{facility.pk}" if facility else f"place-{place.pk}"
            near = any(place.building_id == home.entrance.building_id for home in self.homes)
            self.initial["where"] = BUILDING if near else ESTATE
            self.initial["near" if near else "elsewhere"] = spot

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        tile, problem = data.get("tile"), data.pop("problem", None)
        data["category"] = problem if problem and tile and problem.parent_id == tile.pk else tile
        if data.get("where"):
            data |= self._ground(data)
        return data

    def _ground(self, data: dict[str, Any]) -> dict[str, Any]:
        """`where` and its selects as unit, or place and facility."""
        where = data["where"]
        if where.startswith(UNIT):
            unit = next(home for home in self.homes if f"{UNIT}{home.pk}" == where)
            return {"unit": unit}
        spot = data.get("near" if where == BUILDING else "elsewhere") or ""
        kind, _dash, pk = spot.partition("-")
        if not pk and not data.get("place_words"):
            self.add_error("place_words", _("Please choose the place, or say where it is."))
        return self._spot(kind, pk)

    def _spot(self, kind: str, pk: str) -> dict[str, Any]:
        if not pk:
            return {}
        if kind == "place":
            return {"place": self.places[int(pk)]}
        facilities = (f for place in self.places.values() for f in place.facilities.all())
        facility = next(f for f in facilities if f.pk == int(pk))
        return {"place": self.places[facility.place_id], "facility": facility}

    def fields_for_service(self) -> dict[str, Any]:
        """The keywords of `services.report`."""
        data = dict(self.cleaned_data)
        for name in ("tile", "where", "near", "elsewhere", "home"):
            data.pop(name, None)
        return data


def _spots(places: list[Place]) -> list[Any]:
    """Places with what stands there, one group a building; first the answer “none of these”."""
    spots: list[Any] = [("", _("Not on the list: I say it in words"))]
    for building, group in groupby(places, key=lambda place: place.building):
        options = [option for place in group for option in _spots_of(place)]
        spots += [(building.name, options)] if building else options
    return spots


def _spots_of(place: Place) -> list[tuple[str, str]]:
    facilities = [(f"facility-{f.pk}", f"{place.name} · {f.name}") for f in place.facilities.all()]
    return [(f"place-{place.pk}", place.name), *facilities]


class StaffReportForm(ReportForm):
    """The same for the front desk, which writes for residents about any home."""

    home = forms.CharField(
        label=_("Which home?"),
        required=False,
        widget=forms.TextInput({"placeholder": "3-2-1204", "autocomplete": "off"}),
        help_text=_("Building, entrance and room; the room alone if there is only one such."),
    )
    contact_name = forms.CharField(label=_("Who called"), max_length=60, required=False)
    on_behalf_of = forms.CharField(label=_("On behalf of"), max_length=60, required=False)
    source = forms.ChoiceField(
        label=_("Came in by"),
        choices=[(s.value, s.label) for s in (Ticket.Source.PHONE, Ticket.Source.DESK)],
        widget=forms.RadioSelect,
    )
    priority = forms.ChoiceField(
        label=_("Priority"),
        choices=[("", _("as usual for the category")), *Priority.choices],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("source", Ticket.Source.PHONE)
        self.fields["contact_phone"].initial = ""

    def _offer_places(self) -> None:
        super()._offer_places()
        where = self.fields["where"]
        self._choices("where", [(SEARCHED, _("A home")), *where.choices])  # type: ignore[attr-defined]
        self.initial["where"] = SEARCHED

    def start_at(
        self, *, unit: Unit | None, place: Place | None, facility: Facility | None
    ) -> None:
        super().start_at(unit=None, place=place, facility=facility)
        if unit is not None:
            self.initial["where"], self.initial["home"] = SEARCHED, unit.label

    def _ground(self, data: dict[str, Any]) -> dict[str, Any]:
        if data["where"] != SEARCHED:
            return super()._ground(data)
        homes = Unit.objects.visible_to(self.user)
        homes = homes.filter(entrance__building__estate=self.estate)
        found = find_homes(data.get("home", ""), homes)
        if len(found) == 1:
            return {"unit": found[0]}
        self.add_error("home", self._not_one(found))
        return {}

    def _not_one(self, found: list[Unit]) -> str:
        if not found:
            return str(_("No home of the estate answers to this."))
        names = ", ".join(unit.label for unit in found[:MOST_HOMES])
        return str(_("Several homes answer to this: %(names)s.") % {"names": names})


def report_form(user: Any, estate: Estate) -> type[ReportForm]:
    return StaffReportForm if holds(user, estate.pk, *DESK) else ReportForm
