"""The administrator's door to a noun with a life: its state is changed by verbs alone.

Verbs that ask for nothing are actions of the list; the others stand as links on the row's form and
open the verb's own page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.admin import AuditedModelAdmin
from workflow.lives import Lifecycle
from workflow.refusals import Refusal


class LifecycleAdmin(AuditedModelAdmin):
    """`words` are what the desk may correct by hand; all else is written by verbs."""

    life: ClassVar[Lifecycle]
    words: ClassVar[tuple[str, ...]] = ()
    left_out: ClassVar[tuple[str, ...]] = ()
    show_full_result_count = False

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "life" in vars(cls):
            plain = [verb for verb in cls.life.moves if verb not in cls.life.forms]
            cls.actions = [*(cls.actions or ()), *(verb_action(cls.life, v) for v in plain)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["verbs", *self.words, *self.told_by_verbs()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["verbs", *self.told_by_verbs()]

    def told_by_verbs(self) -> list[str]:
        left_out = {"id", *self.left_out, *self.words}
        fields = [field.name for field in self.model._meta.concrete_fields]
        return [name for name in fields if name not in left_out]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.life.joined(super().get_queryset(request))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """With its reader, for the admin itself is shared by all requests."""
        row: Any = super().get_object(request, object_id, from_field)
        if row is not None:
            row.reader = request.user
        return row

    @admin.display(description=_("what may be done"))
    def verbs(self, row: Any) -> SafeString:
        """Links to the pages of the verbs that are open to the administrator."""
        open_now = self.life.buttons(row, row.reader, at=timezone.now())
        pairs = ((button.url, button.move.label) for button in open_now)
        return format_html("<div>{}</div>", format_html_join(" · ", '<a href="{}">{}</a>', pairs))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A row begins by a verb, on the page for it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row ends by a verb; it is never as if it had not been."""
        return False


def verb_action(life: Lifecycle, verb: str) -> Any:
    """Do `verb` to each chosen row; each refusal is said."""

    @admin.action(description=cast(str, life.moves[verb].label))
    def act(model_admin: Any, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        each(request, chosen, partial(life.do, verb), life.moves[verb].done)

    act.__name__ = verb
    return act


def each(
    request: HttpRequest,
    rows: Iterable[Any],
    verb: Callable[..., Any],
    done: str | Promise = "",
) -> None:
    """Do `verb` to each chosen row; say to how many, with the words `done`, and each refusal."""
    at, count = timezone.now(), 0
    for row in rows:
        try:
            verb(row, actor=request.user, at=at)
            count += 1
        except Refusal as refusal:
            messages.error(request, f"{row}: {refusal}")
    if count:
        messages.success(request, _said(count, done))


def _said(count: int, done: str | Promise) -> str:
    if not done:
        return ngettext("%(n)d row done.", "%(n)d rows done.", count) % {"n": count}
    said = ngettext("%(done)s %(count)d row.", "%(done)s %(count)d rows.", count)
    return said % {"done": done, "count": count}
