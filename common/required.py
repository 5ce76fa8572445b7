"""What is said under a required field that was left empty: its name, and what to do with it.

The browser would say it in its own language, so our forms carry `novalidate`; Django would not
name the field. A field that brings a sentence of its own keeps it.
"""

from __future__ import annotations

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.written import visible

DJANGOS = forms.Field.default_error_messages["required"]
SENTENCES: tuple[tuple[type[forms.Field], str | Promise], ...] = (
    (forms.FileField, _("Please add “%(label)s”.")),
    (forms.BooleanField, _("Please tick “%(label)s”.")),
    (forms.ChoiceField, _("Please choose “%(label)s”.")),
    (forms.Field, _("Please fill in “%(label)s”.")),
)


def sentence(field: forms.Field, label: str) -> str:
    """By what is done with such a field; more special kinds stand first."""
    words = next(words for kind, words in SENTENCES if isinstance(field, kind))
    return str(words) % {"label": label}


class NamesMissing(forms.BaseForm):
    """A base of every form of ours, before Django's or allauth's own."""

    def full_clean(self) -> None:
        # Only now are the fields and their labels what the subclasses made of them.
        for name, field in self.fields.items():
            if field.error_messages.get("required") is DJANGOS:
                field.error_messages["required"] = sentence(field, str(self[name].label))
        super().full_clean()
        self._refuse_what_nobody_sees()

    def _refuse_what_nobody_sees(self) -> None:
        """Marks without width are no words: such text would be kept as nothing."""
        cleaned: dict[str, object] = getattr(self, "cleaned_data", {})
        for name, field in self.fields.items():
            value = cleaned.get(name)
            asked = isinstance(field, forms.CharField) and field.required
            if asked and isinstance(value, str) and not visible(value).strip():
                self.add_error(name, field.error_messages["required"])
