from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import models

UNSENT_KEPT = timedelta(days=2)


class AttachmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """A file is seen by whoever sees its owner row; one not yet sent, by its uploader."""
        seen = models.Q(object_id__isnull=True, uploaded_by_id=user.pk or 0)
        for content_type in self._owner_types():
            owners = content_type.model_class()._default_manager.visible_to(user)  # type: ignore[union-attr]
            seen |= models.Q(content_type=content_type, object_id__in=owners.values("pk"))
        return self.filter(seen)

    def for_row(self, row: models.Model) -> Self:
        """The files of a row that the caller may see already."""
        return self.filter(content_type=ContentType.objects.get_for_model(row), object_id=row.pk)

    def unsent(self) -> Self:
        return self.filter(object_id__isnull=True)

    def stale(self, at: datetime) -> Self:
        """Uploaded for a form that was never sent."""
        return self.unsent().filter(created_at__lt=at - UNSENT_KEPT)

    def _owner_types(self) -> list[ContentType]:
        from attachments.services import owner_models

        return [ContentType.objects.get_for_model(model) for model in owner_models()]
