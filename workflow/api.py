"""The refusals of the verbs in the API: mapped once, with the same sentences as the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.exceptions import ValidationError as Unacceptable
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler
from rest_framework.views import set_rollback

from workflow.refusals import Refusal


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(error, Refusal):
        set_rollback()
        said = {"detail": str(error), "code": error.code, **error.facts}
        return Response(said, status=error.status)
    if isinstance(error, ValidationError):
        error = Unacceptable({"detail": error.messages})
    return drf_exception_handler(error, context)


class TextParser(JSONParser):
    """JSON that the database can hold: no NUL, no half of a character, no bottomless nesting."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            held = all(_can_be_held(text) for text in _texts(data))
        except RecursionError:
            held = False
        if not held:
            raise ParseError(_("This is not text that can be kept."))
        return data


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for pair in data.items():
            yield from _texts(pair)
    elif isinstance(data, (list, tuple)):
        for one in data:
            yield from _texts(one)


def _can_be_held(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)
