"""/api/v1/tickets/ with every verb of MOVES."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from attachments.models import Comment
from attachments.services import of_rows
from common import phones
from common.paging import CursorPages
from repairs import rules, services
from repairs.api.reports import KEY, ReportSerializer, idempotency_key
from repairs.filters import TicketFilter
from repairs.lives import TICKET
from repairs.models import CostLine, Ticket
from repairs.querysets import TicketQuerySet
from workflow.viewsets import ActionsMixin, EventSerializer, LifecycleMixin, LinksMixin, events

# What whoever only follows a ticket reads instead of the home's own arrangements.
UNTOLD = {
    "windows": [],
    "may_enter": False,
    "on_behalf_of": "",
    "contact_name": "",
    "contact_phone": "",
}


class TicketSerializer(ActionsMixin, serializers.ModelSerializer[Ticket]):
    """A row of the list. The contact's phone is given to those who may call."""

    where = serializers.CharField(read_only=True)
    assignee_name = serializers.CharField(source="assignee.name", default="", read_only=True)
    overdue = serializers.SerializerMethodField()
    contact_phone = serializers.SerializerMethodField()
    life = TICKET

    class Meta:
        model = Ticket
        fields = [
            "number",
            "estate",
            "unit",
            "place",
            "facility",
            "where",
            "place_words",
            "category",
            "priority",
            "source",
            "status",
            "title",
            "description",
            "private",
            "windows",
            "may_enter",
            "on_behalf_of",
            "contact_name",
            "contact_phone",
            "assignee",
            "assignee_name",
            "visit_from",
            "visit_to",
            "reported_at",
            "respond_by",
            "resolve_by",
            "responded_at",
            "resolved_at",
            "closed_at",
            "held_until",
            "hold_reason",
            "overdue",
            "urges",
            "reopens",
            "reason",
            "resolution",
            "rating",
            "rating_words",
            "actions",
        ]

    def get_overdue(self, ticket: Ticket) -> bool:
        return ticket.is_overdue(self.context["at"])

    def get_contact_phone(self, ticket: Ticket) -> str:
        phone = ticket.contact_phone
        return phone if rules.sees_phone(self.reader, ticket) else phones.masked(phone)

    def to_representation(self, ticket: Ticket) -> dict[str, Any]:
        shown = super().to_representation(ticket)
        return shown if rules.sees_home(self.reader, ticket) else shown | UNTOLD


class CommentSerializer(serializers.ModelSerializer[Comment]):
    author_name = serializers.CharField(source="author.name", default="", read_only=True)

    class Meta:
        model = Comment
        fields = ["id", "at", "author_name", "body", "internal"]


class CostSerializer(serializers.ModelSerializer[CostLine]):
    total = serializers.DecimalField(max_digits=12, decimal_places=2, read_only=True)

    class Meta:
        model = CostLine
        fields = ["id", "kind", "name", "quantity", "unit_price", "payer", "total"]


class PhotoSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    stage = serializers.CharField()
    media_type = serializers.CharField()
    url = serializers.CharField(source="get_absolute_url")


class TicketDetailSerializer(LinksMixin, TicketSerializer):
    """One ticket with what was said, paid, photographed and done."""

    comments = serializers.SerializerMethodField()
    costs = serializers.SerializerMethodField()
    photos = serializers.SerializerMethodField()
    timeline = serializers.SerializerMethodField()

    class Meta(TicketSerializer.Meta):
        fields = [*TicketSerializer.Meta.fields, "comments", "costs", "photos", "timeline", "links"]

    @extend_schema_field(CommentSerializer(many=True))
    def get_comments(self, ticket: Ticket) -> Any:
        seen = Comment.objects.for_row(ticket).visible_to(self.reader)
        return CommentSerializer(seen.select_related("author"), many=True).data

    @extend_schema_field(CostSerializer(many=True))
    def get_costs(self, ticket: Ticket) -> Any:
        rows = CostLine.objects.visible_to(self.reader).filter(ticket=ticket)
        told = rows if rules.sees_home(self.reader, ticket) else rows.none()
        return CostSerializer(told, many=True).data

    @extend_schema_field(PhotoSerializer(many=True))
    def get_photos(self, ticket: Ticket) -> Any:
        return PhotoSerializer(of_rows([ticket])[ticket.pk], many=True).data

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, ticket: Ticket) -> Any:
        return events(TICKET, ticket, self.reader)


class TicketPages(CursorPages):
    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 100
    # Tickets taken over as closed have no deadline and stand all at one position; at the library's
    # 1000 their pages would begin again and never end.
    offset_cutoff = 10_000_000

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        """Rows of one moment by their pk, so that no page depends on chance."""
        asked = super().get_ordering(request, queryset, view)
        return (*(term.replace("resolve_by", "resolve_by_or_never") for term in asked), "-id")


class TicketViewSet(LifecycleMixin, viewsets.ReadOnlyModelViewSet[Ticket]):
    """Repairs, as the pages show them: the same rows, verbs and refusals."""

    life = TICKET
    detail_class = TicketDetailSerializer
    queryset = Ticket.objects.none()
    serializer_class = TicketSerializer
    lookup_field = "number"
    lookup_value_regex = "[A-Z0-9-]+"
    filterset_class = TicketFilter
    pagination_class = TicketPages
    ordering_fields = ["id", "resolve_by", "reported_at"]
    ordering = ["-id"]

    def get_queryset(self) -> TicketQuerySet:
        tickets: TicketQuerySet = super().get_queryset()
        return tickets.with_resolve_by_or_never()

    def get_serializer_class(self) -> Any:
        return TicketSerializer if self.action == "list" else TicketDetailSerializer

    @extend_schema(
        request=ReportSerializer, responses={201: TicketDetailSerializer}, parameters=[KEY]
    )
    def create(self, request: Request) -> Response:
        given = ReportSerializer(data=request.data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        ticket = services.report(
            actor=request.user,
            at=self.at,
            source=Ticket.Source.API,
            key=idempotency_key(request),
            **given.validated_data,
        )
        return self.answer(ticket, status.HTTP_201_CREATED)
