"""What a person takes along of their repairs, and what goes when they leave."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType

from attachments.models import Comment
from audit.models import Entry
from repairs.models import Follow, Ticket


def export(user: Any) -> dict[str, Any]:
    reported = Ticket.objects.filter(reporter=user).with_place().order_by("pk")
    # Anybody of the household may rate, so only the log knows whose stars they are.
    judged = Entry.objects.filter(actor=user, code="repairs.ticket.rate").values("object_id")
    rated = Ticket.objects.filter(pk__in=judged).order_by("pk")
    follows = Follow.objects.filter(user=user).order_by("pk")
    return {
        "tickets": [_ticket(ticket) for ticket in reported],
        "ratings": list(rated.values("number", "rating", "rating_words", "rated_at")),
        "comments": _comments(user),
        "follows": list(follows.values_list("ticket__number", flat=True)),
    }


def _comments(user: Any) -> list[dict[str, Any]]:
    kind = ContentType.objects.get_for_model(Ticket)
    said = list(Comment.objects.filter(author=user, content_type=kind))
    numbers = dict(
        Ticket.objects.filter(pk__in=[one.object_id for one in said]).values_list("pk", "number")
    )
    return [{"ticket": numbers[one.object_id], "at": one.at, "body": one.body} for one in said]


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
