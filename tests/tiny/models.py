from typing import Any, ClassVar, Self

from django.db import models
from django.urls import reverse

from common.models import Timestamped
from estates.models import Estate


class LampQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(estate__in=Estate.objects.visible_to(user))


class Lamp(Timestamped):
    """A lantern of an estate: dark or lit."""

    class Status(models.TextChoices):
        DARK = "dark", "dark"
        LIT = "lit", "lit"

    personal: ClassVar[frozenset[str]] = frozenset()
    estate = models.ForeignKey(Estate, models.CASCADE, related_name="+", db_constraint=False)
    number = models.CharField(max_length=20, unique=True, editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DARK)

    objects = LampQuerySet.as_manager()

    class Meta:
        app_label = "tiny"

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("tiny:lamp", args=[self.number])
