from typing import Any, ClassVar, Self

from django.db import models
from django.urls import reverse

from accounts.models import User
from common.lines import LineField
from common.models import FromOrigin, Timestamped
from estates.models import Estate
from estates.standing import at_work


class WishQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(models.Q(user_id=user.pk or 0) | at_work(user, "estate", "manager"))


class Wish(FromOrigin, Timestamped):
    personal: ClassVar[frozenset[str]] = frozenset({"words"})
    estate = models.ForeignKey(Estate, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    words = LineField(max_length=200)

    objects = WishQuerySet.as_manager()

    class Meta:
        app_label = "wishes"

    def __str__(self) -> str:
        return self.words

    def get_absolute_url(self) -> str:
        return reverse("wishes:wish", args=[self.pk])
