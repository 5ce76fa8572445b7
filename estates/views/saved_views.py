"""The views of a desk's queue that somebody keeps for themselves."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common.acting import acts
from estates.forms import RenameViewForm, SavedViewForm
from estates.models import SavedView
from estates.services import views as services
from workflow.desk import Desk, desk_of


def _desk(code: str) -> Desk:
    desk = desk_of(code)
    if desk is None:
        raise Http404(code)
    return desk


def _leads_to(request: HttpRequest, code: str) -> str:
    return _desk(code).url()


@login_required
@acts(leads_to=_leads_to)
def save(request: HttpRequest, code: str) -> HttpResponse:
    desk = _desk(code)
    desk.check(request.user)
    form = SavedViewForm(request.POST)
    query = request.POST.get("query", "")
    if form.is_valid():
        view = services.save_view(actor=request.user, desk=desk.code, **form.cleaned_data)
        query = view.query
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    else:
        messages.error(request, _("A view needs a name of at most 30 characters."))
    return redirect(f"{desk.url()}?{query}")


def _view(request: HttpRequest, pk: int) -> SavedView:
    view: SavedView = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    return view


def _shown(request: HttpRequest, pk: int) -> str:
    view = _view(request, pk)
    return f"{_desk(view.desk).url()}?{view.query}"


@login_required
@acts(leads_to=_shown)
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    view = _view(request, pk)
    form = RenameViewForm(request.POST)
    if form.is_valid():
        services.rename_view(view, name=form.cleaned_data["name"])
    else:
        messages.error(request, _("A view needs a name of at most 30 characters."))
    return redirect(_shown(request, pk))


@login_required
@acts(leads_to=_shown)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    view = _view(request, pk)
    services.delete_view(view)
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return redirect(_desk(view.desk).url())
