"""Drills, what is required of them, and what they showed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from estates.forms import Day, Moment, PersonField
from estates.models import Building, Estate, Place
from safety import rules
from safety.forms.hazards import PlaceField
from safety.models import CRITERIA, Drill, DrillRequirement, DrillRole, DrillSheet
from safety.models.drill import LONGEST_DRILL, MOST_POINTS
from safety.services import drills
from safety.services.people import helpers, nobody
from safety.states import Mark, Role
from workflow.forms import ScopedForm, VerbForm, WhyForm, moment_field
from workflow.threads import THREAD_FORMS

A_WEEK = timedelta(days=7)


class RequirementForm(ScopedForm):
    class Meta:
        model = DrillRequirement
        fields = [
            "estate",
            "name",
            "kind",
            "use",
            "over_m",
            "months",
            "since",
            "source",
            "article",
            "words",
            "remark",
            "verified_on",
        ]
        widgets: ClassVar[dict[str, Any]] = {
            "since": Day,
            "verified_on": Day,
            "words": forms.Textarea({"rows": 4}),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.instance.is_on and not data.get("since"):
            self.add_error("since", _("What holds here is counted from some day."))
        today = timezone.localdate()
        since = data.get("since")
        if since and not 2000 <= since.year <= today.year + 10:
            self.add_error("since", _("Between the year 2000 and ten years ahead."))
        if (read := data.get("verified_on")) and read > today:
            self.add_error("verified_on", _("Nobody has read it on a day that is to come."))
        return data


class BuildingsField(forms.ModelMultipleChoiceField[Building]):
    def label_from_instance(self, building: Any) -> str:
        return str(building.name)


class ChangeForm(VerbForm):
    """What a drill is to be."""

    edits: ClassVar[tuple[str, ...]] = (
        "title",
        "kind",
        "form",
        "planned_at",
        "minutes",
        "target_minutes",
        "assembly",
        "assembly_words",
        "scenario",
    )

    title = forms.CharField(
        label=_("Title"),
        max_length=80,
        widget=forms.TextInput({"placeholder": _("Such as: everybody out, buildings 3 to 6")}),
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("drill", "What is practised?"), choices=Drill.Kind.choices
    )
    form = forms.ChoiceField(
        label=_("How?"),
        choices=Drill.Form.choices,
        help_text=_("What is talked through at a table moves nobody, and meets no deadline."),
    )
    planned_at = forms.DateTimeField(label=_("When?"), widget=Moment)
    minutes = forms.IntegerField(
        label=_("How long (minutes)?"), min_value=1, max_value=LONGEST_DRILL, initial=30
    )
    target_minutes = forms.IntegerField(
        label=_("Everybody out within (minutes)"),
        min_value=1,
        max_value=LONGEST_DRILL,
        required=False,
    )
    buildings = BuildingsField(
        Building.objects.none(),
        label=_("Which buildings go out?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the buildings that go out.")},
    )
    assembly = PlaceField(
        Place.objects.none(),
        label=_("Assembly point"),
        required=False,
        empty_label=_("Not on the list: I say it in words"),
    )
    assembly_words = forms.CharField(
        label=_("Assembly point in words"), max_length=120, required=False
    )
    scenario = forms.CharField(
        label=_("What is assumed to happen?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def narrow(self) -> None:
        estates = [self.row.estate_id] if self.row else self.estates_of()
        chosen: Any = self.fields
        chosen["buildings"].queryset = drills.houses(estates)
        chosen["assembly"].queryset = drills.places(estates)
        if self.row:
            now = {name: getattr(self.row, name) for name in self.edits}
            now["assembly"] = self.row.assembly_id
            parts = self.row.parts.values_list("building", flat=True)
            self.initial = {**now, "buildings": list(parts), **self.initial}

    def estates_of(self) -> list[int]:
        return []


class PlanDrillForm(ChangeForm):
    """`estates` are those where this person plans drills."""

    estate = forms.ModelChoiceField(Estate.objects.none(), label=_("Estate"), empty_label=None)
    # A new one has no version.
    edits = ()
    field_order = ("estate", "title", "kind", "form")

    def __init__(self, *args: Any, estates: QuerySet[Estate], **kwargs: Any) -> None:
        self.estates = estates
        super().__init__(*args, row=None, **kwargs)

    def estates_of(self) -> list[int]:
        return [one.pk for one in self.estates]

    def narrow(self) -> None:
        super().narrow()
        fields: Any = self.fields
        fields["estate"].queryset = self.estates
        self.several = len(self.estates) > 1
        fields["estate"].required = self.several
        begin = timezone.localtime(self.at + A_WEEK).replace(hour=10, minute=0, second=0)
        self.initial = {"planned_at": begin, **self.initial}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.several:
            data["estate"] = self.estates[0]
        return data


class AssignForm(VerbForm):
    helper = PersonField(nobody(), label=_("Who"), empty_label=None)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    building = forms.ModelChoiceField(
        Building.objects.none(),
        label=_("Building"),
        required=False,
        empty_label=_("none in particular"),
        help_text=_("For whoever calls the roll."),
    )

    def narrow(self) -> None:
        fields: Any = self.fields
        fields["helper"].queryset = helpers(self.row.estate)
        fields["building"].queryset = drills.buildings_of(self.row)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("role") == Role.CALLER and not data.get("building"):
            self.add_error("building", _("Whoever calls the roll does so for a building."))
        return data


class RoleField(forms.ModelChoiceField[DrillRole]):
    def label_from_instance(self, held: Any) -> str:
        where = held.building.name if held.building else ""
        return " · ".join(filter(None, [held.person.name, held.get_role_display(), where]))


class ReleaseForm(VerbForm):
    held = RoleField(DrillRole.objects.none(), label=_("Which role?"), empty_label=None)

    def narrow(self) -> None:
        self.fields["held"].queryset = drills.roles_of(self.row)  # type: ignore[attr-defined]


class MomentForm(VerbForm):
    words = forms.CharField(
        label=_("What happened?"),
        max_length=120,
        widget=forms.TextInput({"placeholder": _("Such as: building 5 hears no announcement")}),
    )
    is_trouble = forms.BooleanField(label=_("It did not go as it should"), required=False)
    seen_at = moment_field()


class SupportForm(VerbForm):
    words = forms.CharField(
        label=_("What is wanted?"),
        max_length=100,
        widget=forms.TextInput({"placeholder": _("Such as: two people to carry a wheelchair")}),
    )
    building = forms.ModelChoiceField(
        Building.objects.none(),
        label=_("Where?"),
        required=False,
        empty_label=_("at the assembly point"),
    )

    def narrow(self) -> None:
        self.fields["building"].queryset = drills.buildings_of(self.row)  # type: ignore[attr-defined]


def points(name: str) -> forms.IntegerField:
    field: Any = DrillSheet._meta.get_field(name)
    label = field.verbose_name
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_POINTS)


class ScoreForm(VerbForm):
    """Points of a hundred, by criterion."""

    name = forms.CharField(
        label=_("Observer"),
        max_length=40,
        required=False,
        help_text=_("Empty: it is your own. A guest by name: the fire station, an owner."),
    )
    alarm = points("alarm")
    order = points("order")
    help = points("help")
    roll = points("roll")
    ways = points("ways")
    words = forms.CharField(
        label=_("In words"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )

    def narrow(self) -> None:
        if not rules.can_lead_drill(self.user, self.row):
            del self.fields["name"]
        mine = self.row.sheets.filter(name=self.user.name, by=self.user.pk).first()
        if mine is not None:
            said = {one: getattr(mine, one) for one in (*CRITERIA, "words")}
            self.initial = {**said, **self.initial}


class EvaluateForm(VerbForm):
    score = forms.IntegerField(
        label=_("Score"),
        min_value=0,
        max_value=MOST_POINTS,
        help_text=_("It begins with the average of the observers."),
    )
    debrief = forms.CharField(
        label=_("Debrief"),
        max_length=4000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("What went well, and what did not."),
    )

    def narrow(self) -> None:
        mean = drills.average(list(self.row.sheets.all()))
        self.initial = {"score": mean, **self.initial}


class ImproveForm(VerbForm):
    title = forms.CharField(label=_("What is to become better?"), max_length=80)
    owner = PersonField(nobody(), label=_("Who sees to it?"), empty_label=None)
    due_on = forms.DateField(label=_("Until"), widget=Day)
    words = forms.CharField(
        label=_("In words"), max_length=1000, required=False, widget=forms.Textarea({"rows": 2})
    )

    def narrow(self) -> None:
        self.fields["owner"].queryset = helpers(self.row.estate)  # type: ignore[attr-defined]
        month = timezone.localdate(self.at) + timedelta(days=30)
        self.initial = {"due_on": month, **self.initial}


class ChangeImprovementForm(ImproveForm):
    edits = ("title", "owner", "due_on", "words")

    def narrow(self) -> None:
        super().narrow()
        now = {name: getattr(self.row, name) for name in self.edits}
        now["owner"] = self.row.owner_id
        self.initial = {**self.initial, **now}


class FinishImprovementForm(VerbForm):
    result = forms.CharField(
        label=_("What was done"), max_length=1000, widget=forms.Textarea({"rows": 3})
    )


class SaidForm(forms.Form):
    """What a tap on the roll says: all buttons of the page are one form's. `said` is the home and
    the mark, “17:out”; `floor` the key of a floor whose rest is out."""

    said = forms.RegexField(r"^[0-9]{1,18}:[a-z]+$", required=False)
    # Those of which nobody had said anything on this phone; a page without scripts does not say.
    homes = forms.RegexField(r"^[0-9]{1,18}(,[0-9]{1,18})*$", required=False)
    floor = forms.RegexField(r"^[0-9]{1,18}-(-?[0-9]{1,4})?$", required=False)
    seen_at = moment_field()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        home, _colon, mark = data.get("said", "").partition(":")
        if mark and mark not in Mark.values:
            self.add_error("said", _("Out, with help, nobody in, or missing."))
        return {**data, "home": home, "mark": mark}


DRILL_FORMS: dict[str, type[VerbForm]] = {
    "change": ChangeForm,
    "assign": AssignForm,
    "release": ReleaseForm,
    "call_off": WhyForm,
    "moment": MomentForm,
    "call_support": SupportForm,
    "score": ScoreForm,
    "evaluate": EvaluateForm,
    "improve": ImproveForm,
    **THREAD_FORMS,
}
IMPROVEMENT_FORMS: dict[str, type[VerbForm]] = {
    "change": ChangeImprovementForm,
    "finish": FinishImprovementForm,
    "send_back": WhyForm,
}
