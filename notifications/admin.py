"""What was told to whom, and whether it arrived. Looked at, never edited."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from notifications.models import ActionLink, Delivery, Message, Mute
from notifications.services import retry


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["title", "recipient", "kind", "created_at", "read_at"]
    list_filter = ["kind"]
    search_fields = ["title", "recipient__username", "recipient__display_name"]
    list_select_related = ["recipient"]
    exclude = ["content_type"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return Message.objects.visible_to(request.user)


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
    raw_id_fields = ["message"]
    actions = ["retry"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        return Delivery.objects.visible_to(request.user).order_by("-pk")

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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mute]:
        return Mute.objects.visible_to(request.user).order_by("-pk")


@admin.register(ActionLink)
class ActionLinkAdmin(ReadOnlyAdmin):
    list_display = ["purpose", "user", "content_type", "object_id", "expires_at", "used_at"]
    list_filter = ["purpose"]
    list_select_related = ["user", "content_type"]
    exclude = ["token_hash"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ActionLink]:
        return ActionLink.objects.visible_to(request.user).order_by("-pk")
