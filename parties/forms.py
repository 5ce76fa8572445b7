"""The shape of what is typed; what it means is asked by the verbs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.services import by_login
from attachments.forms import PhotosField
from common.required import NamesMissing
from common.written import key
from estates.forms import Day
from estates.models import Community
from grids.models import Grid
from parties.models import MatterPart, MicroWish, Organisation, OrganisationPost, PartyMember
from parties.querysets import MANAGER
from parties.services.matters import called_by, callers_of, parts_of
from parties.standing import branches_led
from parties.states import BRANCHES, Grade
from workflow.forms import ScopedForm, VerbForm, WhyForm
from workflow.threads import THREAD_FORMS

WHO = _("Their user name, phone or e-mail, exactly.")
A_WEEK = timedelta(days=7)


class OrganisationForm(ScopedForm):
    class Meta:
        model = Organisation
        fields = ["community", "kind", "name", "name_en", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["community"]
        else:
            fields: Any = self.fields
            fields["community"].queryset = Community.objects.staffed_by(self.user, MANAGER)


class ByLogin(ScopedForm):
    """Somebody is named by what they sign in with; nobody can leaf through accounts."""

    who = forms.CharField(label=_("Who"), help_text=WHO, max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["who"]

    def clean_who(self) -> str:
        login = key(self.cleaned_data["who"])
        person = by_login(login)
        if person is None:
            raise forms.ValidationError(_("Nobody signs in with this."))
        self.instance.user = person
        return login


class PostForm(ByLogin):
    class Meta:
        model = OrganisationPost
        fields = ["who", "organisation", "role", "from_date", "to_date"]
        widgets = {"from_date": Day, "to_date": Day}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["organisation"], self.fields["role"]


class MemberForm(ByLogin):
    class Meta:
        model = PartyMember
        fields = ["who", "branch", "skills", "free_times", "from_date"]
        widgets = {"from_date": Day}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["branch"]
        else:
            fields: Any = self.fields
            mine = Organisation.objects.visible_to(self.user).filter(pk__in=branches_led(self.user))
            fields["branch"].queryset = mine.filter(kind__in=BRANCHES)
            fields["branch"].empty_label = None


class ReasonForm(NamesMissing, forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ProposeForm(NamesMissing, forms.Form):
    """One of those that are proposed, or another of the community."""

    grid = forms.ModelChoiceField(Grid.objects.none(), label=_("Micro-grid"))

    def __init__(self, *args: Any, grids: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["grid"].queryset = grids


class WishForm(ScopedForm):
    class Meta:
        model = MicroWish
        fields = ["grid", "title", "words"]
        widgets = {"words": forms.Textarea({"rows": 3})}
        help_texts = {"words": _("No name and no room: whoever claims it asks you.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["grid"].queryset = Grid.objects.visible_to(self.user).filter(parent__isnull=False)
        fields["grid"].empty_label = None


class FulfilForm(VerbForm):
    result = forms.CharField(
        label=_("How it went"), max_length=1000, widget=forms.Textarea({"rows": 3})
    )


WISH_FORMS: dict[str, type[VerbForm]] = {"fulfil": FulfilForm}


# --- matters


class CallForm(NamesMissing, forms.Form):
    """Who calls whom, about what, and what residents read of it."""

    caller = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Who calls"), empty_label=None
    )
    lead = forms.ModelChoiceField(
        Organisation.objects.none(), label=pgettext_lazy("matter", "Who leads")
    )
    helpers = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=_("Who helps"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    title = forms.CharField(label=_("In a line"), max_length=120)
    description = forms.CharField(
        label=_("What it is about"),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Read by the organisations that are called, not by residents."),
    )
    place_words = forms.CharField(label=_("Where exactly"), max_length=200, required=False)
    photos = PhotosField(label=_("Photos, as it is now"), required=False)
    public_title = forms.CharField(label=_("Title for residents"), max_length=120, required=False)
    public_words = forms.CharField(
        label=_("Words for residents"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["caller"].queryset = callers_of(user)
        fields["lead"].queryset = called_by(user)
        fields["helpers"].queryset = called_by(user)
        fields["photos"].user = user


class PlanForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = ("plan",)
    plan = forms.CharField(
        label=_("What will be done"), max_length=2000, widget=forms.Textarea({"rows": 4})
    )
    due_on = forms.DateField(label=_("Done by"), widget=Day)

    def narrow(self) -> None:
        soon = timezone.localdate(self.at) + A_WEEK
        self.initial = {"plan": self.row.plan, "due_on": soon, **self.initial}


class CompleteForm(VerbForm):
    result = forms.CharField(
        label=pgettext_lazy("matter", "What was done"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )
    photos = PhotosField(
        label=_("Photos that show it"),
        required=False,
        error_messages={"required": _("Show by a photograph that it is done.")},
    )

    def narrow(self) -> None:
        """The verb refuses without one the first time; the label says so before."""
        self.fields["photos"].required = self.row.completed_at is None


class OrganisationChoice(VerbForm):
    """Another organisation of the matter's community."""

    def others(self) -> Any:
        here = Organisation.objects.visible_to(self.user).standing()
        return here.filter(community=self.row.community_id)


class TransferForm(OrganisationChoice):
    edits: ClassVar[tuple[str, ...]] = ("lead",)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Who leads now"), empty_label=None
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)

    def narrow(self) -> None:
        fields: Any = self.fields
        fields["organisation"].queryset = self.others().exclude(pk=self.row.lead_id)


class CallInForm(OrganisationChoice):
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Who helps"), empty_label=None
    )
    reason = forms.CharField(label=_("What for"), max_length=500)

    def narrow(self) -> None:
        fields: Any = self.fields
        fields["organisation"].queryset = self.others().exclude(pk__in=self.row.involved)


class TellForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = ("public_title", "public_words")
    public_title = forms.CharField(label=_("Title for residents"), max_length=120)
    public_words = forms.CharField(
        label=_("Words for residents"),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Residents read neither grades nor supervision, nor who noted what."),
    )

    def narrow(self) -> None:
        now = {"public_title": self.row.public_title, "public_words": self.row.public_words}
        self.initial = {**now, **self.initial}


class RateForm(VerbForm):
    """`grade_<part>` and `why_<part>` for each part of those who were called."""

    def narrow(self) -> None:
        every: list[MatterPart] = parts_of(self.row, self.user)
        self.parts = [p for p in every if p.organisation_id != self.row.caller_id]
        for part in self.parts:
            self.fields[f"grade_{part.pk}"] = forms.ChoiceField(
                label=str(part.organisation), choices=Grade.choices, widget=forms.RadioSelect
            )
            self.fields[f"why_{part.pk}"] = forms.CharField(
                label=_("Why"), max_length=200, required=False
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        grades = {
            part.pk: (data.get(f"grade_{part.pk}", ""), data.get(f"why_{part.pk}", ""))
            for part in self.parts
        }
        return {"grades": grades}

    @property
    def asked(self) -> list[tuple[MatterPart, forms.BoundField, forms.BoundField]]:
        return [(p, self[f"grade_{p.pk}"], self[f"why_{p.pk}"]) for p in self.parts]


MATTER_FORMS: dict[str, type[VerbForm]] = {
    "plan": PlanForm,
    "complete": CompleteForm,
    "send_back": WhyForm,
    "withdraw": WhyForm,
    "transfer": TransferForm,
    "call_in": CallInForm,
    "tell": TellForm,
    "rate": RateForm,
    **THREAD_FORMS,
}


class PromiseForm(VerbForm):
    edits: ClassVar[tuple[str, ...]] = ("promise", "due_on")
    promise = forms.CharField(
        label=_("What we do"), max_length=500, widget=forms.Textarea({"rows": 3})
    )
    due_on = forms.DateField(label=_("Done by"), widget=Day)

    def narrow(self) -> None:
        soon = timezone.localdate(self.at) + A_WEEK
        now = {"promise": self.row.promise, "due_on": self.row.due_on or soon}
        self.initial = {**now, **self.initial}


PART_FORMS: dict[str, type[VerbForm]] = {"promise": PromiseForm, "note": THREAD_FORMS["note"]}
