"""/api/v1/: what is walked, plans and rounds with their verbs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from estates.models import Estate
from safety import filters, rules
from safety.lives import PLAN, ROUND
from safety.models import (
    Answer,
    Checklist,
    ChecklistItem,
    Checkpoint,
    Plan,
    Round,
    RoundPoint,
    Route,
    Stop,
)
from safety.services import plans
from safety.services.people import anybody, nobody
from safety.services.rounds import points_of
from workflow.refusals import NotAllowed
from workflow.viewsets import ActionsMixin, EventSerializer, LifecycleMixin, LinksMixin, events


class ItemSerializer(serializers.ModelSerializer[ChecklistItem]):
    class Meta:
        model = ChecklistItem
        fields = [
            "id",
            "position",
            "name",
            "standard",
            "kind",
            "unit",
            "lowest",
            "highest",
            "choices",
            "failing",
            "photo_required",
            "is_active",
        ]


class ChecklistSerializer(serializers.ModelSerializer[Checklist]):
    items = ItemSerializer(many=True, read_only=True)

    class Meta:
        model = Checklist
        fields = ["id", "estate", "name", "items"]


class ReadOnly(viewsets.ReadOnlyModelViewSet[Any]):
    ordering = "id"
    joined: tuple[str, ...] = ()

    def get_queryset(self) -> Any:
        model: Any = self.serializer_class.Meta.model  # type: ignore[union-attr]
        return model.objects.visible_to(self.request.user).prefetch_related(*self.joined)


class ChecklistViewSet(ReadOnly):
    queryset = Checklist.objects.none()
    serializer_class = ChecklistSerializer
    filterset_class = filters.ChecklistFilter
    ordering_fields = ("id", "name")
    joined = ("items",)


class CheckpointSerializer(serializers.ModelSerializer[Checkpoint]):
    class Meta:
        model = Checkpoint
        fields = ["id", "estate", "name", "place", "facility", "hint", "checklist"]


class CheckpointViewSet(ReadOnly):
    queryset = Checkpoint.objects.none()
    serializer_class = CheckpointSerializer
    filterset_class = filters.CheckpointFilter
    ordering_fields = ("id", "name")


class StopSerializer(serializers.ModelSerializer[Stop]):
    class Meta:
        model = Stop
        fields = ["position", "checkpoint", "checklist"]


class RouteSerializer(serializers.ModelSerializer[Route]):
    stops = StopSerializer(many=True, read_only=True)

    class Meta:
        model = Route
        fields = ["id", "estate", "name", "stops"]


class RouteViewSet(ReadOnly):
    queryset = Route.objects.none()
    serializer_class = RouteSerializer
    filterset_class = filters.RouteFilter
    ordering_fields = ("id", "name")
    joined = ("stops",)


class PlanSerializer(ActionsMixin, serializers.ModelSerializer[Plan]):
    """`rule` is an RFC 5545 RRULE, `season_from` and `season_to` are MM-DD, `leads` minutes before.
    Without an assignee whoever is on duty as an inspector walks: then `on_duty` is true."""

    on_duty = serializers.BooleanField(read_only=True)
    life = PLAN

    class Meta:
        model = Plan
        fields = [
            "id",
            "estate",
            "route",
            "name",
            "rule",
            "starts_on",
            "time",
            "window_minutes",
            "leads",
            "season_from",
            "season_to",
            "assignee",
            "on_duty",
            "lead",
            "status",
            "next_at",
            "actions",
        ]


class NewPlanSerializer(serializers.Serializer[Any]):
    estate = serializers.PrimaryKeyRelatedField(queryset=Estate.objects.none())
    route = serializers.PrimaryKeyRelatedField(queryset=Route.objects.none())
    name = serializers.CharField(max_length=80)
    rule = serializers.CharField(max_length=500, help_text="RFC 5545: FREQ=WEEKLY;BYDAY=TU,FR")
    starts_on = serializers.DateField()
    time = serializers.TimeField()
    window_minutes = serializers.IntegerField(min_value=1, max_value=7 * 24 * 60)
    leads = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=30 * 24 * 60),
        default=list,
        max_length=5,
        help_text="Minutes before the round.",
    )
    season_from = serializers.CharField(max_length=10, default="", allow_blank=True)
    season_to = serializers.CharField(max_length=10, default="", allow_blank=True)
    assignee = serializers.PrimaryKeyRelatedField(queryset=nobody(), default=None, allow_null=True)
    on_duty = serializers.BooleanField(
        default=None, allow_null=True, help_text="Whoever is on duty walks: no assignee then."
    )
    lead = serializers.PrimaryKeyRelatedField(queryset=nobody(), default=None, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        request = self.context.get("request")
        if request is not None:
            fields["estate"].queryset = Estate.objects.visible_to(request.user)
            fields["route"].queryset = Route.objects.visible_to(request.user)
            # who works there is asked by the verb
            fields["assignee"].queryset = fields["lead"].queryset = anybody()
        return fields

    def validate(self, sent: Any) -> Any:
        on_duty = sent.pop("on_duty")
        if on_duty and sent["assignee"] is not None:
            raise serializers.ValidationError(
                {"on_duty": ["Either an assignee walks, or whoever is on duty."]}
            )
        for name in ("season_from", "season_to"):
            sent[name] = sent[name] or ""
        return sent


class PlanViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Plan]):
    life = PLAN
    queryset = Plan.objects.none()
    serializer_class = PlanSerializer
    detail_class = PlanSerializer
    filterset_class = filters.PlanFilter
    ordering_fields = ("id", "name", "next_at")
    ordering = "id"

    @extend_schema(request=NewPlanSerializer, responses={201: PlanSerializer})
    def create(self, request: Request) -> Response:
        """A plan, and its rounds of the next sixty days."""
        if not rules.plans_any(request.user):
            raise NotAllowed(_("Plans are made by the manager."))
        sent = NewPlanSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        made = plans.make(actor=request.user, at=self.at, **sent.validated_data)
        return self.answer(made, status.HTTP_201_CREATED)


class RoundSerializer(ActionsMixin, serializers.ModelSerializer[Round]):
    plan_name = serializers.CharField(source="plan.name", read_only=True)
    assignee_name = serializers.CharField(source="assignee.name", default="", read_only=True)
    points_reached = serializers.IntegerField(source="reached", read_only=True)
    points_of = serializers.IntegerField(source="all_points", read_only=True)
    not_in_order = serializers.IntegerField(source="findings", read_only=True)
    life = ROUND

    class Meta:
        model = Round
        fields = [
            "id",
            "estate",
            "plan",
            "plan_name",
            "planned_at",
            "ends_at",
            "status",
            "assignee",
            "assignee_name",
            "started_at",
            "finished_at",
            "reason",
            "makes_up",
            "points_reached",
            "points_of",
            "not_in_order",
            "actions",
        ]


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    class Meta:
        model = Answer
        fields = ["item", "verdict", "value", "words"]


class PointSerializer(serializers.ModelSerializer[RoundPoint]):
    name = serializers.CharField(source="checkpoint.name", read_only=True)
    reached_by_name = serializers.CharField(source="reached_by.name", default="", read_only=True)
    answers = serializers.SerializerMethodField()

    class Meta:
        model = RoundPoint
        fields = [
            "checkpoint",
            "name",
            "position",
            "checklist",
            "reached_at",
            "arrived_at",
            "reached_by_name",
            "by_label",
            "note",
            "answers",
        ]

    @extend_schema_field(AnswerSerializer(many=True))
    def get_answers(self, point: RoundPoint) -> Any:
        return AnswerSerializer(self.context["answers"].get(point.pk, []), many=True).data


class RoundDetailSerializer(LinksMixin, RoundSerializer):
    """One round with its points, what was found at them, and what was done."""

    points = serializers.SerializerMethodField()
    timeline = serializers.SerializerMethodField()

    class Meta(RoundSerializer.Meta):
        fields = [*RoundSerializer.Meta.fields, "points", "timeline", "links"]

    @extend_schema_field(PointSerializer(many=True))
    def get_points(self, row: Round) -> Any:
        answers: dict[int, list[Answer]] = {}
        for answer in Answer.objects.visible_to(self.reader).filter(point__round=row.pk):
            answers.setdefault(answer.point_id, []).append(answer)
        points = points_of(row)
        return PointSerializer(points, many=True, context={"answers": answers}).data

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, row: Round) -> Any:
        return events(ROUND, row, self.reader)


class RoundViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Round]):
    life = ROUND
    queryset = Round.objects.none()
    serializer_class = RoundSerializer
    detail_class = RoundDetailSerializer
    filterset_class = filters.RoundFilter
    ordering_fields = ("planned_at", "id")
    ordering = "planned_at"

    def filter_queryset(self, queryset: Any) -> Any:
        """A round that was called off is no longer listed, but there for whoever has its number."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def get_serializer_class(self) -> Any:
        return RoundSerializer if self.action == "list" else RoundDetailSerializer
