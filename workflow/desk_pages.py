"""The pages of a desk: the queue, several rows at once, the sheet, and one row in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import reswap, trigger_client_event

from common import navigation, sheets
from common.acting import acts
from workflow.desk import Desk, Queue, desk_of, keeper
from workflow.lives import Lifecycle

MOST_AT_ONCE = 200
SAID = "banyan:said"
COUNTED = "banyan:counted"
# The field of a row's form that says of which desk the row is.
OF_DESK = "of_desk"


def urls(desk: Desk) -> list[URLPattern]:
    """Names as in `Desk.route`."""
    base, name = f"{desk.route}/", desk.route
    pages: dict[str, tuple[str, Callable[..., HttpResponseBase]]] = {
        name: (base, _page(desk, queue)),
        f"{name}-bulk": (f"{base}bulk/", _bulk(desk)),
        f"{name}-export": (f"{base}export/", _page(desk, export)),
    }
    return [path(address, view, name=one) for one, (address, view) in pages.items()]


def _page(
    desk: Desk, view: Callable[[HttpRequest, Desk], HttpResponseBase]
) -> Callable[..., HttpResponseBase]:
    @login_required
    @require_safe
    def page(request: HttpRequest) -> HttpResponseBase:
        desk.check(request.user)
        return view(request, desk)

    page.__name__ = f"{desk.route}_{view.__name__}"
    return page


def _bulk(desk: Desk) -> Callable[..., HttpResponse]:
    @login_required
    @acts(leads_to=f"{desk.life.app}:{desk.route}")
    def page(request: HttpRequest) -> HttpResponse:
        desk.check(request.user)
        return bulk(request, desk)

    page.__name__ = f"{desk.route}_bulk"
    return page


# --- the queue


def queue(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = Queue(desk, request, timezone.now())
    # The side bar says one of the chips' numbers too.
    navigation.know(request, f"{desk.life.app}:{desk.route}", found.numbers.get(desk.first_view, 0))
    if request.htmx:  # type: ignore[attr-defined]
        return table(request, found)
    return render(request, desk.template, context_of(found) | {"keeper": keeper()})


def table(request: HttpRequest, found: Queue) -> HttpResponse:
    """The table alone, and the chips with their numbers of now."""
    context = context_of(found) | {"chips_too": True}
    return counted(render(request, "workflow/desk_table.html", context), found)


def counted(answer: HttpResponse, found: Queue) -> HttpResponse:
    """The bar around the page says the same number as the chip."""
    desk = found.desk
    number = found.numbers.get(desk.first_view, 0)
    return trigger_client_event(answer, COUNTED, {"url": desk.url(), "number": number})


def context_of(found: Queue) -> dict[str, Any]:
    return {
        **found.shared,
        "desk": found.desk,
        "queue": found,
        "rows": found.shown,
        "next": found.page.next,
        "numbers": found.numbers,
        "at": found.at,
    }


# --- one row in its place


def desk_of_row(request: HttpRequest) -> Desk | None:
    """The desk in whose queue the verb was pressed, if scripts sent it from there."""
    if not getattr(request, "htmx", False):
        return None
    desk = desk_of(request.POST.get(OF_DESK, ""))
    return desk if desk and desk.opens(request.user) else None


def answer_row(
    request: HttpRequest, desk: Desk, row: Any, at: datetime, status: int = 200
) -> HttpResponse:
    """The row as it stands now, or nothing where it is out of sight; and the chips."""
    asked = QueryDict(request.POST.get("query", ""))
    found = Queue(desk, request, at, asked)
    now = found.dressed(desk.rows(request.user).filter(pk=row.pk)).first()
    context: dict[str, Any] = {**found.shared, "desk": desk, "queue": found, "at": at}
    context["row"] = desk.row_of(now, found, found.shared) if now is not None else None
    answer = render(request, "workflow/desk_row.html", context, status=status)
    return counted(reswap(answer, "outerHTML"), found)


def say(answer: HttpResponse, *sentences: str, kind: str = "success") -> HttpResponse:
    said = [{"sentence": sentence, "kind": kind} for sentence in sentences]
    return trigger_client_event(answer, SAID, {"said": said})


def say_missing(errors: Mapping[str, Any]) -> HttpResponse:
    """The row stays as it is, with what was chosen in it."""
    sentences = [str(error) for error in chain.from_iterable(errors.values())]
    return say(reswap(HttpResponse(status=422), "none"), *sentences, kind="error")


# --- several at once


def bulk(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Each row by its own rules; what was refused is said row by row."""
    form = desk.bulk_form(request.POST)
    keys = request.POST.getlist("pick")[:MOST_AT_ONCE]
    done, refused = "", []
    if not keys:
        refused = [_("Choose at least one.")]
    elif form.is_valid():
        done, refused = do_all(request, desk, keys, dict(form.cleaned_data))
    else:
        refused = [str(error) for error in chain.from_iterable(form.errors.values())]
    query = request.POST.get("query", "")
    if request.htmx:  # type: ignore[attr-defined]
        answer = table(request, Queue(desk, request, timezone.now(), QueryDict(query)))
        said = [{"sentence": sentence, "kind": "error"} for sentence in refused]
        said += [{"sentence": done, "kind": "success"}] if done else []
        return trigger_client_event(answer, SAID, {"said": said})
    for sentence in refused:
        messages.error(request, sentence)
    if done:
        messages.success(request, done)
    return redirect(f"{desk.url()}?{query}")


def do_all(
    request: HttpRequest, desk: Desk, keys: list[str], values: dict[str, Any]
) -> tuple[str, list[str]]:
    at, verb, done, refused = timezone.now(), values.pop("verb"), 0, []
    life: Lifecycle = desk.life
    found = life.rows(request.user).filter(**{f"{life.key}__in": keys}).order_by("pk")
    values, rows = desk.plan(verb, values, list(found))
    for row in rows:
        refusal = desk.attempt(verb, row, values, user=request.user, at=at)
        done += not refusal
        if refusal:
            refused.append(f"{life.key_of(row)}: {refusal}")
    if not done:
        return "", refused
    meta = life.model._meta
    noun = meta.verbose_name if done == 1 else meta.verbose_name_plural
    said = {"count": done, "noun": noun, "done": life.moves[verb].done}
    return _("%(count)d %(noun)s: %(done)s") % said, refused


# --- the sheet


def export(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """The rows of the filter as CSV or XLSX, row by row."""
    at = timezone.now()
    found = Queue(desk, request, at)
    title = desk.life.model._meta.verbose_name_plural
    name = f"{str(title).capitalize()} {timezone.localtime(at):%Y-%m-%d %H%M}"
    form = "xlsx" if request.GET.get("form") == "xlsx" else "csv"
    heads = [str(head) for head in desk.export_columns]

    def cells() -> Iterator[list[Any]]:
        for row in found.every:
            yield [value(row) for value in desk.export_columns.values()]

    return sheets.as_response(name, heads, cells(), form)
