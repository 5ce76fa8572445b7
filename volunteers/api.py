"""/api/v1/: teams, who is in them, shifts and their entries, swaps, hours and certificates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.lines import one_line
from estates.models import Community, Place
from volunteers import filters, rules
from volunteers.lives import CERTIFICATE, ENTRY, MEMBERSHIP, QUALIFICATION, SHIFT, SWAP
from volunteers.models import (
    Certificate,
    Entry,
    HourLine,
    Membership,
    Qualification,
    Shift,
    ShiftPost,
    Swap,
    Team,
)
from volunteers.models.shifts import MOST_PLACES
from volunteers.services import certificates, entries, members, places, shifts, swaps
from volunteers.standing import teams_led
from volunteers.states import QualificationKind, Reason, Skill
from workflow.refusals import NotAllowed
from workflow.viewsets import ActionsMixin, EventSerializer, LifecycleMixin, LinksMixin, events


class RowField(serializers.PrimaryKeyRelatedField[Any]):
    """A row among those that `get_fields` offers."""

    def __init__(self, model: Any, **options: Any) -> None:
        # or 1.5 would be the row 1
        whole = serializers.IntegerField()
        super().__init__(queryset=model.objects.none(), pk_field=whole, **options)


class NameField(serializers.CharField):
    """A line that says something: marks that nobody sees are none."""

    def to_internal_value(self, data: Any) -> str:
        line = one_line(super().to_internal_value(data))
        if not line:
            self.fail("blank")
        return line


class MomentField(serializers.DateTimeField):
    def to_internal_value(self, value: Any) -> datetime:
        """The first day of all time has no moment in every zone."""
        try:
            moment: datetime = super().to_internal_value(value)
        except OverflowError:
            self.fail("overflow")
        return moment


# --- teams


class TeamSerializer(serializers.ModelSerializer[Team]):
    class Meta:
        model = Team
        fields = ["id", "community", "kind", "name", "name_en", "story", "is_active"]


class TeamViewSet(viewsets.ReadOnlyModelViewSet[Team]):
    queryset = Team.objects.none()
    serializer_class = TeamSerializer
    filterset_class = filters.TeamFilter
    ordering_fields = ("id", "name")
    ordering = "id"

    def get_queryset(self) -> Any:
        return Team.objects.visible_to(self.request.user)


# What a member reads of another instead of what was told to the lead alone.
UNTOLD: dict[str, Any] = {
    "phone": "",
    "words": "",
    "is_minor": None,
    "guardian": "",
    "guardian_phone": "",
    "consented_on": None,
}


class MembershipSerializer(ActionsMixin, serializers.ModelSerializer[Membership]):
    """Phone, guardian and words are for the team's lead and oneself."""

    name = serializers.CharField(source="user.name", read_only=True)
    phone = serializers.CharField(source="user.phone", read_only=True)
    is_minor = serializers.BooleanField(read_only=True, allow_null=True)
    life = MEMBERSHIP

    class Meta:
        model = Membership
        fields = [
            "id",
            "team",
            "name",
            "phone",
            "role",
            "skills",
            "words",
            "is_minor",
            "guardian",
            "guardian_phone",
            "consented_on",
            "status",
            "joined_on",
            "left_at",
            "actions",
        ]

    def to_representation(self, row: Membership) -> dict[str, Any]:
        shown = super().to_representation(row)
        return shown if row.show_more else shown | UNTOLD


class NewMembershipSerializer(serializers.Serializer[Any]):
    team = RowField(Team)
    skills = serializers.ListField(
        child=serializers.ChoiceField(Skill.choices), default=list, max_length=len(Skill)
    )
    words = serializers.CharField(max_length=200, default="", allow_blank=True)
    is_minor = serializers.BooleanField(default=False)
    guardian = serializers.CharField(max_length=60, default="", allow_blank=True)
    guardian_phone = serializers.CharField(max_length=20, default="", allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if (request := self.context.get("request")) is not None:
            fields["team"].queryset = Team.objects.visible_to(request.user).standing()
        return fields


class MembershipViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Membership]):
    life = MEMBERSHIP
    queryset = Membership.objects.none()
    serializer_class = MembershipSerializer
    detail_class = MembershipSerializer
    filterset_class = filters.MembershipFilter
    ordering_fields = ("id",)
    ordering = "-id"

    def get_queryset(self) -> Any:
        return super().get_queryset().with_show_more(self.request.user)

    @extend_schema(request=NewMembershipSerializer, responses={201: MembershipSerializer})
    def create(self, request: Request) -> Response:
        """Asks to be taken into a team."""
        sent = NewMembershipSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        made = members.join(actor=request.user, at=self.at, **sent.validated_data)
        return self.answer(made, status.HTTP_201_CREATED)


class QualificationSerializer(ActionsMixin, serializers.ModelSerializer[Qualification]):
    name = serializers.CharField(source="user.name", read_only=True)
    life = QUALIFICATION

    class Meta:
        model = Qualification
        fields = ["id", "name", "kind", "expires_on", "status", "actions"]


class QualificationViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Qualification]):
    life = QUALIFICATION
    queryset = Qualification.objects.none()
    serializer_class = QualificationSerializer
    detail_class = QualificationSerializer
    filterset_class = filters.QualificationFilter
    ordering_fields = ("id", "expires_on")
    ordering = "-id"

    def get_queryset(self) -> Any:
        return super().get_queryset().with_led(self.request.user)


# --- shifts


class PostSerializer(serializers.ModelSerializer[ShiftPost]):
    class Meta:
        model = ShiftPost
        fields = ["id", "name", "wanted", "places", "taken", "needs", "skill"]


class PlaceAnswerSerializer(serializers.Serializer[Any]):
    """Whether the reader may take a place of the post, and why not."""

    post = serializers.IntegerField()
    reason = serializers.ChoiceField(Reason.choices)
    words = serializers.CharField()


class ShiftSerializer(ActionsMixin, serializers.ModelSerializer[Shift]):
    posts = PostSerializer(many=True, read_only=True)
    where = serializers.CharField(read_only=True)
    life = SHIFT

    class Meta:
        model = Shift
        fields = [
            "id",
            "team",
            "series",
            "title",
            "description",
            "bring",
            "place",
            "place_words",
            "where",
            "gate_at",
            "starts_at",
            "ends_at",
            "opens_at",
            "withdraw_hours",
            "lead_confirms",
            "status",
            "wanted",
            "places",
            "posts",
            "actions",
        ]


class ShiftDetailSerializer(LinksMixin, ShiftSerializer):
    """With the answer of each post to its reader. What was done is for the team's lead."""

    answers = serializers.SerializerMethodField()
    timeline = serializers.SerializerMethodField()

    class Meta(ShiftSerializer.Meta):
        fields = [*ShiftSerializer.Meta.fields, "answers", "timeline", "links"]

    @extend_schema_field(PlaceAnswerSerializer(many=True))
    def get_answers(self, row: Shift) -> Any:
        found = places.answers([row], self.reader, self.context["at"])[row.pk]
        said = [
            {"post": post.pk, "reason": answer.reason, "words": answer.words}
            for post, answer in found
        ]
        return PlaceAnswerSerializer(said, many=True).data

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, row: Shift) -> Any:
        return events(SHIFT, row, self.reader) if SHIFT.is_staff(self.reader, row) else []


class NewPostSerializer(serializers.Serializer[Any]):
    name = NameField(max_length=40)
    wanted = serializers.IntegerField(min_value=0, max_value=MOST_PLACES, default=1)
    places = serializers.IntegerField(min_value=1, max_value=MOST_PLACES, default=1)
    needs = serializers.ChoiceField(QualificationKind.choices, default="", allow_blank=True)
    skill = serializers.ChoiceField(Skill.choices, default="", allow_blank=True)


class NewShiftSerializer(serializers.Serializer[Any]):
    team = RowField(Team)
    title = NameField(max_length=80)
    description = serializers.CharField(max_length=2000, default="", allow_blank=True)
    bring = serializers.CharField(max_length=200, default="", allow_blank=True)
    place = RowField(Place, required=False, allow_null=True)
    place_words = serializers.CharField(max_length=120, default="", allow_blank=True)
    starts_at = MomentField()
    ends_at = MomentField()
    gate_at = MomentField(required=False, allow_null=True)
    opens_at = MomentField(required=False, allow_null=True)
    withdraw_hours = serializers.IntegerField(min_value=0, max_value=336, default=2)
    lead_confirms = serializers.BooleanField(default=False)
    posts = serializers.ListField(
        child=NewPostSerializer(), min_length=1, max_length=shifts.MOST_POSTS
    )

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if (request := self.context.get("request")) is not None:
            user = request.user
            teams = Team.objects.visible_to(user).standing()
            led = teams if user.is_superuser else teams.filter(pk__in=teams_led(user))
            fields["team"].queryset = led
            fields["place"].queryset = Place.objects.visible_to(user)
        return fields

    def validate_opens_at(self, value: datetime | None) -> datetime | None:
        """What would have opened before is open at once."""
        return value if value is not None and value > self.context["at"] else None

    def validate_posts(self, value: list[dict[str, Any]]) -> list[shifts.Wanted]:
        return [shifts.Wanted(**one) for one in value]


class SignUpSerializer(serializers.Serializer[Any]):
    post = RowField(ShiftPost)
    wait = serializers.BooleanField(
        default=False, help_text="Onto the waiting list, if all places are taken."
    )

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if (shift := self.context.get("shift")) is not None:
            seen = ShiftPost.objects.visible_to(self.context["request"].user)
            fields["post"].queryset = seen.filter(shift=shift)
        return fields


# --- entries


class EntrySerializer(ActionsMixin, serializers.ModelSerializer[Entry]):
    name = serializers.CharField(source="user.name", read_only=True)
    team = serializers.IntegerField(source="shift.team_id", read_only=True)
    title = serializers.CharField(source="shift.title", read_only=True)
    post_name = serializers.CharField(source="post.name", read_only=True)
    life = ENTRY

    class Meta:
        model = Entry
        fields = [
            "id",
            "name",
            "team",
            "shift",
            "title",
            "post",
            "post_name",
            "starts_at",
            "ends_at",
            "queued_at",
            "offered_until",
            "arrived_at",
            "left_at",
            "forgotten",
            "minutes",
            "dispute",
            "overlaps",
            "overlap_reason",
            "status",
            "actions",
        ]


class EntryDetailSerializer(EntrySerializer):
    timeline = serializers.SerializerMethodField()

    class Meta(EntrySerializer.Meta):
        fields = [*EntrySerializer.Meta.fields, "timeline"]

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, row: Entry) -> Any:
        return events(ENTRY, row, self.reader)


class EntryViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Entry]):
    life = ENTRY
    queryset = Entry.objects.none()
    serializer_class = EntrySerializer
    detail_class = EntryDetailSerializer
    filterset_class = filters.EntryFilter
    ordering_fields = ("id", "starts_at")
    ordering = "-id"

    def get_queryset(self) -> Any:
        return super().get_queryset().with_others_lead(self.request.user)

    def get_serializer_class(self) -> Any:
        return EntrySerializer if self.action == "list" else EntryDetailSerializer


class ShiftViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Shift]):
    life = SHIFT
    queryset = Shift.objects.none()
    serializer_class = ShiftSerializer
    detail_class = ShiftDetailSerializer
    filterset_class = filters.ShiftFilter
    ordering_fields = ("id", "starts_at")
    ordering = "-id"

    def get_queryset(self) -> Any:
        posts = Prefetch("posts", ShiftPost.objects.visible_to(self.request.user).order_by("pk"))
        return super().get_queryset().prefetch_related(posts)

    def get_serializer_class(self) -> Any:
        return ShiftSerializer if self.action == "list" else ShiftDetailSerializer

    @extend_schema(request=NewShiftSerializer, responses={201: ShiftDetailSerializer})
    def create(self, request: Request) -> Response:
        """A shift of a team that one leads."""
        if not rules.works_here(request.user):
            raise NotAllowed(_("Shifts are made by whoever leads the team."))
        sent = NewShiftSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        made = shifts.make(actor=request.user, at=self.at, **sent.validated_data)
        return self.answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=SignUpSerializer, responses={201: EntryDetailSerializer})
    @action(detail=True, methods=["post"], url_path="sign-up", url_name="sign-up")
    def sign_up(self, request: Request, pk: str) -> Response:
        """A place of a post, or one on its waiting list."""
        context = self.get_serializer_context()
        sent = SignUpSerializer(data=request.data, context={**context, "shift": self.get_object()})
        sent.is_valid(raise_exception=True)
        post, wait = sent.validated_data["post"], sent.validated_data["wait"]
        made = entries.sign_up(post, actor=request.user, at=self.at, wait=wait)
        row = ENTRY.rows(request.user).get(pk=made.pk)
        shown = EntryDetailSerializer(row, context=context)
        return Response(shown.data, status=status.HTTP_201_CREATED)


# --- swaps


class SwapSerializer(ActionsMixin, serializers.ModelSerializer[Swap]):
    """`name` gives the place of `entry` and asks `asked_name`, perhaps for the place `other`."""

    name = serializers.CharField(source="entry.user.name", read_only=True)
    asked_name = serializers.CharField(source="asked.name", read_only=True)
    shift = serializers.IntegerField(source="entry.shift_id", read_only=True)
    title = serializers.CharField(source="entry.shift.title", read_only=True)
    post_name = serializers.CharField(source="entry.post.name", read_only=True)
    starts_at = serializers.DateTimeField(source="entry.starts_at", read_only=True)
    other_shift = serializers.IntegerField(source="other.shift_id", default=None, read_only=True)
    other_title = serializers.CharField(source="other.shift.title", default="", read_only=True)
    other_starts_at = serializers.DateTimeField(
        source="other.starts_at", default=None, read_only=True
    )
    life = SWAP

    class Meta:
        model = Swap
        fields = [
            "id",
            "entry",
            "name",
            "asked_name",
            "shift",
            "title",
            "post_name",
            "starts_at",
            "other",
            "other_shift",
            "other_title",
            "other_starts_at",
            "words",
            "status",
            "actions",
        ]


class NewSwapSerializer(serializers.Serializer[Any]):
    entry = RowField(Entry)
    member = RowField(Membership, help_text="Whom you ask, as a row of /api/v1/memberships/.")
    other = RowField(Entry, required=False, allow_null=True)
    words = serializers.CharField(max_length=200, default="", allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if (request := self.context.get("request")) is not None:
            user = request.user
            seen = Membership.objects.visible_to(user).active().select_related("user")
            fields["entry"].queryset = Entry.objects.of(user).with_all()
            fields["member"].queryset = seen
            others = Entry.objects.of_mates(user, self.context["at"])
            fields["other"].queryset = others.with_all()
        return fields


class SwapViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Swap]):
    life = SWAP
    queryset = Swap.objects.none()
    serializer_class = SwapSerializer
    detail_class = SwapSerializer
    filterset_class = filters.SwapFilter
    ordering_fields = ("id",)
    ordering = "-id"

    @extend_schema(request=NewSwapSerializer, responses={201: SwapSerializer})
    def create(self, request: Request) -> Response:
        """Asks a member of the team to take one's place, or to change places."""
        sent = NewSwapSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        made = swaps.ask(actor=request.user, at=self.at, **sent.validated_data)
        return self.answer(made, status.HTTP_201_CREATED)


# --- hours and certificates


class HourSerializer(serializers.ModelSerializer[HourLine]):
    """A line of the ledger; what was taken back is a line of its own, below zero."""

    name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = HourLine
        fields = ["id", "name", "team", "source", "entry", "title", "on", "minutes", "at"]


class HourViewSet(viewsets.ReadOnlyModelViewSet[HourLine]):
    queryset = HourLine.objects.none()
    serializer_class = HourSerializer
    filterset_class = filters.HourFilter
    ordering_fields = ("id", "on")
    ordering = "-id"

    def get_queryset(self) -> Any:
        return HourLine.objects.visible_to(self.request.user).with_all()


class ServiceSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    times = serializers.IntegerField()
    minutes = serializers.IntegerField()


class CertificateSerializer(ActionsMixin, serializers.ModelSerializer[Certificate]):
    services = serializers.SerializerMethodField()
    life = CERTIFICATE

    class Meta:
        model = Certificate
        fields = [
            "number",
            "community",
            "name",
            "from_date",
            "to_date",
            "minutes",
            "times",
            "services",
            "signed_by",
            "issued_at",
            "status",
            "shows_name",
            "shows_hours",
            "shows_services",
            "actions",
        ]

    @extend_schema_field(ServiceSerializer(many=True))
    def get_services(self, row: Certificate) -> Any:
        names = ("title", "times", "minutes")
        said = [dict(zip(names, one, strict=True)) for one in row.services]
        return ServiceSerializer(said, many=True).data


class NewCertificateSerializer(serializers.Serializer[Any]):
    community = RowField(Community, help_text="One in which you have given hours.")
    first = serializers.DateField(required=False, allow_null=True)
    last = serializers.DateField(required=False, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if (request := self.context.get("request")) is not None:
            fields["community"].queryset = certificates.communities_of(request.user)
        return fields


class CertificateViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Certificate]):
    life = CERTIFICATE
    queryset = Certificate.objects.none()
    serializer_class = CertificateSerializer
    detail_class = CertificateSerializer
    filterset_class = filters.CertificateFilter
    lookup_field = "number"
    ordering_fields = ("id",)
    ordering = "-id"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("community")

    @extend_schema(request=NewCertificateSerializer, responses={201: CertificateSerializer})
    def create(self, request: Request) -> Response:
        """Of one's own hours, between two days or of all time."""
        sent = NewCertificateSerializer(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        made = certificates.issue(actor=request.user, at=self.at, **sent.validated_data)
        return self.answer(made, status.HTTP_201_CREATED)


VIEWSETS: list[tuple[str, type[viewsets.GenericViewSet[Any]], str]] = [
    ("teams", TeamViewSet, "team"),
    ("memberships", MembershipViewSet, "membership"),
    ("qualifications", QualificationViewSet, "qualification"),
    ("shifts", ShiftViewSet, "shift"),
    ("entries", EntryViewSet, "entry"),
    ("swaps", SwapViewSet, "swap"),
    ("hours", HourViewSet, "hour"),
    ("certificates", CertificateViewSet, "certificate"),
]
