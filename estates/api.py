"""/api/v1/: what stands and who works in an estate, and claims with their verbs."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common import phones
from estates import filters
from estates.lives import CLAIM
from estates.models import (
    Building,
    Claim,
    Community,
    DutyShift,
    Entrance,
    Estate,
    Facility,
    Occupant,
    Place,
    Posting,
    Relation,
    Unit,
)
from estates.services import claims, privacy
from workflow.viewsets import ActionsMixin, LifecycleMixin


class ReadOnly(viewsets.ReadOnlyModelViewSet[Any]):
    """The visible rows, filtered, ordered, paged."""

    ordering = "id"

    def get_queryset(self) -> Any:
        model: Any = self.serializer_class.Meta.model  # type: ignore[union-attr]
        return model.objects.visible_to(self.request.user)


class CommunitySerializer(serializers.ModelSerializer[Community]):
    class Meta:
        model = Community
        fields = ["id", "code", "name", "name_en"]


class CommunityViewSet(ReadOnly):
    queryset = Community.objects.none()
    serializer_class = CommunitySerializer
    filterset_class = filters.CommunityFilter
    ordering_fields = ("id", "name")


class EstateSerializer(serializers.ModelSerializer[Estate]):
    class Meta:
        model = Estate
        fields = [
            "id",
            "community",
            "code",
            "name",
            "name_en",
            "address",
            "phone",
            "opens_at",
            "closes_at",
            "works_weekends",
        ]


class EstateViewSet(ReadOnly):
    queryset = Estate.objects.none()
    serializer_class = EstateSerializer
    filterset_class = filters.EstateFilter
    ordering_fields = ("id", "name")


class BuildingSerializer(serializers.ModelSerializer[Building]):
    class Meta:
        model = Building
        fields = ["id", "estate", "name", "floors", "height_m", "use"]


class BuildingViewSet(ReadOnly):
    queryset = Building.objects.none()
    serializer_class = BuildingSerializer
    filterset_class = filters.BuildingFilter
    ordering_fields = ("id", "order", "name")


class EntranceSerializer(serializers.ModelSerializer[Entrance]):
    class Meta:
        model = Entrance
        fields = ["id", "building", "name"]


class EntranceViewSet(ReadOnly):
    queryset = Entrance.objects.none()
    serializer_class = EntranceSerializer
    filterset_class = filters.EntranceFilter
    ordering_fields = ("id", "order", "name")


class UnitSerializer(serializers.ModelSerializer[Unit]):
    address = serializers.CharField(source="label", read_only=True)

    class Meta:
        model = Unit
        fields = ["id", "entrance", "number", "address", "floor", "area", "use", "state"]


class UnitViewSet(ReadOnly):
    queryset = Unit.objects.none()
    serializer_class = UnitSerializer
    filterset_class = filters.UnitFilter
    ordering_fields = ("id", "number", "floor", "area")

    def get_queryset(self) -> Any:
        return super().get_queryset().with_address()


class PlaceSerializer(serializers.ModelSerializer[Place]):
    class Meta:
        model = Place
        fields = ["id", "estate", "building", "name", "kind"]


class PlaceViewSet(ReadOnly):
    queryset = Place.objects.none()
    serializer_class = PlaceSerializer
    filterset_class = filters.PlaceFilter
    ordering_fields = ("id", "name")


class FacilitySerializer(serializers.ModelSerializer[Facility]):
    class Meta:
        model = Facility
        fields = ["id", "place", "name", "kind", "serial", "state"]


class FacilityViewSet(ReadOnly):
    queryset = Facility.objects.none()
    serializer_class = FacilitySerializer
    filterset_class = filters.FacilityFilter
    ordering_fields = ("id", "name")


class OccupantSerializer(serializers.ModelSerializer[Occupant]):
    phone = serializers.SerializerMethodField(help_text="Masked; POST to reveal/ with a reason.")
    signed_up = serializers.SerializerMethodField()

    class Meta:
        model = Occupant
        fields = [
            "id",
            "unit",
            "name",
            "phone",
            "relation",
            "share",
            "from_date",
            "to_date",
            "leaving_on",
            "signed_up",
        ]

    def get_phone(self, occupant: Any) -> str:
        return occupant.phone if occupant.show_phone else phones.masked(occupant.phone)

    def get_signed_up(self, occupant: Occupant) -> bool:
        return occupant.user_id is not None


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class PhoneSerializer(serializers.Serializer[Any]):
    phone = serializers.CharField()


class OccupantViewSet(ReadOnly):
    queryset = Occupant.objects.none()
    serializer_class = OccupantSerializer
    filterset_class = filters.OccupantFilter
    ordering_fields = ("id", "name", "unit")

    def get_queryset(self) -> Any:
        return super().get_queryset().with_address().with_show_phone(self.request.user)

    @extend_schema(request=ReasonSerializer, responses=PhoneSerializer)
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: str | None = None) -> Response:
        occupant = self.get_object()  # 404 before any word about the fields
        asked = ReasonSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        phone = privacy.reveal(
            occupant,
            "phone",
            actor=request.user,
            reason=asked.validated_data["reason"],
            at=timezone.now(),
        )
        return Response({"phone": phone})


class ClaimSerializer(ActionsMixin, serializers.ModelSerializer[Claim]):
    life = CLAIM

    class Meta:
        model = Claim
        fields = [
            "id",
            "unit",
            "name",
            "relation",
            "words",
            "status",
            "method",
            "reason",
            "created_at",
            "decided_at",
            "actions",
        ]


class NewClaimSerializer(serializers.Serializer[Any]):
    """By the id of a unit, for the desk to decide; or by the code of a letter, at once."""

    unit = serializers.IntegerField(required=False)
    code = serializers.CharField(required=False, max_length=40)
    name = serializers.CharField(max_length=60)
    relation = serializers.ChoiceField(choices=Relation.choices, default=Relation.OWNER)
    words = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class ClaimViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Claim]):
    life = CLAIM
    detail_class = ClaimSerializer
    queryset = Claim.objects.none()
    serializer_class = ClaimSerializer
    filterset_class = filters.ClaimFilter
    ordering = "-id"
    ordering_fields = ("id", "created_at")

    @extend_schema(request=NewClaimSerializer, responses={201: ClaimSerializer})
    def create(self, request: Request) -> Response:
        asked = NewClaimSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        row = self._made(**asked.validated_data)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    def _made(
        self, *, name: str, relation: str, words: str, unit: int = 0, code: str = ""
    ) -> Claim:
        who: dict[str, Any] = {"name": name, "relation": relation, "actor": self.request.user}
        if code:
            return claims.claim_by_code(code, at=self.at, **who)
        home = claims.unit_to_claim(unit)
        if home is None:
            raise serializers.ValidationError({"unit": [_("There is no such home.")]})
        return claims.claim(home, words=words, at=self.at, **who)


class PostingSerializer(serializers.ModelSerializer[Posting]):
    name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = Posting
        fields = ["id", "estate", "community", "user", "name", "duty", "trades"]
        fields += ["from_date", "to_date"]


class PostingViewSet(ReadOnly):
    queryset = Posting.objects.none()
    serializer_class = PostingSerializer
    filterset_class = filters.PostingFilter
    ordering_fields = ("id", "duty")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("user")


class DutyShiftSerializer(serializers.ModelSerializer[DutyShift]):
    name = serializers.CharField(source="posting.user.name", read_only=True)

    class Meta:
        model = DutyShift
        fields = ["id", "posting", "name", "starts_at", "ends_at", "called_off_at"]


class DutyShiftViewSet(ReadOnly):
    queryset = DutyShift.objects.none()
    serializer_class = DutyShiftSerializer
    filterset_class = filters.ShiftFilter
    ordering_fields = ("id", "starts_at")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("posting__user")


# For the router of config.api: router.register(prefix, viewset, basename)
VIEWSETS: tuple[tuple[str, type[viewsets.GenericViewSet[Any]], str], ...] = (
    ("communities", CommunityViewSet, "community"),
    ("estates", EstateViewSet, "estate"),
    ("buildings", BuildingViewSet, "building"),
    ("entrances", EntranceViewSet, "entrance"),
    ("units", UnitViewSet, "unit"),
    ("places", PlaceViewSet, "place"),
    ("facilities", FacilityViewSet, "facility"),
    ("occupants", OccupantViewSet, "occupant"),
    ("claims", ClaimViewSet, "claim"),
    ("postings", PostingViewSet, "posting"),
    ("duty-shifts", DutyShiftViewSet, "duty-shift"),
)
