"""Forms of registers and of verbs: what may be chosen is what the person may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from attachments.forms import PhotosField
from common.required import NamesMissing


class ScopedForm(NamesMissing, forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for field in self.fields.values():
            rows: Any = getattr(field, "queryset", None)
            if isinstance(field, forms.ModelChoiceField) and hasattr(rows, "visible_to"):
                field.queryset = rows.visible_to(user)


class VerbForm(NamesMissing, forms.Form):
    """The fields of one verb; `cleaned_data` is passed to the service as keywords."""

    def __init__(self, *args: Any, row: Any, user: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.user, self.at = row, user, at
        for field in self.fields.values():
            if isinstance(field, PhotosField):
                field.user = user
        self.narrow()

    def narrow(self) -> None:
        """Limit the choices to what this user sees for this row."""
