"""The page of a verb, made from a noun's declaration: GET asks for what it needs, POST does it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from notifications.models import Message
from workflow.desk_pages import answer_row, desk_of_row, say, say_missing
from workflow.forms import VerbForm
from workflow.lives import Lifecycle
from workflow.moves import check
from workflow.refusals import Invalid
from workflow.versions import Outdated

MOST_NAMES = 3


def urls(life: Lifecycle, prefix: str) -> list[URLPattern]:
    """One route a verb; `prefix` ends with the row's own address, such as "<str:number>/"."""
    return [
        path(f"{prefix}{verb}/", page_of(life, verb), name=f"{life.noun}-{verb}")
        for verb in life.moves
    ]


def page_of(life: Lifecycle, verb: str) -> Callable[..., HttpResponse]:
    @login_required
    @require_http_methods(["GET", "HEAD", "POST"])
    def page(request: HttpRequest, **key: Any) -> HttpResponse:
        return act(request, life, verb, **key)

    page.__name__ = f"{life.noun}_{verb}"
    return page


def act(request: HttpRequest, life: Lifecycle, verb: str, **key: Any) -> HttpResponse:
    at, user = timezone.now(), request.user
    row = get_object_or_404(life.rows(user), **key)
    check(life.moves, verb, row, user, at=at)
    form = verb_form(request, life, verb, row, user, at)
    desk = desk_of_row(request)
    if request.method == "POST" and form.is_valid() and done(life, verb, form):
        said = notice(life, verb, row, user, at)
        if desk:
            return say(answer_row(request, desk, row, at), said)
        messages.success(request, said)
        return redirect(after(request, life, row))
    if desk:
        return say_missing(form.errors)
    context: dict[str, Any] = {
        life.noun: row,
        "row": row,
        "life": life,
        "form": form,
        "verb": verb,
        "move": life.moves[verb],
        "back": row.get_absolute_url(),
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "at": at,
    }
    own = [f"{life.app}/{life.noun}_{verb}.html", f"{life.app}/{life.noun}_act.html"]
    templates = [*own, "workflow/act.html"]
    return render(request, templates, context, status=form.status)


def verb_form(
    request: HttpRequest, life: Lifecycle, verb: str, row: Any, user: Any, at: datetime
) -> VerbForm:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return life.form(verb, *sent, row=row, user=user, at=at)


def done(life: Lifecycle, verb: str, form: VerbForm) -> bool:
    """What does not make sense is said over the form, which keeps what was typed."""
    try:
        life.do_as_asked(verb, form)
    except Outdated as refusal:
        form.outdated(refusal)
    except Invalid as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as error:
        form.add_error(None, error)
    return not form.errors


def notice(life: Lifecycle, verb: str, row: Any, user: Any, at: datetime) -> str:
    """What happened, and to the staff also who was told of it."""
    said = f"{life.moves[verb].done} {life.says(verb, row)}".strip()
    if not life.is_staff(user, row):
        return said
    sentence = f"{said} {told_of(life, verb, row, at)}".strip()
    return sentence if life.key == "pk" else f"{life.key_of(row)} · {sentence}"


def told_of(life: Lifecycle, verb: str, row: Any, at: datetime) -> str:
    """“Told: 林阿姨, 王师傅 and 2 others (11:18).”"""
    people = Message.objects.about(row).filter(kind=life.moves.code_of(verb), created_at=at)
    names = [person.name for person in people.recipients()]
    if not names:
        return ""
    first, more = _(", ").join(names[:MOST_NAMES]), len(names) - MOST_NAMES
    if more > 0:
        others = ngettext("%(names)s and %(n)d other", "%(names)s and %(n)d others", more)
        first = others % {"names": first, "n": more}
    return _("Told: %(names)s (%(time)s).") % {
        "names": first,
        "time": f"{timezone.localtime(at):%H:%M}",
    }


def after(request: HttpRequest, life: Lifecycle, row: Any) -> str:
    """`next` of this site only; else the row, or the list once the row is out of sight."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return wanted
    still = life.model.objects.visible_to(request.user).filter(pk=row.pk).exists()
    return str(row.get_absolute_url()) if still else life.list_route
