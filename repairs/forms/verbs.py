"""The shape of what people send to a verb. Meaning is checked by the verb itself."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from attachments.forms import PhotosField
from common.phones import PhoneField
from repairs.forms.report import WindowsField
from repairs.models import Category, CostLine, Priority, Ticket
from repairs.querysets import with_open_jobs
from repairs.services import workers_for
from workflow.forms import VerbForm
from workflow.threads import THREAD_FORMS


class ReasonForm(VerbForm):
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea({"rows": 3}))


class RejectForm(VerbForm):
    reason = forms.CharField(
        label=_("Why not, and where to go instead"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The resident reads this."),
    )


class WorkerField(forms.ModelChoiceField[User]):
    """Technicians with the open jobs of each beside the name."""

    def label_from_instance(self, worker: Any) -> str:
        return _("%(name)s · %(count)d open") % {"name": worker.name, "count": worker.open_jobs}


class DispatchForm(VerbForm):
    worker = WorkerField(User.objects.none(), label=_("Technician"), empty_label=None)

    def narrow(self) -> None:
        postings = workers_for(self.row.estate_id, self.at)
        workers = User.objects.filter(pk__in=postings.values("user"))
        self.fields["worker"].queryset = with_open_jobs(workers)  # type: ignore[attr-defined]


class ReassignForm(DispatchForm):
    edits = ("assignee",)

    reason = forms.CharField(label=_("Reason"), max_length=200)


class PriorityForm(VerbForm):
    edits = ("priority",)

    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices)


class CategoryForm(VerbForm):
    edits = ("category",)

    category = forms.ModelChoiceField(
        Category.objects.none(), label=_("Category"), empty_label=None
    )

    def narrow(self) -> None:
        visible = Category.objects.visible_to(self.user).choosable()
        self.fields["category"].queryset = visible.filter(estate=self.row.estate_id)  # type: ignore[attr-defined]


class MergeForm(VerbForm):
    into = forms.CharField(label=_("Number of the ticket that stays"), max_length=20)

    def clean_into(self) -> Ticket:
        number = self.cleaned_data["into"].strip().upper()
        target: Ticket | None = Ticket.objects.visible_to(self.user).filter(number=number).first()
        if target is None:
            raise forms.ValidationError(_("You see no ticket of this number."))
        return target


class VisitForm(VerbForm):
    edits = ("visit_from", "visit_to")

    visit_from = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )
    visit_to = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )


class HoldForm(VerbForm):
    until = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    )
    reason = forms.CharField(
        label=_("Why it waits"), max_length=200, help_text=_("The resident reads this.")
    )

    def narrow(self) -> None:
        tomorrow = timezone.localtime(self.at).date() + timedelta(days=1)
        self.fields["until"].initial = datetime.combine(tomorrow, time(9))


class ResolveForm(VerbForm):
    resolution = forms.CharField(
        label=_("What was done"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    photos = PhotosField(label=_("Photos of the finished work"), required=False)


class CostForm(VerbForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=CostLine.Kind.choices)
    name = forms.CharField(label=_("What"), max_length=80)
    quantity = forms.DecimalField(
        label=_("Quantity"), min_value=0.01, max_digits=8, decimal_places=2
    )
    unit_price = forms.DecimalField(
        label=_("Price of one in yuan"), min_value=0, max_digits=9, decimal_places=2
    )
    payer = forms.ChoiceField(label=_("Paid by"), choices=CostLine.Payer.choices)


STARS = [(n, "★" * n) for n in range(1, 6)]


class ConfirmForm(VerbForm):
    rating = forms.TypedChoiceField(
        label=_("How was it?"),
        choices=STARS,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("A word about the work"), max_length=500, required=False)


class RateForm(VerbForm):
    rating = forms.TypedChoiceField(
        label=_("How was it?"),
        choices=STARS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please tap one to five stars.")},
    )
    words = forms.CharField(label=_("A word about the work"), max_length=500, required=False)


class AgainForm(VerbForm):
    reason = forms.CharField(
        label=_("What is still wrong?"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Please say what is still wrong.")},
    )
    photos = PhotosField(label=_("Photos"), required=False)


class AmendForm(VerbForm):
    edits = ("description", "place_words", "windows", "may_enter", "contact_phone", "private")

    description = forms.CharField(
        label=_("What happened?"),
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Please say in a few words what happened.")},
    )
    place_words = forms.CharField(label=_("Where exactly"), max_length=200, required=False)
    windows = WindowsField(label=_("When may somebody come?"), required=False)
    may_enter = forms.BooleanField(
        label=_("May enter when nobody is at home (the front desk has a key)"), required=False
    )
    contact_phone = PhoneField(label=_("Phone for questions"), max_length=30, required=False)
    private = forms.BooleanField(label=_("Only for me and the staff"), required=False)
    photos = PhotosField(label=_("More photos"))

    def narrow(self) -> None:
        for name in self.fields:
            if name != "photos":
                self.initial[name] = getattr(self.row, name)
        self.fields["windows"].offer(self.at, self.row.windows)  # type: ignore[attr-defined]
        if self.row.is_public:
            del self.fields["may_enter"]
        if self.row.is_public or self.row.reporter_id != self.user.pk:
            del self.fields["private"]


class CancelForm(VerbForm):
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class ReturnVisitForm(VerbForm):
    words = forms.CharField(
        label=_("What the resident said"), max_length=500, widget=forms.Textarea({"rows": 3})
    )


# A verb that is not here asks for nothing.
FORMS: dict[str, type[VerbForm]] = {
    "dispatch": DispatchForm,
    "reassign": ReassignForm,
    "prioritise": PriorityForm,
    "recategorise": CategoryForm,
    "merge": MergeForm,
    "reject": RejectForm,
    "resolve": ResolveForm,
    "plan_visit": VisitForm,
    "hold": HoldForm,
    "hand_back": ReasonForm,
    "add_cost": CostForm,
    "confirm": ConfirmForm,
    "dispute": AgainForm,
    "rate": RateForm,
    "amend": AmendForm,
    "cancel": CancelForm,
    "reopen": AgainForm,
    **THREAD_FORMS,
    "return_visit": ReturnVisitForm,
}
