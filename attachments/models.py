import secrets

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from attachments.querysets import AttachmentQuerySet, CommentQuerySet
from common.lines import LineField
from common.models import Timestamped


def random_key() -> str:
    return secrets.token_urlsafe(18)


class Attachment(Timestamped):
    """A photograph or a PDF of some row. Its stored name is random; what it was called is apart."""

    class Stage(models.TextChoices):
        NONE = "", _("photo")
        BEFORE = "before", pgettext_lazy("a photograph", "before")
        AFTER = "after", pgettext_lazy("a photograph", "after")
        POSTER = "poster", pgettext_lazy("a photograph", "poster")

    key = models.CharField(max_length=32, unique=True, default=random_key, editable=False)
    content_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, blank=True, related_name="+"
    )
    object_id = models.BigIntegerField(null=True, blank=True)
    row = GenericForeignKey("content_type", "object_id")
    stage = models.CharField(
        _("stage"), max_length=10, choices=Stage.choices, blank=True, default=Stage.NONE
    )
    file = models.FileField(_("file"), max_length=120)
    thumbnail = models.FileField(_("small picture"), max_length=120, blank=True)
    media_type = LineField(_("type"), max_length=40)
    name = LineField(_("name"), max_length=160, blank=True)
    size = models.PositiveIntegerField(_("bytes"))
    width = models.PositiveIntegerField(_("width"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height"), null=True, blank=True)
    sha256 = models.CharField(max_length=64, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("of a person", "from"),
    )

    personal = frozenset({"name"})
    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["content_type", "object_id"], name="attachments_row"),
            models.Index(
                fields=["uploaded_by", "created_at"],
                condition=Q(object_id__isnull=True),
                name="attachments_unsent",
            ),
            # The sweep of files without a row asks for the names of a day.
            models.Index(fields=["file"], name="attachments_file"),
            models.Index(fields=["thumbnail"], name="attachments_thumbnail"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(content_type__isnull=True, object_id__isnull=True)
                | Q(content_type__isnull=False, object_id__isnull=False),
                name="attachments_row_whole",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.key

    def get_absolute_url(self) -> str:
        return reverse("attachments:file", args=[self.key])

    @property
    def thumbnail_url(self) -> str:
        return reverse("attachments:thumbnail", args=[self.key])

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")


class Comment(Timestamped):
    """What somebody said about a row: for everyone who sees it, or a note among its staff."""

    # what is said belongs to the matter, and stays with it
    personal = frozenset()

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    row = GenericForeignKey("content_type", "object_id")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("of a person", "from"),
    )
    at = models.DateTimeField(_("at"))
    body = models.TextField(_("words"), max_length=2000)
    internal = models.BooleanField(_("internal note"), default=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["content_type", "object_id", "at"], name="attachments_thread")
        ]

    def __str__(self) -> str:
        return self.body[:40]
