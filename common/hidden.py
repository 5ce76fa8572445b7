"""What is shown only by its ends is found whole or by its last four signs, and by no other piece:
whoever asks for pieces would read the hidden ones, one after the other.

    PHONE = Hidden("contact_phone", phones.whole, phones.ends_shown)
    indexes = [PHONE.index("repairs_ticket_phone")]
    rows.filter(PHONE.matching("2207"))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Index, Q
from django.db.models.functions import Right
from django.db.models.lookups import Exact

from common.written import folded

TAIL = 4


@dataclass(frozen=True)
class Hidden:
    """A field whose middle is hidden. `whole(text)` is what is kept for a value that was written
    in full, empty for anything else; `ends_shown(field)` are the values whose last four are shown.
    """

    field: str
    whole: Callable[[str], str]
    ends_shown: Callable[[str], Q]

    def index(self, name: str) -> Index:
        return Index(Right(self.field, TAIL), name=name)

    def matching(self, text: str) -> Q:
        asked = "".join(folded(text).split())
        kept = self.whole(asked)
        if not kept and (len(asked) != TAIL or not asked.isalnum()):
            return Q(pk__in=[])
        tail = Q(Exact(Right(self.field, TAIL), (kept or asked)[-TAIL:]))
        return tail & (Q(**{self.field: kept}) if kept else self.ends_shown(self.field))
