"""One page for every verb."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from repairs import services
from repairs.forms import FORMS, VerbForm
from repairs.models import Ticket


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Every verb of MOVES: GET asks for what the verb needs, POST does it.

    One view, for the verbs differ only in their form and service; each has its own route.
    """
    at = timezone.now()
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user).with_place(), number=number)
    form_class = FORMS.get(verb, VerbForm)
    form = form_class(
        request.POST or None, request.FILES or None, ticket=ticket, user=request.user, at=at
    )
    if request.method == "POST" and form.is_valid():
        getattr(services, verb)(ticket, actor=request.user, at=at, **form.cleaned_data)
        messages.success(request, services.MOVES[verb].label)
        return redirect(request.POST.get("next") or ticket)
    context: dict[str, Any] = {"ticket": ticket, "form": form, "verb": verb}
    return render(request, "repairs/act.html", context)
