"""/api/v1/categories/."""

from __future__ import annotations

from rest_framework import serializers, viewsets

from repairs.models import Category
from repairs.querysets import CategoryQuerySet


class CategorySerializer(serializers.ModelSerializer[Category]):
    class Meta:
        model = Category
        fields = [
            "id",
            "estate",
            "parent",
            "code",
            "name",
            "name_en",
            "icon",
            "place_kind",
            "trade",
            "priority",
            "respond_minutes",
            "resolve_minutes",
            "clock",
            "is_active",
        ]


class CategoryViewSet(viewsets.ReadOnlyModelViewSet[Category]):
    """What may be broken, as a tree."""

    queryset = Category.objects.none()
    serializer_class = CategorySerializer
    filterset_fields = ["estate", "parent", "is_active", "place_kind"]
    ordering = ["estate", "order", "id"]

    def get_queryset(self) -> CategoryQuerySet:
        rows: CategoryQuerySet = Category.objects.visible_to(self.request.user)
        return rows
