"""Organisations, their posts, and the roster of a branch."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parties import filters, forms, rules
from parties.models import Organisation, OrganisationPost, PartyMember
from parties.services import members, posts
from workflow.crud import Column, Register
from workflow.standing import forget

NUM = "num text-nowrap"


class PartyRegister(Register):
    namespace = "parties"

    def opens(self, user: Any) -> bool:
        return rules.arranges_any(user)


class Organisations(PartyRegister):
    """Founded by the community's own manager; whoever works together looks them up here."""

    model = Organisation
    route = "organisations"
    icon = "building-community"
    form_class = forms.OrganisationForm
    filterset_class = filters.OrganisationFilter
    extra_links = ((_("Posts"), "parties:posts", "id-badge-2"),)
    columns = (
        Column(_("organisation"), "label", "name"),
        Column(_("kind"), lambda o: o.get_kind_display(), "kind"),
        Column(_("community"), lambda o: o.community.label),
        Column(_("works here"), lambda o: gettext("yes") if o.is_active else gettext("no")),
    )

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_found(user, row.community)

    def may_add(self, user: Any) -> bool:
        return rules.founds_any(user)

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("community")


class Posts(PartyRegister):
    model = OrganisationPost
    route = "posts"
    icon = "id-badge-2"
    form_class = forms.PostForm
    filterset_class = filters.PostFilter
    ends = True
    columns = (
        Column(_("who"), lambda p: p.user.name, "user__display_name"),
        Column(_("organisation"), lambda p: p.organisation.label, "organisation"),
        Column(_("post"), lambda p: p.get_role_display(), "role"),
        Column(_("from"), lambda p: p.from_date or "", "from_date", NUM),
        Column(_("to"), lambda p: p.to_date or "", "to_date", NUM),
    )

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_keep(user, row.organisation) and row.ended_at is None

    def may_add(self, user: Any) -> bool:
        return rules.founds_any(user) or rules.keeps_a_roster(user)

    def get_queryset(self) -> Any:
        return super().get_queryset().with_all()

    def removed(self, row: Any) -> HttpResponse:
        posts.end(row, actor=self.request.user, at=self.at)
        forget(self.request.user)
        told = {"name": row.user.name}
        said = gettext("%(name)s holds this post no more, as of now.")
        messages.success(self.request, said % told)
        return redirect(self.after())


class Members(PartyRegister):
    """The roster, kept by the branch's secretary. The name stands with those who may know it."""

    model = PartyMember
    route = "members"
    icon = "users-group"
    form_class = forms.MemberForm
    filterset_class = filters.MemberFilter
    ends = True
    extra_links = ((_("Micro-wishes"), "parties:wishes", "heart-handshake"),)
    columns = (
        Column(_("who"), lambda m: m.shown_name),
        Column(_("branch"), lambda m: m.branch.label, "branch"),
        Column(_("skills"), lambda m: m.skills if m.show_name else "", "", ""),
        Column(_("free times"), lambda m: m.free_times if m.show_name else "", "", ""),
        Column(_("registered at"), lambda m: m.grid.name if m.grid and m.show_name else ""),
    )

    def opens(self, user: Any) -> bool:
        return rules.reads_rosters(user)

    def may(self, user: Any, row: Any) -> bool:
        return rules.can_keep_roster(user, row) and row.ended_at is None

    def may_add(self, user: Any) -> bool:
        return rules.keeps_a_roster(user)

    def get_queryset(self) -> Any:
        return super().get_queryset().with_all().with_show_name(self.request.user)

    def write(self, form: Any) -> Any:
        if form.instance.pk is not None:
            return super().write(form)
        return members.join(form.save(commit=False), actor=self.request.user, at=self.at)

    def record(self, verb: str, row: Any, before: Any, form: Any, *, at: Any) -> None:
        """Joining is recorded by its own verb."""
        if verb == "edit":
            super().record(verb, row, before, form, at=at)

    def removed(self, row: Any) -> HttpResponse:
        members.leave(row, actor=self.request.user, at=self.at)
        messages.success(self.request, gettext("Off the roster, as of now."))
        return redirect(self.after())


REGISTERS: tuple[type[Register], ...] = (Organisations, Posts, Members)
