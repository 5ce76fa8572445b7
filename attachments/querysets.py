from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q

UNSENT_KEPT = timedelta(days=2)

# Which rows of a model have files, and words, for a person: those that they see, or fewer.
_owners: dict[type[models.Model], Callable[[Any], models.QuerySet[Any]] | None] = {}
# The rows of a model that have a thread, and those among them whose notes a person reads.
_threads: dict[type[models.Model], Callable[[Any], models.QuerySet[Any]]] = {}


def register_owner(
    model: type[models.Model], inside: Callable[[Any], models.QuerySet[Any]] | None = None
) -> None:
    """Rows of `model` may have files; its default manager has `visible_to`. Of fewer rows
    than a person sees they may read words and files: `inside(user)`. Called in ready()."""
    _owners.setdefault(model, inside)


def _read(model: type[models.Model], user: Any) -> models.QuerySet[Any]:
    inside = _owners.get(model)
    seen: Any = model._default_manager
    return inside(user) if inside else seen.visible_to(user)


def register_thread(
    model: type[models.Model], staffed: Callable[[Any], models.QuerySet[Any]]
) -> None:
    """Rows of `model` are talked about; `staffed(user)` are those whose notes that user reads."""
    _threads[model] = staffed


def owner_models() -> tuple[type[models.Model], ...]:
    return tuple(_owners)


class AttachmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """A file is seen by whoever sees its owner row; one not yet sent, by its uploader."""
        if getattr(user, "is_superuser", False):
            return self.all()
        seen = Q(object_id__isnull=True, uploaded_by_id=user.pk or 0)
        for model in owner_models():
            # Asked per file, by the owner's primary key. "IN (all that the user sees)" would be
            # computed whole, over every ticket, before the first file is looked at.
            owner = _read(model, user).filter(pk=OuterRef("object_id"))
            kind = ContentType.objects.get_for_model(model)
            seen |= Q(content_type=kind) & Q(Exists(owner))
        return self.filter(seen)

    def for_row(self, row: models.Model) -> Self:
        """The files of a row that the caller may see already."""
        return self.for_rows(type(row), [row.pk])

    def for_rows(self, model: type[models.Model], pks: Collection[int]) -> Self:
        kind = ContentType.objects.get_for_model(model)
        return self.filter(content_type=kind, object_id__in=pks)

    def unsent(self) -> Self:
        return self.filter(object_id__isnull=True)

    def stale(self, at: datetime) -> Self:
        """Uploaded for a form that was never sent."""
        return self.unsent().filter(created_at__lt=at - UNSENT_KEPT)

    def with_files(self, names: Collection[str]) -> set[str]:
        """Which of these stored names some row knows."""
        rows = self.filter(Q(file__in=names) | Q(thumbnail__in=names))
        return {name for pair in rows.values_list("file", "thumbnail") for name in pair}


class CommentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Words are read by whoever sees their row; notes by those who work on it."""
        if getattr(user, "is_superuser", False):
            return self.all()
        seen = Q(pk__in=[])
        for model, staffed in _threads.items():
            kind = ContentType.objects.get_for_model(model)
            row = _read(model, user).filter(pk=OuterRef("object_id"))
            inner = staffed(user).filter(pk=OuterRef("object_id"))
            read = Q(Exists(row)) & (Q(internal=False) | Q(Exists(inner)))
            seen |= Q(content_type=kind) & read
        return self.filter(seen)

    def for_row(self, row: models.Model) -> Self:
        """What was said of a row that the caller may see already."""
        kind = ContentType.objects.get_for_model(row)
        return self.filter(content_type=kind, object_id=row.pk)
