from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import models


class EntryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """All of the log is for administrators; a row's history goes with the row (`for_row`)."""
        return self if getattr(user, "is_superuser", False) else self.none()

    def for_row(self, row: models.Model) -> Self:
        """The history of a row that the caller may see already."""
        return self.filter(
            content_type=ContentType.objects.get_for_model(row), object_id=row.pk
        ).order_by("at", "pk")
