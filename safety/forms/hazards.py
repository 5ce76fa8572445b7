"""Hazards: entered, graded, ordered put right, put right, and looked at again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attachments.forms import PhotosField
from estates.forms import Moment, PersonField
from estates.models import Estate, Facility, Place
from safety.models.hazard import LINE
from safety.services.people import colleagues, nobody
from safety.states import Grade
from workflow.forms import VerbForm, WhyForm
from workflow.threads import THREAD_FORMS


class PlaceField(forms.ModelChoiceField[Any]):
    def label_from_instance(self, place: Any) -> str:
        return f"{place.building.name} · {place.name}" if place.building else str(place.name)


class FacilityField(forms.ModelChoiceField[Any]):
    def label_from_instance(self, facility: Any) -> str:
        return f"{facility.place.name} · {facility.name}"


class NewHazardForm(VerbForm):
    """What is dangerous, and where. `estates` are those where this person may say so; the first one
    is asked of unless they choose another."""

    estate = forms.ModelChoiceField(Estate.objects.none(), label=_("Estate"), empty_label=None)
    title = forms.CharField(
        label=_("What is dangerous?"),
        max_length=LINE,
        widget=forms.TextInput({"placeholder": _("Such as: e-bikes block the exit")}),
        error_messages={"required": _("Please say in a few words what is dangerous.")},
    )
    place = PlaceField(
        Place.objects.none(),
        label=_("Which place?"),
        required=False,
        empty_label=_("Not on the list: I say it in words"),
    )
    where_words = forms.CharField(
        label=_("Where exactly"),
        max_length=200,
        required=False,
        widget=forms.TextInput(
            {"placeholder": _("such as: ground floor, beside the letter boxes")}
        ),
    )
    words = forms.CharField(
        label=_("What else should be known?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    photos = PhotosField(required=False)

    def __init__(self, *args: Any, estates: QuerySet[Estate], **kwargs: Any) -> None:
        self.estates = estates
        super().__init__(*args, row=None, **kwargs)

    def narrow(self) -> None:
        fields: Any = self.fields
        fields["estate"].queryset = self.estates
        self.several = len(self.estates) > 1
        if not self.several:
            fields["estate"].required = False
        places = Place.objects.visible_to(self.user).filter(estate__in=self.estates)
        fields["place"].queryset = places.select_related("building").order_by(
            "estate", "building__name", "name"
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        place, facility = data.get("place"), data.get("facility")
        if not (place or facility or data.get("where_words")):
            self.add_error("where_words", _("Please choose the place, or say where it is."))
        if not self.several:
            data["estate"] = self.estates[0]
        elif place is not None and data.get("estate") not in (None, place.estate):
            self.add_error("place", _("This belongs to another estate."))
        return data


class FindForm(NewHazardForm):
    """The staff name the facility too."""

    facility = FacilityField(
        Facility.objects.none(), label=_("Facility"), required=False, empty_label=_("none of these")
    )

    def narrow(self) -> None:
        super().narrow()
        here = Facility.objects.visible_to(self.user).filter(place__estate__in=self.estates)
        fields: Any = self.fields
        fields["facility"].queryset = here.select_related("place").order_by("place__name", "name")


class GradeForm(VerbForm):
    grade = forms.ChoiceField(label=_("Grade"), choices=Grade.choices)
    interim = forms.CharField(
        label=_("Safeguard meanwhile"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("What keeps people safe until it is put right."),
    )


class OrderForm(VerbForm):
    """The five fixes."""

    edits = ("plan", "responsible", "measures", "funds", "due_at")

    plan = forms.CharField(label=_("Plan"), max_length=2000, widget=forms.Textarea({"rows": 3}))
    responsible = PersonField(nobody(), label=_("Who is responsible"), empty_label=None)
    measures = forms.CharField(
        label=_("Measures"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    funds = forms.DecimalField(
        label=_("Funds"), max_digits=12, decimal_places=2, min_value=0, required=False
    )
    due_at = forms.DateTimeField(label=_("To be put right by"), widget=Moment)

    def narrow(self) -> None:
        self.fields["responsible"].queryset = colleagues(self.row.estate)  # type: ignore[attr-defined]
        now = {name: getattr(self.row, name) for name in self.edits}
        now["responsible"] = self.row.responsible_id
        week = timezone.localtime(self.at) + timedelta(days=7)
        self.initial = {**now, "due_at": now["due_at"] or week, **self.initial}


class SubmitForm(VerbForm):
    result = forms.CharField(
        label=_("What was done"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    photos = PhotosField(
        label=_("Photos that show it"),
        required=True,
        error_messages={"required": _("Show by a photograph that it is put right.")},
    )


class CloseForm(VerbForm):
    inspection = forms.CharField(
        label=_("What did you see there?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(
            {"rows": 2, "placeholder": _("Such as: the door opens wide, nothing on the floor")}
        ),
    )
    photos = PhotosField(
        label=_("A photo from the spot"),
        required=True,
        error_messages={"required": _("Show by a photograph what you saw there.")},
    )


class ExtendForm(VerbForm):
    edits = ("due_at",)

    due_at = forms.DateTimeField(label=_("To be put right by"), widget=Moment)
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def narrow(self) -> None:
        self.initial = {"due_at": self.row.due_at, **self.initial}


class ReassignForm(VerbForm):
    edits = ("responsible",)

    worker = PersonField(nobody(), label=_("Who is responsible"), empty_label=None)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def narrow(self) -> None:
        people = colleagues(self.row.estate).exclude(pk=self.row.responsible_id or 0)
        self.fields["worker"].queryset = people  # type: ignore[attr-defined]


HAZARD_FORMS: dict[str, type[VerbForm]] = {
    "grade": GradeForm,
    "order": OrderForm,
    "extend": ExtendForm,
    "reassign": ReassignForm,
    "submit": SubmitForm,
    "close": CloseForm,
    "send_back": WhyForm,
    **THREAD_FORMS,
}
