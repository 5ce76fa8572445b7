"""The abstract base of all our tables, and the search column."""

from typing import ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat
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


class Bigrams(models.Func):
    """All pairs of neighbouring characters of a text, in lower case, as text[].

    Chinese has no spaces and its words are mostly two characters long, which a trigram
    index cannot answer; a GIN index over pairs can.
    """

    function = "common_bigrams"
    arity = 1
    output_field = ArrayField(models.TextField())


def search_column(*fields: str) -> models.GeneratedField:
    """The pairs in `fields`, stored; index with `search_index`, ask with common.search."""
    spaced: list[models.F | Value] = [models.F(fields[0])]
    for field in fields[1:]:
        spaced += [Value(" "), models.F(field)]
    text = Concat(*spaced, Value(" "), output_field=models.TextField())
    return models.GeneratedField(
        expression=Bigrams(text),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )


def search_index(name: str) -> GinIndex:
    return GinIndex(fields=["search"], name=name)
