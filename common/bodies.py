"""What machines send as JSON: one object that can be kept, or a sentence about what it is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

# Nothing that the API asks for is nested more than twice; what is, ends no later recursion.
DEEPEST = 20


class ObjectParser(JSONParser):
    """No NUL, no half of a character, no number beyond all numbers, no bottomless nesting."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        encoding = (parser_context or {}).get("encoding", "utf-8")
        try:
            # bytes.decode knows text alone, where a reader of `codecs` would unpack an archive.
            text = stream.read().decode(encoding)
            data = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        except RecursionError as error:
            raise ParseError(_("This is nested too deeply.")) from error
        except json.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            said = _("This cannot be read as JSON (line %(line)d, column %(column)d).") % place
            raise ParseError(said) from error
        except (LookupError, ValueError) as error:
            raise ParseError(_("This cannot be read as JSON.")) from error
        if not isinstance(data, dict):
            raise ParseError(_("Send one JSON object, with a name to each value."))
        _check(data)
        return data


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(text: str) -> float:
    """1e400 is written like a number, but is read as infinity."""
    number = float(text)
    return number if isfinite(number) else _refuse(text)


def _check(data: dict[str, Any]) -> None:
    left: list[tuple[Any, int]] = [(data, 1)]
    while left:
        one, depth = left.pop()
        if depth > DEEPEST:
            raise ParseError(_("This is nested too deeply."))
        if isinstance(one, str) and not _can_be_held(one):
            raise ParseError(_("This is not text that can be kept."))
        if isinstance(one, dict):
            left += [(inner, depth + 1) for pair in one.items() for inner in pair]
        elif isinstance(one, list):
            left += [(inner, depth + 1) for inner in one]


def _can_be_held(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)
