"""What a person takes along of their messages, and that they go with the account."""

from __future__ import annotations

from typing import Any

from notifications.models import ActionLink, Message, Mute


def export(user: Any) -> dict[str, Any]:
    inbox = Message.objects.inbox(user).order_by("pk")
    return {
        "messages": list(inbox.values("title", "body", "created_at", "read_at")),
        "not_wanted": list(Mute.objects.visible_to(user).values("kind", "channel")),
    }


def erase(user: Any) -> None:
    """Their deliveries, which hold the address, go with the messages."""
    Message.objects.filter(recipient=user).delete()
    Mute.objects.filter(user=user).delete()
    ActionLink.objects.filter(user=user).delete()
