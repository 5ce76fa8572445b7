"""The abstract bases of all our tables."""

from typing import ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class Timestamped(models.Model):
    # The fields that name, reach or describe a person, or open a door. Each model says its own.
    personal: ClassVar[frozenset[str]]

    created_at = models.DateTimeField(_("created"), auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True, editable=False)

    class Meta:
        abstract = True


class FromOrigin(models.Model):
    """A row that may have come from one of another app; see workflow.follow_ups. Whoever uses it
    indexes (origin_type, origin_id)."""

    origin_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, blank=True, related_name="+"
    )
    origin_id = models.BigIntegerField(null=True, blank=True)
    origin = GenericForeignKey("origin_type", "origin_id")

    class Meta:
        abstract = True
