"""What a person takes along of the files they sent, and that their names go with the account."""

from __future__ import annotations

from typing import Any

from attachments.models import Attachment


def export(user: Any) -> list[dict[str, Any]]:
    sent = Attachment.objects.filter(uploaded_by=user).order_by("pk")
    return [{"name": str(one), "at": one.created_at, "at_row": one.object_id} for one in sent]


def erase(user: Any) -> None:
    """The pictures are part of what they show and stay; how their sender called them goes."""
    Attachment.objects.filter(uploaded_by=user).update(name="")
