"""One FilterSet per noun, for its list, its API and its export."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.days import FromDay, UntilDay
from estates.filters import ByName
from events.models import Event, SeasonalTemplate, Service, Signup, Slot
from events.models.event import WORDS


class TemplateFilter(ByName):
    fields_of_q = ("name", "name_en")

    class Meta:
        model = SeasonalTemplate
        fields = ["q", "kind", "community"]


class EventFilter(df.FilterSet):  # type: ignore[misc]
    q = df.CharFilter(method="find", label=_("Search"))
    from_day = FromDay(field_name="starts_at", label=_("From day"))
    until_day = UntilDay(field_name="starts_at", label=_("Until day"))
    upcoming = df.BooleanFilter(method="ahead", label=_("Not over yet"))

    class Meta:
        model = Event
        fields = ["q", "community", "status", "team"]

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(WORDS.saying(value)) if value.strip() else rows

    def ahead(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        now = timezone.now()
        return rows.filter(ends_at__gt=now) if value else rows.filter(ends_at__lte=now)


class SignupFilter(ByName):
    fields_of_q = ("name", "seats__name")

    class Meta:
        model = Signup
        fields = ["q", "event", "status", "by_staff"]

    def find(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return super().find(rows, name, value).distinct() if value.strip() else rows

    def ahead(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        now = timezone.now()
        return rows.filter(ends_at__gt=now) if value else rows.filter(ends_at__lte=now)


def services(request: Any) -> QuerySet[Any]:
    return Service.objects.visible_to(request.user) if request else Service.objects.none()


class SlotFilter(df.FilterSet):  # type: ignore[misc]
    event = df.CharFilter(field_name="service__event__number", label=_("Number of the event"))
    service = df.ModelChoiceFilter(queryset=services, label=_("Service"))

    class Meta:
        model = Slot
        fields = ["event", "service", "status"]
