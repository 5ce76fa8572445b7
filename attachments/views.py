from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.views.decorators.http import require_safe

from attachments.models import Attachment


@require_safe
def file(request: HttpRequest, key: str) -> HttpResponseBase:
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user), key=key)
    return _answer(request, attachment, attachment.file, quote_etag(attachment.sha256))


@require_safe
def thumbnail(request: HttpRequest, key: str) -> HttpResponseBase:
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user), key=key)
    if not attachment.thumbnail:
        raise Http404
    return _answer(
        request, attachment, attachment.thumbnail, quote_etag(f"{attachment.sha256}-small")
    )


def file_of(request: HttpRequest, attachment: Attachment) -> HttpResponseBase:
    """For a page that shows it to whom the page itself is shown."""
    return _answer(request, attachment, attachment.file, quote_etag(attachment.sha256))


def _answer(
    request: HttpRequest, attachment: Attachment, stored: Any, etag: str
) -> HttpResponseBase:
    """The bytes of a key never change, so a browser that has them need not ask again for a day."""
    unchanged = get_conditional_response(request, etag=etag)
    response: HttpResponseBase = unchanged or _stream(attachment, stored)
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def _stream(attachment: Attachment, stored: Any) -> FileResponse:
    try:
        content = stored.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type=attachment.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    # Alone on a page it may neither run nor load anything, whatever a browser makes of it.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    name = attachment.name or attachment.key + PurePosixPath(str(attachment.file)).suffix
    header = content_disposition_header(not attachment.is_image, name)
    response["Content-Disposition"] = header or "inline"
    return response
