"""The board, one's own membership, the roster, registrations and wishes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common.acting import acts
from common.paging import NEWEST, page
from parties import rules
from parties.forms import ProposeForm, ReasonForm, WishForm
from parties.lives import REGISTRATION, WISH
from parties.models import MicroWish, PartyMember, Registration
from parties.panels import board as board_of
from parties.services import members, wishes
from parties.standing import communities_of
from workflow.refusals import NotAllowed

ON_A_PAGE = 30


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What waits for the organisations of somebody; a member of a branch begins with their own."""
    user, at = request.user, timezone.now()
    if not rules.works_here(user):
        if rules.is_member(user):
            return redirect("parties:me")
        raise NotAllowed(_("This page is for the organisations of the community."))
    context = {
        "shown": board_of(user, at),
        "branches": members.counts_of(sorted(communities_of(user))),
        "calls": rules.raises_any(user),
        "at": at,
    }
    return render(request, "parties/board.html", context)


@login_required
@never_cache
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """A member's own page: where they are registered, what is proposed, which wishes are theirs."""
    user, at = request.user, timezone.now()
    if not rules.is_member(user):
        raise NotAllowed(_("This page is for the members of a branch."))
    own: Any = PartyMember.objects.of(user)
    mine = own.with_all().order_by("pk")[0]
    rows = Registration.objects.visible_to(user).filter(member=mine).with_all()
    registration = rows.standing().first()
    around: Any = MicroWish.objects.visible_to(user)
    context = {
        "member": mine,
        "registration": registration,
        "buttons": REGISTRATION.buttons(registration, user, at=at) if registration else [],
        "proposals": [] if registration else members.proposals(mine, at),
        "claimed": list(around.claimed_by(user).filter(status="claimed").with_all()),
        "open": list(around.open().with_all().order_by("-pk")[:ON_A_PAGE]),
        "at": at,
    }
    return render(request, "parties/me.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """The branch proposes a grid to one of its members, or a member chooses one."""
    at, user = timezone.now(), request.user
    member = get_object_or_404(PartyMember.objects.visible_to(user).with_all(), pk=pk)
    if not rules.can_propose(user, member):
        raise NotAllowed(_("Grids are proposed by the branch, or chosen by the member."))
    form = ProposeForm(request.POST or None, grids=members.grids_of(member))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            members.propose(member, actor=user, at=at, grid=form.cleaned_data["grid"])
            messages.success(request, _("Noted."))
            own = rules.is_self(user, member)
            return redirect("parties:me" if own else "parties:members")
    context = {"member": member, "form": form, "proposals": members.proposals(member, at)}
    return render(request, "parties/propose.html", context, status=status)


def _roster(request: HttpRequest, pk: int) -> str:
    get_object_or_404(PartyMember.objects.visible_to(request.user), pk=pk)
    return "parties:members"


@login_required
@never_cache
@acts(leads_to=_roster)
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Who it is, for a reason that is written down."""
    rows = PartyMember.objects.visible_to(request.user).with_all()
    member = get_object_or_404(rows, pk=pk)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    name = members.reveal(member, actor=request.user, reason=reason, at=timezone.now())
    return render(request, "parties/revealed.html", {"member": member, "name": name})


@login_required
@never_cache
@require_safe
def registration(request: HttpRequest, pk: int) -> HttpResponse:
    at, user = timezone.now(), request.user
    row = get_object_or_404(REGISTRATION.rows(user), pk=pk)
    shown = PartyMember.objects.visible_to(user).with_show_name(user).with_all()
    context = {
        "registration": row,
        "member": shown.filter(pk=row.member_id).first(),
        "buttons": REGISTRATION.buttons(row, user, at=at),
        "own": rules.is_self(user, row.member),
        "at": at,
    }
    return render(request, "parties/registration.html", context)


# --- wishes


@login_required
@require_safe
def wish_list(request: HttpRequest) -> HttpResponse:
    user, at = request.user, timezone.now()
    if not (rules.is_member(user) or rules.wishes_any(user) or rules.works_here(user)):
        raise NotAllowed(_("Wishes are for the branches and for whoever looks after a grid."))
    state = request.GET.get("state", "open")
    known = MicroWish.Status.values
    rows = MicroWish.objects.visible_to(user).filter(status=state if state in known else "open")
    found = page(rows, NEWEST, request.GET.get("before", ""), ON_A_PAGE, WISH.joined)
    context = {
        "wishes": found.rows,
        "next": found.next,
        "state": state,
        "states": MicroWish.Status.choices,
        "may_add": rules.wishes_any(user),
        "at": at,
    }
    return render(request, "parties/wishes.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_wish(request: HttpRequest) -> HttpResponse:
    at, user = timezone.now(), request.user
    if not rules.wishes_any(user):
        raise NotAllowed(_("Wishes are noted by whoever looks after the micro-grid."))
    form = WishForm(request.POST or None, user=user)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made = wishes.note_down(actor=user, at=at, **form.cleaned_data)
            messages.success(request, _("Noted. Members of the branches see it now."))
            return redirect(made)
    return render(request, "parties/wish_new.html", {"form": form}, status=status)


@login_required
@require_safe
def wish(request: HttpRequest, pk: int) -> HttpResponse:
    at, user = timezone.now(), request.user
    row = get_object_or_404(WISH.rows(user), pk=pk)
    context = {
        "wish": row,
        "buttons": WISH.buttons(row, user, at=at),
        "mine": rules.has_claimed(user, row),
        "raiser": row.raised_by if rules.has_claimed(user, row) else None,
        "at": at,
    }
    return render(request, "parties/wish.html", context)
