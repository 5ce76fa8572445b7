from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models


class UserQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Accounts alone know nobody's neighbours: oneself, or everybody for administrators."""
        return self if getattr(user, "is_superuser", False) else self.filter(pk=user.pk)


class TokenQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        return self if getattr(user, "is_superuser", False) else self.filter(user_id=user.pk)

    def live(self) -> Self:
        return self.filter(revoked_at__isnull=True, user__is_active=True)


class SendingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        return self if getattr(user, "is_superuser", False) else self.filter(user_id=user.pk)
