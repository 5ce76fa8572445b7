"""Questions to a search column (see common.models.search_column)."""

import re

from django.db.models import Q


def bigrams(text: str) -> list[str]:
    """The pairs of `text` as the database function common_bigrams makes them."""
    text = re.sub(r"\s+", " ", text.strip()).lower()
    return sorted({text[i : i + 2] for i in range(len(text) - 1)})


def matches(text: str, *fields: str) -> Q:
    """Rows whose search column may hold `text`, made exact by a substring test of `fields`.

    The index narrows, the substring test decides: pairs alone would also find "ab…bc" for "abc".
    A single character cannot use the index and is answered by the substring test alone.
    """
    text = re.sub(r"\s+", " ", text.strip())
    exact = Q()
    for field in fields:
        exact |= Q(**{f"{field}__icontains": text})
    pairs = bigrams(text)
    return Q(search__contains=pairs) & exact if pairs else exact
