"""The refusals of the verbs in the API: mapped once, with the same sentences as the pages."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import ValidationError as Unacceptable
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
