"""The shape of input. Signing in, up and resetting take a phone or an e-mail in one field."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.conf import settings
from django.core.validators import validate_email
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts import rules, services
from accounts.models import Token, User
from common.phones import BadPhone, PhoneField, normalise
from common.required import NamesMissing

CONTACT = _("Phone or e-mail")


class ContactField(forms.CharField):
    """A phone number or an e-mail address, in the one writing that we keep of it."""

    def __init__(self, **options: Any) -> None:
        attrs = {"autocomplete": "username", "autocapitalize": "none", "inputmode": "email"}
        super().__init__(label=CONTACT, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if "@" in text:
            validate_email(text)
            return text.lower()
        phone: str = PhoneField().clean(text)
        if not rules.can_get_texts():
            raise forms.ValidationError(
                _("Text messages are not set up here. Use your e-mail, or ask the front desk."),
                code="no_sms",
            )
        return phone


def is_email(contact: str) -> bool:
    return "@" in contact


def prove_address(request: HttpRequest, user: User, email: str) -> None:
    """The code came back. Until then nothing is written: anybody may ask for one."""
    row, _new = EmailAddress.objects.get_or_create(user=user, email=email)
    if not row.verified:
        get_adapter().confirm_email(request, row)


class LoginForm(NamesMissing, allauth_forms.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("Phone, e-mail or user name")
        login.widget.attrs = {"autocomplete": "username webauthn", "autocapitalize": "none"}
        password.widget.attrs.pop("placeholder", None)
        password.help_text = ""

    def clean_login(self) -> str:
        """One writing per number and address, so that the limit on tries counts them together."""
        login: str = super().clean_login()
        try:
            return login.lower() if is_email(login) else normalise(login)
        except BadPhone:
            return login

    def demo_desks(self) -> list[services.DemoDesk]:
        """For a trial: who can be signed in with one click."""
        return services.demo_desks() if settings.DEMO else []


class SignupForm(NamesMissing, allauth_forms.SignupForm):  # type: ignore[misc]
    field_order = ["display_name", "contact", "password1", "agree"]

    display_name = forms.CharField(
        label=_("Your name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact = ContactField()
    agree = forms.BooleanField(
        error_messages={"required": _("Tick this to go on: without it we may not keep your data.")}
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("email", "phone"):
            del self.fields[name]
        self.fields["display_name"].help_text = _("As it stands on the roster of your home.")
        password = self.fields["password1"]
        password.widget.attrs.pop("placeholder", None)
        password.help_text = _("At least 8 characters, not only digits.")
        self.fields["agree"].label = privacy_label()

    def clean(self) -> dict[str, Any]:
        contact = self.cleaned_data.get("contact", "")
        if is_email(contact):
            self.cleaned_data["email"] = self.validate_unique_email(contact)
        elif contact:
            self.cleaned_data["phone"] = contact
        return super().clean() or self.cleaned_data

    def signup(self, request: HttpRequest, user: User) -> None:
        services.sign_up(
            user,
            name=self.cleaned_data["display_name"],
            language=get_language() or "zh-hans",
            at=timezone.now(),
        )


def privacy_label() -> str:
    words = gettext('I have read and agree to the <a href="{}">privacy text, no. {}</a>.')
    return format_html(
        "<span>" + words + "</span>", reverse("accounts:privacy"), services.PRIVACY_VERSION
    )


class RequestCodeForm(NamesMissing, allauth_forms.RequestLoginCodeForm):  # type: ignore[misc]
    """allauth has a field for each; people have one thing in mind."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.clear()
        self.fields["contact"] = ContactField()

    def clean(self) -> dict[str, Any]:
        contact = self.cleaned_data.get("contact", "")
        if contact:
            name = "email" if is_email(contact) else "phone"
            self.cleaned_data[name] = contact
            getattr(self, f"clean_{name}")()
        return super().clean() or self.cleaned_data


class ResetPasswordForm(NamesMissing, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"] = ContactField()

    def clean_email(self) -> str:
        contact: str = self.cleaned_data["email"]
        if is_email(contact):
            return str(super().clean_email())
        user = get_adapter().get_user_by_phone(contact)
        self.users: list[User] = [user] if user and user.is_active else []
        return contact


# --- allauth's other forms, in our words


class Plain(NamesMissing):
    """A label is not said twice, a code brings up the digits, a rule is one line."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, field.help_text)
        if "code" in self.fields:
            self.fields["code"].widget.attrs["inputmode"] = "numeric"


LABELS = {
    "code": _("Six-digit code"),
    "oldpassword": _("Your password until now"),
    "password": _("Your password"),
    "password1": _("New password"),
    "password2": _("New password once more"),
    "name": _("What you call this device"),
    "passwordless": _("Sign in with it alone, without a password"),
}
HINTS = {
    "password1": _("At least 8 characters, not only digits."),
    "passwordless": _("Otherwise it only serves as the second step after the password."),
}


class ConfirmLoginCodeForm(Plain, allauth_forms.ConfirmLoginCodeForm):  # type: ignore[misc]
    pass


class ConfirmEmailForm(Plain, allauth_forms.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    pass


class ConfirmResetForm(Plain, allauth_forms.ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    pass


class VerifyPhoneForm(Plain, allauth_forms.VerifyPhoneForm):  # type: ignore[misc]
    pass


class AddEmailForm(Plain, allauth_forms.AddEmailForm):  # type: ignore[misc]
    pass


class ChangePhoneForm(Plain, allauth_forms.ChangePhoneForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(Plain, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    pass


class EndOthersField(forms.BooleanField):
    """Asked with every new password: somebody else may be why there is one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Sign out all other devices, and end the API tokens"),
            required=False,
            initial=True,
            **options,
        )


def set_new_password(form: Any, *, keep: str | None = None) -> None:
    services.set_password(
        form.user,
        form.cleaned_data["password1"],
        actor=form.user,
        at=timezone.now(),
        keep=keep,
        end_others=form.cleaned_data["end_others"],
    )


class ChangePasswordForm(Plain, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    end_others = EndOthersField()

    def save(self) -> None:
        set_new_password(self, keep=context.request.session.session_key)


class ResetPasswordKeyForm(Plain, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    end_others = EndOthersField()

    def save(self) -> None:
        set_new_password(self)
        process = PasswordResetVerificationProcess.resume(context.request)
        if process and is_email(process.state["email"]):
            prove_address(context.request, self.user, process.state["email"])


class SecondStepForm(Plain, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    pass


class SecondStepAgainForm(Plain, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateAppForm(Plain, ActivateTOTPForm):  # type: ignore[misc]
    pass


class AddPasskeyForm(Plain, AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(Plain, EditWebAuthnForm):  # type: ignore[misc]
    pass


class ProfileForm(NamesMissing, forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["display_name"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["display_name"].required = True


class PreferencesForm(NamesMissing, forms.Form):
    """Each is optional: a switch posts itself alone."""

    language = forms.ChoiceField(
        choices=User._meta.get_field("language").choices,  # type: ignore[arg-type]
        required=False,
    )
    theme = forms.ChoiceField(
        choices=[("auto", "auto"), ("light", "light"), ("dark", "dark")], required=False
    )
    large_type = forms.ChoiceField(choices=[("on", "on"), ("off", "off")], required=False)


class TokenForm(NamesMissing, forms.ModelForm[Token]):
    class Meta:
        model = Token
        fields = ["name"]
        help_texts = {"name": _("Such as “front desk kiosk” or “my laptop”.")}


class EraseForm(NamesMissing, forms.Form):
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise forms.ValidationError(_("This is not your password."))
        return password
