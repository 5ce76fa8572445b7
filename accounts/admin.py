from __future__ import annotations

from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.models import Sending, Token, User
from audit.admin import AuditedModelAdmin, ReadOnlyAdmin
from common.phones import PhoneField
from workflow.admin import each

# The administration is entered by the one sign-in page, with its limits and second step.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# The library gives this noun no name that could be translated.
UserSession._meta.verbose_name = _("login session")
UserSession._meta.verbose_name_plural = _("login sessions")


class UserForm(forms.ModelForm[User]):
    phone = PhoneField(required=False)

    def clean_phone(self) -> str | None:
        return self.cleaned_data["phone"] or None

    def clean_email(self) -> str | None:
        email: str | None = self.cleaned_data["email"]
        return email.lower() if email else None


@admin.register(User)
class UserAdmin(AuditedModelAdmin):
    form = UserForm
    list_display = ["username", "display_name", "phone", "email", "is_active", "last_login"]
    list_filter = ["is_active", "is_staff", "language", "phone_verified"]
    search_fields = ["username", "display_name", "phone", "email"]
    ordering = ["username"]
    filter_horizontal = ["groups"]
    readonly_fields = ["is_active", "email_verified", "privacy_version", "privacy_agreed_at",
                       "erased_at", "date_joined", "last_login"]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["username", "display_name", "phone", "phone_verified", "email",
                           "email_verified", "language"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (_("Record"), {"fields": ["privacy_version", "privacy_agreed_at", "date_joined",
                                  "last_login", "erased_at"]}),
    ]  # fmt: skip
    actions = ["deactivate", "reactivate", "reset_second_factor"]

    def save_model(
        self, request: HttpRequest, obj: Model, form: ModelForm[Any], change: bool
    ) -> None:
        """A new account has no password yet: its owner sets one by phone or e-mail."""
        user = cast(User, obj)
        if not change:
            user.set_unusable_password()
        if "email" in form.changed_data:
            # The staff know whose it is.
            user.email_verified = bool(user.email)
        super().save_model(request, user, form, change)
        if "email" in form.changed_data:
            EmailAddress.objects.filter(user=user).exclude(email=user.email or "").delete()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """People are deactivated or erased; what they did keeps its doer."""
        return False

    @admin.action(description=_("Deactivate: sign out everywhere, revoke tokens"))
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        each(request, queryset, services.deactivate)

    @admin.action(description=_("Reactivate"))
    def reactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        each(request, queryset, services.reactivate)

    @admin.action(description=_("Reset the second step of signing in"))
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        each(request, queryset, services.reset_second_factor)


@admin.register(Sending)
class SendingAdmin(ReadOnlyAdmin):
    list_display = ["user", "location", "created_at"]
    list_select_related = ["user"]
    exclude = ["key"]


@admin.register(Token)
class TokenAdmin(AuditedModelAdmin):
    list_display = ["name", "user", "created_at", "last_used_at", "revoked_at"]
    list_filter = ["revoked_at"]
    search_fields = ["name", "user__username", "user__display_name"]
    list_select_related = ["user"]
    readonly_fields = fields = ["name", "user", "created_at", "last_used_at", "revoked_at"]
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only their owner may see a new token's secret."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.action(description=_("Revoke"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        each(request, queryset, services.revoke_token)
