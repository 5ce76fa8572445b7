"""Forms of registers and of verbs: what may be chosen is what the person may see."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from attachments.forms import PhotosField
from common.required import NamesMissing
from workflow import versions


class Versioned(NamesMissing):
    """A form that edits carries what it showed of its row; see workflow.versions."""

    version = ""
    status = 200
    edited: tuple[str, ...] = ()

    def carry(self, row: Any, names: Collection[str]) -> None:
        """Called once the fields are what they are."""
        self.edited, self.edits_of = tuple(names), row
        if names:
            self.fields[versions.FIELD] = forms.CharField(
                required=False,
                initial=versions.version_of(row, names),
                widget=forms.HiddenInput,
            )

    def full_clean(self) -> None:
        """The version is the form's own, and none of the service's fields."""
        super().full_clean()
        cleaned: dict[str, Any] = getattr(self, "cleaned_data", {})
        self.version = cleaned.pop(versions.FIELD, "") or ""

    def check_version(self, locked: Any, *, at: datetime) -> None:
        """Raises Outdated; the caller holds the lock."""
        versions.check(locked, self.edited, self.version, at=at)

    def outdated(self, refusal: versions.Outdated) -> None:
        """Says it at the fields, and keeps what was typed; what stands now has been seen then."""
        self.status = refusal.status
        for name, sentence in refusal.fields.items():
            self.add_error(name if name in self.fields else None, sentence)
        now = type(self.edits_of)._base_manager.get(pk=self.edits_of.pk)
        sent: Any = self.data
        self.data = seen = sent.copy()  # what a request sent may not be written to
        seen[self.add_prefix(versions.FIELD)] = versions.version_of(now, self.edited)


class ScopedForm(Versioned, forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if self.instance.pk:
            known = {field.name for field in self.instance._meta.concrete_fields}
            self.carry(self.instance, [name for name in self.fields if name in known])
        for field in self.fields.values():
            rows: Any = getattr(field, "queryset", None)
            if isinstance(field, forms.ModelChoiceField) and hasattr(rows, "visible_to"):
                field.queryset = rows.visible_to(user)


class VerbForm(Versioned, forms.Form):
    """The fields of one verb; `cleaned_data` is passed to the service as keywords.

    `edits` are the fields of the row that it writes over; none for verbs that add something.
    """

    edits: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, row: Any, user: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.user, self.at = row, user, at
        for field in self.fields.values():
            if isinstance(field, PhotosField):
                field.user = user
        self.narrow()
        # A field that this person is not asked for was not shown to them.
        asked = [n for n in self.edits if n in self.fields or n not in self.base_fields]
        self.carry(row, asked)

    def narrow(self) -> None:
        """Limit the choices to what this user sees for this row."""

    def keep(self, names: Collection[str]) -> None:
        """The API: a field that was not sent is not asked for, and keeps its value."""
        for name in names:
            self.fields.pop(name, None)
        self.edited = tuple(name for name in self.edited if name not in names)


def moment_field() -> forms.DateTimeField:
    return forms.DateTimeField(
        required=False,
        widget=forms.HiddenInput({"data-moment": ""}),
        help_text=_("The time of the phone, where it had no signal."),
    )


class WhyForm(VerbForm):
    """For verbs that say no to somebody: the reason is kept, and told."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea({"rows": 3}))
