from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.paging import CursorPages
from notifications.models import Message
from notifications.services import mark_read


class MessageSerializer(serializers.ModelSerializer[Message]):
    class Meta:
        model = Message
        fields = ["id", "kind", "title", "body", "url", "created_at", "read_at"]
        read_only_fields = fields


class Nothing(serializers.Serializer[Any]):
    """Of an address that asks for nothing: what is sent is read, and refused if it is no object."""

    @classmethod
    def check(cls, request: Request) -> None:
        cls(data=request.data).is_valid(raise_exception=True)


class NewestFirst(CursorPages):
    ordering = "-pk"


class MessageViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Message]
):
    """What one was told: the bell for machines."""

    serializer_class = MessageSerializer
    pagination_class = NewestFirst
    filterset_fields = {"kind": ["exact"], "read_at": ["isnull"], "created_at": ["gte", "lt"]}
    ordering_fields = ["id"]
    queryset = Message.objects.none()

    def get_queryset(self) -> QuerySet[Message]:
        return Message.objects.visible_to(self.request.user).inbox(self.request.user)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: Any = None) -> Response:
        message = self.get_object()
        Nothing.check(request)
        mark_read(request.user, at=timezone.now(), pk=message.pk)
        message.refresh_from_db()
        return Response(self.get_serializer(message).data)

    @extend_schema(
        request=None,
        responses=inline_serializer("ReadAll", {"read": serializers.IntegerField()}),
    )
    @action(detail=False, methods=["post"])
    def read_all(self, request: Request) -> Response:
        Nothing.check(request)
        return Response({"read": mark_read(request.user, at=timezone.now())})
