"""/api/v1/drills/, drill-requirements/ and improvements/ with their verbs, and the roll-call."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.keys import key_of
from estates.models import Building, Estate, Place
from safety import filters, rules
from safety.lives import DRILL, IMPROVEMENT, REQUIREMENT
from safety.models import (
    Drill,
    DrillHome,
    DrillMoment,
    DrillRequirement,
    DrillRole,
    DrillSheet,
    Improvement,
)
from safety.models.drill import LONGEST_DRILL
from safety.services import drills, requirements, roll
from safety.states import Mark
from workflow.viewsets import ActionsMixin, EventSerializer, LifecycleMixin, LinksMixin, events


class DueSerializer(serializers.Serializer[Any]):
    building = serializers.IntegerField(source="building.pk")
    building_name = serializers.CharField(source="building.name")
    due_on = serializers.DateField()
    last = serializers.DateField(allow_null=True)
    planned = serializers.CharField(source="planned.number", default=None, allow_null=True)


class RequirementSerializer(ActionsMixin, serializers.ModelSerializer[DrillRequirement]):
    """`use` and `over_m` say which buildings; empty ones say nothing. `verified_on` is the day on
    which the article was read at its source; without it nothing is claimed of the law."""

    life = REQUIREMENT

    class Meta:
        model = DrillRequirement
        fields = [
            "id",
            "estate",
            "name",
            "kind",
            "use",
            "over_m",
            "months",
            "since",
            "source",
            "article",
            "words",
            "remark",
            "verified_on",
            "status",
            "actions",
        ]


class RequirementDetailSerializer(RequirementSerializer):
    """With when each building is due; `unknown` are those whose height would have to be known."""

    dues = serializers.SerializerMethodField()
    unknown = serializers.SerializerMethodField()

    class Meta(RequirementSerializer.Meta):
        fields = [*RequirementSerializer.Meta.fields, "dues", "unknown"]

    @extend_schema_field(DueSerializer(many=True))
    def get_dues(self, row: DrillRequirement) -> Any:
        return DueSerializer(requirements.dues([row]).rows, many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_unknown(self, row: DrillRequirement) -> Any:
        return [building.pk for _one, building in requirements.dues([row]).unknown]


class RequirementViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[DrillRequirement]):
    life = REQUIREMENT
    queryset = DrillRequirement.objects.none()
    serializer_class = RequirementSerializer
    detail_class = RequirementDetailSerializer
    filterset_class = filters.RequirementFilter
    ordering_fields = ("id", "name")
    ordering = "id"

    def get_serializer_class(self) -> Any:
        return RequirementSerializer if self.action == "list" else RequirementDetailSerializer


class DrillSerializer(ActionsMixin, serializers.ModelSerializer[Drill]):
    life = DRILL

    class Meta:
        model = Drill
        fields = [
            "number",
            "estate",
            "title",
            "kind",
            "form",
            "scenario",
            "planned_at",
            "minutes",
            "target_minutes",
            "assembly",
            "assembly_words",
            "status",
            "announced_at",
            "started_at",
            "ended_at",
            "score",
            "debrief",
            "reason",
            "actions",
        ]


class RoleSerializer(serializers.ModelSerializer[DrillRole]):
    name = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = DrillRole
        fields = ["id", "person", "name", "role", "building"]


class MomentSerializer(serializers.ModelSerializer[DrillMoment]):
    class Meta:
        model = DrillMoment
        fields = ["at", "words", "is_trouble"]


class SheetSerializer(serializers.ModelSerializer[DrillSheet]):
    class Meta:
        model = DrillSheet
        fields = ["name", "alarm", "order", "help", "roll", "ways", "words"]


class TallySerializer(serializers.Serializer[Any]):
    """Homes by what was said of them; `took` in seconds from the alarm to the last, null while one
    is left or missing."""

    building = serializers.IntegerField()
    homes = serializers.IntegerField()
    people = serializers.IntegerField()
    out = serializers.IntegerField()
    assisted = serializers.IntegerField()
    away = serializers.IntegerField()
    missing = serializers.IntegerField()
    left = serializers.IntegerField()
    took = serializers.IntegerField(allow_null=True)


def tally_facts(building: int, tally: roll.Tally) -> dict[str, Any]:
    names = ("homes", "people", "out", "assisted", "away", "missing", "left")
    counted = {name: getattr(tally, name) for name in names}
    took = round(tally.took.total_seconds()) if tally.took is not None else None
    return {"building": building, **counted, "took": took}


class DrillDetailSerializer(DrillSerializer):
    """With its buildings and their counts, roles, moments, sheets, and what was done. A home that
    it is announced to reads when and where, and nothing else."""

    buildings = serializers.SerializerMethodField()
    roles = serializers.SerializerMethodField()
    moments = serializers.SerializerMethodField()
    sheets = serializers.SerializerMethodField()
    timeline = serializers.SerializerMethodField()

    class Meta(DrillSerializer.Meta):
        fields = [
            *DrillSerializer.Meta.fields,
            "buildings",
            "roles",
            "moments",
            "sheets",
            "timeline",
        ]

    @extend_schema_field(TallySerializer(many=True))
    def get_buildings(self, row: Drill) -> Any:
        found = roll.tallies([row])
        parts = row.parts.order_by("pk").values_list("pk", "building")
        return [tally_facts(building, found[pk]) for pk, building in parts]

    @extend_schema_field(RoleSerializer(many=True))
    def get_roles(self, row: Drill) -> Any:
        rows = DrillRole.objects.visible_to(self.reader).filter(drill=row)
        return RoleSerializer(rows.select_related("person").order_by("pk"), many=True).data

    @extend_schema_field(MomentSerializer(many=True))
    def get_moments(self, row: Drill) -> Any:
        rows = DrillMoment.objects.visible_to(self.reader).filter(drill=row)
        return MomentSerializer(rows.order_by("at", "pk"), many=True).data

    @extend_schema_field(SheetSerializer(many=True))
    def get_sheets(self, row: Drill) -> Any:
        rows = DrillSheet.objects.visible_to(self.reader).filter(drill=row)
        return SheetSerializer(rows.order_by("pk"), many=True).data

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, row: Drill) -> Any:
        return events(DRILL, row, self.reader)

    def to_representation(self, row: Drill) -> Any:
        if rules.is_inside_drill(self.reader, row):
            return super().to_representation(row)
        return {
            "number": row.number,
            "title": row.title,
            "kind": row.kind,
            "planned_at": serializers.DateTimeField().to_representation(row.planned_at),
            "minutes": row.minutes,
            "where": row.where,
            "scenario": row.scenario,
            "status": row.status,
            "state": row.get_status_display(),
        }


class NewDrillSerializer(serializers.Serializer[Any]):
    estate = serializers.PrimaryKeyRelatedField(queryset=Estate.objects.none())
    title = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=Drill.Kind.choices)
    form = serializers.ChoiceField(choices=Drill.Form.choices, default=Drill.Form.FULL)
    planned_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(min_value=1, max_value=LONGEST_DRILL, default=30)
    target_minutes = serializers.IntegerField(
        min_value=1, max_value=LONGEST_DRILL, default=None, allow_null=True
    )
    buildings = serializers.PrimaryKeyRelatedField(queryset=Building.objects.none(), many=True)
    assembly = serializers.PrimaryKeyRelatedField(
        queryset=Place.objects.none(), default=None, allow_null=True
    )
    assembly_words = serializers.CharField(max_length=120, default="", allow_blank=True)
    scenario = serializers.CharField(max_length=2000, default="", allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        request = self.context.get("request")
        if request is not None:
            fields["estate"].queryset = Estate.objects.visible_to(request.user)
            fields["assembly"].queryset = Place.objects.visible_to(request.user)
            houses = Building.objects.visible_to(request.user)
            fields["buildings"].child_relation.queryset = houses
        return fields


class HomeSerializer(serializers.ModelSerializer[DrillHome]):
    """`needs_help` is true where somebody agreed that it be known; said to whoever calls the roll
    of the building, while the drill runs."""

    room = serializers.CharField(source="unit.label", read_only=True)
    marked_by_name = serializers.CharField(source="marked_by.name", default="", read_only=True)
    needs_help = serializers.SerializerMethodField()

    class Meta:
        model = DrillHome
        fields = [
            "id",
            "unit",
            "room",
            "people",
            "said_away",
            "mark",
            "marked_at",
            "marked_by_name",
            "needs_help",
        ]

    @extend_schema_field(serializers.BooleanField())
    def get_needs_help(self, home: DrillHome) -> bool:
        return home.unit_id in self.context["hints"]


class MarkSerializer(serializers.Serializer[Any]):
    home = serializers.IntegerField(min_value=1)
    mark = serializers.ChoiceField(choices=Mark.choices)
    seen_at = serializers.DateTimeField(default=None, allow_null=True)
    note = serializers.CharField(max_length=120, default="", allow_blank=True)


class MarkedSerializer(serializers.Serializer[Any]):
    """`taken` is false where a later word about the home was there, or the same; `before` is what
    somebody else had said of it."""

    home = HomeSerializer()
    taken = serializers.BooleanField()
    before = serializers.CharField()
    before_by = serializers.CharField(source="before_by.name", default="")
    before_at = serializers.DateTimeField(allow_null=True)


class DrillViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Drill]):
    life = DRILL
    queryset = Drill.objects.none()
    serializer_class = DrillSerializer
    detail_class = DrillDetailSerializer
    filterset_class = filters.DrillFilter
    lookup_field = "number"
    ordering_fields = ("id", "planned_at")
    ordering = "-id"

    def get_queryset(self) -> Any:
        """Listed is what somebody works on; what is announced to their home they open by its
        number."""
        if self.action == "list":
            return Drill.objects.inside(self.request.user).with_all()
        return super().get_queryset()

    @extend_schema(request=NewDrillSerializer, responses={201: DrillDetailSerializer})
    def create(self, request: Request) -> Response:
        """Planned by the manager."""
        sent = NewDrillSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        made = drills.plan(actor=request.user, at=self.at, **sent.validated_data)
        return self.answer(made, status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[OpenApiParameter("building", OpenApiTypes.INT, description="One of its own.")],
        responses=HomeSerializer(many=True),
    )
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def homes(self, request: Request, number: str) -> Response:
        """The roll, for whoever works on the drill."""
        row = self._inside(request, number)
        parts = row.parts.order_by("pk")
        asked = request.query_params.get("building", "")
        if asked:
            building = key_of(asked)
            parts = parts.filter(building=building) if building else parts.none()
        homes = roll.homes_of(*parts)
        context = {**self.get_serializer_context(), "hints": roll.hinted(homes, request.user)}
        return Response(HomeSerializer(homes, many=True, context=context).data)

    @extend_schema(request=MarkSerializer, responses=MarkedSerializer)
    @action(detail=True, methods=["post"])
    def mark(self, request: Request, number: str) -> Response:
        """One home, by whoever calls the roll of its building."""
        row = self._inside(request, number)
        sent = MarkSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        said: Any = sent.validated_data
        homes = DrillHome.objects.visible_to(request.user).filter(part__drill=row)
        home = get_object_or_404(
            homes.select_related("part__drill", "part__building"), pk=said.pop("home")
        )
        made = roll.mark(home, actor=request.user, at=timezone.now(), **said)
        hints = roll.hinted([made.home], request.user)
        context = {**self.get_serializer_context(), "hints": hints}
        return Response(MarkedSerializer(made, context=context).data)

    def _inside(self, request: Request, number: str) -> Drill:
        row: Drill = get_object_or_404(Drill.objects.inside(request.user), number=number)
        return row

    def get_serializer_class(self) -> Any:
        return DrillSerializer if self.action == "list" else DrillDetailSerializer


class ImprovementSerializer(ActionsMixin, serializers.ModelSerializer[Improvement]):
    drill = serializers.CharField(source="drill.number", read_only=True)
    owner_name = serializers.CharField(source="owner.name", read_only=True)
    life = IMPROVEMENT

    class Meta:
        model = Improvement
        fields = [
            "id",
            "estate",
            "drill",
            "title",
            "words",
            "owner",
            "owner_name",
            "due_on",
            "status",
            "result",
            "done_at",
            "verified_at",
            "actions",
        ]


class ImprovementDetailSerializer(LinksMixin, ImprovementSerializer):
    timeline = serializers.SerializerMethodField()

    class Meta(ImprovementSerializer.Meta):
        fields = [*ImprovementSerializer.Meta.fields, "timeline", "links"]

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, row: Improvement) -> Any:
        return events(IMPROVEMENT, row, self.reader)


class ImprovementViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Improvement]):
    life = IMPROVEMENT
    queryset = Improvement.objects.none()
    serializer_class = ImprovementSerializer
    detail_class = ImprovementDetailSerializer
    filterset_class = filters.ImprovementFilter
    ordering_fields = ("id", "due_on")
    ordering = "-id"

    def get_serializer_class(self) -> Any:
        return ImprovementSerializer if self.action == "list" else ImprovementDetailSerializer
