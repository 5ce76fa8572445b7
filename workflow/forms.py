"""Forms of registers: what may be chosen is what the person may see."""

from __future__ import annotations

from typing import Any

from django import forms


class ScopedForm(forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for field in self.fields.values():
            rows: Any = getattr(field, "queryset", None)
            if isinstance(field, forms.ModelChoiceField) and hasattr(rows, "visible_to"):
                field.queryset = rows.visible_to(user)
