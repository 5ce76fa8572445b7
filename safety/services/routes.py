"""The points of a route, in order."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from safety.models import Checklist, Checkpoint, Route, Stop


def set_stops(route: Route, stops: Iterable[tuple[Checkpoint, Checklist | None]]) -> None:
    """Each with another checklist than its own, if one is named. Rounds that have begun keep the
    points that they began with."""
    with transaction.atomic():
        route.stops.all().delete()
        Stop.objects.bulk_create(
            Stop(route=route, checkpoint=point, checklist=asked, position=n)
            for n, (point, asked) in enumerate(stops, 1)
        )
