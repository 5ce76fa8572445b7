"""Text for a line is one line: names, titles and reasons end up in mail headers and in cells."""

from typing import Any, TypeVar

from django.db import models

from common.written import BREAKS, key, visible

# What may be assigned, and what is read; django-stubs fills them in.
_ST = TypeVar("_ST")
_GT = TypeVar("_GT")


def one_line(text: str) -> str:
    line = BREAKS.sub(" ", visible(text))
    return text if line == text else line.strip()


class KeptField(models.Field[_ST, _GT]):
    """Text that is kept in one writing, whichever door it came by: `as_kept` says in which."""

    @staticmethod
    def as_kept(text: str) -> str:
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return self.as_kept(text) if isinstance(text, str) else text

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The row at hand says what is kept, too: messages are written from it."""
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """To the database it is what it was made of: no migration tells them apart."""
        name, _path, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{self.get_internal_type()}", args, kwargs


class LineField(KeptField[_ST, _GT], models.CharField[_ST, _GT]):
    """A CharField that keeps no line break and no invisible mark."""

    as_kept = staticmethod(one_line)


class KeyField(LineField[_ST, _GT]):
    """The name or number of a place, in one writing: １２０４ is 1204."""

    as_kept = staticmethod(key)


class WordsField(KeptField[_ST, _GT], models.TextField[_ST, _GT]):
    """A TextField without the marks that nobody sees."""

    as_kept = staticmethod(visible)
