"""A person's own views of a desk's queue."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from estates.models import SavedView
from workflow.refusals import Invalid

VIEWS_A_DESK = 20


def save_view(*, actor: Any, desk: str, name: str, query: str) -> SavedView:
    """Saving a name again changes what it shows."""
    mine = SavedView.objects.filter(user=actor, desk=desk)
    if mine.exclude(name=name).count() >= VIEWS_A_DESK:
        raise Invalid(_("There is room for 20 views. Delete one that you do not need."))
    view, _created = SavedView.objects.update_or_create(
        user=actor, desk=desk, name=name, defaults={"query": query}
    )
    return view


def rename_view(view: SavedView, *, name: str) -> SavedView:
    like = SavedView.objects.filter(user=view.user_id, desk=view.desk, name=name)
    if like.exclude(pk=view.pk).exists():
        raise Invalid(_("You have a view of this name."))
    view.name = name
    view.save(update_fields=["name", "updated_at"])
    return view


def delete_view(view: SavedView) -> None:
    view.delete()
