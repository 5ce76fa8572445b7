"""The shape of what is typed; what it means is asked by the verbs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import by_login
from common import phones
from common.required import NamesMissing
from common.written import key
from estates.models import (
    Building,
    Community,
    DutyShift,
    Entrance,
    Estate,
    Facility,
    Occupant,
    Place,
    Posting,
    Relation,
    Trade,
    Unit,
    Workday,
)
from estates.services.roster.columns import Column, Table
from workflow.forms import ScopedForm, VerbForm


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class Clock(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class PersonField(forms.ModelChoiceField[User]):
    """One of a few people, by the name that others read."""

    def label_from_instance(self, person: Any) -> str:
        return str(person.name)


class EstateForm(ScopedForm):
    class Meta:
        model = Estate
        fields = [
            "name",
            "name_en",
            "address",
            "phone",
            "opens_at",
            "closes_at",
            "works_weekends",
        ]
        widgets = {"opens_at": Clock, "closes_at": Clock}


class BuildingForm(ScopedForm):
    class Meta:
        model = Building
        fields = ["estate", "name", "floors", "height_m", "use", "order"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Most are homes: what says nothing of it is one, or stays what it was.
        if self.is_bound and self.add_prefix("use") not in self.data:
            del self.fields["use"]


class EntranceForm(ScopedForm):
    class Meta:
        model = Entrance
        fields = ["building", "name", "order"]


class UnitForm(ScopedForm):
    class Meta:
        model = Unit
        fields = ["entrance", "number", "floor", "area", "use", "state"]


class PlaceForm(ScopedForm):
    class Meta:
        model = Place
        fields = ["estate", "building", "name", "kind"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        building, estate = data.get("building"), data.get("estate")
        if building and estate and building.estate_id != estate.pk:
            self.add_error("building", _("This building belongs to another estate."))
        return data


class FacilityForm(ScopedForm):
    class Meta:
        model = Facility
        fields = ["place", "name", "kind", "serial", "state"]


class OccupantForm(ScopedForm):
    """The number on the roster is not shown here: it is kept unless another is typed."""

    phone = phones.PhoneField(max_length=40, required=False)
    no_phone = forms.BooleanField(label=_("Has no phone: remove the number"), required=False)

    class Meta:
        model = Occupant
        fields = ["unit", "name", "phone", "relation", "share", "from_date", "to_date"]
        labels = {"name": _("Name")}
        widgets = {"from_date": Day, "to_date": Day}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Somebody else's number: the browser knows only that of whoever types.
        self.fields["phone"].widget.attrs["autocomplete"] = "off"
        units: Any = self.fields["unit"]
        units.queryset = units.queryset.with_address()
        if self.instance.pk:
            self.kept = self.instance.phone
            self.initial["phone"] = ""
            self.fields["unit"].disabled = True
            self.fields["phone"].help_text = _("Now %(phone)s. Leave this empty to keep it.") % {
                "phone": phones.masked(self.kept) or "—"
            }
        else:
            self.kept = ""
            del self.fields["no_phone"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("no_phone"):
            data["phone"] = ""
        elif not data.get("phone"):
            data["phone"] = self.kept
        return data

    @property
    def changed_data(self) -> list[str]:
        """A removed number is a change though its box is empty."""
        changed = list(super().changed_data)
        removed = "no_phone" in changed and "phone" not in changed
        return [*changed, "phone"] if removed else changed


class PostingForm(ScopedForm):
    """A colleague is named by what they sign in with; nobody can leaf through accounts."""

    who = forms.CharField(
        label=_("Who"), help_text=_("Their user name, phone or e-mail, exactly."), max_length=254
    )
    trades = forms.MultipleChoiceField(
        label=_("Trades"),
        choices=Trade.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What a technician repairs."),
    )

    class Meta:
        model = Posting
        fields = ["who", "estate", "community", "duty", "trades", "from_date", "to_date"]
        widgets = {"from_date": Day, "to_date": Day}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["who"]
        communities: Any = self.fields["community"]
        communities.queryset = Community.objects.staffed_by(self.user, Posting.Duty.MANAGER)
        if not (self.instance.community_id or communities.queryset.exists()):
            # Most managers have an estate, and need not be asked.
            del self.fields["community"]
            self.fields["estate"].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "community" in self.fields and bool(data.get("estate")) == bool(data.get("community")):
            self.add_error("community", _("Choose an estate or a community, one of them."))
        return data

    def clean_who(self) -> str:
        login = key(self.cleaned_data["who"])
        person = by_login(login)
        if person is None:
            raise forms.ValidationError(_("Nobody signs in with this."))
        self.instance.user = person
        return login


class ShiftForm(ScopedForm):
    class Meta:
        model = DutyShift
        fields = ["posting", "starts_at", "ends_at"]
        widgets = {"starts_at": Moment, "ends_at": Moment}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["posting"]
        people.queryset = people.queryset.select_related("user").filter(
            to_date__isnull=True, ended_at__isnull=True
        )

    def _get_validation_exclusions(self) -> set[str]:
        """The rule against two shifts at once asks whether this one is called off."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"called_off_at"}


class WorkdayForm(ScopedForm):
    class Meta:
        model = Workday
        fields = ["day", "is_workday", "name", "source"]
        widgets = {"day": Day}


# Claims and letters


class RelationField(forms.ChoiceField):
    default_error_messages = {"required": _("Please choose what you are in this home.")}

    def __init__(self) -> None:
        super().__init__(label=_("I am"), choices=Relation.choices)


class ClaimForm(NamesMissing, forms.Form):
    name = forms.CharField(label=_("Your name, as on the roster"), max_length=60)
    relation = RelationField()
    words = forms.CharField(
        label=_("A word to the front desk"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CodeForm(NamesMissing, forms.Form):
    code = forms.CharField(
        label=_("Code of the letter"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    name = forms.CharField(label=_("Your name"), max_length=60)
    relation = RelationField()


class ReasonForm(NamesMissing, forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )


class RefuseForm(VerbForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The person reads this."),
    )


class LeaveForm(NamesMissing, forms.Form):
    on = forms.DateField(
        label=_("I move out on"),
        widget=Day,
        error_messages={"required": _("Say on which day.")},
    )


# Roster


class UploadForm(NamesMissing, forms.Form):
    estate = forms.ModelChoiceField(label=_("Estate"), queryset=Estate.objects.none())
    file = forms.FileField(
        label=_("File"),
        help_text=_(".xlsx or .csv, up to 20 MB, headers in Chinese or English in any order"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={"required": _("Please choose a file.")},
    )

    def __init__(self, *args: Any, estates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["estate"].queryset = estates  # type: ignore[attr-defined]
        self.fields["estate"].empty_label = None  # type: ignore[attr-defined]


class ColumnsForm(NamesMissing, forms.Form):
    """One choice per column of each sheet; sensitive columns offer none."""

    building = forms.CharField(
        label=_("Building of rows that name none"), max_length=30, required=False
    )

    def __init__(self, *args: Any, tables: Iterable[Table], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tables = list(tables)
        choices = [("", _("— not used —")), *Column.choices]
        for number, table in enumerate(self.tables):
            for index, header in enumerate(table.headers):
                if header and header not in table.never_kept:
                    self.fields[f"{number}-{index}"] = forms.ChoiceField(
                        label=header,
                        choices=choices,
                        required=False,
                        widget=forms.Select(attrs={"class": "form-select dense"}),
                        initial=table.columns.get(index, ""),
                    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number, table in enumerate(self.tables):
            taken = list(self._chosen(number, table).values())
            for column in {c for c in taken if taken.count(c) > 1}:
                self.add_error(
                    None,
                    _("“%(sheet)s”: “%(column)s” is chosen for two columns.")
                    % {"sheet": table.title, "column": Column(column).label},
                )
        return data

    def _chosen(self, number: int, table: Table) -> dict[int, str]:
        names = {index: f"{number}-{index}" for index in range(len(table.headers))}
        return {i: c for i, name in names.items() if (c := self.cleaned_data.get(name))}

    def columns(self) -> dict[str, dict[int, str]]:
        return {t.title: self._chosen(number, t) for number, t in enumerate(self.tables)}


# Saved views


class SavedViewForm(NamesMissing, forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=30)
    query = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        """The filter without its page."""
        pairs = parse_qsl(self.cleaned_data["query"].lstrip("?"))
        return urlencode([(k, v) for k, v in pairs if k not in ("after", "seen")])


class RenameViewForm(NamesMissing, forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=30)
