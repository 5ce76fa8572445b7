from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.querysets import SendingQuerySet, TokenQuerySet, UserQuerySet
from common.lines import KeyField, LineField
from common.models import Timestamped


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_superuser(self, *args: Any, **fields: Any) -> Any:
        """Whoever may make one from the shell also knows whose address it is."""
        return super().create_superuser(*args, **{"email_verified": True, **fields})


class User(AbstractUser):
    """Who somebody is. Where they stand (homes, duties) is estates' matter."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = LineField(pgettext_lazy("of a person", "name"), max_length=60, blank=True)
    # Only proven numbers are unique: a stranger who claims one takes it from nobody.
    phone = LineField(_("phone"), max_length=16, null=True, blank=True, db_index=True)
    phone_verified = models.BooleanField(_("phone verified"), default=False)
    email = models.EmailField(_("e-mail"), null=True, blank=True, unique=True)  # type: ignore[assignment]
    email_verified = models.BooleanField(
        _("e-mail verified"),
        default=False,
        help_text=_("Proven by a code, or written down by the staff. Messages leave only then."),
    )
    language = models.CharField(
        _("language"),
        max_length=8,
        choices=[("zh-hans", "中文"), ("en", "English")],
        default="zh-hans",
    )
    privacy_version = LineField(_("privacy text agreed to"), max_length=20, blank=True)
    privacy_agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    personal: ClassVar[frozenset[str]] = frozenset(
        {"username", "display_name", "phone", "email", "password"}
    )
    objects = UserManager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=Q(phone__isnull=True) | Q(phone__regex=r"^\+[1-9][0-9]{5,14}$"),
                name="accounts_user_phone_e164",
                violation_error_message=_("A phone number starts with + and the country code."),
            ),
            models.UniqueConstraint(
                fields=["phone"],
                condition=Q(phone_verified=True),
                name="accounts_user_phone_proven_once",
                violation_error_message=_("This phone number belongs to another account."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Django makes no address an empty one, and there could be only one of those."""
        super().clean()
        self.email = self.email or None

    @property
    def name(self) -> str:
        if self.erased_at:
            return gettext("erased account")
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Token(Timestamped):
    """A key to the API for one device. Only its hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("user"))
    name = LineField(_("device"), max_length=60)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    second_factor = models.BooleanField(_("made with a second step"), default=False, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    personal = frozenset({"name", "token_hash"})
    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name


class Sending(Timestamped):
    """What a browser's outbox has sent under a key of its own: the same key again does nothing
    more, and is led to where the first one led."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sendings", verbose_name=_("user"))
    key = KeyField(_("key"), max_length=64)
    location = KeyField(_("led to"), max_length=500, blank=True)

    personal = frozenset({"key"})
    objects = SendingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="accounts_sent_once")]
        indexes = [models.Index(fields=["created_at"], name="accounts_sending_age")]

    def __str__(self) -> str:
        return self.location
