"""The administrator's door. A ticket's state is changed by verbs alone.

Verbs that ask for nothing are actions of the list; the others stand as links on the ticket's
form and open the verb's own page. What was said and who had a job is history, and read only.
"""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.admin import AuditedModelAdmin
from repairs import services
from repairs.forms import FORMS
from repairs.models import (
    Assignment,
    Category,
    Comment,
    CostLine,
    Follow,
    NumberSeries,
    SavedView,
    Ticket,
)
from workflow.moves import open_to
from workflow.refusals import Refusal

PLAIN = [verb for verb in services.MOVES if verb not in FORMS]


def verb_action(verb: str) -> Any:
    """Do `verb` to each chosen ticket; each refusal is said."""

    @admin.action(description=cast(str, services.MOVES[verb].label))
    def act(model_admin: Any, request: HttpRequest, chosen: QuerySet[Ticket]) -> None:
        at, done = timezone.now(), 0
        for ticket in chosen:
            try:
                getattr(services, verb)(ticket, actor=request.user, at=at)
                done += 1
            except Refusal as refusal:
                messages.error(request, f"{ticket.number}: {refusal}")
        if done:
            said = ngettext("%(verb)s: %(count)d ticket.", "%(verb)s: %(count)d tickets.", done)
            messages.success(request, said % {"verb": services.MOVES[verb].label, "count": done})

    act.__name__ = verb
    return act


class ReadOnlyMixin:
    """Shown, never edited: a verb writes it."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CostInline(ReadOnlyMixin, admin.TabularInline):  # type: ignore[type-arg]
    model = CostLine
    extra = 0


class AssignmentInline(ReadOnlyMixin, admin.TabularInline):  # type: ignore[type-arg]
    model = Assignment
    extra = 0
    fields = ["worker", "started_at", "ended_at", "reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return super().get_queryset(request).select_related("worker")


# What the desk may correct by hand; all else is written by verbs.
WORDS = ["title", "description", "place_words", "contact_name", "contact_phone", "on_behalf_of"]


@admin.register(Ticket)
class TicketAdmin(AuditedModelAdmin):
    list_display = [
        "number",
        "title",
        "status",
        "priority",
        "category",
        "estate",
        "assignee",
        "reported_at",
        "resolve_by",
    ]
    list_filter = ["status", "priority", "source", "estate", "category__trade"]
    search_fields = ["number", "title", "description", "contact_name", "contact_phone"]
    show_full_result_count = False
    inlines = [AssignmentInline, CostInline]
    fields = ["verbs", *WORDS]
    actions = [verb_action(verb) for verb in PLAIN]

    def get_fields(self, request: HttpRequest, obj: Ticket | None = None) -> list[str]:
        return ["verbs", *WORDS, *self.told_by_verbs()]

    def get_readonly_fields(self, request: HttpRequest, obj: Ticket | None = None) -> list[str]:
        return ["verbs", *self.told_by_verbs()]

    @staticmethod
    def told_by_verbs() -> list[str]:
        left_out = {
            "id",
            "search",
            "origin_id",
            "origin_type",
            "idempotency_key",
            "sent_digest",
            *WORDS,
        }
        fields = [field.name for field in Ticket._meta.concrete_fields]
        return [name for name in fields if name not in left_out]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        rows: QuerySet[Ticket] = super().get_queryset(request)
        return rows.with_place().select_related("entered_by")  # type: ignore[attr-defined, no-any-return]

    @admin.display(description=_("what may be done"))
    def verbs(self, ticket: Ticket) -> SafeString:
        """Links to the pages of the verbs that are open to the administrator."""
        reader = ticket.reader  # type: ignore[attr-defined]
        open_now = open_to(services.MOVES, ticket, reader, at=timezone.now())
        links = format_html_join(
            " · ",
            '<a href="{}">{}</a>',
            (
                (reverse(f"repairs:{verb}", args=[ticket.number]), services.MOVES[verb].label)
                for verb in open_now
            ),
        )
        return format_html("<div>{}</div>", links)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Ticket | None:
        """With its reader, for the admin itself is shared by all requests."""
        ticket: Ticket | None = super().get_object(request, object_id, from_field)
        if ticket is not None:
            ticket.reader = request.user  # type: ignore[attr-defined]
        return ticket

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A ticket begins by being reported, on the page for it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Ticket | None = None) -> bool:
        """A ticket is cancelled, declined or merged; it is never as if it had not been."""
        return False


@admin.register(Category)
class CategoryAdmin(AuditedModelAdmin):
    list_display = [
        "name",
        "name_en",
        "parent",
        "estate",
        "trade",
        "priority",
        "clock",
        "dispatch",
        "is_active",
    ]
    list_filter = ["estate", "trade", "priority", "dispatch", "is_active"]
    search_fields = ["name", "name_en", "code"]
    list_select_related = ["parent", "estate"]


class OfTicketAdmin(ReadOnlyMixin, AuditedModelAdmin):
    list_select_related: list[str] | bool = ["ticket"]
    show_full_result_count = False


@admin.register(Assignment)
class AssignmentAdmin(OfTicketAdmin):
    list_display = ["ticket", "worker", "started_at", "ended_at", "reason"]
    list_filter = ["ticket__estate"]
    search_fields = ["ticket__number", "worker__display_name", "worker__username"]
    list_select_related = ["ticket", "worker"]


@admin.register(Comment)
class CommentAdmin(OfTicketAdmin):
    list_display = ["ticket", "author", "at", "internal", "body"]
    list_filter = ["internal", "ticket__estate"]
    search_fields = ["ticket__number", "body"]
    list_select_related = ["ticket", "author"]


@admin.register(CostLine)
class CostLineAdmin(OfTicketAdmin):
    list_display = ["ticket", "kind", "name", "quantity", "unit_price", "payer"]
    list_filter = ["kind", "payer", "ticket__estate"]
    search_fields = ["ticket__number", "name"]


@admin.register(Follow)
class FollowAdmin(OfTicketAdmin):
    list_display = ["ticket", "user", "created_at"]
    search_fields = ["ticket__number", "user__display_name", "user__username"]
    list_select_related = ["ticket", "user"]


@admin.register(SavedView)
class SavedViewAdmin(AuditedModelAdmin):
    list_display = ["name", "user", "query"]
    search_fields = ["name", "user__display_name", "user__username"]
    list_select_related = ["user"]
    raw_id_fields = ["user"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedView]:
        """The administrator's own, by the same question as everywhere."""
        return SavedView.objects.visible_to(request.user)


@admin.register(NumberSeries)
class NumberSeriesAdmin(ReadOnlyMixin, AuditedModelAdmin):
    list_display = ["estate", "year", "last"]
    list_select_related = ["estate"]
