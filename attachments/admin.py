"""Files are looked at here; they come and go with the rows they belong to."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from attachments.models import Attachment
from attachments.querysets import AttachmentQuerySet


@admin.register(Attachment)
class AttachmentAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["key", "name", "media_type", "size", "content_type", "object_id", "created_at"]
    list_filter = ["media_type", "stage", "content_type"]
    search_fields = ["=key", "name", "=object_id"]
    list_select_related = ["content_type"]
    show_full_result_count = False
    fields = readonly_fields = [
        "open",
        "name",
        "content_type",
        "object_id",
        "stage",
        "media_type",
        "size",
        "width",
        "height",
        "sha256",
        "uploaded_by",
        "created_at",
    ]

    def get_queryset(self, request: HttpRequest) -> AttachmentQuerySet:
        return Attachment.objects.visible_to(request.user).order_by("-pk")

    @admin.display(description=_("file"))
    def open(self, attachment: Attachment) -> SafeString:
        return format_html('<a href="{}">{}</a>', attachment.get_absolute_url(), attachment)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
