"""Micro-wishes: noted in a grid, claimed and fulfilled by members of the branches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from grids.models import Grid
from parties import rules
from parties.models import MicroWish, PartyMember
from parties.services.moves import WISH_MOVES as MOVES
from parties.standing import memberships_of
from workflow.moves import move
from workflow.refusals import NotAllowed


def note_down(*, actor: Any, at: datetime, grid: Grid, title: str, words: str = "") -> MicroWish:
    """Without a name: who wishes it is for the grid to know until somebody comes."""
    if not rules.can_wish(actor, grid):
        raise NotAllowed(_("Wishes are noted by whoever looks after the micro-grid."))
    with transaction.atomic():
        wish = MicroWish.objects.create(grid=grid, title=title, words=words, raised_by=actor)
        record(MOVES.code_of("note_down"), wish, actor=actor, at=at, after={"title": title})
    return wish


def claim(wish: MicroWish, *, actor: Any, at: datetime) -> MicroWish:
    def taken(locked: MicroWish) -> Mapping[str, Any]:
        community = locked.grid.community_id
        mine = [row for row in memberships_of(actor) if row["community"] == community]
        return {"member": PartyMember.objects.get(pk=mine[0]["member"])}

    return move(MOVES, "claim", wish, actor=actor, at=at, changes=taken)


def give_back(wish: MicroWish, *, actor: Any, at: datetime) -> MicroWish:
    return move(MOVES, "give_back", wish, actor=actor, at=at, changes={"member": None})


def fulfil(wish: MicroWish, *, actor: Any, at: datetime, result: str) -> MicroWish:
    done = {"result": result, "fulfilled_at": at}
    return move(MOVES, "fulfil", wish, actor=actor, at=at, changes=done)


def withdraw(wish: MicroWish, *, actor: Any, at: datetime) -> MicroWish:
    return move(MOVES, "withdraw", wish, actor=actor, at=at)
