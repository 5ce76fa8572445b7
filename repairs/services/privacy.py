"""What a person takes along of their repairs, and what goes when they leave."""

from __future__ import annotations

from typing import Any

from audit.models import Entry
from repairs.models import Comment, Follow, SavedView, Ticket


def export(user: Any) -> dict[str, Any]:
    reported = Ticket.objects.filter(reporter=user).with_place().order_by("pk")
    # Anybody of the household may rate, so only the log knows whose stars they are.
    judged = Entry.objects.filter(actor=user, code="repairs.rate").values("object_id")
    rated = Ticket.objects.filter(pk__in=judged).order_by("pk")
    comments = Comment.objects.filter(author=user)
    follows = Follow.objects.filter(user=user).order_by("pk")
    return {
        "tickets": [_ticket(ticket) for ticket in reported],
        "ratings": list(rated.values("number", "rating", "rating_words", "rated_at")),
        "comments": list(comments.values("ticket__number", "at", "body")),
        "follows": list(follows.values_list("ticket__number", flat=True)),
        "saved_views": list(SavedView.objects.filter(user=user).values("name", "query")),
    }


def _ticket(ticket: Ticket) -> dict[str, Any]:
    names = ["number", "title", "description", "status", "reported_at", "resolved_at", "closed_at"]
    names += ["windows", "visit_from", "visit_to", "may_enter", "private"]
    names += ["on_behalf_of", "contact_name", "contact_phone"]
    return {"place": ticket.where, **{name: getattr(ticket, name) for name in names}}


def detach(user: Any) -> None:
    """Reports and words stay with the estate, nameless; whom to call and whom to let in goes."""
    Ticket.objects.filter(reporter=user).update(
        on_behalf_of="", contact_name="", contact_phone="", may_enter=False
    )
    Follow.objects.filter(user=user).delete()
    SavedView.objects.filter(user=user).delete()
