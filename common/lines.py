"""Text for a line is one line: names, titles and reasons end up in mail headers and in cells."""

import re
from typing import Any, TypeVar

from django.db import models

# Everything that some reader takes for the end of a line, and the other control characters.
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

# What may be assigned, and what is read; django-stubs fills them in.
_ST = TypeVar("_ST")
_GT = TypeVar("_GT")


def one_line(text: str) -> str:
    return BREAKS.sub(" ", text).strip() if BREAKS.search(text) else text


class LineField(models.CharField[_ST, _GT]):
    """A CharField that keeps no line break, whichever door the text came by."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return one_line(text) if isinstance(text, str) else text

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The row at hand says what is kept, too: messages are written from it."""
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """To the database it is a CharField: no migration tells them apart."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
