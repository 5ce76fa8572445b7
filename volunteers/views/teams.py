"""Teams as residents see them, joining one, who is in it, and certificates that are shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from volunteers import filters, forms, rules
from volunteers.lives import MEMBERSHIP, QUALIFICATION
from volunteers.models import HourLine, Membership, Qualification, Shift, Team
from volunteers.services import members, papers
from volunteers.services.hours import hours_of
from volunteers.states import MembershipStatus
from workflow.crud import Column, Register
from workflow.refusals import Invalid, NotAllowed
from workflow.timeline import story

NEXT_SHIFTS = 6
NUM = "num text-nowrap"


@login_required
@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    user = request.user
    rows: Any = Team.objects.visible_to(user).standing().select_related("community")
    mine = {
        one.team_id: one
        for one in Membership.objects.visible_to(user)
        .filter(user=user.pk, status__in=[MembershipStatus.APPLIED, MembershipStatus.ACTIVE])
        .select_related("user")
    }
    found = list(rows)
    for team in found:
        team.mine = mine.get(team.pk)
    context = {"teams": found, "may_found": rules.founds_any(user)}
    return render(request, "volunteers/teams.html", context)


@login_required
@require_safe
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """For residents: the story, who leads, the next shifts, how to join."""
    user, at = request.user, timezone.now()
    row = get_object_or_404(Team.objects.visible_to(user).select_related("community"), pk=pk)
    mine = Membership.objects.visible_to(user).filter(team=row, user=user.pk)
    upcoming = Shift.objects.visible_to(user).filter(team=row).upcoming(at)
    context = {
        "team": row,
        "mine": mine.exclude(status__in=["declined", "left"]).select_related("user").first(),
        "leads": members.leads_of(row),
        "shifts": list(upcoming.with_all().order_by("starts_at", "pk")[:NEXT_SHIFTS]),
        "members": members.count(row),
        "keeps": rules.can_keep(user, row),
        "leads_it": rules.leads(user, row),
        "at": at,
    }
    return render(request, "volunteers/team.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, pk: int) -> HttpResponse:
    user, at = request.user, timezone.now()
    row = get_object_or_404(Team.objects.visible_to(user).standing(), pk=pk)
    form = forms.JoinForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                members.join(row, actor=user, at=at, **form.cleaned_data)
            except Invalid as refusal:
                form.add_error("guardian", str(refusal))
            else:
                messages.success(request, _("Sent. The team's lead answers you here."))
                return redirect(row)
    return render(request, "volunteers/join.html", {"team": row, "form": form}, status=status)


@login_required
@require_safe
def membership(request: HttpRequest, pk: int) -> HttpResponse:
    user, at = request.user, timezone.now()
    rows: Any = MEMBERSHIP.rows(user)
    row = get_object_or_404(rows.with_show_more(user), pk=pk)
    shown = Qualification.objects.visible_to(user).filter(user=row.user_id)
    lines = HourLine.objects.visible_to(user).filter(user=row.user_id, team=row.team_id)
    context = {
        "membership": row,
        "buttons": MEMBERSHIP.buttons(row, user, at=at),
        "papers": list(shown.with_all().order_by("-pk")) if row.show_more else [],
        "hours": hours_of(lines.total()) if row.show_more else "",
        "own": rules.is_self(user, row),
        "events": story(MEMBERSHIP, row, user)[0] if row.show_more else [],
        "at": at,
        "today": timezone.localdate(at),
    }
    return render(request, "volunteers/membership.html", context)


# --- certificates that are shown to a lead


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_paper(request: HttpRequest) -> HttpResponse:
    user, at = request.user, timezone.now()
    if not rules.sees_pages(user):
        raise NotAllowed(_("Certificates are for members of a team."))
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.PaperForm(*sent, user=user, initial={"kind": request.GET.get("kind", "")})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = papers.show(actor=user, at=at, **form.cleaned_data)
            except Invalid as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Shown. The lead confirms it."))
                return redirect(made)
    return render(request, "volunteers/paper_new.html", {"form": form}, status=status)


@login_required
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    user, at = request.user, timezone.now()
    row = get_object_or_404(QUALIFICATION.rows(user), pk=pk)
    events, photos = story(QUALIFICATION, row, user)
    context = {
        "qualification": row,
        "buttons": QUALIFICATION.buttons(row, user, at=at),
        "events": events,
        "photos": photos,
        "today": timezone.localdate(at),
        "at": at,
    }
    return render(request, "volunteers/qualification.html", context)


# --- registers


class Teams(Register):
    """Founded by the community's own manager."""

    namespace = "volunteers"
    model = Team
    route = "register"
    icon = "heart-handshake"
    form_class = forms.TeamForm
    filterset_class = filters.TeamFilter
    columns = (
        Column(pgettext_lazy("volunteers", "team"), "label", "name"),
        Column(gettext_lazy("kind"), lambda t: t.get_kind_display(), "kind"),
        Column(gettext_lazy("community"), lambda t: t.community.label),
        Column(gettext_lazy("works here"), lambda t: _("yes") if t.is_active else _("no")),
    )

    def opens(self, user: Any) -> bool:
        return rules.founds_any(user)

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_found(user, row.community)

    def may_add(self, user: Any) -> bool:
        return rules.founds_any(user)

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("community")


class ListOnly(Register):
    """A register that verbs write, not forms."""

    namespace = "volunteers"

    @classmethod
    def urls(cls) -> list[Any]:
        return super().urls()[:1]

    def may(self, user: Any, row: Any) -> bool:
        return False

    def may_add(self, user: Any) -> bool:
        return False


class Members(ListOnly):
    model = Membership
    route = "members"
    icon = "users-group"
    form_class = forms.TeamForm
    filterset_class = filters.MembershipFilter
    columns = (
        Column(gettext_lazy("who"), lambda m: m.user.name, "user__display_name"),
        Column(pgettext_lazy("volunteers", "team"), lambda m: m.team.label, "team"),
        Column(pgettext_lazy("of a team", "role"), lambda m: m.get_role_display(), "role"),
        Column(gettext_lazy("state"), lambda m: m.get_status_display(), "status"),
        Column(gettext_lazy("skills"), lambda m: ", ".join(m.said_skills), "", ""),
        Column(pgettext_lazy("membership", "since"), lambda m: m.joined_on or "", "joined_on", NUM),
    )

    def opens(self, user: Any) -> bool:
        return rules.works_here(user) or rules.founds_any(user)

    def get_queryset(self) -> Any:
        return super().get_queryset().with_all()


class Ledger(ListOnly):
    """Hours line by line, by team and time: what was confirmed, and what was taken back."""

    model = HourLine
    route = "ledger"
    icon = "clock"
    form_class = forms.TeamForm
    filterset_class = filters.HourFilter
    columns = (
        Column(gettext_lazy("day"), lambda line: line.on, "on", NUM),
        Column(gettext_lazy("who"), lambda line: line.user.name, "user__display_name"),
        Column(pgettext_lazy("volunteers", "team"), lambda line: line.team.label, "team"),
        Column(gettext_lazy("what for"), "title", "title", ""),
        Column(pgettext_lazy("hours", "source"), lambda line: line.get_source_display(), "source"),
        Column(gettext_lazy("hours"), lambda line: hours_of(line.minutes), "minutes", NUM),
    )

    def opens(self, user: Any) -> bool:
        return rules.works_here(user)

    def get_queryset(self) -> Any:
        return super().get_queryset().with_all()


REGISTERS: tuple[type[Register], ...] = (Teams, Members, Ledger)
