"""Grids and who works in them: the tree, the territory, hand-overs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from grids import filters, forms, rules
from grids.models import Grid, GridPosting, Rhythm
from grids.services import postings, territory, tree
from workflow.crud import Column, Register
from workflow.refusals import Invalid, NotAllowed
from workflow.standing import forget

NUM = "num text-nowrap"


class GridRegister(Register):
    namespace = "grids"

    def opens(self, user: Any) -> bool:
        return rules.arranges_any(user)


class Grids(GridRegister):
    """Founded by the community's own manager; who leads one may give it another name."""

    model = Grid
    route = "grids"
    icon = "grid-dots"
    form_class = forms.GridForm
    filterset_class = filters.GridFilter
    extra_links = ((_("Postings"), "grids:postings", "id-badge-2"),)
    columns = (
        Column(_("grid"), "name", "order"),
        Column(_("kind"), lambda g: g.get_kind_display(), "kind"),
        Column(_("lies in grid"), lambda g: g.parent.name if g.parent else "", "parent__name"),
        Column(_("households"), "homes", "homes", NUM),
        Column(_("members"), lambda g: ", ".join(g.members), "", ""),
    )

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_arrange(user, row)

    def may_add(self, user: Any) -> bool:
        """Whoever leads a grid adds micro-grids to it."""
        return rules.arranges_any(user)

    def get_queryset(self) -> Any:
        return tree.with_load(super().get_queryset().with_all(), self.at)


class Postings(GridRegister):
    model = GridPosting
    route = "postings"
    icon = "id-badge-2"
    form_class = forms.GridPostingForm
    filterset_class = filters.GridPostingFilter
    ends = True
    columns = (
        Column(_("who"), lambda p: p.user.name, "user__display_name"),
        Column(_("duty"), lambda p: p.get_duty_display(), "duty"),
        Column(_("for"), "where", "grid__name"),
        Column(_("from"), lambda p: p.from_date or "", "from_date", NUM),
        Column(_("to"), lambda p: p.to_date or "", "to_date", NUM),
    )

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_post(user, row) and row.ended_at is None

    def may_add(self, user: Any) -> bool:
        return rules.arranges_any(user)

    def get_queryset(self) -> Any:
        return super().get_queryset().with_all()

    def write(self, form: Any) -> Any:
        if form.instance.pk is not None:
            return super().write(form)
        posting = form.save(commit=False)
        return postings.give(posting, actor=self.request.user, at=self.at)

    def record(self, verb: str, row: Any, before: Any, form: Any, *, at: Any) -> None:
        """Giving one is recorded by its own verb."""
        if verb == "edit":
            super().record(verb, row, before, form, at=at)

    def removed(self, row: Any) -> HttpResponse:
        postings.end(row, actor=self.request.user, at=self.at)
        forget(self.request.user)
        told = {"name": row.user.name}
        messages.success(self.request, gettext("Ended as of now; %(name)s is told.") % told)
        return redirect(self.after())


class Rhythms(GridRegister):
    """After how many days; an estate without a row has a week, a month and a quarter."""

    model = Rhythm
    route = "rhythms"
    icon = "calendar-repeat"
    form_class = forms.RhythmForm
    filterset_class = filters.RhythmFilter
    columns = (
        Column(_("estate"), lambda r: r.estate.label),
        Column(_("red"), "red_days", "red_days", NUM),
        Column(_("yellow"), "yellow_days", "yellow_days", NUM),
        Column(_("green"), "green_days", "green_days", NUM),
    )

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_set_rhythm(user, row)

    def may_add(self, user: Any) -> bool:
        return rules.arranges_any(user)

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("estate__community")


REGISTERS: tuple[type[Register], ...] = (Grids, Postings, Rhythms)


def _grid(request: HttpRequest, pk: int) -> Grid:
    row: Grid = get_object_or_404(Grid.objects.visible_to(request.user).with_all(), pk=pk)
    return row


def _mine_to_arrange(request: HttpRequest, pk: int) -> Grid:
    grid = _grid(request, pk)
    if not rules.can_arrange(request.user, grid):
        raise NotAllowed(gettext("This is for the leader of the grid."))
    return grid


@login_required
@require_safe
def grid_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A grid with its micro-grids and who looks after them; a micro-grid with its doors."""
    at, user = timezone.now(), request.user
    grid = _mine_to_arrange(request, pk)
    below = Grid.objects.visible_to(user).filter(parent=grid)
    held = postings.of_grid(grid, at)
    context = {
        "grid": grid,
        "micro": list(tree.with_load(below, at).order_by("order", "name")),
        "postings": held,
        "may_end": {p.pk for p in held if rules.can_post(user, p)},
        "entrances": tree.entrances_of(grid) if grid.is_micro else [],
        "at": at,
    }
    return render(request, "grids/grid.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Buildings, entrances or rooms are picked; what would move is shown before it does."""
    at, user = timezone.now(), request.user
    grid = _mine_to_arrange(request, pk)
    if not grid.is_micro:
        raise NotAllowed(gettext("Households lie in micro-grids."))
    table = tree.Table(grid)
    context: dict[str, Any] = {"grid": grid, "table": table, "at": at}
    status = 200
    if request.method == "POST":
        chosen = table.chosen(request.POST)
        if request.POST.get("sure"):
            try:
                change = territory.draw(grid, chosen, actor=user, at=at)
            except Invalid as refusal:
                context["error"], status = str(refusal), refusal.status
            else:
                messages.success(request, _drawn(change))
                return redirect(grid)
        context["change"] = territory.change_of(grid, chosen)
        table.mark(chosen)
    return render(request, "grids/territory.html", context, status=status)


def _drawn(change: territory.Change) -> str:
    words = ngettext(
        "The micro-grid has %(n)d household now.",
        "The micro-grid has %(n)d households now.",
        change.households,
    )
    return words % {"n": change.households}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes along is shown before; then it goes in one minute."""
    at, user = timezone.now(), request.user
    rows = GridPosting.objects.visible_to(user).with_all()
    posting = get_object_or_404(rows, pk=pk)
    if not rules.can_post(user, posting):
        raise NotAllowed(gettext("This is for the leader of the grid."))
    form = forms.HandOverForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                postings.hand_over(posting, to=form.cleaned_data["who"], actor=user, at=at)
            except Invalid as refusal:
                form.add_error(None, str(refusal))
            else:
                said = {"old": posting.user.name, "new": form.cleaned_data["who"].name}
                messages.success(request, gettext("%(old)s has handed over to %(new)s.") % said)
                return redirect(posting.grid)
    context = {
        "posting": posting,
        "moves": postings.what_moves(posting),
        "form": form,
        "at": at,
    }
    return render(request, "grids/hand_over.html", context, status=status)
