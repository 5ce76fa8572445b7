"""What is said about a row, with photographs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from attachments.models import Comment
from attachments.services.uploads import claim


def say(
    row: models.Model,
    *,
    body: str,
    by: Any,
    at: datetime,
    photos: Sequence[str] = (),
    internal: bool = False,
) -> Comment:
    """Call it in the transaction of the verb that says it."""
    said = Comment.objects.create(
        content_type=ContentType.objects.get_for_model(row),
        object_id=row.pk,
        author_id=by.pk,
        at=at,
        body=body,
        internal=internal,
    )
    claim(photos, row=said, by=by)
    return said
