"""/api/v1/hazards/ with its verbs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from estates.models import Estate, Facility, Place
from safety import filters, rules
from safety.lives import HAZARD
from safety.models import Hazard
from safety.models.hazard import LINE
from safety.services import hazards
from workflow.viewsets import ActionsMixin, EventSerializer, LifecycleMixin, LinksMixin, events


class HazardSerializer(ActionsMixin, serializers.ModelSerializer[Hazard]):
    responsible_name = serializers.CharField(source="responsible.name", default="", read_only=True)
    life = HAZARD

    class Meta:
        model = Hazard
        fields = [
            "number",
            "estate",
            "place",
            "facility",
            "where_words",
            "checkpoint",
            "title",
            "words",
            "found_at",
            "grade",
            "status",
            "interim",
            "plan",
            "responsible",
            "responsible_name",
            "measures",
            "funds",
            "due_at",
            "result",
            "submitted_at",
            "closed_at",
            "step",
            "to_meeting_at",
            "repeated",
            "actions",
        ]


class HazardDetailSerializer(LinksMixin, HazardSerializer):
    """With where it came from and what was done. Whoever reported it reads the title, the state and
    the result, and nothing else."""

    timeline = serializers.SerializerMethodField()

    class Meta(HazardSerializer.Meta):
        fields = [*HazardSerializer.Meta.fields, "timeline", "links"]

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, row: Hazard) -> Any:
        return events(HAZARD, row, self.reader)

    def to_representation(self, row: Hazard) -> Any:
        if rules.is_inside(self.reader, row):
            return super().to_representation(row)
        return {
            "number": row.number,
            "title": row.title,
            "status": row.status,
            "state": row.get_status_display(),
            "result": row.result if row.status == Hazard.Status.CLOSED else "",
        }


class NewHazardSerializer(serializers.Serializer[Any]):
    estate = serializers.PrimaryKeyRelatedField(queryset=Estate.objects.none())
    title = serializers.CharField(max_length=LINE)
    words = serializers.CharField(max_length=2000, default="", allow_blank=True)
    place = serializers.PrimaryKeyRelatedField(
        queryset=Place.objects.none(), default=None, allow_null=True
    )
    facility = serializers.PrimaryKeyRelatedField(
        queryset=Facility.objects.none(), default=None, allow_null=True
    )
    where_words = serializers.CharField(max_length=200, default="", allow_blank=True)
    photos = serializers.ListField(
        child=serializers.CharField(), default=list, help_text="Keys from /api/v1/attachments/."
    )

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        request = self.context.get("request")
        if request is not None:
            for name, model in (("estate", Estate), ("place", Place), ("facility", Facility)):
                fields[name].queryset = model._default_manager.visible_to(request.user)
        return fields


class HazardViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Hazard]):
    life = HAZARD
    queryset = Hazard.objects.none()
    serializer_class = HazardSerializer
    detail_class = HazardDetailSerializer
    filterset_class = filters.HazardFilter
    lookup_field = "number"
    ordering_fields = ("id", "found_at")
    ordering = "-id"

    def get_queryset(self) -> Any:
        """Listed is what somebody works on; what they reported they open by its number."""
        if self.action == "list":
            return Hazard.objects.inside(self.request.user).with_all()
        return super().get_queryset()

    @extend_schema(request=NewHazardSerializer, responses={201: HazardDetailSerializer})
    def create(self, request: Request) -> Response:
        """Entered by who works at the estate, reported by who lives there."""
        sent = NewHazardSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        said: Any = sent.validated_data
        finds = rules.can_find(request.user, said["estate"])
        verb = hazards.find if finds else hazards.report
        return self.answer(verb(actor=request.user, at=self.at, **said), status.HTTP_201_CREATED)

    def get_serializer_class(self) -> Any:
        return HazardSerializer if self.action == "list" else HazardDetailSerializer
