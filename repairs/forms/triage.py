"""What the triage queue asks of several tickets at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.required import NamesMissing
from repairs.models import Priority

# What may be done to several tickets at once, each by its own rules.
BULK = ("accept", "dispatch", "prioritise", "merge")


class BulkForm(NamesMissing, forms.Form):
    """The verb and its value; which tickets and workers it may be, each row's own form decides."""

    verb = forms.ChoiceField(choices=[(verb, verb) for verb in BULK])
    worker = forms.IntegerField(required=False)
    priority = forms.ChoiceField(choices=[("", ""), *Priority.choices], required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        verb = cleaned.get("verb")
        if verb == "dispatch" and not cleaned.get("worker"):
            raise forms.ValidationError(_("Choose a technician."))
        if verb == "prioritise" and not cleaned.get("priority"):
            raise forms.ValidationError(_("Choose a priority."))
        return cleaned
