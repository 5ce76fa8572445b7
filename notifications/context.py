"""The number at the bell, for every template."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest

from notifications.models import Message

MOST = 100


def unread(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """Asked of the database once, and only by a page that shows it; not counted beyond MOST."""

    @cache
    def unread_count() -> int:
        if not request.user.is_authenticated:
            return 0
        return Message.objects.inbox(request.user).unread()[:MOST].count()

    return {"unread_count": unread_count}
