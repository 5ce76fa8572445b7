"""The shape of what is typed; what it means is asked by the verbs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from attachments.forms import PhotosField
from common.recurrence import LONGEST
from estates.forms import Clock, Day, Moment, PersonField
from estates.models import Estate
from safety.models import (
    Answer,
    Checklist,
    ChecklistItem,
    Checkpoint,
    Plan,
    RoundPoint,
    Route,
)
from safety.models.plan import MOST_MINUTES
from safety.services.people import colleagues, colleagues_of, nobody
from safety.services.plans import LONGEST_LEAD
from safety.services.rounds import Given, checkpoints_of, items_of, points_of, seen_of
from safety.services.routes import set_stops
from safety.states import Verdict
from safety.words import NTHS, RULE_DAYS, Often, composed, decomposed, said_lead
from workflow.forms import ScopedForm, VerbForm
from workflow.threads import THREAD_FORMS

DAY_MINUTES = 24 * 60
LEADS = (2 * DAY_MINUTES, DAY_MINUTES, 120, 30)
MOST_STOPS = 60
MOST_SIGNS = 40
# Before an answer that is not in order; a Chinese keyboard writes the wide one.
BANG = re.compile(r"^[!\uff01]+\s*")


class ChecklistForm(ScopedForm):
    class Meta:
        model = Checklist
        fields = ["estate", "name"]


class ChecklistItemForm(ScopedForm):
    choices = forms.CharField(
        label=_("answers"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("For one of several: one a line, with a ! before those that are not in order."),
    )

    class Meta:
        model = ChecklistItem
        fields = [
            "checklist",
            "position",
            "name",
            "standard",
            "kind",
            "unit",
            "lowest",
            "highest",
            "choices",
            "photo_required",
            "is_active",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bad = set(self.instance.failing)
        lines = [f"!{one}" if one in bad else one for one in self.instance.choices]
        self.initial["choices"] = "\n".join(lines)

    def clean_choices(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["choices"].splitlines()]
        good = [BANG.sub("", line) for line in lines]
        if any(len(one) > MOST_SIGNS for one in good):
            raise ValidationError(_("An answer has at most 40 signs."))
        self.failing = [one for one, line in zip(good, lines, strict=True) if one != line]
        return list(filter(None, dict.fromkeys(good)))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        # A choice that is none any more is no bad answer either.
        self.instance.failing = [one for one in getattr(self, "failing", []) if one]
        if data.get("kind") != ChecklistItem.Kind.CHOICE:
            data["choices"], self.instance.failing = [], []
        if data.get("kind") != ChecklistItem.Kind.NUMBER:
            data["lowest"] = data["highest"] = None
        return data


class CheckpointForm(ScopedForm):
    class Meta:
        model = Checkpoint
        fields = ["estate", "name", "place", "facility", "hint", "checklist"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        estate, place, facility = (data.get(name) for name in ("estate", "place", "facility"))
        if facility and not place:
            data["place"] = place = facility.place
        if facility and place and facility.place_id != place.pk:
            self.add_error("facility", _("This facility stands at another place."))
        for name in ("place", "checklist"):
            row = data.get(name)
            if estate and row and row.estate_id != estate.pk:
                self.add_error(name, _("This belongs to another estate."))
        return data


class RouteForm(ScopedForm):
    """The points in order; each with another checklist than its own, if wanted."""

    stops = forms.CharField(
        label=_("points in order"),
        widget=forms.Textarea({"rows": 10}),
        help_text=_(
            "One a line, as they are called in the register; after a | the checklist that is asked"
            " there on this route, if it is not the point's own."
        ),
    )

    class Meta:
        model = Route
        fields = ["estate", "name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = ""
        if self.instance.pk:
            stops = self.instance.stops.select_related("checkpoint", "checklist")
            self.before = "\n".join(
                f"{s.checkpoint.name} | {s.checklist.name}" if s.checklist else s.checkpoint.name
                for s in stops
            )
            self.initial["stops"] = self.before

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("estate") and "stops" in data:
            self.found = self._read(data["estate"], data["stops"])
        return data

    def _read(self, estate: Any, text: str) -> list[tuple[Checkpoint, Checklist | None]]:
        here = {"estate": estate.pk}
        points = {p.name: p for p in Checkpoint.objects.visible_to(self.user).filter(**here)}
        lists = {c.name: c for c in Checklist.objects.visible_to(self.user).filter(**here)}
        found: dict[int, tuple[Checkpoint, Checklist | None]] = {}
        for line in filter(None, (line.strip() for line in text.splitlines())):
            parts = line.replace("\uff5c", "|").partition("|")
            name, _bar, asked = (part.strip() for part in parts)
            if name not in points or (asked and asked not in lists):
                unknown = name if name not in points else asked
                words = _("There is no “%(name)s” in the registers of this estate.")
                self.add_error("stops", ValidationError(words, params={"name": unknown}))
                continue
            if points[name].pk in found:
                words = _("“%(name)s” is there twice.")
                self.add_error("stops", ValidationError(words, params={"name": name}))
            found[points[name].pk] = (points[name], lists.get(asked))
        if len(found) > MOST_STOPS:
            self.add_error("stops", _("A route has at most 60 points."))
        return list(found.values())

    def save(self, commit: bool = True) -> Any:
        route = super().save(commit)
        if commit:
            self.save_stops(route)
        return route

    def save_stops(self, route: Route) -> None:
        set_stops(route, self.found)


class LeadsField(forms.MultipleChoiceField):
    """Minutes before; those that the page does not offer come by the API."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=lambda: [(lead, said_lead(lead)) for lead in LEADS],
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )

    def valid_value(self, value: Any) -> bool:
        return str(value).isdecimal() and 0 < int(value) <= LONGEST_LEAD

    def clean(self, value: Any) -> list[int]:
        return [int(one) for one in super().clean(value)]


class PlanForm(VerbForm):
    """A plan as a person says it. The API may name `rule` and `window_minutes` themselves."""

    edits: ClassVar[tuple[str, ...]] = (
        "name",
        "route",
        "rule",
        "starts_on",
        "time",
        "window_minutes",
        "leads",
        "season_from",
        "season_to",
        "assignee",
        "lead",
    )
    ASKED_ONCE = ("often", "every", "days", "month_day", "nth", "weekday", "ends", "season")

    name = forms.CharField(label=_("Name of the plan"), max_length=80)
    route = forms.ModelChoiceField(Route.objects.none(), label=_("Route"), empty_label=None)
    often = forms.ChoiceField(
        label=_("How often?"), choices=Often.choices, required=False, widget=forms.RadioSelect
    )
    every = forms.IntegerField(
        label=_("Every so many days"), min_value=1, max_value=366, required=False
    )
    days = forms.MultipleChoiceField(
        label=_("On these days"),
        choices=RULE_DAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    month_day = forms.TypedChoiceField(
        label=_("On the"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[
            ("", _("weekday chosen beside")),
            *((n, n) for n in range(1, 32)),
            (-1, _("last day")),
        ],
    )
    nth = forms.TypedChoiceField(label=_("Which"), coerce=int, required=False, choices=NTHS)
    weekday = forms.ChoiceField(label=_("Weekday"), required=False, choices=RULE_DAYS)
    rule = forms.CharField(
        label=_("Rule of one's own"),
        max_length=LONGEST,
        required=False,
        help_text=_("RFC 5545, such as FREQ=WEEKLY;BYDAY=TU,FR."),
    )
    starts_on = forms.DateField(label=_("From day"), widget=Day)
    time = forms.TimeField(label=_("Begins at"), widget=Clock)
    ends = forms.TimeField(label=_("To be walked by"), widget=Clock, required=False)
    window_minutes = forms.IntegerField(
        label=_("Minutes to walk it"),
        min_value=1,
        max_value=MOST_MINUTES,
        required=False,
        widget=forms.HiddenInput,
    )
    leads = LeadsField(label=_("Reminders before it"), required=False)
    season = forms.ChoiceField(
        label=_("Season"),
        required=False,
        choices=[("", _("all year")), ("flood", _("flood season")), ("own", _("of its own"))],
    )
    season_from = forms.CharField(
        label=_("Season from"), max_length=10, required=False, help_text=_("Such as 05-01.")
    )
    season_to = forms.CharField(
        label=_("Season until"), max_length=10, required=False, help_text=_("Such as 09-30.")
    )
    assignee = PersonField(
        nobody(),
        label=_("Who walks"),
        required=False,
        empty_label=_("whoever is on duty as an inspector"),
    )
    lead = PersonField(
        nobody(), label=_("Who leads"), required=False, empty_label=_("the managers")
    )

    def narrow(self) -> None:
        estate = self.row.estate if self.row else None
        # whoever names the minutes, over the API, need not say the end as well
        self.fields["ends"].required = not self._sent("window_minutes")
        routes = Route.objects.visible_to(self.user).select_related("estate")
        people = colleagues_of([estate] if estate else self._estates())
        chosen: Any = self.fields
        chosen["route"].queryset = routes.filter(estate=estate) if estate else routes
        chosen["assignee"].queryset = chosen["lead"].queryset = people
        if self.row and self.row.pk:
            self.initial = {**self._now(), **self.initial}
            more = [(n, said_lead(n)) for n in self.row.leads if n not in LEADS]
            chosen["leads"].choices = [*chosen["leads"].choices, *more]

    def _estates(self) -> list[Estate]:
        """Those that have something to be walked."""
        routes = Route.objects.visible_to(self.user).values("estate")
        return list(Estate.objects.visible_to(self.user).filter(pk__in=routes))

    def _now(self) -> dict[str, Any]:
        plan: Plan = self.row
        ends = datetime.combine(plan.starts_on, plan.time) + plan.window
        flood = (plan.season_from, plan.season_to) == settings.FLOOD_SEASON
        named = {name: getattr(plan, name) for name in self.edits}
        return {
            **named,
            **decomposed(plan.rule),
            "ends": ends.time(),
            "season": "flood" if flood else "own" if plan.season_from or plan.season_to else "",
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        said = {name: data.pop(name, None) for name in self.ASKED_ONCE}
        self._rule(data, said)
        self._window(data, said["ends"])
        if said["season"] == "flood":
            data["season_from"], data["season_to"] = settings.FLOOD_SEASON
        elif self._sent("season") and not said["season"]:
            data["season_from"] = data["season_to"] = ""
        return data

    def _sent(self, name: str) -> bool:
        return self.add_prefix(name) in self.data

    def _rule(self, data: dict[str, Any], said: Mapping[str, Any]) -> None:
        often = said["often"]
        if often and often != Often.OWN:
            try:
                data["rule"] = composed(said)
            except ValidationError as error:
                self.add_error("days" if often == Often.WEEKLY else "every", error)
        elif "rule" in self.fields and not data.get("rule"):
            self.add_error("rule" if often else "often", _("How often is it walked?"))

    def _window(self, data: dict[str, Any], ends: Any) -> None:
        """What ends before it begins ends on the next day; a longer window stays while neither
        time is touched."""
        begins = data.get("time")
        if ends is not None and begins is not None:
            day = date(2000, 1, 1)
            minutes = (datetime.combine(day, ends) - datetime.combine(day, begins)).total_seconds()
            short = int(minutes // 60) % DAY_MINUTES or DAY_MINUTES
            kept = data.get("window_minutes")
            data["window_minutes"] = kept if kept and kept % DAY_MINUTES == short else short
        elif "window_minutes" in self.fields and not data.get("window_minutes"):
            self.add_error("ends", _("When is it to be walked by?"))


class NewPlanForm(PlanForm):
    edits: ClassVar[tuple[str, ...]] = ()


class FinishForm(VerbForm):
    reason = forms.CharField(
        label=_("Why points are missing"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class TransferForm(VerbForm):
    edits = ("assignee",)

    worker = PersonField(nobody(), label=_("Who walks"), empty_label=None)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def narrow(self) -> None:
        people = colleagues(self.row.estate).exclude(pk=self.row.assignee_id or 0)
        self.fields["worker"].queryset = people  # type: ignore[attr-defined]


class ExcuseForm(VerbForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 3}))


class MakeUpForm(VerbForm):
    worker = PersonField(
        nobody(),
        label=_("Who walks"),
        required=False,
        empty_label=_("whoever is on duty as an inspector"),
    )
    until = forms.DateTimeField(label=_("To be walked by"), widget=Moment, required=False)

    def narrow(self) -> None:
        self.fields["worker"].queryset = colleagues(self.row.estate)  # type: ignore[attr-defined]
        tomorrow = timezone.localtime(self.at) + timedelta(days=1)
        self.initial = {"worker": self.row.assignee_id, "until": tomorrow, **self.initial}


# --- a point


@dataclass
class Question:
    """One item as a page asks it."""

    item: ChecklistItem
    value: str
    words: str
    photos: forms.BoundField
    errors: list[str]
    # What is kept of it already.
    answer: Any = None
    kept: Sequence[Any] = ()

    @property
    def name(self) -> str:
        return f"item_{self.item.pk}"

    @property
    def failed(self) -> bool:
        return self.value == Verdict.FAIL or (
            self.answer is not None and self.answer.verdict == Verdict.FAIL
        )

    @property
    def lies(self) -> str:
        """Where a number that is kept lies: below, within, above."""
        if self.answer is None or not self.answer.value:
            return ""
        number = Decimal(self.answer.value)
        if self.item.lowest is not None and number < self.item.lowest:
            return "below"
        return "above" if self.answer.verdict == Verdict.FAIL else "within"

    @property
    def words_name(self) -> str:
        return f"words_{self.item.pk}"


class CheckForm(VerbForm):
    """What is found at a point: for each item of its checklist `item_<pk>` (pass, fail or na; a
    number; one of the answers; words), `words_<pk>` of what is wrong, and `photos_<pk>`."""

    checkpoint = forms.ModelChoiceField(
        Checkpoint.objects.none(),
        label=_("Point"),
        help_text=_("Beside it item_<pk>, words_<pk> and photos_<pk> of each item asked there."),
    )
    note = forms.CharField(
        label=_("A note on this point"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 2, "class": "form-control"}),
    )
    # A page that a phone kept has no label; it stands in the address.
    label = forms.CharField(
        max_length=20,
        required=False,
        widget=forms.HiddenInput({"data-from-address": ""}),
    )
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    walked_at = forms.DateTimeField(
        required=False,
        widget=forms.HiddenInput({"data-moment": ""}),
        help_text=_("The time of the phone, where it had no signal."),
    )

    def narrow(self) -> None:
        points = points_of(self.row)
        self.fields["checkpoint"].queryset = checkpoints_of(points)  # type: ignore[attr-defined]
        self.points = {point.checkpoint_id: point for point in points}
        self.items = items_of(points)
        for item in {item.pk: item for asked in self.items.values() for item in asked}.values():
            self._ask(item)

    def _ask(self, item: ChecklistItem) -> None:
        self.fields[f"item_{item.pk}"] = forms.CharField(max_length=500, required=False)
        self.fields[f"words_{item.pk}"] = forms.CharField(max_length=1000, required=False)
        photos = PhotosField(label=_("Photos"), required=False)
        photos.user = self.user
        self.fields[f"photos_{item.pk}"] = photos

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        point = self.points.get(getattr(data.get("checkpoint"), "pk", 0))
        asked = self.items.get(point.checklist_id or 0, []) if point else []
        answers = {
            item.pk: Given(
                data.get(f"item_{item.pk}", ""),
                data.get(f"words_{item.pk}", ""),
                tuple(data.get(f"photos_{item.pk}") or ()),
            )
            for item in asked
        }
        kept = {name: data[name] for name in self.base_fields if name in data}
        return {**kept, "answers": answers}

    def at_point(self, point: RoundPoint, answers: Mapping[int, Answer]) -> list[Question]:
        """The questions of one point, with what was typed or is there already."""
        return [
            self._question(item, answers.get(item.pk))
            for item in self.items.get(point.checklist_id or 0, [])
        ]

    def _question(self, item: ChecklistItem, answer: Answer | None) -> Question:
        bound, said, photos = (self[f"{of}_{item.pk}"] for of in ("item", "words", "photos"))
        sent = self.is_bound
        now = answer.value or answer.verdict if answer else ""
        return Question(
            item=item,
            value=str(bound.value() or "") if sent else now,
            words=str(said.value() or "") if sent else (answer.words if answer else ""),
            photos=photos,
            answer=answer,
            kept=getattr(answer, "photos", ()),
            errors=[str(error) for field in (bound, said, photos) for error in field.errors],
        )


def start_of(point: RoundPoint, label: str) -> dict[str, Any]:
    """What the form of a point begins with."""
    return {
        "checkpoint": point.checkpoint_id,
        "label": label,
        "seen": seen_of(point),
        "note": point.note,
    }


PLAN_FORMS: dict[str, type[VerbForm]] = {"change": PlanForm}
FORMS: dict[str, type[VerbForm]] = {
    "check": CheckForm,
    "arrive": CheckForm,
    "finish": FinishForm,
    "transfer": TransferForm,
    "make_up": MakeUpForm,
    "excuse": ExcuseForm,
    **THREAD_FORMS,
}
