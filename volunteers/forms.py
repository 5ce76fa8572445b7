"""The shape of what is typed; what it means is asked by the verbs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from attachments.forms import PhotosField
from common.recurrence import LONGEST
from common.required import NamesMissing
from estates.forms import Clock, Day, Moment
from estates.models import Community, Place
from volunteers.models import Entry, Membership, ShiftPost, Team
from volunteers.models.shifts import MOST_PLACES
from volunteers.querysets import MANAGER
from volunteers.services.shifts import Wanted
from volunteers.standing import teams_led
from volunteers.states import EntryStatus, QualificationKind, Skill, TeamRole
from workflow.forms import ScopedForm, VerbForm, WhyForm, moment_field

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
POST_LINES = 4
DAYS_OF_A_WEEK = 7


class TeamForm(ScopedForm):
    class Meta:
        model = Team
        fields = ["community", "kind", "name", "name_en", "story", "is_active"]
        widgets = {"story": forms.Textarea({"rows": 5})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["community"]
        else:
            fields: Any = self.fields
            fields["community"].queryset = Community.objects.staffed_by(self.user, MANAGER)
            fields["community"].empty_label = None


def skills_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("What I can do"),
        choices=Skill.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class JoinForm(NamesMissing, forms.Form):
    skills = skills_field()
    words = forms.CharField(label=_("A word to the team"), max_length=200, required=False)
    is_minor = forms.BooleanField(label=_("I am under 18"), required=False)
    guardian = forms.CharField(
        label=_("Guardian"),
        max_length=60,
        required=False,
        help_text=_("Under 18 only: the lead asks them before you are taken in."),
    )
    guardian_phone = forms.CharField(label=_("Guardian's phone"), max_length=20, required=False)


class ApproveForm(VerbForm):
    consented_on = forms.DateField(
        label=_("Day on which the guardian said yes"),
        required=False,
        widget=Day,
        help_text=_("You have spoken with the guardian yourself."),
    )

    def narrow(self) -> None:
        if not self.row.is_minor:
            del self.fields["consented_on"]
        else:
            self.fields["consented_on"].required = True


class SkillsForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = ("skills",)
    skills = skills_field()

    def narrow(self) -> None:
        self.initial = {"skills": self.row.skills, **self.initial}


class RoleForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = ("role",)
    role = forms.ChoiceField(label=pgettext_lazy("of a team", "Role"), choices=TeamRole.choices)

    def narrow(self) -> None:
        self.initial = {"role": self.row.role, **self.initial}


MEMBERSHIP_FORMS: dict[str, type[VerbForm]] = {
    "approve": ApproveForm,
    "decline": WhyForm,
    "change": SkillsForm,
    "appoint": RoleForm,
    "let_go": WhyForm,
}


class PaperForm(NamesMissing, forms.Form):
    kind = forms.ChoiceField(label=_("Certificate"), choices=QualificationKind.choices)
    expires_on = forms.DateField(label=_("Valid until"), widget=Day)
    photos = PhotosField(label=_("A photograph of it"), required=True)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        photos: Any = self.fields["photos"]
        photos.user = user


QUALIFICATION_FORMS: dict[str, type[VerbForm]] = {"refuse": WhyForm}


# --- shifts


def when_fields() -> dict[str, forms.Field]:
    return {
        "on": forms.DateField(label=_("Day"), widget=Day),
        "gate": forms.TimeField(
            label=_("Be there at"),
            required=False,
            widget=Clock,
            help_text=_("Where it is before the beginning."),
        ),
        "begin": forms.TimeField(label=_("Begins"), widget=Clock),
        "end": forms.TimeField(
            label=_("Ends"), widget=Clock, help_text=_("Before the beginning: the next day.")
        ),
    }


class WhenForm(NamesMissing, forms.Form):
    on = when_fields()["on"]
    gate = when_fields()["gate"]
    begin = when_fields()["begin"]
    end = when_fields()["end"]


class PostLines:
    """A few lines for posts, the first of which is wanted."""

    def add_lines(self: Any) -> None:
        for n in range(1, POST_LINES + 1):
            first = n == 1
            self.fields[f"post_{n}"] = forms.CharField(
                label=pgettext_lazy("of a shift", "Post"), max_length=40, required=first
            )
            self.fields[f"wanted_{n}"] = forms.IntegerField(
                label=_("At least"), min_value=0, max_value=MOST_PLACES, required=first
            )
            self.fields[f"places_{n}"] = forms.IntegerField(
                label=_("At most"), min_value=1, max_value=MOST_PLACES, required=first
            )
            self.fields[f"needs_{n}"] = forms.ChoiceField(
                label=_("Needs"),
                choices=[("", _("nothing")), *QualificationKind.choices],
                required=False,
            )
            self.fields[f"skill_{n}"] = forms.ChoiceField(
                label=_("Skill"), choices=[("", _("anybody")), *Skill.choices], required=False
            )

    @property
    def lines(self: Any) -> list[list[forms.BoundField]]:
        names = ("post", "wanted", "places", "needs", "skill")
        return [[self[f"{name}_{n}"] for name in names] for n in range(1, POST_LINES + 1)]

    @property
    def more_lines(self: Any) -> bool:
        """A line after the first says something."""
        return any(self[f"post_{n}"].value() for n in range(2, POST_LINES + 1))

    def posts(self: Any) -> list[Wanted]:
        """Those lines that have a name."""
        found = []
        for n in range(1, POST_LINES + 1):
            said = {
                name: self.cleaned_data.get(f"{name}_{n}")
                for name in ("post", "wanted", "places", "needs", "skill")
            }
            if said["post"]:
                wanted = said["wanted"] if said["wanted"] is not None else 1
                places = said["places"] or max(wanted, 1)
                needs, skill = said["needs"] or "", said["skill"] or ""
                found.append(Wanted(said["post"], wanted, places, needs, skill))
        return found


class ShiftForm(PostLines, WhenForm):
    """A new shift. `posts()` are the lines that were filled in."""

    field_order = ["team", "title", "description", "on", "begin", "end", "gate"]

    team = forms.ModelChoiceField(
        Team.objects.none(), label=pgettext_lazy("volunteers", "Team"), empty_label=None
    )
    title = forms.CharField(label=_("In a line"), max_length=80)
    description = forms.CharField(
        label=_("What is to be done"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    place = forms.ModelChoiceField(Place.objects.none(), label=_("Public place"), required=False)
    place_words = forms.CharField(label=_("Where exactly"), max_length=120, required=False)
    bring = forms.CharField(label=_("What to bring"), max_length=200, required=False)
    opens_at = forms.DateTimeField(
        label=_("Sign-up opens"),
        required=False,
        widget=Moment,
        help_text=_("At once, if left empty."),
    )
    withdraw_hours = forms.IntegerField(
        label=_("One may withdraw until (hours before)"), min_value=0, max_value=336, initial=2
    )
    lead_confirms = forms.BooleanField(label=_("I confirm each sign-up"), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["team"].queryset = (
            Team.objects.visible_to(user).standing().filter(pk__in=teams_led(user))
        )
        fields["place"].queryset = Place.objects.visible_to(user)
        self.add_lines()


class AskForm(WhenForm):
    """A team is asked; its lead says whether it can."""

    field_order = ["team", "title", "description", "helpers", "on", "begin", "end"]

    team = forms.ModelChoiceField(
        Team.objects.none(), label=pgettext_lazy("volunteers", "Team"), empty_label=None
    )
    title = forms.CharField(label=_("In a line"), max_length=80)
    description = forms.CharField(
        label=_("What is to be done"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("No name and no room: whoever lives here may read it. Who comes asks you."),
    )
    helpers = forms.IntegerField(label=_("How many helpers"), min_value=1, max_value=50, initial=2)
    place_words = forms.CharField(
        label=_("Where to meet"),
        max_length=120,
        required=False,
        help_text=_("A public place; the way to a door is told on the spot."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["team"].queryset = Team.objects.visible_to(user).standing()
        del self.fields["gate"]


class ChangeForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = (
        "title",
        "description",
        "bring",
        "place_words",
        "gate_at",
        "starts_at",
        "ends_at",
        "withdraw_hours",
        "lead_confirms",
    )
    title = forms.CharField(label=_("In a line"), max_length=80)
    description = forms.CharField(
        label=_("What is to be done"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    on = when_fields()["on"]
    begin = when_fields()["begin"]
    end = when_fields()["end"]
    gate = when_fields()["gate"]
    place_words = forms.CharField(label=_("Where exactly"), max_length=120, required=False)
    bring = forms.CharField(label=_("What to bring"), max_length=200, required=False)
    withdraw_hours = forms.IntegerField(
        label=_("One may withdraw until (hours before)"), min_value=0, max_value=336
    )
    lead_confirms = forms.BooleanField(label=_("I confirm each sign-up"), required=False)

    def narrow(self) -> None:
        row = self.row
        local = timezone.localtime
        now = {
            "title": row.title,
            "description": row.description,
            "bring": row.bring,
            "place_words": row.place_words,
            "on": local(row.starts_at).date(),
            "gate": local(row.gate_at).time(),
            "begin": local(row.starts_at).time(),
            "end": local(row.ends_at).time(),
            "withdraw_hours": row.withdraw_hours,
            "lead_confirms": row.lead_confirms,
        }
        self.initial = {**now, **self.initial}


class AddPostForm(VerbForm):
    name = forms.CharField(label=pgettext_lazy("of a shift", "Post"), max_length=40)
    wanted = forms.IntegerField(label=_("At least"), min_value=0, max_value=MOST_PLACES, initial=1)
    places = forms.IntegerField(label=_("At most"), min_value=1, max_value=MOST_PLACES, initial=1)
    needs = forms.ChoiceField(
        label=_("Needs"), choices=[("", _("nothing")), *QualificationKind.choices], required=False
    )
    skill = forms.ChoiceField(
        label=_("Skill"), choices=[("", _("anybody")), *Skill.choices], required=False
    )


class PlacesForm(VerbForm):
    post = forms.ModelChoiceField(
        ShiftPost.objects.none(), label=pgettext_lazy("of a shift", "Post"), empty_label=None
    )
    wanted = forms.IntegerField(label=_("At least"), min_value=0, max_value=MOST_PLACES)
    places = forms.IntegerField(label=_("At most"), min_value=1, max_value=MOST_PLACES)

    def narrow(self) -> None:
        fields: Any = self.fields
        posts = ShiftPost.objects.visible_to(self.user).filter(shift=self.row.pk)
        fields["post"].queryset = posts
        if first := posts.order_by("pk").first():
            self.initial = {"wanted": first.wanted, "places": first.places, **self.initial}


class MemberChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.user.name)


class TakeInForm(VerbForm):
    member = MemberChoice(Membership.objects.none(), label=_("Member"), empty_label=None)
    post = forms.ModelChoiceField(
        ShiftPost.objects.none(), label=pgettext_lazy("of a shift", "Post"), empty_label=None
    )
    reason = forms.CharField(
        label=_("Why two at once"),
        max_length=200,
        required=False,
        help_text=_("Only where it collides with another shift of theirs."),
    )

    def narrow(self) -> None:
        fields: Any = self.fields
        mates = Membership.objects.visible_to(self.user).active().filter(team=self.row.team_id)
        fields["member"].queryset = mates.select_related("user").order_by("user__display_name")
        posts = ShiftPost.objects.visible_to(self.user).filter(shift=self.row.pk)
        fields["post"].queryset = posts.order_by("pk")


class RepeatForm(VerbForm):
    """As people say it, or as an RRULE; `rule` is what the verb takes."""

    rule = forms.CharField(
        label=_("Another rule"),
        max_length=LONGEST,
        required=False,
        help_text=_("RFC 5545, such as FREQ=WEEKLY;BYDAY=TU,FR."),
    )

    def narrow(self) -> None:
        self.fields["every"] = forms.ChoiceField(
            label=_("How often"), choices=self._choices(), required=False
        )
        self.order_fields(["every", "rule"])

    def _choices(self) -> list[tuple[str, Any]]:
        day = timezone.localtime(self.row.starts_at)
        weekday = WEEKDAYS[day.weekday()]
        nth = (day.day - 1) // DAYS_OF_A_WEEK + 1
        return [
            (f"FREQ=WEEKLY;BYDAY={weekday}", _("every week on this weekday")),
            (f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}", _("every second week")),
            (f"FREQ=MONTHLY;BYDAY={min(nth, 4)}{weekday}", _("every month on this weekday")),
            ("FREQ=DAILY", _("every day")),
            ("", _("by another rule")),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        rule = data.get("rule", "").strip() or data.get("every", "")
        if not rule:
            self.add_error("rule", _("Say how often."))
        return {"rule": rule}


SHIFT_FORMS: dict[str, type[VerbForm]] = {
    "refuse": WhyForm,
    "change": ChangeForm,
    "add_post": AddPostForm,
    "set_places": PlacesForm,
    "take_in": TakeInForm,
    "repeat": RepeatForm,
    "cancel": WhyForm,
}


# --- entries


class MomentForm(VerbForm):
    moment = moment_field()


class SayForm(VerbForm):
    words = forms.CharField(
        label=_("What is not right?"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("When you came and went, as you remember it."),
    )


class CorrectForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = ("arrived_at", "left_at")
    came = forms.TimeField(label=_("Came at"), widget=Clock)
    went = forms.TimeField(
        label=_("Went at"),
        widget=Clock,
        required=False,
        help_text=_("Before they came: the next day."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def narrow(self) -> None:
        row = self.row
        if row.status == EntryStatus.CHECKED_IN:
            # they are there still
            del self.fields["went"]
        times: dict[str, Any] = {
            "came": _clock(row.arrived_at or row.shift.gate_at),
            "went": _clock(row.left_at) if row.left_at else _clock(row.shift.ends_at),
        }
        self.initial = {**times, **self.initial}


def _clock(moment: datetime) -> Any:
    return timezone.localtime(moment).time().replace(second=0, microsecond=0)


ENTRY_FORMS: dict[str, type[VerbForm]] = {
    "decline": WhyForm,
    "check_in": MomentForm,
    "check_out": MomentForm,
    "say": SayForm,
    "correct": CorrectForm,
}


class TailForm(NamesMissing, forms.Form):
    tail = forms.CharField(label=_("Last four digits of the phone"), max_length=20)
    moment = forms.DateTimeField(required=False, widget=forms.HiddenInput({"data-moment": ""}))


class SwapForm(NamesMissing, forms.Form):
    """Whom one asks, and for which of their places, if for one."""

    member = MemberChoice(Membership.objects.none(), label=_("Whom I ask"), empty_label=None)
    other = forms.ModelChoiceField(
        Entry.objects.none(),
        label=_("For which place of theirs"),
        required=False,
        empty_label=_("for none: they simply step in"),
    )
    words = forms.CharField(label=_("A word with it"), max_length=200, required=False)

    def __init__(self, *args: Any, mates: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["member"].queryset = mates
        fields["other"].queryset = others


# --- certificates


class IssueForm(NamesMissing, forms.Form):
    community = forms.ModelChoiceField(
        Community.objects.none(), label=_("Community"), empty_label=None
    )
    first = forms.DateField(label=_("From"), widget=Day, required=False)
    last = forms.DateField(label=_("Until"), widget=Day, required=False)

    def __init__(self, *args: Any, communities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["community"].queryset = communities


class ShowForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = ("shows_name", "shows_hours", "shows_services")
    shows_name = forms.BooleanField(label=_("My name"), required=False)
    shows_hours = forms.BooleanField(label=_("The hours and the time"), required=False)
    shows_services = forms.BooleanField(label=_("What they were given for"), required=False)

    def narrow(self) -> None:
        now = {name: getattr(self.row, name) for name in self.edits}
        self.initial = {**now, **self.initial}


CERTIFICATE_FORMS: dict[str, type[VerbForm]] = {"show": ShowForm, "revoke": WhyForm}
