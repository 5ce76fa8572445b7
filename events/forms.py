"""The shape of what is typed; what it means is asked by the verbs."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.dates import WEEKDAYS
from common.recurrence import BadRule, Rule
from common.required import NamesMissing
from estates.forms import Clock, Day
from estates.models import Community, Place
from events import almanac
from events.models import SeasonalTemplate, Task
from events.services.events import communities
from events.states import RuleKind
from volunteers.models import Team
from workflow.forms import ScopedForm, VerbForm, WhyForm

NTH = [(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5"), (-1, _("last"))]
MONTHS = [(n, str(n)) for n in range(1, 13)]
# Which fields each kind of rule asks for.
ASKED = {
    RuleKind.FIXED: ("month", "day"),
    RuleKind.NTH_WEEKDAY: ("month", "nth", "weekday"),
    RuleKind.LUNAR: ("month", "day"),
    RuleKind.SOLAR_TERM: ("term",),
    RuleKind.RRULE: ("rrule", "starts_on"),
}
OF_RULE = ("month", "day", "nth", "weekday", "term", "rrule", "starts_on")


def number(choices: Any, **more: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=[("", "—"), *choices], coerce=int, empty_value=None, required=False, **more
    )


class TemplateForm(ScopedForm):
    month = number(MONTHS, label=_("Month"))
    nth = number(NTH, label=_("Which"))
    weekday = number(list(enumerate(WEEKDAYS)), label=_("Weekday"))
    term = number(list(enumerate(almanac.TERMS)), label=_("Solar term"))

    class Meta:
        model = SeasonalTemplate
        fields = [
            *("community", "name", "name_en", "kind", "month", "day", "nth", "weekday", "term"),
            *("rrule", "starts_on", "shift", "begins_at", "minutes", "days_before", "team"),
            *("place", "story", "checklist", "capacity", "budget", "is_active", "source"),
        ]
        widgets = {
            "starts_on": Day,
            "begins_at": Clock,
            "story": forms.Textarea({"rows": 3}),
            "checklist": forms.Textarea({"rows": 5}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if self.instance.pk:
            del self.fields["community"]
        else:
            fields["community"].queryset = communities(self.user)
            fields["community"].empty_label = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind")
        asked = ASKED.get(kind, ()) if kind else ()
        for name in OF_RULE:
            if name not in asked:
                data[name] = "" if name == "rrule" else None
            elif data.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("The rule wants this."))
        if kind == RuleKind.RRULE and not self.errors:
            try:
                Rule(data["rrule"], data["starts_on"], data["begins_at"]).check()
            except BadRule as bad:
                self.add_error("rrule", str(bad))
        return data


def places_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Places"),
        min_value=0,
        max_value=100_000,
        required=False,
        help_text=_("Empty: no limit. 0: nobody signs up."),
    )


def budget_field(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_digits=10, decimal_places=2, required=False
    )


def story_field(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        **more,
    )


class EventFields(forms.Form):
    """What is said of an event, whether it is planned or changed."""

    title = forms.CharField(label=_("In a line"), max_length=60)
    line = forms.CharField(label=_("A line under it"), max_length=80, required=False)
    on = forms.DateField(label=_("Day"), widget=Day)
    begin = forms.TimeField(label=pgettext_lazy("event", "Begins"), widget=Clock)
    end = forms.TimeField(label=pgettext_lazy("event", "Ends"), widget=Clock)
    place = forms.ModelChoiceField(Place.objects.none(), label=_("Public place"), required=False)
    place_words = forms.CharField(label=_("Where exactly"), max_length=120, required=False)
    team = forms.ModelChoiceField(
        Team.objects.none(), label=pgettext_lazy("volunteers", "Team"), required=False
    )
    story = story_field(_("What it is about"))
    programme = story_field(
        _("How it goes"), help_text=_("One thing a line, with its time before it: 09:00 …")
    )
    capacity = places_field()
    budget = budget_field(_("Budget"))

    def choose(self, user: Any) -> None:
        fields: Any = self.fields
        fields["place"].queryset = Place.objects.visible_to(user)
        fields["team"].queryset = Team.objects.visible_to(user).standing()


class EventForm(NamesMissing, EventFields):
    field_order = ["community"]

    community = forms.ModelChoiceField(
        Community.objects.none(), label=_("Community"), empty_label=None
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["community"].queryset = communities(user)
        self.choose(user)


class ChangeForm(VerbForm, EventFields):
    edits: ClassVar[tuple[str, ...]] = (
        *("title", "title_en", "line", "story", "programme", "place", "place_words"),
        *("starts_at", "ends_at", "team", "capacity", "budget"),
    )
    field_order = ["title", "title_en"]

    title_en = forms.CharField(label=_("In English"), max_length=60, required=False)

    def narrow(self) -> None:
        row, local = self.row, timezone.localtime
        self.choose(self.user)
        names = set(self.edits) - {"starts_at", "ends_at"}
        now: dict[str, Any] = {name: getattr(row, name) for name in names}
        now |= {
            "on": local(row.starts_at).date(),
            "begin": local(row.starts_at).time(),
            "end": local(row.ends_at).time(),
        }
        self.initial = {**now, **self.initial}


class TaskForm(VerbForm):
    words = forms.CharField(label=_("What is to be done"), max_length=120)


class TickForm(VerbForm):
    task = forms.ModelChoiceField(Task.objects.none(), label=_("Which"), empty_label=None)

    def narrow(self) -> None:
        fields: Any = self.fields
        fields["task"].queryset = Task.objects.visible_to(self.user).filter(event=self.row.pk)


class ReportForm(VerbForm):
    people = forms.IntegerField(label=_("People who came"), min_value=0, max_value=100_000)
    cost = budget_field(_("Cost"))
    report = story_field(_("How it was"))


EVENT_FORMS: dict[str, type[VerbForm]] = {
    "change": ChangeForm,
    "add_task": TaskForm,
    "tick": TickForm,
    "send_back": WhyForm,
    "close": ReportForm,
    "cancel": WhyForm,
}
