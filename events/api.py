"""/api/v1/: events, templates of the year and their days."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from events import almanac, filters
from events.forms import ME
from events.lives import EVENT, SIGNUP, SLOT
from events.models import Event, SeasonalTemplate, Seat, Signup, Slot
from events.models.signup import MOST_SEATS
from events.services import seasons, signups
from volunteers.api import NameField
from workflow.viewsets import ActionsMixin, LifecycleMixin

YEAR = OpenApiParameter("year", OpenApiTypes.INT, required=True)


class EventSerializer(ActionsMixin, serializers.ModelSerializer[Event]):
    life = EVENT

    class Meta:
        model = Event
        fields = [
            *("number", "community", "title", "title_en", "line", "story", "programme", "place"),
            *("place_words", "starts_at", "ends_at", "team", "capacity", "status"),
            *("taken", "phone_places", "per_person", "per_household", "opens_at", "closes_at"),
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


class SeatSerializer(serializers.ModelSerializer[Seat]):
    class Meta:
        model = Seat
        fields = ["id", "name", "arrived_at", "door"]


class SignupSerializer(ActionsMixin, serializers.ModelSerializer[Signup]):
    event = serializers.CharField(source="event.number", read_only=True)
    seats = serializers.SerializerMethodField()
    life = SIGNUP

    class Meta:
        model = Signup
        fields = [
            *("id", "event", "name", "by_staff", "status", "size", "seats", "queued_at"),
            *("offered_until", "asked_at", "answers", "photo_ok", "stars", "words", "actions"),
        ]

    @extend_schema_field(SeatSerializer(many=True))
    def get_seats(self, row: Signup) -> Any:
        standing = [one for one in row.seats.all() if one.stands]
        return SeatSerializer(standing, many=True).data


class NewSignupSerializer(serializers.Serializer[Any]):
    """`people` are ids of one's household as `/api/v1/occupants/` gives them, or “me”; `names` are
    others, such as children."""

    event = serializers.SlugRelatedField("number", queryset=Event.objects.none())
    people = serializers.ListField(
        child=serializers.CharField(max_length=20), default=list, max_length=MOST_SEATS
    )
    names = serializers.ListField(
        child=NameField(max_length=40), default=list, max_length=MOST_SEATS
    )
    answers = serializers.DictField(
        child=serializers.CharField(max_length=200, allow_blank=True),
        default=dict,
        help_text="By the id of each question.",
    )
    photo_ok = serializers.BooleanField(default=False)
    wait = serializers.BooleanField(
        default=False, help_text="Onto the waiting list, if there are too few places."
    )

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if (request := self.context.get("request")) is not None:
            fields["event"].queryset = Event.objects.visible_to(request.user).public()
        return fields

    def validate_people(self, value: list[str]) -> list[signups.Guest]:
        user = self.context["request"].user
        family = {str(one.pk): one for one in signups.household(user)}
        found = []
        for key in dict.fromkeys(value):
            one = family.get(key)
            if key == ME:
                found.append(signups.Guest(user.name, user=user))
            elif one is not None:
                found.append(signups.Guest(one.name, occupant=one, user=one.user))
            else:
                raise serializers.ValidationError(_("This is nobody of your household."))
        return found

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        others = [signups.Guest(name) for name in data.pop("names")]
        guests = [*data.pop("people"), *others]
        return {**data, "guests": guests}


class SignupViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Signup]):
    life = SIGNUP
    queryset = Signup.objects.none()
    serializer_class = SignupSerializer
    detail_class = SignupSerializer
    filterset_class = filters.SignupFilter
    ordering_fields = ("id", "queued_at")
    ordering = "-id"

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("seats")

    @extend_schema(request=NewSignupSerializer, responses={201: SignupSerializer})
    def create(self, request: Request) -> Response:
        """Signs up people of one's household for an event."""
        sent = NewSignupSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        data = dict(sent.validated_data)
        made = signups.sign_up(data.pop("event"), actor=request.user, at=self.at, **data)
        return self.answer(made, status.HTTP_201_CREATED)


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


class SlotSerializer(ActionsMixin, serializers.ModelSerializer[Slot]):
    """Of whoever has a turn only they themselves read, and those at the desk: nobody else finds a
    turn that is taken."""

    event = serializers.CharField(source="service.event.number", read_only=True)
    service_name = serializers.CharField(source="service.name", read_only=True)
    desk = serializers.CharField(source="service.desk", read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    name = serializers.CharField(source="who", read_only=True)
    life = SLOT

    class Meta:
        model = Slot
        fields = [
            *("id", "event", "service", "service_name", "desk", "number", "label", "starts_at"),
            *("name", "person", "phone", "by_staff", "booked_at", "called_at", "status"),
            "actions",
        ]


class SlotViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Slot]):
    life = SLOT
    queryset = Slot.objects.none()
    serializer_class = SlotSerializer
    detail_class = SlotSerializer
    filterset_class = filters.SlotFilter
    ordering_fields = ("id", "number", "starts_at")
    ordering = "-id"


VIEWSETS: list[tuple[str, type[viewsets.GenericViewSet[Any]], str]] = [
    ("events", EventViewSet, "event"),
    ("signups", SignupViewSet, "signup"),
    ("slots", SlotViewSet, "slot"),
    ("seasonal-dates", SeasonalDateViewSet, "seasonal-date"),
]
