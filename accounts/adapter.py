"""What django-allauth asks of us: phones, texts, and our own verbs where it writes an account."""

from __future__ import annotations

import string
from typing import Any

from allauth.account import stages
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import services
from accounts.forms import prove_address
from accounts.models import User
from audit.services import record
from common import secrets
from common.phones import BadPhone, PhoneField, local, normalise
from notifications import services as messages
from workflow.refusals import Refusal, WrongState

WRONG_LOGIN = gettext_lazy("No account has this name and password together. Mind capital letters.")

WAYS = {
    "reauthenticate": gettext_lazy("With my password"),
    "mfa_reauthenticate": gettext_lazy("With the code from the app"),
    "mfa_reauthenticate:webauthn": gettext_lazy("With a passkey"),
}
NOT_YOURS = gettext_lazy("This is not your password.")


class PhoneStage(stages.PhoneVerificationStage):  # type: ignore[misc]
    """A phone is proven when signing up; later, only a changed one is."""

    def handle(self) -> Any:
        if self.login.user and not self.login.signup:
            return None, True
        return super().handle()


class EmailStage(stages.EmailVerificationStage):  # type: ignore[misc]
    """An address is proven by whoever signs up or in with it; other doors do not ask for it."""

    def handle(self) -> Any:
        login = self.login
        if login.email and not login.signup and came_back(self.request, login.user, login.email):
            prove_address(self.request, login.user, login.email)
        if login.user and not login.email and not (login.signup and login.user.email):
            return None, True
        return super().handle()


def came_back(request: HttpRequest, user: User, email: str) -> bool:
    """Whether this browser has entered the code that was sent to the address."""
    records = get_authentication_records(request, user)
    return any((r["method"], r.get("email")) == ("code", email) for r in records)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG_LOGIN,
        "email_password_mismatch": WRONG_LOGIN,
        "phone_password_mismatch": WRONG_LOGIN,
        "incorrect_code": gettext_lazy("This is not the code that was sent."),
        "too_many_login_attempts": gettext_lazy(
            "Too many tries. Wait a few minutes, or ask for a new code."
        ),
        "rate_limited": gettext_lazy("Too many requests. Wait a few minutes."),
        "incorrect_password": NOT_YOURS,
        "enter_current_password": NOT_YOURS,
    }

    def get_login_stages(self) -> list[str]:
        ours = {
            "allauth.account.stages.PhoneVerificationStage": "accounts.adapter.PhoneStage",
            "allauth.account.stages.EmailVerificationStage": "accounts.adapter.EmailStage",
        }
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": WAYS[method["id"]]} for method in methods]

    # --- phones

    def phone_form_field(self, **options: Any) -> PhoneField:
        return PhoneField(**options)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        services.set_phone(user, phone, verified=verified, actor=user, at=timezone.now())

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """A number that nobody has proven is nobody's: else it could be taken in advance."""
        try:
            number = normalise(phone)
        except BadPhone:
            return None
        user: User | None = User.objects.filter(phone=number, phone_verified=True).first()
        return user

    # --- texts

    def send_verification_code_sms(self, user: User, phone: str, code: str, **context: Any) -> None:
        self._text("verification_code", phone, code=code)

    def send_unknown_account_sms(self, phone: str, **context: Any) -> None:
        self._text("unknown_account", phone)

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._text("account_already_exists", phone)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A password may be reset by phone too; allauth then calls the number an e-mail."""
        if email.startswith("+"):
            sms = {"password_reset_code": "verification_code"}
            name = template_prefix.rpartition("/")[2]
            self._text(sms.get(name, name), email, code=context.get("code", ""))
        else:
            super().send_mail(template_prefix, email, context)

    def _text(self, name: str, phone: str, **context: Any) -> None:
        if not messages.send_sms(
            phone, render_to_string(f"account/sms/{name}.txt", context).strip()
        ):
            raise Refusal(_("The text message could not be sent. Use your e-mail, or try later."))

    # --- accounts

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """Nobody is asked for a user name, and none tells anything about its owner."""
        user.username = user.username or "u" + get_random_string(10, string.digits)

    def set_password(self, user: User, password: str) -> None:
        """The first one, at signing up or after a time with codes only."""
        keep = context.request.session.session_key
        services.set_password(user, password, actor=user, at=timezone.now(), keep=keep)

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """An address is changed for another, or goes with the account."""
        return False

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        record("accounts.sign_in", user, actor=user, at=timezone.now())
        response: HttpResponse = super().post_login(request, user, **options)
        return response

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Whoever is new says next which home is theirs."""
        try:
            return reverse("estates:claims")
        except NoReverseMatch:
            return "/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:me")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("accounts:me")


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This code is wrong, too old or used already. Enter the one that the app shows now."
        ),
        "cannot_delete_authenticator": gettext_lazy(
            "Your work here needs a second step. Set up another one before you give this one up."
        ),
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        known = Authenticator.objects.filter(user=user, type=type).count()
        return _("Device no. %(n)d") % {"n": known + 1} if known else _("My device")

    def _get_user_identifier(self, user: User) -> str:
        return user.email or local(user.phone or "") or user.username

    def encrypt(self, text: str) -> str:
        return secrets.encrypt(text, purpose="second_factor")

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return secrets.decrypt(encrypted_text, purpose="second_factor")
        except secrets.Unreadable as error:
            raise WrongState(
                _("Your second step can no longer be read here. Ask an administrator to reset it.")
            ) from error

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff may change their second factor, not be without."""
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        others = others.exclude(type=Authenticator.Type.RECOVERY_CODES)
        return others.exists() or not services.needs_second_factor(authenticator.user)


# --- what the adapter is not told
#
# allauth proves addresses and keeps second factors in its views' flows, which end with these
# signals of its own, after the transaction where they open one.


def listen() -> None:
    email_confirmed.connect(_confirmed)
    signals.authenticator_added.connect(_added)
    signals.authenticator_removed.connect(_removed)
    signals.authenticator_reset.connect(_renewed)


def _confirmed(
    sender: Any, *, request: HttpRequest, email_address: EmailAddress, **rest: Any
) -> None:
    user, at = email_address.user, timezone.now()
    claimed = not (user.email_verified or user.phone_verified)
    services.prove_email(user, actor=user, at=at)
    if claimed and came_back(request, user, email_address.email):
        services.forget_password(user, actor=user, at=at)


def _added(
    sender: Any, *, request: HttpRequest, user: User, authenticator: Authenticator, **rest: Any
) -> None:
    """The session in which it was set up has shown it; no other has."""
    record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
    services.add_second_factor(
        user, kind=authenticator.type, at=timezone.now(), keep=request.session.session_key
    )


def _removed(sender: Any, *, user: User, authenticator: Authenticator, **rest: Any) -> None:
    services.remove_second_factor(user, kind=authenticator.type, at=timezone.now())


def _renewed(sender: Any, *, user: User, **rest: Any) -> None:
    services.renew_recovery_codes(user, at=timezone.now())
