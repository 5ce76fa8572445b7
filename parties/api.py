"""/api/v1/: organisations, members of branches, registrations, wishes, matters and their parts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from parties import filters, rules
from parties.lives import MATTER, PART, REGISTRATION, WISH
from parties.models import (
    Matter,
    MatterPart,
    MicroWish,
    Organisation,
    PartyMember,
    Registration,
)
from parties.services import matters
from workflow.refusals import NotAllowed
from workflow.viewsets import ActionsMixin, EventSerializer, LifecycleMixin, LinksMixin, events


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    class Meta:
        model = Organisation
        fields = ["id", "community", "kind", "name", "name_en", "is_active"]


class OrganisationViewSet(viewsets.ReadOnlyModelViewSet[Organisation]):
    queryset = Organisation.objects.none()
    serializer_class = OrganisationSerializer
    filterset_class = filters.OrganisationFilter
    ordering_fields = ("id", "name")
    ordering = "id"

    def get_queryset(self) -> Any:
        return Organisation.objects.visible_to(self.request.user)


class MemberSerializer(serializers.ModelSerializer[PartyMember]):
    """Names, skills and grids are those of people whom the reader may know as members."""

    name = serializers.CharField(source="shown_name", read_only=True)
    skills = serializers.SerializerMethodField()
    free_times = serializers.SerializerMethodField()
    grid = serializers.SerializerMethodField()

    class Meta:
        model = PartyMember
        fields = ["id", "branch", "name", "skills", "free_times", "grid", "from_date", "to_date"]

    def get_skills(self, member: PartyMember) -> str:
        return member.skills if member.show_name else ""

    def get_free_times(self, member: PartyMember) -> str:
        return member.free_times if member.show_name else ""

    def get_grid(self, member: PartyMember) -> int | None:
        return member.grid_id if member.show_name else None


class MemberViewSet(viewsets.ReadOnlyModelViewSet[PartyMember]):
    queryset = PartyMember.objects.none()
    serializer_class = MemberSerializer
    filterset_class = filters.MemberFilter
    ordering_fields = ("id",)
    ordering = "id"

    def get_queryset(self) -> Any:
        rows = PartyMember.objects.visible_to(self.request.user)
        return rows.with_show_name(self.request.user).select_related("user")


class RegistrationSerializer(ActionsMixin, serializers.ModelSerializer[Registration]):
    life = REGISTRATION

    class Meta:
        model = Registration
        fields = [
            "id",
            "member",
            "grid",
            "basis",
            "households",
            "members",
            "status",
            "decided_at",
            "ended_at",
            "actions",
        ]


class RegistrationViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Registration]):
    life = REGISTRATION
    queryset = Registration.objects.none()
    serializer_class = RegistrationSerializer
    detail_class = RegistrationSerializer
    filterset_class = filters.RegistrationFilter
    ordering_fields = ("id",)
    ordering = "-id"

    def get_queryset(self) -> Any:
        """Administrators read registrations one by one, by a reveal on the page, and no list."""
        rows = super().get_queryset()
        return rows.none() if self.request.user.is_superuser and self.action == "list" else rows


class WishSerializer(ActionsMixin, serializers.ModelSerializer[MicroWish]):
    """Who claimed it is said as their branch."""

    branch = serializers.IntegerField(source="member.branch_id", default=None, read_only=True)
    life = WISH

    class Meta:
        model = MicroWish
        fields = [
            "id",
            "grid",
            "title",
            "words",
            "branch",
            "status",
            "result",
            "fulfilled_at",
            "actions",
        ]


class WishViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[MicroWish]):
    life = WISH
    queryset = MicroWish.objects.none()
    serializer_class = WishSerializer
    detail_class = WishSerializer
    filterset_class = filters.WishFilter
    ordering_fields = ("id",)
    ordering = "-id"


class PartSerializer(ActionsMixin, serializers.ModelSerializer[MatterPart]):
    life = PART

    class Meta:
        model = MatterPart
        fields = [
            "id",
            "matter",
            "organisation",
            "role",
            "promise",
            "due_on",
            "status",
            "done_on",
            "grade",
            "grade_words",
            "actions",
        ]


class PartDetailSerializer(PartSerializer):
    timeline = serializers.SerializerMethodField()

    class Meta(PartSerializer.Meta):
        fields = [*PartSerializer.Meta.fields, "timeline"]

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, row: MatterPart) -> Any:
        return events(PART, row, self.reader)


class PartViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[MatterPart]):
    life = PART
    queryset = MatterPart.objects.none()
    serializer_class = PartSerializer
    detail_class = PartDetailSerializer
    ordering_fields = ("id",)
    ordering = "-id"

    def get_serializer_class(self) -> Any:
        return PartSerializer if self.action == "list" else PartDetailSerializer


class MatterSerializer(ActionsMixin, serializers.ModelSerializer[Matter]):
    life = MATTER

    class Meta:
        model = Matter
        fields = [
            "number",
            "community",
            "caller",
            "lead",
            "unit",
            "place",
            "place_words",
            "title",
            "description",
            "public_title",
            "public_words",
            "plan",
            "result",
            "status",
            "supervision",
            "due_on",
            "raised_at",
            "completed_at",
            "closed_at",
            "actions",
        ]


class MatterDetailSerializer(LinksMixin, MatterSerializer):
    """With its parts and what was done. A resident whom it concerns reads `public_…` and the state
    in words, and nothing else."""

    parts = serializers.SerializerMethodField()
    timeline = serializers.SerializerMethodField()

    class Meta(MatterSerializer.Meta):
        fields = [*MatterSerializer.Meta.fields, "parts", "timeline", "links"]

    @extend_schema_field(PartSerializer(many=True))
    def get_parts(self, row: Matter) -> Any:
        found = matters.parts_of(row, self.reader)
        for part in found:
            part.matter = row
        return PartSerializer(found, many=True, context=self.context).data

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, row: Matter) -> Any:
        return events(MATTER, row, self.reader)

    def to_representation(self, row: Matter) -> Any:
        if rules.sees_inside(self.reader, row):
            return super().to_representation(row)
        return {
            "number": row.number,
            "public_title": row.shown_title,
            "public_words": row.public_words,
            "state": row.public_state,
            "promised_on": row.public_day,
        }


class NewMatterSerializer(serializers.Serializer[Any]):
    caller = serializers.PrimaryKeyRelatedField(queryset=Organisation.objects.none())
    lead = serializers.PrimaryKeyRelatedField(queryset=Organisation.objects.none())
    helpers = serializers.PrimaryKeyRelatedField(
        queryset=Organisation.objects.none(), many=True, default=list
    )
    title = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=4000, default="", allow_blank=True)
    place_words = serializers.CharField(max_length=200, default="", allow_blank=True)
    public_title = serializers.CharField(max_length=120, default="", allow_blank=True)
    public_words = serializers.CharField(max_length=1000, default="", allow_blank=True)
    photos = serializers.ListField(
        child=serializers.CharField(), default=list, help_text="Keys from /api/v1/attachments/."
    )

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        request = self.context.get("request")
        if request is not None:
            user = request.user
            fields["caller"].queryset = matters.callers_of(user)
            fields["lead"].queryset = matters.called_by(user)
            fields["helpers"].child_relation.queryset = matters.called_by(user)
        return fields


class MatterViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Matter]):
    life = MATTER
    queryset = Matter.objects.none()
    serializer_class = MatterSerializer
    detail_class = MatterDetailSerializer
    filterset_class = filters.MatterFilter
    lookup_field = "number"
    ordering_fields = ("id", "due")
    ordering = "-id"

    def get_queryset(self) -> Any:
        """Listed is what somebody works on; one that concerns them they open by its number."""
        if self.action == "list":
            return Matter.objects.inside(self.request.user).with_all()
        return super().get_queryset()

    def get_serializer_class(self) -> Any:
        return MatterSerializer if self.action == "list" else MatterDetailSerializer

    @extend_schema(request=NewMatterSerializer, responses={201: MatterDetailSerializer})
    def create(self, request: Request) -> Response:
        """Calls an organisation, and others with it."""
        if not rules.raises_any(request.user):
            raise NotAllowed(_("The branch, the committee and the leaders of grids call others."))
        sent = NewMatterSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        made = matters.raise_matter(actor=request.user, at=self.at, **sent.validated_data)
        return self.answer(made, status.HTTP_201_CREATED)


VIEWSETS: list[tuple[str, type[viewsets.GenericViewSet[Any]], str]] = [
    ("organisations", OrganisationViewSet, "organisation"),
    ("party-members", MemberViewSet, "party-member"),
    ("registrations", RegistrationViewSet, "registration"),
    ("micro-wishes", WishViewSet, "wish"),
    ("matters", MatterViewSet, "matter"),
    ("matter-parts", PartViewSet, "part"),
]
