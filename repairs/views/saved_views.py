"""The views of the queue that somebody keeps for themselves."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from common.acting import acts
from estates.models import SavedView
from estates.services import views as services
from repairs.forms.triage import RenameViewForm, SavedViewForm
from repairs.views.triage import check_desk


@login_required
@acts(leads_to="repairs:triage")
def save_view(request: HttpRequest) -> HttpResponse:
    check_desk(request.user)
    form = SavedViewForm(request.POST)
    query = request.POST.get("query", "")
    if form.is_valid():
        view = services.save_view(actor=request.user, desk="repairs.ticket", **form.cleaned_data)
        query = view.query
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    else:
        messages.error(request, _("A view needs a name of at most 30 characters."))
    return redirect(f"{reverse('repairs:triage')}?{query}")


def _view(request: HttpRequest, pk: int) -> SavedView:
    view: SavedView = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    return view


def _shown(request: HttpRequest, pk: int) -> str:
    return f"{reverse('repairs:triage')}?{_view(request, pk).query}"


@login_required
@acts(leads_to=_shown)
def rename_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = _view(request, pk)
    form = RenameViewForm(request.POST)
    if form.is_valid():
        services.rename_view(view, name=form.cleaned_data["name"])
    else:
        messages.error(request, _("A view needs a name of at most 30 characters."))
    return redirect(f"{reverse('repairs:triage')}?{view.query}")


@login_required
@acts(leads_to=_shown)
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    view = _view(request, pk)
    services.delete_view(view)
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return redirect("repairs:triage")
