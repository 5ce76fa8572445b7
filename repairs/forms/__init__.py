"""The shape of what people send. Meaning is checked by the verbs themselves."""

from repairs.forms.verbs import FORMS

__all__ = ["FORMS"]
