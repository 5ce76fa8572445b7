"""The shape of what is typed; what it means is asked by the verbs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from attachments.forms import PhotosField
from attachments.models import Attachment
from common.dates import WEEKDAYS
from common.phones import PhoneField
from common.recurrence import BadRule, Rule
from common.required import NamesMissing
from estates.forms import Clock, Day, Moment
from estates.models import Community, Place, Unit
from estates.services.finding import find_homes
from events import almanac
from events.models import Question, SeasonalTemplate, Seat, Task
from events.models.service import MINUTES, MOST_TURNS
from events.models.signup import MOST_SEATS
from events.services import signups
from events.services.events import communities
from events.states import RuleKind, ServiceIcon
from volunteers.models import Team
from workflow.forms import ScopedForm, VerbForm, WhyForm, moment_field

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
# Somebody who lives in no home of the roster comes by themselves.
ME = "me"
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


# --- how one signs up


def limit(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=MOST_SEATS,
        required=False,
        help_text=_("Empty: no limit."),
    )


def moment(label: Any, hint: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, required=False, widget=Moment, help_text=hint)


class SignupRulesForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = (
        *("phone_places", "per_person", "per_household", "opens_at", "closes_at", "doors"),
    )

    phone_places = forms.IntegerField(
        label=_("Set aside for telephone sign-up"), min_value=0, max_value=10_000, initial=0
    )
    per_household = limit(_("At most, of one household"))
    per_person = limit(_("At most, signed up by one person"))
    opens_at = moment(_("Sign-up opens"), _("At once, if left empty."))
    closes_at = moment(_("Sign-up closes"), _("When it begins, if left empty."))
    doors = forms.CharField(
        label=_("Doors"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One a line, where people are let in."),
    )

    def narrow(self) -> None:
        now = {name: getattr(self.row, name) for name in self.edits}
        self.initial = {**now, **self.initial}


class QuestionForm(VerbForm):
    words = forms.CharField(label=_("Question"), max_length=80)
    choices = forms.CharField(
        label=_("Answers to tick"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One a line; none: words."),
    )
    is_required = forms.BooleanField(label=_("Must be answered"), required=False)

    def clean_choices(self) -> str:
        """Answers are kept with commas between them."""
        lines = self.cleaned_data["choices"].splitlines()
        known = [one.strip().replace(",", "，") for one in lines if one.strip()]
        return "\n".join(dict.fromkeys(known))


class DropQuestionForm(VerbForm):
    question = forms.ModelChoiceField(Question.objects.none(), label=_("Which"), empty_label=None)

    def narrow(self) -> None:
        fields: Any = self.fields
        rows = Question.objects.visible_to(self.user).filter(event=self.row.pk)
        fields["question"].queryset = rows.order_by("pk")


def lines_of(text: str, longest: int = 40) -> list[str]:
    return [one.strip()[:longest] for one in text.splitlines() if one.strip()]


class EnterForm(VerbForm):
    """For staff: who rang, and who comes along."""

    name = forms.CharField(label=_("Name"), max_length=40)
    phone = PhoneField(required=False)
    unit = forms.CharField(
        label=_("Home"), max_length=60, required=False, help_text=_("Building, entrance, room.")
    )
    others = forms.CharField(
        label=_("Who comes along"),
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("A name a line."),
    )
    wait = forms.BooleanField(label=_("On the waiting list, if it is full"), required=False)

    def clean_others(self) -> list[str]:
        return lines_of(self.cleaned_data["others"])

    def clean_unit(self) -> Unit | None:
        words = self.cleaned_data["unit"]
        if not words.strip():
            return None
        homes = Unit.objects.visible_to(self.user)
        found = find_homes(
            words, homes.filter(entrance__building__estate__community=self.row.community_id)
        )
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(_("No home of the estate answers to this."))
        names = ", ".join(unit.label for unit in found[:5])
        raise forms.ValidationError(
            _("Several homes answer to this: %(names)s.") % {"names": names}
        )


class PosterForm(VerbForm):
    photos = PhotosField(max_files=1, label=_("Picture"))


class AlbumForm(VerbForm):
    photos = PhotosField(required=True)
    agreed = forms.BooleanField(label=_("Everybody who can be recognised on them agreed"))


class TakeOutForm(VerbForm):
    photo = forms.ModelChoiceField(Attachment.objects.none(), label=_("Which"), empty_label=None)

    def narrow(self) -> None:
        fields: Any = self.fields
        rows = Attachment.objects.visible_to(self.user).for_row(self.row)
        shown = rows.exclude(stage=Attachment.Stage.POSTER)
        fields["photo"].queryset = shown.order_by("pk")


# --- sign-ups


class Questions(forms.Form):
    """The questions of an event as fields q_<key>, and what was answered."""

    def ask(self, event: Any, said: Mapping[str, str]) -> None:
        self.asked = signups.questions_of(event)
        for question in self.asked:
            name, answer = f"q_{question.pk}", said.get(str(question.pk), "")
            if question.ticks:
                ticks = [(one, one) for one in question.ticks]
                field: forms.Field = forms.MultipleChoiceField(
                    choices=ticks, widget=forms.CheckboxSelectMultiple
                )
                self.initial.setdefault(name, answer.split(", "))
            else:
                field = forms.CharField(max_length=200)
                self.initial.setdefault(name, answer)
            field.label, field.required = question.words, question.is_required
            self.fields[name] = field

    def collect(self, data: dict[str, Any]) -> dict[str, Any]:
        answers = {}
        for question in self.asked:
            answer = data.pop(f"q_{question.pk}", "")
            answers[str(question.pk)] = ", ".join(answer) if isinstance(answer, list) else answer
        return {**data, "answers": answers}


def photo_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("We may be on photographs in the community's album"), required=False
    )


class SignUpForm(NamesMissing, Questions):
    """Who of the family comes. Others are named, a line each."""

    field_order = ["people", "more"]

    people = forms.MultipleChoiceField(
        label=_("Who comes?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    more = forms.CharField(
        label=_("And who else?"),
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Children, guests: a name a line."),
    )
    photo_ok = photo_field()
    wait = forms.BooleanField(
        label=_("If there are too few places, put us on the waiting list"), required=False
    )

    def __init__(self, *args: Any, event: Any, user: Any, taken: Collection[int] = (), **more: Any):
        super().__init__(*args, **more)
        self.family = signups.household(user)
        self.user = user
        fields: Any = self.fields
        known = [(str(one.pk), one.name) for one in self.family if one.pk not in taken]
        if not any(one.user_id == user.pk for one in self.family):
            known = [(ME, user.name), *known]
        fields["people"].choices = known
        self.ask(event, {})
        self.order_fields([*self.field_order, *(f"q_{one.pk}" for one in self.asked)])

    def clean(self) -> dict[str, Any]:
        data = self.collect(super().clean() or self.cleaned_data)
        if not self.errors and not self.guests(data):
            self.add_error("people", _("Say who comes."))
        return data

    def guests(self, data: Mapping[str, Any]) -> list[signups.Guest]:
        chosen = set(data.get("people", ()))
        found = [signups.Guest(self.user.name, user=self.user)] if ME in chosen else []
        found += [
            signups.Guest(one.name, occupant=one, user=one.user)
            for one in self.family
            if str(one.pk) in chosen
        ]
        return found + [signups.Guest(name) for name in lines_of(data.get("more", ""))]


class AnswerForm(VerbForm, Questions):
    edits: ClassVar[tuple[str, ...]] = ("photo_ok",)

    photo_ok = photo_field()

    def narrow(self) -> None:
        self.initial = {"photo_ok": self.row.photo_ok, **self.initial}
        self.ask(self.row.event, self.row.answers)

    def clean(self) -> dict[str, Any]:
        return self.collect(super().clean() or self.cleaned_data)


class FewerForm(VerbForm):
    seats = forms.ModelMultipleChoiceField(
        Seat.objects.none(),
        label=_("Who does not come?"),
        widget=forms.CheckboxSelectMultiple,
    )

    def narrow(self) -> None:
        fields: Any = self.fields
        mine = Seat.objects.visible_to(self.user).filter(signup=self.row.pk).standing()
        fields["seats"].queryset = mine.order_by("pk")


class CheckInForm(VerbForm):
    door = forms.CharField(label=_("Door"), max_length=30, required=False)
    number = forms.IntegerField(
        label=_("How many of them are here"),
        min_value=1,
        max_value=MOST_SEATS,
        required=False,
        help_text=_("All, if left empty."),
    )
    moment = moment_field()

    def clean_door(self) -> str:
        """The first one, where the event has several and none was said."""
        return str(self.cleaned_data["door"].strip() or self.row.event.gates[0])


class RateForm(VerbForm):
    stars = forms.TypedChoiceField(
        label=_("How was it?"),
        choices=[(n, "★" * n) for n in range(5, 0, -1)],
        coerce=int,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What was good, what could be better?"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class ScanForm(forms.Form):
    """At a door: a pass that was read, the end of a number, or one of the list."""

    door = forms.CharField(max_length=30, required=False)
    code = forms.CharField(max_length=60, required=False)
    tail = forms.CharField(label=_("Last four digits of the phone"), max_length=20, required=False)
    signup = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    number = forms.IntegerField(required=False, min_value=1, max_value=MOST_SEATS)
    moment = moment_field()


SIGNUP_FORMS: dict[str, type[VerbForm]] = {
    "answer": AnswerForm,
    "fewer": FewerForm,
    "check_in": CheckInForm,
    "rate": RateForm,
}
EVENT_FORMS: dict[str, type[VerbForm]] = {
    "change": ChangeForm,
    "add_task": TaskForm,
    "tick": TickForm,
    "set_signup": SignupRulesForm,
    "add_question": QuestionForm,
    "drop_question": DropQuestionForm,
    "enter": EnterForm,
    "set_poster": PosterForm,
    "add_photos": AlbumForm,
    "take_out": TakeOutForm,
    "send_back": WhyForm,
    "close": ReportForm,
    "cancel": WhyForm,
}


# --- services and their turns


class ServiceForm(NamesMissing, forms.Form):
    """A service of an event; times are of the event's first day, or the day after midnight."""

    letter = forms.ChoiceField(
        label=_("Letter"), choices=[(one, one) for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    )
    name = forms.CharField(label=_("Name"), max_length=30)
    name_en = forms.CharField(label=_("In English"), max_length=30, required=False)
    icon = forms.ChoiceField(label=_("Icon"), choices=ServiceIcon.choices)
    desk = forms.CharField(
        label=pgettext_lazy("service", "Desk"),
        max_length=40,
        help_text=_("Where one goes when called: chair 2, table 3."),
    )
    begin = forms.TimeField(label=pgettext_lazy("event", "Begins"), widget=Clock)
    end = forms.TimeField(label=pgettext_lazy("event", "Ends"), widget=Clock)
    minutes = forms.IntegerField(
        label=_("Minutes a turn takes"),
        min_value=0,
        max_value=MINUTES[1],
        required=False,
        help_text=_("Empty: by number alone, without times."),
    )
    numbers = forms.IntegerField(
        label=_("How many numbers"),
        min_value=1,
        max_value=MOST_TURNS,
        required=False,
        help_text=_("Where turns have times these follow from them."),
    )


def person_field(**more: Any) -> forms.CharField:
    return forms.CharField(label=_("For whom"), max_length=30, **more)


class BookForm(VerbForm):
    person = person_field(required=False, help_text=_("Empty: for yourself."))


class BookForForm(VerbForm):
    person = person_field()
    phone = PhoneField(required=False)


class TakeForm(NamesMissing, forms.Form):
    """From the event's page: a number, or whichever is free next."""

    number = forms.IntegerField(min_value=1, max_value=MOST_TURNS, required=False)
    person = person_field(required=False, help_text=_("Empty: for yourself."))


class WalkInForm(NamesMissing, forms.Form):
    person = person_field()
    phone = PhoneField(required=False)


SLOT_FORMS: dict[str, type[VerbForm]] = {"book": BookForm, "book_for": BookForForm}
