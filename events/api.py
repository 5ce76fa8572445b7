"""/api/v1/: events, templates of the year and their days."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from events import almanac, filters
from events.lives import EVENT
from events.models import Event, SeasonalTemplate
from events.services import seasons
from workflow.viewsets import ActionsMixin, LifecycleMixin

YEAR = OpenApiParameter("year", OpenApiTypes.INT, required=True)


class EventSerializer(ActionsMixin, serializers.ModelSerializer[Event]):
    life = EVENT

    class Meta:
        model = Event
        fields = [
            *("number", "community", "title", "title_en", "line", "story", "programme", "place"),
            *("place_words", "starts_at", "ends_at", "team", "capacity", "status"),
            *("published_at", "actions"),
        ]


class EventViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Event]):
    life = EVENT
    queryset = Event.objects.none()
    serializer_class = EventSerializer
    detail_class = EventSerializer
    filterset_class = filters.EventFilter
    lookup_field = "number"
    ordering_fields = ("id", "starts_at")
    ordering = "-id"


class SeasonalDateSerializer(serializers.Serializer[Any]):
    template = serializers.IntegerField()
    name = serializers.CharField()
    rule = serializers.CharField()
    date = serializers.DateField()
    held_on = serializers.DateField()
    lunar_date = serializers.CharField()
    days_off_known = serializers.BooleanField()


class SeasonalDateViewSet(viewsets.GenericViewSet[SeasonalTemplate]):
    """The days of a year, by the templates that one may read."""

    queryset = SeasonalTemplate.objects.none()
    serializer_class = SeasonalDateSerializer
    pagination_class = None
    filter_backends = ()

    @extend_schema(parameters=[YEAR], responses=SeasonalDateSerializer(many=True))
    def list(self, request: Request) -> Response:
        said = request.query_params.get("year", "")
        year = int(said) if said.isdecimal() and len(said) == len("2027") else 0
        if not almanac.FIRST_YEAR <= year <= almanac.LAST_YEAR:
            words = _("A year between %(first)d and %(last)d is wanted.")
            limits = {"first": almanac.FIRST_YEAR, "last": almanac.LAST_YEAR}
            raise serializers.ValidationError({"year": [words % limits]})
        templates = list(SeasonalTemplate.objects.visible_to(request.user).active())
        days = seasons.Days()
        rows = [
            {
                "template": one.template.pk,
                "name": one.template.name,
                "rule": one.template.kind,
                "date": one.on,
                "held_on": one.held_on,
                "lunar_date": almanac.said_lunar(one.on),
                "days_off_known": one.is_known,
            }
            for one in seasons.occasions(templates, year, days)
        ]
        return Response(SeasonalDateSerializer(rows, many=True).data)


VIEWSETS: list[tuple[str, type[viewsets.GenericViewSet[Any]], str]] = [
    ("events", EventViewSet, "event"),
    ("seasonal-dates", SeasonalDateViewSet, "seasonal-date"),
]
