"""Words in texts, found by an index over the pairs of their characters.

Chinese has no spaces and its words are mostly two characters long, which a trigram index cannot
answer; a GIN index over all neighbouring pairs can. What is searched stands with the model:

    WORDS = Searched("number", "title", "description")
    indexes = [WORDS.index("repairs_ticket_search")]
    rows.filter(WORDS.saying("漏水"))
"""

from __future__ import annotations

import re
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayContains  # type: ignore[attr-defined]
from django.contrib.postgres.indexes import GinIndex
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Concat
from django.db.models.lookups import Contains

from common.written import folded

JOINER = "\u200d"
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")


class Folded(Func):
    """A text as `folded` gives it, without the joiners of emoji."""

    function = "common_folded"
    arity = 1
    output_field: Any = TextField()


class Bigrams(Func):
    """All pairs of neighbouring characters of the folded text, as text[]."""

    function = "common_bigrams"
    arity = 1
    output_field: Any = ArrayField(TextField())


def bigrams(text: str) -> list[str]:
    """The pairs of `text` as the database function common_bigrams makes them."""
    text = _asked(text)
    return sorted({text[i : i + 2] for i in range(len(text) - 1)})


def _asked(text: str) -> str:
    return folded(text).replace(JOINER, "")


class Searched:
    """The fields of a model that are searched together."""

    def __init__(self, *fields: str) -> None:
        self.fields = fields
        spaced: list[F | Value] = [F(fields[0])]
        for field in fields[1:]:
            spaced += [Value(" "), F(field)]
        self.text = Concat(*spaced, Value(" "), output_field=TextField())

    def index(self, name: str) -> GinIndex:
        return GinIndex(Bigrams(self.text), name=name)

    def saying(self, text: str) -> Q:
        """Rows that hold `text`, however it is written: full width, upper case, with marks.

        The index narrows and a substring test decides, for the pairs alone would find “ab…bc” for
        “abc” too. A single character cannot use the index and is answered by the test alone.
        """
        asked, pairs = _asked(text), bigrams(text)
        if not asked:
            return Q(pk__in=[])
        exact = self._exact(asked)
        return Q(ArrayContains(Bigrams(self.text), pairs)) & exact if pairs else exact

    def _exact(self, asked: str) -> Q:
        """Chinese is stored as it is asked for (LineField, WordsField), so its test is a plain one:
        where many rows match it is asked of each in turn, and the pairs only of those it finds."""
        if HAN.fullmatch(asked):
            return reduce(or_, [Q(**{f"{field}__contains": asked}) for field in self.fields])
        return Q(Contains(Folded(self.text), asked))
