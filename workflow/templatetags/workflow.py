"""What every noun's page shows alike."""

from __future__ import annotations

from typing import Any

from django import template

from workflow.follow_ups import links_of, offers_of

register = template.Library()


@register.inclusion_tag("workflow/links.html", takes_context=True)
def links(context: Any, row: Any) -> dict[str, Any]:
    """{% links ticket %}: where it came from, what became of it, what may be made of it."""
    found = links_of(row, context["request"].user)
    return {"links": found.links, "offers": found.offers}


@register.inclusion_tag("workflow/offers.html", takes_context=True)
def offers(context: Any, row: Any) -> dict[str, Any]:
    """{% offers answer %}: what may be made of a part, as buttons beside it."""
    return {"offers": offers_of(row, context["request"].user)}
