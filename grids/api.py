"""/api/v1/: grids and their territory, households, care flags and visits with every verb."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common import phones
from estates.models import Occupant
from grids import filters, rules
from grids.lives import FLAG, VISIT
from grids.models import CareFlag, Grid, Household, Visit
from grids.services import flags, households, reveal, territory, tree, visits
from grids.services.people import living_in
from workflow.refusals import NotAllowed
from workflow.viewsets import ActionsMixin, EventSerializer, LifecycleMixin, events


class GridSerializer(serializers.ModelSerializer[Grid]):
    households = serializers.IntegerField(source="homes", read_only=True)
    members = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Grid
        fields = ["id", "community", "parent", "kind", "name", "households", "members"]


class TerritorySerializer(serializers.Serializer[Any]):
    units = serializers.ListField(
        child=serializers.IntegerField(), help_text="All units of the micro-grid, by id."
    )


class DrawnSerializer(serializers.Serializer[Any]):
    households = serializers.IntegerField()
    came = serializers.IntegerField()
    went = serializers.IntegerField()
    visits = serializers.IntegerField(help_text="Open visits that went along, or were called off.")


class GridViewSet(viewsets.ReadOnlyModelViewSet[Grid]):
    queryset = Grid.objects.none()
    serializer_class = GridSerializer
    filterset_class = filters.GridFilter
    ordering_fields = ("id", "name")
    ordering = "id"

    def get_queryset(self) -> Any:
        return tree.with_load(Grid.objects.visible_to(self.request.user), timezone.now())

    @extend_schema(request=TerritorySerializer, responses=DrawnSerializer)
    @action(detail=True, methods=["post"])
    def draw(self, request: Request, pk: str) -> Response:
        """The micro-grid has these units and no others from now on."""
        grid = self.get_object()
        if not rules.can_arrange(request.user, grid):
            raise NotAllowed(_("The territory is drawn by the leader of the grid."))
        sent = TerritorySerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        units = sent.validated_data["units"]
        change = territory.draw(grid, units, actor=request.user, at=timezone.now())
        said = {
            "households": change.households,
            "came": len(change.comes) + len(change.new),
            "went": len(change.goes),
            "visits": change.visits,
        }
        return Response(DrawnSerializer(said).data)


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200, help_text="The person concerned can read it.")


class PhoneSerializer(serializers.Serializer[Any]):
    phone = serializers.CharField()


class NoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField()


class PersonSerializer(serializers.ModelSerializer[Occupant]):
    """Phones by their ends; POST …/households/<id>/reveal/ gives one for a reason."""

    phone = serializers.SerializerMethodField()

    class Meta:
        model = Occupant
        fields = ["id", "name", "relation", "phone"]

    def get_phone(self, person: Occupant) -> str:
        return phones.masked(person.phone) if person.phone else ""


class MatterSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    at = serializers.DateTimeField()


class HouseholdSerializer(serializers.Serializer[Any]):
    """`tier` is the highest of its people's, empty where nobody is looked after."""

    id = serializers.IntegerField(source="household.pk")
    grid = serializers.IntegerField(source="household.grid_id")
    label = serializers.CharField(source="household")  # type: ignore[assignment]
    floor = serializers.IntegerField(source="unit.floor", allow_null=True)
    tier = serializers.CharField()
    people = PersonSerializer(many=True)
    next_visit = serializers.DateField(source="planned.due_on", default=None)
    last_visit = serializers.DateTimeField(source="last.visited_at", default=None)
    matters = MatterSerializer(many=True)


class RevealSerializer(ReasonSerializer):
    person = serializers.IntegerField()


class HouseholdViewSet(viewsets.ReadOnlyModelViewSet[Household]):
    queryset = Household.objects.none()
    serializer_class = HouseholdSerializer
    filterset_class = filters.HouseholdFilter
    ordering_fields = ("unit",)
    ordering = "unit"

    def get_queryset(self) -> Any:
        return Household.objects.visible_to(self.request.user).with_address()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        found = households.cards(rows or [], timezone.localdate())
        return self.get_paginated_response(HouseholdSerializer(found, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        card = households.card(self.get_object(), timezone.localdate())
        return Response(HouseholdSerializer(card).data)

    @extend_schema(request=RevealSerializer, responses=PhoneSerializer)
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: str) -> Response:
        """A number of somebody who lives here; the look and its reason are written down."""
        row = self.get_object()
        sent = RevealSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        people = {person.pk: person for person in households.card(row, timezone.localdate()).people}
        person = people.get(sent.validated_data["person"])
        if person is None:
            raise serializers.ValidationError({"person": [_("Nobody of this household.")]})
        phone = reveal.phone(
            person,
            actor=request.user,
            reason=sent.validated_data["reason"],
            at=timezone.now(),
        )
        return Response({"phone": phone})


class FlagSerializer(ActionsMixin, serializers.ModelSerializer[CareFlag]):
    """Without its note, which POST …/reveal/ gives for a reason; `has_note`: there is one."""

    household = serializers.IntegerField(source="occupant.unit_id", read_only=True)
    name = serializers.CharField(source="occupant.name", read_only=True)
    has_note = serializers.SerializerMethodField()
    life = FLAG

    class Meta:
        model = CareFlag
        fields = [
            "id",
            "occupant",
            "household",
            "name",
            "kind",
            "tier",
            "is_elder",
            "source",
            "consent_by",
            "consent_on",
            "consent_how",
            "hint_two",
            "hint_help",
            "has_note",
            "review_on",
            "status",
            "confirmed_at",
            "ended_at",
            "actions",
        ]

    def get_has_note(self, flag: CareFlag) -> bool:
        return bool(flag.sealed_note)


class FlagDetailSerializer(FlagSerializer):
    timeline = serializers.SerializerMethodField()

    class Meta(FlagSerializer.Meta):
        fields = [*FlagSerializer.Meta.fields, "timeline"]

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, row: CareFlag) -> Any:
        return events(FLAG, row, self.reader)


class NewFlagSerializer(serializers.ModelSerializer[CareFlag]):
    occupant = serializers.PrimaryKeyRelatedField(queryset=Occupant.objects.none())
    note = serializers.CharField(max_length=1000, default="", allow_blank=True)

    class Meta:
        model = CareFlag
        fields = [
            "occupant",
            "kind",
            "tier",
            "is_elder",
            "source",
            "consent_by",
            "consent_on",
            "consent_how",
            "hint_two",
            "hint_help",
            "note",
            "review_on",
        ]
        # whether somebody has such a flag is for the verb to say
        validators: list[Any] = []

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        request = self.context.get("request")
        if request is not None:
            homes = Household.objects.visible_to(request.user)
            fields["occupant"].queryset = living_in(homes, timezone.localdate())
        return fields


class FlagViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[CareFlag]):
    life = FLAG
    queryset = CareFlag.objects.none()
    serializer_class = FlagSerializer
    detail_class = FlagDetailSerializer
    filterset_class = filters.FlagFilter
    ordering_fields = ("id", "review_on")
    ordering = "id"

    def get_serializer_class(self) -> Any:
        return FlagSerializer if self.action == "list" else FlagDetailSerializer

    @extend_schema(request=NewFlagSerializer, responses={201: FlagDetailSerializer})
    def create(self, request: Request) -> Response:
        """A flag that the leader is asked to confirm."""
        if not rules.looks_after_any(request.user):
            raise NotAllowed(_("Care flags are proposed by whoever looks after the household."))
        sent = NewFlagSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        made = flags.propose(actor=request.user, at=self.at, **sent.validated_data)
        return self.answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=ReasonSerializer, responses=NoteSerializer)
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: str) -> Response:
        """The note; the look and its reason are written down."""
        row = self.get_object()
        sent = ReasonSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        reason = sent.validated_data["reason"]
        return Response({"note": reveal.note(row, actor=request.user, reason=reason, at=self.at)})


class NeedSerializer(serializers.Serializer[Any]):
    words = serializers.CharField()
    becomes = serializers.CharField()


class VisitSerializer(ActionsMixin, serializers.ModelSerializer[Visit]):
    household = serializers.IntegerField(source="unit_id", read_only=True)
    home = serializers.CharField(source="unit", read_only=True)
    life = VISIT

    class Meta:
        model = Visit
        fields = [
            "id",
            "household",
            "home",
            "tier",
            "due_on",
            "assignee",
            "status",
            "visited_at",
            "logged_at",
            "logged_by",
            "wellbeing",
            "actions",
        ]


class VisitDetailSerializer(VisitSerializer):
    """With what was talked about, and what became of the needs that were heard."""

    words = serializers.SerializerMethodField()
    needs = serializers.SerializerMethodField()
    matters = serializers.SerializerMethodField()
    timeline = serializers.SerializerMethodField()

    class Meta(VisitSerializer.Meta):
        fields = [*VisitSerializer.Meta.fields, "words", "needs", "matters", "timeline"]

    def get_words(self, row: Visit) -> str:
        return visits.words_of(row)

    @extend_schema_field(NeedSerializer(many=True))
    def get_needs(self, row: Visit) -> Any:
        heard = visits.needs_of([row]).get(row.pk, [])
        return [{"words": words, "becomes": becomes} for words, becomes in heard]

    @extend_schema_field(MatterSerializer(many=True))
    def get_matters(self, row: Visit) -> Any:
        return MatterSerializer(visits.made_of([row.pk]).get(row.pk, []), many=True).data

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, row: Visit) -> Any:
        return events(VISIT, row, self.reader)


class VisitViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Visit]):
    life = VISIT
    queryset = Visit.objects.none()
    serializer_class = VisitSerializer
    detail_class = VisitDetailSerializer
    filterset_class = filters.VisitFilter
    ordering_fields = ("id", "due_on")
    ordering = "-id"

    def get_serializer_class(self) -> Any:
        return VisitSerializer if self.action == "list" else VisitDetailSerializer


VIEWSETS: list[tuple[str, type[viewsets.GenericViewSet[Any]], str]] = [
    ("grids", GridViewSet, "grid"),
    ("households", HouseholdViewSet, "household"),
    ("care-flags", FlagViewSet, "flag"),
    ("visits", VisitViewSet, "visit"),
]
