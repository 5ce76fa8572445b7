"""What is sent to report something."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from common.phones import PhoneField
from estates.models import Facility, Place, Unit
from repairs.forms.report import WindowsField
from repairs.models import Category, Priority
from workflow.follow_ups import find
from workflow.refusals import Invalid

KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    description="Sent again, it answers with the ticket of the first time.",
)


def idempotency_key(request: Request) -> uuid.UUID | None:
    sent = request.headers.get("Idempotency-Key", "")
    try:
        return uuid.UUID(sent) if sent else None
    except ValueError as error:
        raise Invalid(_("Idempotency-Key must be a UUID.")) from error


class VisibleField(serializers.PrimaryKeyRelatedField[Any]):
    """A row of `model` that the sender may see."""

    def __init__(self, model: Any, **options: Any) -> None:
        self.model = model
        # or 1.5 would be the row 1
        whole = serializers.IntegerField()
        super().__init__(queryset=model.objects.none(), pk_field=whole, **options)

    def get_queryset(self) -> Any:
        return self.model.objects.visible_to(self.context["request"].user)


class ReportSerializer(serializers.Serializer[Any]):
    """The phone and the wished times are checked by the fields of the page's form."""

    category = VisibleField(Category)
    description = serializers.CharField(max_length=4000)
    title = serializers.CharField(max_length=120, required=False)
    unit = VisibleField(Unit, required=False, allow_null=True)
    place = VisibleField(Place, required=False, allow_null=True)
    facility = VisibleField(Facility, required=False, allow_null=True)
    place_words = serializers.CharField(max_length=200, required=False)
    priority = serializers.ChoiceField(Priority.choices, required=False, help_text="Desk only.")
    on_behalf_of = serializers.CharField(max_length=60, required=False)
    contact_name = serializers.CharField(max_length=60, required=False)
    contact_phone = serializers.CharField(max_length=30, required=False)
    private = serializers.BooleanField(required=False)
    windows = serializers.ListField(
        child=serializers.CharField(max_length=20),
        required=False,
        help_text='Such as "2026-11-23/am", "/pm", "/eve".',
    )
    may_enter = serializers.BooleanField(required=False)
    photos = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Keys from /api/v1/attachments/."
    )

    origin = serializers.CharField(
        max_length=100, required=False, help_text='What it comes from, such as "grids.visit.17".'
    )

    def validate_origin(self, value: str) -> Any:
        try:
            return find(value, self.context["request"].user)
        except Http404 as error:
            raise serializers.ValidationError(_("There is no such row.")) from error

    def validate_contact_phone(self, value: str) -> str:
        phone: str = PhoneField(required=False).clean(value)
        return phone

    def validate_windows(self, value: list[str]) -> list[str]:
        field = WindowsField(required=False)
        field.offer(self.context["at"])
        windows: list[str] = field.clean(value)
        return windows
