"""The refusals of every door, each with a sentence for the reader. Invisible rows are plain 404."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise


class Refusal(Exception):
    """A verb said no. `str()` is a whole sentence in the reader's language."""

    status = 400
    code = "refused"
    # What the API says beside the sentence.
    facts: Mapping[str, Any] = {}

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class NotAllowed(Refusal):
    """This person may not do this to this row (403)."""

    status = 403
    code = "not_allowed"


class WrongState(Refusal):
    """The row is not in a state for this, or no longer (409); its page leads on from there."""

    status = 409
    code = "wrong_state"

    def __init__(self, sentence: str | Promise, *, row: Any = None) -> None:
        super().__init__(sentence)
        self.row = row


class Invalid(Refusal):
    """What was given does not make sense for this row (400)."""

    code = "invalid"


class TooMany(Refusal):
    """More of this than a person does in good faith (429)."""

    status = 429


class TooOften(Refusal):
    """Wait before trying again (429)."""

    status = 429
    code = "too_often"
