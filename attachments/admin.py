"""Files are looked at here; they come and go with the rows they belong to."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from attachments.models import Attachment, Comment
from audit.admin import ReadOnlyAdmin


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ["key", "name", "media_type", "size", "content_type", "object_id", "created_at"]
    list_filter = ["media_type", "stage", "content_type"]
    search_fields = ["=key", "name", "=object_id"]
    list_select_related = ["content_type"]
    ordering = ["-pk"]
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

    @admin.display(description=_("file"))
    def open(self, attachment: Attachment) -> SafeString:
        return format_html('<a href="{}">{}</a>', attachment.get_absolute_url(), attachment)


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """What was said is history; verbs write it."""

    list_display = ["content_type", "object_id", "author", "at", "internal", "body"]
    list_filter = ["internal", "content_type"]
    search_fields = ["=object_id", "body"]
    list_select_related = ["content_type", "author"]
    ordering = ["-pk"]
