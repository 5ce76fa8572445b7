"""Drills: planned, announced to the homes, held, and looked back upon."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import record
from estates.audiences import living_in
from estates.models import Building, Estate, Place, Unit
from estates.querysets import current
from estates.services import numbers
from notifications.services import Occasion, Reader, notify_many
from safety import rules
from safety.audiences import homes
from safety.models import (
    CRITERIA,
    Drill,
    DrillBuilding,
    DrillHome,
    DrillMoment,
    DrillRole,
    DrillSheet,
    Improvement,
)
from safety.models.drill import LONGEST_DRILL, MOST_POINTS
from safety.services import improvements
from safety.services.drill_moves import DRILL_MOVES as MOVES
from safety.services.people import helpers
from safety.states import Role
from workflow.moves import RELIEVED, move
from workflow.refusals import Invalid, NotAllowed, WrongState
from workflow.threads import talk

LETTERS = "D"
# The homes hear once more so long before.
AHEAD = timedelta(days=1)
FARTHEST = timedelta(days=3650)
# Rooms in which somebody may be when the alarm sounds.
PEOPLED = (Unit.Use.HOME, Unit.Use.SHOP, Unit.Use.OFFICE, Unit.Use.OTHER)
NOBODY_IN = (Unit.State.EMPTY, Unit.State.DECORATING)


# --- what a crew chooses from, who need not see the estate's registers


def houses(estates: Collection[int]) -> QuerySet[Building]:
    return Building.objects.filter(estate__in=estates).order_by("estate", "order", "name")


def places(estates: Collection[int]) -> QuerySet[Place]:
    found = Place.objects.filter(estate__in=estates).select_related("building")
    return found.order_by("name", "pk")


def buildings_of(drill: Drill) -> QuerySet[Building]:
    return Building.objects.filter(drill_parts__drill=drill).order_by("order", "name")


def roles_of(drill: Drill) -> QuerySet[DrillRole]:
    return drill.roles.select_related("person", "building").order_by("pk")


# --- planned


def plan(
    *,
    actor: Any,
    at: datetime,
    estate: Estate,
    title: str,
    kind: str,
    planned_at: datetime,
    buildings: Iterable[Building],
    form: str = Drill.Form.FULL,
    scenario: str = "",
    minutes: int = 30,
    target_minutes: int | None = None,
    assembly: Place | None = None,
    assembly_words: str = "",
) -> Drill:
    """By the manager. Raises NotAllowed, and Invalid for what lies elsewhere or behind."""
    trial = Drill(
        estate=estate,
        title=title,
        kind=kind,
        form=form,
        scenario=scenario,
        planned_at=planned_at,
        minutes=minutes,
        target_minutes=target_minutes,
        assembly=assembly,
        assembly_words=assembly_words,
        planner=actor if actor.pk else None,
    )
    if not rules.can_lead_drill(actor, trial):
        raise NotAllowed(_("Drills are planned by the manager."))
    chosen = list(buildings)
    _check(trial, chosen, at)
    with transaction.atomic():
        [trial.number] = numbers.next_numbers(
            MOVES.code,
            Drill.objects.all(),
            letters=LETTERS,
            of=estate.community,
            year=timezone.localtime(at).year,
            count=1,
        )
        trial.save(force_insert=True)
        _set_buildings(trial, chosen)
        after = {"title": title, "planned_at": planned_at.isoformat()}
        record(MOVES.code_of("plan"), trial, actor=actor, at=at, after=after)
    return trial


def _check(drill: Drill, buildings: Sequence[Building], at: datetime) -> None:
    if drill.planned_at <= at:
        raise Invalid(_("A drill lies ahead."))
    if drill.planned_at > at + FARTHEST:
        raise Invalid(_("A drill is held within ten years."))
    if not 1 <= drill.minutes <= LONGEST_DRILL:
        raise Invalid(_("A drill lasts between a minute and a day."))
    if not buildings:
        raise Invalid(_("Choose the buildings that go out."))
    if any(one.estate_id != drill.estate_id for one in buildings):
        raise Invalid(_("This building stands in another estate."))
    if drill.assembly is not None and drill.assembly.estate_id != drill.estate_id:
        raise Invalid(_("This place lies in another estate."))


def _set_buildings(drill: Drill, buildings: Sequence[Building]) -> list[DrillRole]:
    """Those that stay keep what their homes have said; the roles that ended with the others."""
    gone = drill.parts.exclude(building__in=buildings)
    ended = drill.roles.filter(building__in=gone.values("building"))
    taken = list(ended.select_related("person", "building"))
    ended.delete()
    gone.delete()
    DrillBuilding.objects.bulk_create(
        [DrillBuilding(drill=drill, building=one) for one in buildings], ignore_conflicts=True
    )
    return taken


def change(
    drill: Drill,
    *,
    actor: Any,
    at: datetime,
    buildings: Iterable[Building] | None = None,
    **said: Any,
) -> Drill:
    """What is not named stays. Homes that heard of it hear of the change, and those that it does
    not concern any more hear that."""
    dropped: list[Reader] = []
    taken: list[DrillRole] = []

    def checked(locked: Drill) -> Mapping[str, Any]:
        trial = Drill.objects.select_related("estate", "assembly").get(pk=locked.pk)
        for name, value in said.items():
            setattr(trial, name, value)
        chosen = list(buildings_of(locked))
        if buildings is not None:
            chosen = list(buildings)
        _check(trial, chosen, at)
        if locked.announced_at is not None:
            dropped.extend(_living_there(locked, chosen))
        taken.extend(_set_buildings(locked, chosen))
        if locked.announced_at is None:
            return {name: getattr(trial, name) for name in said}
        for name, value in said.items():
            setattr(locked, name, value)
        lay_homes(locked, timezone.localdate(at))
        locked.refresh_from_db()
        told = {"remind_at": _remind_at(trial.planned_at, at)}
        return {name: getattr(trial, name) for name in said} | told

    with transaction.atomic():
        locked = move(MOVES, "change", drill, actor=actor, at=at, changes=checked)
        if dropped:
            still = {reader.person for reader in homes(Drill.objects.filter(pk=locked.pk))}
            readers = [reader for reader in dropped if reader.person not in still]
            _tell("dropped", locked, readers, {}, actor=actor, at=at)
        _tell_taken(locked, taken, actor=actor, at=at)
    return locked


def _living_there(drill: Drill, kept: Sequence[Building]) -> list[Reader]:
    """Who lives in the homes of buildings that are not kept."""
    gone = drill.parts.exclude(building__in=kept)
    return [
        Reader(drill.pk, reader.person, reader.language)
        for reader in living_in(gone, "homes__unit")
    ]


def assign(
    drill: Drill,
    *,
    actor: Any,
    at: datetime,
    helper: Any,
    role: str,
    building: Building | None = None,
) -> Drill:
    """Raises Invalid for somebody who neither works, helps nor lives there, and for a roll-caller
    without a building of the drill."""
    where = building if role == Role.CALLER else None

    def given(locked: Drill) -> Mapping[str, Any]:
        if not helpers(locked.estate).filter(pk=helper.pk).exists():
            raise Invalid(_("Roles go to those who work or help at the estate."))
        if role == Role.CALLER:
            if where is None:
                raise Invalid(_("Whoever calls the roll does so for a building."))
            if not locked.parts.filter(building=where).exists():
                raise Invalid(_("This building does not go out in this drill."))
        _made, is_new = DrillRole.objects.get_or_create(
            drill=locked, person=helper, role=role, building=where
        )
        if not is_new:
            raise Invalid(_("They have this role already."))
        return {}

    with transaction.atomic():
        locked = move(MOVES, "assign", drill, actor=actor, at=at, changes=given, note=helper.name)
        readers = [Reader(locked.pk, helper.pk, helper.language)]
        _tell("assigned", locked, readers, {"note": _said(role, where)}, actor=actor, at=at)
    return locked


def release(drill: Drill, *, actor: Any, at: datetime, held: DrillRole) -> Drill:
    def taken(locked: Drill) -> Mapping[str, Any]:
        gone, _each = DrillRole.objects.filter(pk=held.pk, drill=locked).delete()
        if not gone:
            raise Invalid(_("This role is free already."))
        return {}

    with transaction.atomic():
        locked = move(
            MOVES, "release", drill, actor=actor, at=at, changes=taken, note=held.person.name
        )
        _tell_taken(locked, [held], actor=actor, at=at)
    return locked


def _tell_taken(drill: Drill, taken: Iterable[DrillRole], *, actor: Any, at: datetime) -> None:
    """Whoever had them hears, also who works nowhere and sees nothing of the drill from now on:
    they would come all the same."""
    of_person: dict[Any, list[DrillRole]] = defaultdict(list)
    for held in taken:
        if held.person.is_active:
            of_person[held.person].append(held)
    for person, roles in of_person.items():
        labels = [_said(held.role, held.building) for held in roles]
        words = [word for label in labels for word in (gettext_lazy(", "), label)]
        said = {"roles": format_lazy("{}" * (len(words) - 1), *words[1:])}
        readers = [Reader(drill.pk, person.pk, person.language)]
        _tell(RELIEVED, drill, readers, said, actor=actor, at=at)


def _tell(
    word: str,
    drill: Drill,
    readers: Sequence[Reader],
    said: Mapping[str, Any],
    *,
    actor: Any,
    at: datetime,
) -> None:
    """These people alone, whether they see the drill or not."""
    told = Occasion(drill, at.isoformat(), said)
    notify_many(MOVES.code_of(word), [told], actor=actor, at=at, readers=readers)


def _said(role: str, building: Building | None) -> Any:
    """Which role, in the language of whoever reads it; of a roll-caller, of which building."""
    label = Role(role).label
    return label if building is None else format_lazy("{} {}", label, building.name)


# --- the homes


def lay_homes(drill: Drill, today: date) -> None:
    """The homes of its buildings as the roster knows them now; what they have said stays. Nobody
    leaves home for what is talked through at a table."""
    if drill.is_tabletop:
        DrillHome.objects.filter(part__drill=drill).delete()
        return
    parts = {part.building_id: part for part in drill.parts.all()}
    living = Count("occupants", filter=current(today, "occupants"))
    units = Unit.objects.filter(entrance__building__in=parts, use__in=PEOPLED)
    found = units.annotate(living=living).exclude(Q(living=0) & Q(state__in=NOBODY_IN))
    rows = [
        DrillHome(part=parts[building], unit_id=pk, people=min(n, 32767))
        for pk, building, n in found.values_list("pk", "entrance__building", "living")
    ]
    # Who has moved out since is not waited for.
    gone = DrillHome.objects.filter(part__drill=drill, mark="")
    gone.exclude(unit__in=[row.unit_id for row in rows]).delete()
    DrillHome.objects.bulk_create(
        rows,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["part", "unit"],
        update_fields=["people"],
    )


def _remind_at(planned_at: datetime, at: datetime) -> datetime | None:
    """Nobody is reminded of what they hear of now anyway."""
    return planned_at - AHEAD if planned_at - AHEAD > at else None


def announce(drill: Drill, *, actor: Any, at: datetime) -> Drill:
    def laid(locked: Drill) -> Mapping[str, Any]:
        lay_homes(locked, timezone.localdate(at))
        return {"announced_at": at, "remind_at": _remind_at(locked.planned_at, at)}

    return move(MOVES, "announce", drill, actor=actor, at=at, changes=laid)


def call_off(drill: Drill, *, actor: Any, at: datetime, reason: str) -> Drill:
    changes = {"reason": reason, "remind_at": None}
    return move(MOVES, "call_off", drill, actor=actor, at=at, changes=changes, note=reason)


def say_away(home: DrillHome, *, actor: Any, at: datetime, away: bool) -> DrillHome:
    """By who lives there: nobody waits for them, or somebody does after all. Raises NotAllowed
    and WrongState."""
    mine = home.unit.occupants.filter(current(timezone.localdate(at)), user=actor.pk)
    if not mine.exists():
        raise NotAllowed(_("That is for those who live there to say."))
    drill = home.part.drill
    if drill.status != Drill.Status.ANNOUNCED:
        raise WrongState(_("The drill is not ahead any more."), row=drill)
    with transaction.atomic():
        home.said_away = away
        home.save(update_fields=["said_away"])
        if away:
            record(MOVES.code_of("said_away"), drill, actor=actor, at=at)
    return home


# --- held


def start(drill: Drill, *, actor: Any, at: datetime) -> Drill:
    """The clock counts from `at`; whoever moved in or out since it was announced is counted so."""

    def begun(locked: Drill) -> Mapping[str, Any]:
        if not locked.is_tabletop and not locked.roles.filter(role=Role.CALLER).exists():
            raise Invalid(_("Nobody calls the roll: give somebody the role first."))
        lay_homes(locked, timezone.localdate(at))
        return {"started_at": at, "remind_at": None}

    return move(MOVES, "start", drill, actor=actor, at=at, changes=begun)


def moment(
    drill: Drill,
    *,
    actor: Any,
    at: datetime,
    words: str,
    is_trouble: bool = False,
    seen_at: datetime | None = None,
) -> Drill:
    """`seen_at` is the time of a phone that had no signal."""

    def noted(locked: Drill) -> Mapping[str, Any]:
        _note(locked, words, actor, when(locked, seen_at, at), is_trouble=is_trouble)
        return {}

    return move(MOVES, "moment", drill, actor=actor, at=at, changes=noted, note=words)


def call_support(
    drill: Drill,
    *,
    actor: Any,
    at: datetime,
    words: str,
    building: Building | None = None,
) -> Drill:
    said = f"{building.name}: {words}" if building else words

    def noted(locked: Drill) -> Mapping[str, Any]:
        _note(locked, said[:120], actor, at, is_trouble=True)
        return {}

    return move(MOVES, "call_support", drill, actor=actor, at=at, changes=noted, note=said)


def _note(drill: Drill, words: str, actor: Any, at: datetime, *, is_trouble: bool) -> None:
    DrillMoment.objects.create(
        drill=drill, at=at, words=words, is_trouble=is_trouble, by=actor if actor.pk else None
    )


def when(drill: Drill, seen_at: datetime | None, at: datetime) -> datetime:
    """A phone's clock may be wrong: nothing was seen before the alarm, nor later than now."""
    assert drill.started_at is not None
    return max(min(seen_at or at, at), drill.started_at)


def end(drill: Drill, *, actor: Any, at: datetime) -> Drill:
    return move(MOVES, "end", drill, actor=actor, at=at, changes={"ended_at": at})


# --- looked back upon


def score(
    drill: Drill,
    *,
    actor: Any,
    at: datetime,
    alarm: int,
    order: int,
    help: int,
    roll: int,
    ways: int,
    name: str = "",
    words: str = "",
) -> Drill:
    """An observer's own sheet, or a guest's by `name`; entered again, it replaces the first."""
    said = {"alarm": alarm, "order": order, "help": help, "roll": roll, "ways": ways}
    if any(not 0 <= one <= MOST_POINTS for one in said.values()):
        raise Invalid(_("Between 0 and 100 points."))

    def kept(locked: Drill) -> Mapping[str, Any]:
        whose = name.strip() or actor.name
        if whose != actor.name and not rules.can_lead_drill(actor, locked):
            raise NotAllowed(_("Observers fill in their own sheet."))
        there = locked.sheets.filter(name=whose).first()
        if there is not None and there.by_id != actor.pk:
            raise Invalid(_("Somebody else has filled in a sheet of this name."))
        DrillSheet.objects.update_or_create(
            drill=locked,
            name=whose,
            defaults={**said, "words": words, "by": actor if actor.pk else None},
        )
        return {}

    return move(MOVES, "score", drill, actor=actor, at=at, changes=kept, note=name.strip())


def average(sheets: Sequence[DrillSheet]) -> int | None:
    """Of all points that all observers gave; None where nobody observed."""
    given = [one for sheet in sheets for one in sheet.given]
    return round(sum(given) / len(given)) if given else None


def averages(sheets: Sequence[DrillSheet]) -> dict[str, int]:
    """By criterion."""
    return {
        one: round(sum(getattr(sheet, one) for sheet in sheets) / len(sheets)) for one in CRITERIA
    }


def evaluate(drill: Drill, *, actor: Any, at: datetime, score: int, debrief: str) -> Drill:
    if not 0 <= score <= MOST_POINTS:
        raise Invalid(_("Between 0 and 100 points."))
    changes = {"score": score, "debrief": debrief}
    return move(MOVES, "evaluate", drill, actor=actor, at=at, changes=changes)


def improve(
    drill: Drill,
    *,
    actor: Any,
    at: datetime,
    title: str,
    owner: Any,
    due_on: date,
    words: str = "",
) -> Drill:
    def made(locked: Drill) -> Mapping[str, Any]:
        row = Improvement(
            drill=locked,
            estate=locked.estate,
            title=title,
            words=words,
            owner=owner,
            due_on=due_on,
        )
        improvements.make(row, actor=actor, at=at)
        return {}

    return move(MOVES, "improve", drill, actor=actor, at=at, changes=made, note=title)


def archive(drill: Drill, *, actor: Any, at: datetime) -> Drill:
    return move(MOVES, "archive", drill, actor=actor, at=at)


# --- words, and the day before


def comment(
    drill: Drill, *, actor: Any, at: datetime, body: str, photos: Sequence[str] = ()
) -> Drill:
    return talk(MOVES, "comment", drill, body=body, photos=photos, actor=actor, at=at)


def note(drill: Drill, *, actor: Any, at: datetime, body: str, photos: Sequence[str] = ()) -> Drill:
    return talk(MOVES, "note", drill, body=body, photos=photos, actor=actor, at=at)


def remind(drill: Drill, *, actor: Any, at: datetime) -> Drill:
    return move(MOVES, "remind", drill, actor=actor, at=at, changes={"remind_at": None})
