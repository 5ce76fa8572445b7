from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.lines import LineField
from common.models import Timestamped
from notifications.querysets import (
    ActionLinkQuerySet,
    DeliveryQuerySet,
    MessageQuerySet,
    MuteQuerySet,
)


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")


class Message(Timestamped):
    """What one person is told about one row on one occasion. It is the entry in the bell.

    Unique by (recipient, kind, row, occasion): whoever tells twice has told once.
    """

    # Each index is written 100,000 times for a notice to all: none that another one covers.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="messages",
        verbose_name=pgettext_lazy("of a person", "to"),
        db_index=False,
    )
    kind = LineField(_("kind"), max_length=80)
    content_type = models.ForeignKey(
        ContentType, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    object_id = models.BigIntegerField()
    row = GenericForeignKey("content_type", "object_id")
    occasion = LineField(_("occasion"), max_length=80, blank=True)
    title = LineField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    url = LineField(_("address"), max_length=200, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    personal = frozenset({"title", "body"})
    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "content_type", "object_id", "occasion"],
                name="notifications_message_once",
            )
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notifications_message_list"),
            models.Index(
                fields=["recipient"],
                condition=Q(read_at__isnull=True),
                name="notifications_message_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("notifications:open", args=[self.pk])


class Delivery(Timestamped):
    """The outbox: one message through one channel, written with the message, sent by a worker."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")
        REFUSED = "refused", _("refused for good")
        DROPPED = "dropped", _("not wanted any more")

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries", db_index=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    address = LineField(_("address"), max_length=254)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    personal = frozenset({"address", "error"})
    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["message", "channel"], name="notifications_delivery_once"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="notifications_delivery_sent_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state="pending"),
                name="notifications_outbox",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} → {self.address}"


class Mute(Timestamped):
    """Somebody does not want messages of a kind by a channel; the bell still shows them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mutes")
    kind = LineField(_("kind"), max_length=80)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)

    personal = frozenset()
    objects = MuteQuerySet.as_manager()

    class Meta:
        verbose_name = _("muted kind")
        verbose_name_plural = _("muted kinds")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "channel"], name="notifications_mute_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.channel})"


class ActionLink(Timestamped):
    """A one-use link: whoever holds it may answer for `user` about `row` without signing in."""

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    row = GenericForeignKey("content_type", "object_id")
    purpose = LineField(_("purpose"), max_length=80)
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    personal = frozenset({"token_hash"})
    objects = ActionLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("one-use link")
        verbose_name_plural = _("one-use links")

    def __str__(self) -> str:
        return self.purpose
