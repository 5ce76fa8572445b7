"""Drills: planned, counted, looked back upon; what is required, and what they showed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common import sheets
from common.acting import acts
from common.dates import said_time
from common.keys import key_of
from estates.models import Estate
from safety import rules
from safety.forms.drills import PlanDrillForm, SaidForm
from safety.lives import DRILL, IMPROVEMENT, REQUIREMENT
from safety.models import (
    CRITERIA,
    Drill,
    DrillBuilding,
    DrillHome,
    DrillMoment,
    DrillRequirement,
    DrillRole,
    DrillSheet,
    Improvement,
)
from safety.services import drill_board, drill_seeds, drills, requirements, roll
from safety.states import DRILL_HELD, DrillStatus, Mark
from workflow.refusals import Invalid, NotAllowed
from workflow.timeline import story

# What leads on from each state; the rest stands behind “more”.
LEADS = {
    DrillStatus.PLANNED: "announce",
    DrillStatus.ANNOUNCED: "start",
    DrillStatus.RUNNING: "end",
    DrillStatus.ENDED: "evaluate",
    DrillStatus.EVALUATED: "archive",
}
SHOWN_BESIDE = {"assign", "release", "moment", "call_support", "score", "improve"}
MOST_PICTURES = 6


# --- what is required, and when each building is due


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponseBase:
    """By when each building is to practise what, the next drills, and how long it took by year."""
    user, at = request.user, timezone.now()
    if not rules.works_here(user):
        raise NotAllowed(_("What is due is for those who work at the estate."))
    holding = DrillRequirement.objects.visible_to(user).holding().with_all()
    found = requirements.dues(list(holding.order_by("estate", "kind", "name")))
    today = timezone.localdate(at)
    form = request.GET.get("export", "")
    if form in ("csv", "xlsx"):
        rows = ([*_cells(due, today)] for due in found.rows)
        return sheets.as_response(_("Drills that are due"), _head(), rows, form)
    context = {
        "groups": found.groups,
        "late": sum(due.is_late(today) for due in found.rows),
        "unknown": found.unknown,
        "next": drill_board.next_drills(user, at),
        "years": drill_board.by_year(user, at),
        "plans": rules.plans_any(user),
        "today": today,
        "at": at,
    }
    return render(request, "safety/drills_due.html", context)


def _head() -> list[str]:
    return [
        _("Building"),
        _("What is practised"),
        _("How often"),
        pgettext("drill", "Last"),
        pgettext("drill", "Due by"),
        _("Days left"),
    ]


def _cells(due: requirements.Due, today: Any) -> list[Any]:
    one = due.requirement
    return [
        due.building.name,
        one.name,
        one.said_often,
        due.last,
        due.due_on,
        due.days_left(today),
    ]


@login_required
@require_safe
def requirement(request: HttpRequest, pk: int) -> HttpResponse:
    """With the words of the article beside it, and when each building is due."""
    user, at = request.user, timezone.now()
    row = get_object_or_404(REQUIREMENT.rows(user), pk=pk)
    events, _photos = story(REQUIREMENT, row, user)
    found = requirements.dues([row])
    context = {
        "requirement": row,
        "dues": found.rows,
        "unknown": [building for _one, building in found.unknown],
        "buttons": REQUIREMENT.buttons(row, user, at=at),
        "may_change": rules.can_switch(user, row),
        "events": events,
        "today": timezone.localdate(at),
        "at": at,
    }
    return render(request, "safety/requirement.html", context)


@login_required
@acts(leads_to="safety:requirements")
def lay_seeds(request: HttpRequest) -> HttpResponse:
    """What estates practise, as suggestions, at each that this person manages."""
    user, at = request.user, timezone.now()
    estates = Estate.objects.staffed_by(user, rules.MANAGER).order_by("pk")
    if not estates:
        raise NotAllowed(_("What is required is for the manager to say."))
    made = sum(drill_seeds.lay(estate, actor=user, at=at) for estate in estates)
    said = ngettext("%(n)d suggestion is laid.", "%(n)d suggestions are laid.", made)
    messages.success(request, said % {"n": made})
    return redirect("safety:requirements")


# --- planned


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user, at, status = request.user, timezone.now(), 200
    estates = Estate.objects.staffed_by(user, rules.MANAGER).order_by("pk")
    if not estates:
        raise NotAllowed(_("Drills are planned by the manager."))
    sent = request.POST if request.method == "POST" else None
    begin = _begin(request, user)
    form = PlanDrillForm(sent, user=user, at=at, estates=estates, initial=begin)
    if request.method == "POST":
        status = 422
        if form.is_valid() and (made := _made(form, user, at)) is not None:
            messages.success(request, _("Planned. Give out the roles, then announce it."))
            return redirect(made)
    return render(request, "safety/drill_new.html", {"form": form, "at": at}, status=status)


def _begin(request: HttpRequest, user: Any) -> dict[str, Any]:
    """?requirement= and ?building= say what is due."""
    begin: dict[str, Any] = {}
    if asked := key_of(request.GET.get("requirement", "")):
        due = DrillRequirement.objects.visible_to(user).filter(pk=asked).first()
        if due is not None:
            begin |= {"kind": due.kind, "title": due.name, "estate": due.estate_id}
            found = requirements.dues([due]).rows
            begin["buildings"] = [one.building.pk for one in found if not one.is_planned]
    return begin


def _made(form: PlanDrillForm, user: Any, at: datetime) -> Drill | None:
    try:
        return drills.plan(actor=user, at=at, **form.cleaned_data)
    except Invalid as refusal:
        form.add_error(None, str(refusal))
        return None


# --- one drill


@login_required
@require_safe
def drill(request: HttpRequest, number: str) -> HttpResponse:
    """The plan of it, what goes on, and afterwards its record. A home that it is announced to reads
    when and where."""
    user, at = request.user, timezone.now()
    row = get_object_or_404(DRILL.rows(user), number=number)
    if not rules.is_inside_drill(user, row):
        return _to_home(request, row)
    parts = list(
        DrillBuilding.objects.visible_to(user)
        .filter(drill=row)
        .select_related("building")
        .order_by("building__order", "building__name", "pk")
    )
    tallies = roll.tallies([row])
    sheets_of = list(DrillSheet.objects.visible_to(user).filter(drill=row).order_by("pk"))
    roles = DrillRole.objects.visible_to(user).filter(drill=row)
    events, photos = story(DRILL, row, user)
    buttons = {button.verb: button for button in DRILL.buttons(row, user, at=at)}
    first = buttons.get(LEADS.get(DrillStatus(row.status), ""))
    hidden = {*SHOWN_BESIDE, "comment", "note", *([first.verb] if first else [])}
    told = roll.whole(tallies.values())
    improvements = Improvement.objects.visible_to(user).filter(drill=row).with_all()
    for part in parts:
        part.tally = tallies[part.pk]
        part.mine = rules.calls_roll(user, row, part.building_id)
    longest = max((p.tally.took.total_seconds() for p in parts if p.tally.took), default=0)
    context = {
        "drill": row,
        "parts": parts,
        "slowest": max(longest, row.target.total_seconds() if row.target else 0),
        "tally": told,
        "roles": list(roles.select_related("person", "building").order_by("pk")),
        "moments": _moments(row, user),
        "sheets": sheets_of,
        "criteria": _criteria(sheets_of),
        "mean": drills.average(sheets_of),
        "before": _before(row, user),
        "improvements": list(improvements.order_by("due_on", "pk")),
        "dues": _dues_of(row, user) if row.status in DRILL_HELD else [],
        "first": first,
        "verbs": buttons,
        "more": [one for verb, one in buttons.items() if verb not in hidden],
        # roles, moments, sheets and improvements have a place of their own on the page
        "events": [event for event in events if event.verb not in SHOWN_BESIDE - {"release"}],
        "photos": photos[:MOST_PICTURES],
        "photo_count": len(photos),
        "held": row.status in DRILL_HELD,
        "today": timezone.localdate(at),
        "at": at,
    }
    return render(request, "safety/drill.html", context)


def _moments(row: Drill, user: Any) -> list[Any]:
    """With the alarm before them and the all clear behind."""
    found: list[Any] = list(
        DrillMoment.objects.visible_to(user).filter(drill=row).select_related("by").order_by("at")
    )
    if row.started_at is not None:
        found.insert(0, DrillMoment(drill=row, at=row.started_at, words=_("The alarm sounds")))
    if row.ended_at is not None:
        found.append(DrillMoment(drill=row, at=row.ended_at, words=_("All clear")))
    # What was noted after the all clear stands behind it.
    found.sort(key=lambda one: one.at)
    for one in found:
        one.since = one.at - row.started_at
    return found


def _criteria(sheets_of: list[DrillSheet]) -> list[tuple[str, list[int], int]]:
    if not sheets_of:
        return []
    means, meta = drills.averages(sheets_of), DrillSheet._meta
    labels: dict[str, Any] = {one: meta.get_field(one) for one in CRITERIA}
    return [
        (
            str(labels[one].verbose_name),
            [getattr(sheet, one) for sheet in sheets_of],
            means[one],
        )
        for one in CRITERIA
    ]


def _before(row: Drill, user: Any) -> Any:
    """The one of its kind that was evaluated before it."""
    earlier = Drill.objects.inside(user).filter(
        estate=row.estate_id, kind=row.kind, score__isnull=False, planned_at__lt=row.planned_at
    )
    return earlier.order_by("-planned_at").first()


def _dues_of(row: Drill, user: Any) -> list[requirements.Due]:
    """When its buildings are to practise this again."""
    holding = DrillRequirement.objects.visible_to(user).holding()
    mine = list(holding.filter(estate=row.estate_id, kind=row.kind))
    houses = {part.building_id for part in row.parts.all()}
    nearest: dict[int, requirements.Due] = {}
    for due in requirements.dues(mine).rows:
        if due.building.pk in houses:
            nearest.setdefault(due.requirement.pk, due)
    return list(nearest.values())


# --- the homes


def _to_home(request: HttpRequest, row: Drill) -> HttpResponse:
    mine = DrillHome.objects.visible_to(request.user).filter(part__drill=row)
    context = {
        "drill": row,
        "homes": list(mine.select_related("unit__entrance__building").order_by("pk")),
        "asks": row.status == DrillStatus.ANNOUNCED,
        "at": timezone.now(),
    }
    return render(request, "safety/drill_home.html", context)


def _to_drill(request: HttpRequest, number: str, **more: Any) -> Any:
    return get_object_or_404(DRILL.rows(request.user), number=number)


@login_required
@acts(leads_to=_to_drill)
def away(request: HttpRequest, number: str) -> HttpResponse:
    """Said by who lives there: nobody waits for them. Said again, it is taken back."""
    user, at = request.user, timezone.now()
    row = _to_drill(request, number)
    mine = DrillHome.objects.visible_to(user).filter(part__drill=row)
    asked = key_of(request.POST.get("home", ""))
    home = mine.filter(pk=asked).select_related("part__drill", "unit").first() if asked else None
    if home is None:
        raise Invalid(_("Choose your home."))
    drills.say_away(home, actor=user, at=at, away=request.POST.get("away") == "yes")
    messages.success(request, _("Thank you; whoever calls the roll knows."))
    return redirect(row)


# --- the roll-call


def _part(request: HttpRequest, number: str, building: int) -> DrillBuilding:
    """404 for who does not work on the drill, also for its homes."""
    row = get_object_or_404(Drill.objects.inside(request.user), number=number)
    parts = DrillBuilding.objects.visible_to(request.user).select_related("drill", "building")
    part: DrillBuilding = get_object_or_404(parts, drill=row, building=building)
    return part


@login_required
@never_cache
@require_safe
def roll_page(request: HttpRequest, number: str, building: int) -> HttpResponse:
    """The roll of a building: whoever is missing first, then floor by floor from the top down."""
    user, at = request.user, timezone.now()
    part = _part(request, number, building)
    homes = roll.homes_of(part)
    calls = rules.calls_roll(user, part.drill, part.building_id)
    context = {
        "drill": part.drill,
        "part": part,
        "tally": roll.tally_of(part),
        "floors": roll.floors(homes, roll.hinted(homes, user)),
        "missing": [home for home in homes if home.mark == Mark.MISSING],
        "others": roll.others(part, user),
        "several": len({home.unit.entrance_id for home in homes}) > 1,
        "calls": calls and roll.is_open(part.drill, at),
        "runs": part.drill.status == DrillStatus.RUNNING,
        "support": "call_support" in DRILL.open_to(part.drill, user, at=at),
        "marks": Mark,
        "at": at,
    }
    return render(request, "safety/roll.html", context)


def _to_roll(request: HttpRequest, number: str, building: int) -> str:
    part = _part(request, number, building)
    return reverse("safety:roll", args=[part.drill.number, part.building_id])


def _sent(request: HttpRequest) -> dict[str, Any]:
    form = SaidForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Out, with help, nobody in, or missing."))
    return form.cleaned_data


@login_required
@acts(leads_to=_to_roll)
def mark(request: HttpRequest, number: str, building: int) -> HttpResponse:
    """One home. What somebody else had said of it is named."""
    user, at = request.user, timezone.now()
    part = _part(request, number, building)
    sent = _sent(request)
    seen = DrillHome.objects.visible_to(user).filter(part=part)
    homes = seen.select_related("part__drill", "part__building")
    home = homes.filter(pk=sent["home"]).first() if sent["home"] else None
    if home is None:
        raise Invalid(_("This home is not on the roll of the building."))
    made = roll.mark(home, actor=user, at=at, mark=sent["mark"], seen_at=sent["seen_at"])
    if made.before:
        messages.info(request, _said_before(made, at))
    return redirect(f"{_to_roll(request, number, building)}#home-{home.pk}")


def _said_before(made: roll.Counted, at: datetime) -> str:
    said = {
        "home": made.home.unit.number,
        "who": made.before_by.name,
        "what": Mark(made.before).label,
        "when": said_time(made.before_at or at, at),
        "now": Mark(made.home.mark).label,
    }
    if made.taken:
        return _("%(home)s: “%(now)s”. %(who)s had said “%(what)s” (%(when)s).") % said
    if made.before == made.home.mark:
        return _("%(home)s: %(who)s had counted it already, “%(what)s” (%(when)s).") % said
    return _("%(home)s stays “%(now)s”.") % said


@login_required
@acts(leads_to=_to_roll)
def rest(request: HttpRequest, number: str, building: int) -> HttpResponse:
    """The rest of a floor is out, in one tap."""
    user, at = request.user, timezone.now()
    part = _part(request, number, building)
    if not rules.calls_roll(user, part.drill, part.building_id):
        raise NotAllowed(_("The roll of this building is called by somebody else."))
    sent = _sent(request)
    found = {one.key: one for one in roll.floors(roll.homes_of(part), set())}
    if sent["floor"] not in found:
        raise Invalid(_("This floor is not on the roll of the building."))
    homes = [line.home for line in found[sent["floor"]].left]
    if sent["homes"]:
        blank = set(map(int, sent["homes"].split(",")))
        homes = [home for home in homes if home.pk in blank]
    done = roll.mark_rest(homes, actor=user, at=at, mark=Mark.OUT, seen_at=sent["seen_at"])
    said = ngettext("%(n)d home is counted.", "%(n)d homes are counted.", done)
    messages.success(request, said % {"n": done})
    return redirect(f"{_to_roll(request, number, building)}#floor-{sent['floor']}")


# --- what has to become better


@login_required
@require_safe
def improvement(request: HttpRequest, pk: int) -> HttpResponse:
    user, at = request.user, timezone.now()
    row = get_object_or_404(IMPROVEMENT.rows(user), pk=pk)
    events, _photos = story(IMPROVEMENT, row, user)
    inside = Drill.objects.visible_to(user).filter(pk=row.drill_id).exists()
    context = {
        "improvement": row,
        "buttons": IMPROVEMENT.buttons(row, user, at=at),
        "late": row.is_late(timezone.localdate(at)),
        "sees_drill": inside,
        "events": events,
        "at": at,
    }
    return render(request, "safety/improvement.html", context)
