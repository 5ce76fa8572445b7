"""The shape of what is typed; what it means is asked by the verbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.services import by_login
from attachments.forms import PhotosField
from common.required import NamesMissing
from common.written import key
from estates.forms import Day, PersonField
from estates.models import Community, Estate, Occupant
from estates.querysets import current
from grids.models import Consent, EndReason, FlagSource, Grid, GridPosting, Rhythm
from grids.models import Household as HouseholdRow
from grids.querysets import MANAGER
from grids.services import postings
from grids.services.people import (
    carers,
    doors_around,
    houses_around,
    nobody,
    without_rhythm,
)
from grids.services.planning import with_care
from grids.services.visits import AGAIN, MOST_NEEDS, Heard, default_day, latest_by
from grids.states import REACHED, RESULTS, Need, Tier, VisitStatus, Wellbeing
from workflow import follow_ups
from workflow.forms import ScopedForm, VerbForm
from workflow.refusals import Invalid

LONGEST_WORDS = 2000
# Shown open; the others unfold.
FIRST_NEEDS = 1
REVIEWED_AFTER = timedelta(days=182)
RESULT_CHOICES = [(status.value, status.label) for status in RESULTS]


class GridForm(ScopedForm):
    class Meta:
        model = Grid
        fields = ["community", "kind", "parent", "name", "order"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        founds = Community.objects.staffed_by(self.user, MANAGER)
        fields["community"].queryset = founds
        fields["parent"].queryset = Grid.objects.visible_to(self.user).filter(parent__isnull=True)
        if self.instance.pk or not founds.exists():
            # A leader adds micro-grids to what they lead.
            del self.fields["community"], self.fields["kind"]
        if self.is_micro:
            fields["parent"].required = True

    @property
    def is_micro(self) -> bool:
        """As far as it is not asked for."""
        return "kind" not in self.fields and self.instance.is_micro

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        parent = data.get("parent")
        if parent and "community" not in self.fields and self.instance.pk is None:
            self.instance.community = parent.community
        asked = data.get("community")
        community = asked.pk if asked else self.instance.community_id
        if parent and community and parent.community_id != community:
            self.add_error("parent", _("This grid lies in another community."))
        if parent and "kind" not in self.fields and not self.instance.is_micro:
            self.add_error("parent", _("A micro-grid lies in a grid, and no other grid does."))
        return data


class GridPostingForm(ScopedForm):
    """A colleague is named by what they sign in with; nobody can leaf through accounts."""

    who = forms.CharField(
        label=_("Who"), help_text=_("Their user name, phone or e-mail, exactly."), max_length=254
    )

    class Meta:
        model = GridPosting
        fields = ["who", "grid", "duty", "building", "entrance", "from_date", "to_date"]
        widgets = {"from_date": Day, "to_date": Day}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        grids = Grid.objects.visible_to(self.user)
        fields["grid"].queryset = grids
        fields["building"].queryset = houses_around(grids)
        fields["entrance"].queryset = doors_around(grids)
        if self.instance.pk:
            for name in ("who", "grid", "duty", "building", "entrance"):
                del self.fields[name]

    def clean_who(self) -> str:
        login = key(self.cleaned_data["who"])
        person = by_login(login)
        if person is None:
            raise forms.ValidationError(_("Nobody signs in with this."))
        self.instance.user = person
        return login

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.instance.pk and data.get("grid"):
            trial = GridPosting(
                **{name: data.get(name) for name in ("grid", "duty", "building", "entrance")}
            )
            try:
                postings.check(trial)
            except Invalid as refusal:
                self.add_error(None, str(refusal))
        return data


class RhythmForm(ScopedForm):
    class Meta:
        model = Rhythm
        fields = ["estate", "red_days", "yellow_days", "green_days"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["estate"]
        else:
            fields: Any = self.fields
            fields["estate"].queryset = without_rhythm(Grid.objects.visible_to(self.user))


class HandOverForm(NamesMissing, forms.Form):
    who = forms.CharField(
        label=_("To whom"),
        help_text=_("Their user name, phone or e-mail, exactly."),
        max_length=254,
    )

    def clean_who(self) -> Any:
        person = by_login(key(self.cleaned_data["who"]))
        if person is None:
            raise forms.ValidationError(_("Nobody signs in with this."))
        return person


class RevealForm(NamesMissing, forms.Form):
    """Why somebody looks: a usual reason, more words, or both."""

    why = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("arrange", _("to arrange a visit")),
            ("door", _("nobody opens")),
            ("urgent", _("it is urgent")),
            ("", _("another reason")),
        ],
        initial="arrange",
    )
    reason = forms.CharField(label=_("More precisely"), max_length=80, required=False)

    def words(self) -> str:
        """Empty where no reason is given."""
        if not self.is_valid():
            return ""
        said = dict(self.fields["why"].choices).get(self.cleaned_data["why"], "")  # type: ignore[attr-defined]
        usual = str(said) if self.cleaned_data["why"] else ""
        return " · ".join(filter(None, [usual, self.cleaned_data["reason"].strip()]))


# --- care flags


class FlagFields(forms.Form):
    kind = forms.ChoiceField(label=_("Why"), choices=Need.choices, widget=forms.RadioSelect)
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices, widget=forms.RadioSelect)
    is_elder = forms.BooleanField(label=_("is 60 or older"), required=False)
    source = forms.ChoiceField(
        label=_("Known from"), choices=FlagSource.choices, widget=forms.RadioSelect
    )
    review_on = forms.DateField(label=_("Review by"), widget=Day)


class ConsentFields(forms.Form):
    consent_by = forms.CharField(
        label=_("Who agreed"),
        max_length=60,
        help_text=_("The person, or whoever may speak for them."),
    )
    consent_on = forms.DateField(label=_("Agreed on"), widget=Day)
    consent_how = forms.ChoiceField(
        label=_("Agreed how"), choices=Consent.choices, widget=forms.RadioSelect
    )
    hint_two = forms.BooleanField(label=_("technicians read: two people, please"), required=False)
    hint_help = forms.BooleanField(label=_("roll-callers read: needs help"), required=False)


def note_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("Note"),
        required=required,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Sealed. No illness, no number of a document. Only with consent."),
    )


class NewFlagForm(NamesMissing, FlagFields):
    """Consent may be noted at once, or later."""

    consent_by = forms.CharField(
        label=_("Who agreed"),
        max_length=60,
        required=False,
        help_text=_("The person, or whoever may speak for them. Empty: nobody was asked yet."),
    )
    consent_on = forms.DateField(label=_("Agreed on"), widget=Day, required=False)
    consent_how = forms.ChoiceField(
        label=_("Agreed how"),
        choices=[("", "—"), *Consent.choices],
        required=False,
    )
    hint_two = forms.BooleanField(label=_("technicians read: two people, please"), required=False)
    hint_help = forms.BooleanField(label=_("roll-callers read: needs help"), required=False)
    note = note_field(required=False)

    field_order = ("occupant", "kind", "tier", "is_elder", "source", "review_on")

    def __init__(self, *args: Any, household: Any, at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate(at)
        people = Occupant.objects.none()
        if household is not None:
            people = household.unit.occupants.filter(current(today)).order_by("pk")
        self.fields["occupant"] = PersonField(
            people, label=_("Who"), widget=forms.RadioSelect, empty_label=None
        )
        self.order_fields(self.field_order)
        self.initial = {
            "tier": Tier.GREEN,
            "source": FlagSource.VISIT,
            "review_on": today + REVIEWED_AFTER,
            "occupant": people.values_list("pk", flat=True).first() if household else None,
            **self.initial,
        }


class ChangeFlagForm(FlagFields, VerbForm):
    edits: ClassVar[tuple[str, ...]] = ("kind", "tier", "is_elder", "source", "review_on")

    def narrow(self) -> None:
        self.initial = {**{n: getattr(self.row, n) for n in self.edits}, **self.initial}


class AgreeForm(ConsentFields, VerbForm):
    edits: ClassVar[tuple[str, ...]] = (
        "consent_by",
        "consent_on",
        "consent_how",
        "hint_two",
        "hint_help",
    )

    def narrow(self) -> None:
        now = {name: getattr(self.row, name) for name in self.edits}
        if not self.row.has_consent:
            now |= {
                "consent_by": self.row.occupant.name,
                "consent_on": timezone.localdate(self.at),
                "consent_how": Consent.IN_PERSON,
            }
        self.initial = {**now, **self.initial}


class WriteForm(VerbForm):
    note = note_field(required=True)


class RenewForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = ("review_on",)
    review_on = forms.DateField(label=_("Review by"), widget=Day)

    def narrow(self) -> None:
        self.initial = {
            "review_on": timezone.localdate(self.at) + REVIEWED_AFTER,
            **self.initial,
        }


class RefuseForm(VerbForm):
    reason = forms.ChoiceField(
        label=_("Reason"),
        widget=forms.RadioSelect,
        choices=[(r.value, r.label) for r in (EndReason.MISTAKE, EndReason.WISH, EndReason.BETTER)],
    )


class EndForm(VerbForm):
    reason = forms.ChoiceField(
        label=_("Reason"),
        widget=forms.RadioSelect,
        choices=[(r.value, r.label) for r in EndReason if r != EndReason.EXPIRED],
    )


FLAG_FORMS: dict[str, type[VerbForm]] = {
    "refuse": RefuseForm,
    "renew": RenewForm,
    "change": ChangeFlagForm,
    "agree": AgreeForm,
    "write": WriteForm,
    "end": EndForm,
}


# --- visits


@dataclass(frozen=True)
class NeedFields:
    """One need as a page asks it."""

    number: int
    words: forms.BoundField
    becomes: forms.BoundField
    topics: Sequence[tuple[str, forms.BoundField]]

    @property
    def is_open(self) -> bool:
        return self.number <= FIRST_NEEDS or bool(self.words.value())


class LogForm(VerbForm):
    """A visit in a minute. Beside its fields, for each need n from 1 to 5: `need_<n>` in words,
    `need_<n>_becomes` (“repairs.ticket”, or empty for a note) and `need_<n>_topic`."""

    result = forms.ChoiceField(
        label=_("Did you meet them?"),
        choices=RESULT_CHOICES,
        widget=forms.RadioSelect,
        help_text=_("Beside it need_<n>, need_<n>_becomes and need_<n>_topic of each need."),
    )
    person = PersonField(
        nobody(),
        label=_("Whom did you speak with?"),
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
    )
    wellbeing = forms.ChoiceField(
        label=_("How are they?"),
        choices=Wellbeing.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    words = forms.CharField(
        label=_("What you talked about"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("No illness, no number of a document. Only you and the grid leader see it."),
    )
    photos = PhotosField(label=_("Photos"), required=False)
    photo_consent = forms.BooleanField(label=_("They agree to the photographs"), required=False)
    next_on = forms.DateField(label=_("On another day"), widget=Day, required=False)
    visited_at = forms.DateTimeField(
        required=False,
        widget=forms.HiddenInput({"data-moment": ""}),
        help_text=_("The time of the phone, where it had no signal."),
    )

    def narrow(self) -> None:
        self.today = timezone.localdate(self.at)
        unit = self.row.unit
        people = Occupant.objects.none()
        household = HouseholdRow.objects.visible_to(self.user).filter(pk=unit.pk).first()
        self.household = with_care(household, self.today) if household else None
        if household is not None:
            people = unit.occupants.filter(current(self.today)).order_by("pk")
        fields: Any = self.fields
        fields["person"].queryset = people
        self.people = list(people)
        # Whoever lives alone need not be chosen.
        if self.people:
            self.initial.setdefault("person", self.people[0].pk)
        self.initial.setdefault("result", VisitStatus.MET)
        self._ask_needs(unit.estate)
        self._ask_when()

    def _ask_needs(self, estate: Estate) -> None:
        makers = [(one.name, one.maker) for one in follow_ups.makers() if one.maker]
        becomes = [(name, maker.said) for name, maker in makers] + [("", _("Only a note"))]
        self.makers = [name for name, _maker in makers]
        every = [choice for _name, maker in makers for choice in maker.topics(estate)]
        for n in range(1, MOST_NEEDS + 1):
            self.fields[f"need_{n}"] = forms.CharField(
                label=_("In words"),
                max_length=500,
                required=False,
                widget=forms.Textarea({"rows": 2}),
            )
            self.fields[f"need_{n}_becomes"] = forms.ChoiceField(
                label=_("What becomes of it"),
                choices=becomes,
                required=False,
                widget=forms.RadioSelect,
                initial=becomes[0][0],
            )
            self.fields[f"need_{n}_topic"] = forms.ChoiceField(
                label=_("About what"),
                choices=[("", _("the front desk says")), *every],
                required=False,
                widget=forms.Select({"class": "form-select"}),
            )

    def _ask_when(self) -> None:
        shown = self.household
        self.latest = latest_by(shown, self.today) if shown else self.today
        self.tier = Tier(list(Tier)[shown.rank]) if shown and shown.rank is not None else None
        usual = [("rhythm", _("by the rhythm"))] if self.tier else [("", _("not planned"))]
        self.fields["when"] = forms.ChoiceField(
            label=_("When next?"),
            choices=[*usual, ("soon", _("in 3 days")), ("own", _("another day"))],
            required=False,
            widget=forms.RadioSelect,
            initial=usual[0][0],
        )

    @property
    def by_rhythm(self) -> Any:
        """The day that the page offers first; none where nobody is looked after."""
        return default_day(self.household, self.today) if self.tier else None

    @property
    def needs(self) -> list[NeedFields]:
        return [
            NeedFields(
                n,
                self[f"need_{n}"],
                self[f"need_{n}_becomes"],
                [(name, self[f"need_{n}_topic"]) for name in self.makers],
            )
            for n in range(1, MOST_NEEDS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("result") not in REACHED:
            data["wellbeing"] = ""
        heard = [
            Heard(
                data.pop(f"need_{n}", ""),
                data.pop(f"need_{n}_becomes", ""),
                data.pop(f"need_{n}_topic", ""),
            )
            for n in range(1, MOST_NEEDS + 1)
        ]
        when = data.pop("when", "")
        if when == "own" and not data.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", _("Say on which day."))
        elif when == "soon":
            latest = latest_by(self.household, self.today, data.get("result", ""))
            data["next_on"] = min(self.today + AGAIN, latest)
        elif when == "rhythm":
            data["next_on"] = None
        return {**data, "needs": [one for one in heard if one.words.strip()]}


class CorrectForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = ("status", "wellbeing")

    result = forms.ChoiceField(
        label=_("Did you meet them?"), choices=RESULT_CHOICES, widget=forms.RadioSelect
    )
    wellbeing = forms.ChoiceField(
        label=_("How are they?"),
        choices=Wellbeing.choices,
        widget=forms.RadioSelect,
        required=False,
    )

    def narrow(self) -> None:
        now = {"result": self.row.status, "wellbeing": self.row.wellbeing}
        self.initial = {**now, **self.initial}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("result") not in REACHED:
            data["wellbeing"] = ""
        return data


class PutOffForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = ("due_on",)
    due_on = forms.DateField(label=_("Day"), widget=Day)

    def narrow(self) -> None:
        self.initial = {"due_on": self.row.due_on, **self.initial}


class TransferForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = ("assignee",)
    worker = PersonField(nobody(), label=_("Who visits"), empty_label=None)

    def narrow(self) -> None:
        people = carers(self.row.unit, self.at).exclude(pk=self.row.assignee_id or 0)
        self.fields["worker"].queryset = people  # type: ignore[attr-defined]


VISIT_FORMS: dict[str, type[VerbForm]] = {
    "log": LogForm,
    "correct": CorrectForm,
    "put_off": PutOffForm,
    "transfer": TransferForm,
}
