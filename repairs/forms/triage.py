"""What the triage queue asks: many rows at once, and a name for a filter."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from repairs.models import Priority

# What may be done to several tickets at once, each by its own rules.
BULK = ("accept", "dispatch", "prioritise", "merge")
MOST_AT_ONCE = 200


class BulkForm(forms.Form):
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


class SavedViewForm(forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=30)
    query = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        """The filter without its page."""
        pairs = parse_qsl(self.cleaned_data["query"].lstrip("?"))
        return urlencode([(k, v) for k, v in pairs if k not in ("after", "seen")])


class RenameViewForm(forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=30)
