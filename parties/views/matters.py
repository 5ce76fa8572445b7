"""A matter: called, looked at from inside, and as the resident whom it concerns reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from attachments.models import Comment
from parties import rules
from parties.forms import CallForm
from parties.lives import MATTER, PART
from parties.models import Matter
from parties.services import matters
from parties.services.days import calendar, climbs_on, days_late
from parties.states import MatterStatus, Supervision
from workflow.follow_ups import facts_of, find, label_of, links_of
from workflow.lives import Button
from workflow.refusals import Invalid, NotAllowed
from workflow.timeline import Event, story

S = MatterStatus
STEPS = (
    (gettext_lazy("Called"), {S.RAISED, S.TRANSFERRED}),
    (gettext_lazy("Signed for"), {S.SIGNED_FOR}),
    (gettext_lazy("On site"), {S.ON_SITE}),
    (gettext_lazy("Planned"), {S.PLANNED}),
    (gettext_lazy("In hand"), {S.IN_HAND, S.SENT_BACK}),
    (pgettext_lazy("matter", "Done"), {S.COMPLETED}),
    (pgettext_lazy("matter", "Accepted"), {S.ACCEPTED}),
    (gettext_lazy("Graded"), {S.RATED, S.ARCHIVED}),
)
LEADS = ("sign", "arrive", "plan", "begin", "complete", "accept", "rate", "archive")
BESIDE = ("send_back", "transfer")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest) -> HttpResponse:
    """?origin= says what it comes from."""
    at, user = timezone.now(), request.user
    if not rules.raises_any(user):
        raise NotAllowed(_("The branch, the committee and the leaders of grids call others."))
    origin = find(request.GET["origin"], user) if request.GET.get("origin") else None
    facts = dict(facts_of(origin)) if origin else {}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    begin = {name: facts.get(name, "") for name in ("title", "description", "public_title")}
    form = CallForm(*sent, user=user, initial=begin)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and (made := _called(form, user, at, origin, facts)) is not None:
            said = {"number": made.number, "who": made.lead}
            messages.success(request, _("%(number)s: %(who)s is called, and told.") % said)
            return redirect(made)
    context = {
        "form": form,
        "origin": label_of(origin) if origin else "",
        "already": links_of(origin, user).links if origin else [],
    }
    return render(request, "parties/call.html", context, status=status)


def _called(
    form: CallForm, user: Any, at: Any, origin: Any, facts: Mapping[str, Any]
) -> Matter | None:
    ground: dict[str, Any] = {name: facts.get(name) for name in ("unit", "place", "resident")}
    try:
        return matters.raise_matter(actor=user, at=at, origin=origin, **ground, **form.cleaned_data)
    except Invalid as refusal:
        form.add_error(None, str(refusal))
        return None


@dataclass
class MatterPage:
    matter: Any
    user: Any
    at: Any

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    @property
    def steps(self) -> list[tuple[str, str]]:
        if self.matter.status == S.WITHDRAWN:
            return []
        here = next(n for n, (_label, those) in enumerate(STEPS) if self.matter.status in those)
        return [
            (str(label), "here" if n == here else "done" if n < here else "")
            for n, (label, _those) in enumerate(STEPS)
        ]

    @cached_property
    def buttons(self) -> list[Button]:
        return MATTER.buttons(self.matter, self.user, at=self.at)

    @cached_property
    def lead(self) -> Button | None:
        by_verb = {button.verb: button for button in self.buttons}
        return next((by_verb[verb] for verb in LEADS if verb in by_verb), None)

    @property
    def beside(self) -> list[Button]:
        """Who has nothing to lead on with has at least a word to say."""
        others = BESIDE if self.lead else (*BESIDE, "comment")
        return [b for b in self.buttons if b.verb in others][:1]

    @property
    def more(self) -> list[Button]:
        shown = {b.verb for b in self.beside} | ({self.lead.verb} if self.lead else set())
        return [button for button in self.buttons if button.verb not in shown]

    @cached_property
    def parts(self) -> list[Any]:
        """Side by side, each with the notes that the reader may read and what they may do."""
        found: list[Any] = matters.parts_of(self.matter, self.user)
        kind = ContentType.objects.get_for_model(PART.model)
        notes: dict[int, list[Any]] = {}
        said = Comment.objects.visible_to(self.user).filter(
            content_type=kind, object_id__in=[part.pk for part in found]
        )
        for note in said.select_related("author").order_by("at", "pk"):
            notes.setdefault(note.object_id, []).append(note)
        for part in found:
            part.matter = self.matter
            part.notes = notes.get(part.pk, [])
            part.buttons = PART.buttons(part, self.user, at=self.at)
            part.late = part.is_late(self.today)
        return found

    @cached_property
    def _story(self) -> tuple[list[Event], list[Any]]:
        return story(MATTER, self.matter, self.user)

    @property
    def events(self) -> list[Event]:
        return self._story[0]

    @property
    def before(self) -> list[Any]:
        return [photo for photo in self._story[1] if photo.stage == matters.BEFORE]

    @property
    def after(self) -> list[Any]:
        return [photo for photo in self._story[1] if photo.stage == matters.AFTER]

    @cached_property
    def days_late(self) -> int:
        """Working days."""
        due = self.matter.due_on
        late = due is not None and due < self.today
        return days_late(due, self.today, calendar()) if late else 0

    @property
    def climbs(self) -> list[tuple[str, str, Any]]:
        """The steps of supervision: label, how it stands, and the day of those that may come."""
        now = list(Supervision).index(Supervision(self.matter.supervision))
        due, days = self.matter.due_on, calendar() if self.matter.due_on else None
        found = []
        for n, level in enumerate(list(Supervision)[1:], 1):
            before = list(Supervision)[n - 1]
            day = climbs_on(due, before, days) if due and days and n > now else None
            stands = "here" if n == now else "been" if n < now else ""
            found.append((str(level.label), stands, day))
        return found


@login_required
@require_safe
def matter(request: HttpRequest, number: str) -> HttpResponse:
    at, user = timezone.now(), request.user
    seen: Any = MATTER.rows(user)
    rows = seen.with_inside(user)
    row = get_object_or_404(rows, number=number)
    if not row.sees_inside:
        return render(request, "parties/matter_public.html", {"matter": row, "at": at})
    context = {"matter": row, "page": MatterPage(row, user, at), "at": at}
    return render(request, "parties/matter.html", context)
