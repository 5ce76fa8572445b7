"""One filter of tickets for the triage queue, its exports, its saved views and the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.days import FromDay, UntilDay
from estates.models import Building, Estate, Place, Posting, Unit
from estates.standing import DESK, estates_handled
from repairs.models import CONTACT_PHONES, WORDS, Category, Priority, Ticket
from repairs.querysets import TicketQuerySet, late
from repairs.standing import followed_by
from repairs.states import AT_WORK, UNTAKEN, Status
from workflow.desk import View, views


def _followed(at: datetime, user: Any) -> Q:
    return Q(pk__in=followed_by(user)) | Q(entered_by=user.pk)


VIEWS = views(
    View("to_accept", _("To accept"), lambda at, user: Q(status=Status.NEW)),
    View("to_dispatch", _("To dispatch"), lambda at, user: Q(status__in=UNTAKEN)),
    View("overdue", _("Overdue"), lambda at, user: late(at), late=True),
    View("at_work", _("At work"), lambda at, user: Q(status__in=AT_WORK)),
    View("on_hold", _("On hold"), lambda at, user: Q(status=Status.ON_HOLD)),
    View("to_confirm", _("To be confirmed"), lambda at, user: Q(status=Status.RESOLVED)),
    View("mine", _("Followed by me"), _followed, counted=False, newest_first=True),
    View("all", _("All"), lambda at, user: Q(), counted=False, newest_first=True),
)


def _user(request: Any) -> Any:
    return request.user if request is not None else None


def _categories(request: Any) -> Any:
    user = _user(request)
    return Category.objects.visible_to(user) if user else Category.objects.none()


def _buildings(request: Any) -> Any:
    user = _user(request)
    return Building.objects.visible_to(user) if user else Building.objects.none()


def _estates(request: Any) -> Any:
    user = _user(request)
    return Estate.objects.visible_to(user) if user else Estate.objects.none()


def _workers(request: Any) -> Any:
    """Whoever is or was a technician beside this person."""
    user = _user(request)
    if not user:
        return User.objects.none()
    postings = Posting.objects.visible_to(user).filter(duty=Posting.Duty.TECHNICIAN)
    return User.objects.filter(pk__in=postings.values("user"))


class TicketFilter(django_filters.FilterSet):  # type: ignore[misc]
    view = django_filters.ChoiceFilter(
        label=_("View"), choices=[(v.key, v.label) for v in VIEWS.values()], method="in_view"
    )
    q = django_filters.CharFilter(
        label=_("Words, number or last digits of a phone"),
        method="saying",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    status = django_filters.MultipleChoiceFilter(
        label=_("State"),
        choices=Ticket.Status.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    priority = django_filters.MultipleChoiceFilter(
        label=_("Priority"),
        choices=Priority.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    category = django_filters.ModelChoiceFilter(
        label=_("Category"), queryset=_categories, method="of_category", empty_label=_("any")
    )
    building = django_filters.ModelChoiceFilter(
        label=_("Building"), queryset=_buildings, method="in_building", empty_label=_("any")
    )
    estate = django_filters.ModelChoiceFilter(
        label=_("Estate"), queryset=_estates, empty_label=_("any")
    )
    assignee = django_filters.ModelChoiceFilter(
        label=_("Technician"), queryset=_workers, empty_label=_("any")
    )
    source = django_filters.ChoiceFilter(
        label=_("Source"), choices=Ticket.Source.choices, empty_label=_("any")
    )
    overdue = django_filters.BooleanFilter(
        label=_("Overdue"), method="is_overdue", widget=forms.CheckboxInput
    )
    since = FromDay(label=_("Reported from"), field_name="reported_at")
    until = UntilDay(label=_("Reported until"), field_name="reported_at")

    class Meta:
        model = Ticket
        fields: list[str] = []

    @property
    def at(self) -> datetime:
        """The moment of the request, set by its door."""
        return getattr(self.request, "at", None) or timezone.now()

    def in_view(self, tickets: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        view = VIEWS.get(value)
        if view is None:
            return tickets
        return tickets.filter(view.rows(self.at, self.request.user))

    def saying(self, tickets: TicketQuerySet, name: str, value: str) -> TicketQuerySet:
        """Words of the ticket; at the desk's own estates, a phone or its last four digits too."""
        desks = estates_handled(self.request.user, *DESK)
        called = CONTACT_PHONES.matching(value) & Q(estate__in=desks)
        return tickets.filter(WORDS.saying(value) | called)

    def of_category(self, tickets: TicketQuerySet, name: str, value: Category) -> TicketQuerySet:
        children = Category.objects.filter(parent=value).values_list("pk", flat=True)
        return tickets.filter(category__in=[value.pk, *children])

    def in_building(self, tickets: TicketQuerySet, name: str, value: Building) -> TicketQuerySet:
        homes = Unit.objects.filter(entrance__building=value).values_list("pk", flat=True)
        places = Place.objects.filter(building=value).values_list("pk", flat=True)
        return tickets.filter(Q(unit__in=list(homes)) | Q(place__in=list(places)))

    def is_overdue(self, tickets: TicketQuerySet, name: str, value: bool) -> TicketQuerySet:
        """A box that is not ticked asks nothing; the API's `false` does."""
        if value:
            return tickets.overdue(self.at)
        asked = (self.data or {}).get("overdue", "") in ("false", "False", "0")
        return tickets.exclude(late(self.at)) if asked else tickets
