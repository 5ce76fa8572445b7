"""The field for photographs, which keeps them through a validation error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from attachments.models import Attachment
from attachments.services import MAX_PER_ROW, store, too_many


@dataclass(frozen=True)
class Sent:
    """What the browser sent: new files, and the keys of photos it was shown as kept."""

    files: list[UploadedFile[bytes]]
    kept: list[str]


class PhotosInput(forms.FileInput):
    """A chooser of several files, and below it what is uploaded already, each with its removal."""

    template_name = "attachments/photos_input.html"
    allow_multiple_selected = True
    kept: list[Attachment]

    def __init__(self, max_files: int) -> None:
        super().__init__({"accept": "image/*,application/pdf", "multiple": True})
        self.max_files = max_files
        self.kept = []

    def value_from_datadict(
        self,
        data: Mapping[str, Any],
        files: MultiValueDict[str, UploadedFile[bytes]],
        name: str,
    ) -> Sent:
        return Sent(files=_all(files, name), kept=_kept(data, name))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in files and f"{name}_kept" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"] |= {"kept": self.kept, "max_files": self.max_files}
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        return super().use_required_attribute(initial) and not self.kept


def _all(values: Any, name: str) -> list[Any]:
    """Every value of a name; forms are also fed with plain mappings, in tests and by scripts."""
    if hasattr(values, "getlist"):
        return list(values.getlist(name))
    value = values.get(name, [])
    return list(value) if isinstance(value, list | tuple) else [value]


def _kept(data: Any, name: str) -> list[str]:
    dropped = set(_all(data, f"{name}_dropped"))
    return [key for key in dict.fromkeys(_all(data, f"{name}_kept")) if key not in dropped]


class PhotosField(forms.Field):
    """Gives the keys of the user's uploads, for `attachments.services.claim`.

    The form says whose they are: `self.fields["photos"].user = user`. New files are stored while
    the form is cleaned, so that an error in another field, or in one of them, loses none.
    """

    widget: PhotosInput
    user: Any = None
    default_error_messages = {
        "required": _("Please add a photo."),
        "gone": _("A photo is no longer here. Please add it again."),
        "file": _("%(name)s: %(why)s"),
    }

    def __init__(self, *, max_files: int = MAX_PER_ROW, **options: Any) -> None:
        self.max_files = max_files
        options.setdefault("required", False)
        options.setdefault("label", _("Photos"))
        super().__init__(widget=PhotosInput(max_files), **options)

    def clean(self, value: Sent) -> list[str]:
        errors: list[ValidationError] = []
        self.widget.kept = self._still_here(value.kept, errors)
        self._take_in(value.files, errors)
        if errors:
            raise ValidationError(errors)
        if self.required and not self.widget.kept:
            raise ValidationError(self.error_messages["required"], code="required")
        return [attachment.key for attachment in self.widget.kept]

    def _still_here(self, keys: list[str], errors: list[ValidationError]) -> list[Attachment]:
        """Those already sent count too: a second click is then answered like the first."""
        mine = {
            attachment.key: attachment
            for attachment in Attachment.objects.visible_to(self.user).filter(
                key__in=keys, uploaded_by_id=self.user.pk
            )
        }
        if len(mine) < len(keys):
            errors.append(ValidationError(self.error_messages["gone"], code="gone"))
        return [mine[key] for key in keys if key in mine]

    def _take_in(self, files: list[UploadedFile[bytes]], errors: list[ValidationError]) -> None:
        room = max(0, self.max_files - len(self.widget.kept))
        if len(files) > room:
            errors.append(too_many(self.max_files))
        for file in files[:room]:
            try:
                self.widget.kept.append(store(file, by=self.user, at=timezone.now()))
            except ValidationError as error:
                errors.append(self._about(file, error))

    def _about(self, file: UploadedFile[bytes], error: ValidationError) -> ValidationError:
        why = " ".join(error.messages)
        return ValidationError(
            self.error_messages["file"],
            code=error.code,
            params={"name": file.name or "?", "why": why},
        )
