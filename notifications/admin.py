"""What was told to whom, and whether it arrived. Looked at, never edited."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.admin import ReadOnlyAdmin
from notifications.models import ActionLink, Delivery, Message, Mute
from notifications.services import retry


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["title", "recipient", "kind", "created_at", "read_at"]
    list_filter = ["kind"]
    search_fields = ["title", "recipient__username", "recipient__display_name"]
    list_select_related = ["recipient"]
    exclude = ["content_type"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = [
        "message",
        "channel",
        "address",
        "state",
        "attempts",
        "next_attempt_at",
        "error",
    ]
    list_filter = ["state", "channel"]
    search_fields = ["address", "message__title"]
    list_select_related = ["message"]
    ordering = ["-pk"]
    raw_id_fields = ["message"]
    actions = ["retry"]

    @admin.action(description=gettext_lazy("Try again what was given up"))
    def retry(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        at = timezone.now()
        count = sum(retry(delivery, at=at) for delivery in deliveries)
        self.message_user(request, _("%(count)d will be tried again.") % {"count": count})


@admin.register(Mute)
class MuteAdmin(ReadOnlyAdmin):
    list_display = ["user", "kind", "channel", "created_at"]
    list_filter = ["channel", "kind"]
    list_select_related = ["user"]
    ordering = ["-pk"]


@admin.register(ActionLink)
class ActionLinkAdmin(ReadOnlyAdmin):
    list_display = ["purpose", "user", "content_type", "object_id", "expires_at", "used_at"]
    list_filter = ["purpose"]
    list_select_related = ["user", "content_type"]
    ordering = ["-pk"]
    exclude = ["token_hash"]
