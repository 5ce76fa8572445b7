"""Uploads ahead of a report: the key that comes back goes with the report, among its `photos`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import APIException
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from attachments.models import Attachment
from attachments.services import discard, store


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    url = serializers.CharField(source="get_absolute_url", read_only=True)
    thumbnail_url = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = [
            "key",
            "url",
            "thumbnail_url",
            "name",
            "media_type",
            "size",
            "width",
            "height",
            "stage",
            "created_at",
        ]
        read_only_fields = fields

    def get_thumbnail_url(self, attachment: Attachment) -> str | None:
        return attachment.thumbnail_url if attachment.thumbnail else None


class UploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, max_length=None)


class AlreadySent(APIException):
    status_code = 409
    default_code = "wrong_state"
    default_detail = _("This file was sent already.")


class UploadThrottle(UserRateThrottle):
    scope = "uploads"
    rate = "240/hour"

    def allow_request(self, request: Request, view: Any) -> bool:
        return request.method != "POST" or super().allow_request(request, view)


class AttachmentViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet[Attachment]):
    """One's uploads: add one (`file`), read what is known of one, throw away one not sent yet."""

    serializer_class = AttachmentSerializer
    parser_classes = [MultiPartParser]
    throttle_classes = [UploadThrottle]
    lookup_field = "key"
    queryset = Attachment.objects.none()

    def get_queryset(self) -> QuerySet[Attachment]:
        return Attachment.objects.visible_to(self.request.user)

    @extend_schema(
        request={"multipart/form-data": UploadSerializer}, responses={201: AttachmentSerializer}
    )
    def create(self, request: Request) -> Response:
        upload = UploadSerializer(data=request.data)
        upload.is_valid(raise_exception=True)
        try:
            attachment = store(upload.validated_data["file"], by=request.user, at=timezone.now())
        except ValidationError as error:
            raise serializers.ValidationError({"file": error.messages}) from error
        return Response(self.get_serializer(attachment).data, status=201)

    def destroy(self, request: Request, key: str) -> Response:
        if not discard(self.get_object(), by=request.user):
            raise AlreadySent
        return Response(status=204)
