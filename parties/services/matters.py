"""Matters: called, signed for, planned, done, accepted, graded; by working days throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from attachments.services import claim
from audit.services import record
from estates.models import Community, Place, Unit
from estates.services import numbers
from notifications.services import notify
from parties import rules
from parties.models import Matter, MatterPart, Organisation
from parties.services.days import after, calendar, climbs_on, next_level
from parties.services.moves import MATTER_MOVES as MOVES
from parties.states import CALLERS, Grade, PartRole, PartStatus, Supervision
from workflow import follow_ups
from workflow.actors import SYSTEM
from workflow.moves import move
from workflow.refusals import Invalid, NotAllowed
from workflow.threads import talk

# Working days until the next step is waited for, where nobody has promised a day.
TO_SIGN, TO_ARRIVE, TO_PLAN, TO_MEND = 1, 1, 3, 3
LETTERS = "C"
MOST_HELPERS = 8
BEFORE, AFTER = "before", "after"


def raise_matter(
    *,
    actor: Any,
    at: datetime,
    caller: Organisation,
    lead: Organisation,
    title: str,
    description: str = "",
    helpers: Sequence[Organisation] = (),
    unit: Unit | None = None,
    place: Place | None = None,
    place_words: str = "",
    public_title: str = "",
    public_words: str = "",
    resident: Any = None,
    photos: Sequence[str] = (),
    origin: Any = None,
) -> Matter:
    """An organisation is called, and others with it. `origin` is the row of another app that it
    comes from. Raises NotAllowed, and Invalid for what makes no sense."""
    if caller.community_id not in rules.communities_called_in(actor):
        raise NotAllowed(_("The branch, the committee and the leaders of grids call others."))
    if caller.kind not in CALLERS:
        raise Invalid(_("Calls come from the community's branch or committee."))
    called = list(dict.fromkeys([lead, *helpers]))
    if any(one.community_id != caller.community_id or not one.is_active for one in called):
        raise Invalid(_("Only organisations of this community can be called."))
    if len(called) > MOST_HELPERS + 1:
        raise Invalid(_("At most eight organisations help."))
    _check_place(caller.community, unit, place)
    if origin is not None:
        origin = follow_ups.check(origin, actor)
    with transaction.atomic():
        matter = Matter.objects.create(
            number=_next_number(caller.community, at),
            community=caller.community,
            caller=caller,
            lead=lead,
            raised_by=actor if actor.pk else None,
            resident=resident,
            unit=unit,
            place=place,
            place_words=place_words,
            title=title,
            description=description,
            public_title=public_title,
            public_words=public_words,
            **_awaited(_within(at, TO_SIGN), Supervision.NONE),
            involved=sorted({caller.pk, *(one.pk for one in called)}),
            raised_at=at,
            origin=origin,
        )
        MatterPart.objects.bulk_create(
            MatterPart(
                matter=matter,
                organisation=one,
                role=PartRole.LEAD if one == lead else PartRole.HELPER,
            )
            for one in called
        )
        claim(photos, row=matter, by=actor, stage=BEFORE)
        record(MOVES.code_of("raise"), matter, actor=actor, at=at, after={"number": matter.number})
        notify(MOVES.code_of("raise"), matter, actor=actor, at=at)
        _tell_resident(matter, actor, at)
    return matter


def _next_number(community: Community, at: datetime) -> str:
    [number] = numbers.next_numbers(
        "parties.matter",
        Matter.objects.all(),
        letters=LETTERS,
        of=community,
        year=timezone.localtime(at).year,
        count=1,
    )
    return number


def _check_place(community: Community, unit: Unit | None, place: Place | None) -> None:
    estate = unit.estate if unit else place.estate if place else None
    if estate is not None and estate.community_id != community.pk:
        raise Invalid(_("This place lies in another community."))
    if unit is not None and place is not None:
        raise Invalid(_("Choose a home or a public place, not both."))


def _tell_resident(matter: Matter, actor: Any, at: datetime) -> None:
    """At each step, what a resident may know: the title and the state that are theirs to read."""
    if matter.resident_id is not None:
        occasion = f"{matter.status}.{at.isoformat()}"
        notify(MOVES.code_of("step"), matter, actor=actor, at=at, occasion=occasion)


def _awaited(due: date | None, level: str) -> dict[str, Any]:
    """What the lead is waited for next, and when supervision climbs if it is not there."""
    if due is None:
        return {"due_on": None, "climbs_on": None}
    return {"due_on": due, "climbs_on": climbs_on(due, level, calendar())}


def _within(at: datetime, working_days: int) -> date:
    return after(timezone.localdate(at), working_days, calendar())


def _step(
    verb: str, matter: Matter, actor: Any, at: datetime, changes: Any = None, **told: Any
) -> Matter:
    """A move of which the resident hears."""
    with transaction.atomic():
        locked = move(MOVES, verb, matter, actor=actor, at=at, changes=changes, **told)
        _tell_resident(locked, actor, at)
    return locked


def sign(matter: Matter, *, actor: Any, at: datetime) -> Matter:
    def signed(locked: Matter) -> Mapping[str, Any]:
        return _awaited(_within(at, TO_ARRIVE), locked.supervision)

    return _step("sign", matter, actor, at, signed)


def arrive(matter: Matter, *, actor: Any, at: datetime) -> Matter:
    def there(locked: Matter) -> Mapping[str, Any]:
        return _awaited(_within(at, TO_PLAN), locked.supervision)

    return _step("arrive", matter, actor, at, there)


def plan(matter: Matter, *, actor: Any, at: datetime, plan: str, due_on: date) -> Matter:
    """In words, with the day by which the lead promises it."""
    if due_on < timezone.localdate(at):
        raise Invalid(_("The day that is promised lies ahead."))

    def planned(locked: Matter) -> Mapping[str, Any]:
        MatterPart.objects.filter(matter=locked.pk, role=PartRole.LEAD).update(
            promise=plan[:500], due_on=due_on, updated_at=at
        )
        return {"plan": plan, **_awaited(due_on, locked.supervision)}

    return _step("plan", matter, actor, at, planned)


def begin(matter: Matter, *, actor: Any, at: datetime) -> Matter:
    return _step("begin", matter, actor, at)


def complete(
    matter: Matter, *, actor: Any, at: datetime, result: str, photos: Sequence[str] = ()
) -> Matter:
    """With photographs that show it, unless it was done before and sent back."""

    def done(locked: Matter) -> Mapping[str, Any]:
        shown = claim(photos, row=locked, by=actor, stage=AFTER)
        if not shown and locked.completed_at is None:
            raise Invalid(_("Show by a photograph that it is done."))
        MatterPart.objects.filter(
            matter=locked.pk, role=PartRole.LEAD, status=PartStatus.OPEN
        ).update(status=PartStatus.DONE, done_on=timezone.localdate(at), updated_at=at)
        return {"result": result, "completed_at": at, **_awaited(None, locked.supervision)}

    return _step("complete", matter, actor, at, done)


def accept(matter: Matter, *, actor: Any, at: datetime) -> Matter:
    """Supervision is taken off with it."""
    changes = {"supervision": Supervision.NONE, **_awaited(None, Supervision.NONE)}
    return _step("accept", matter, actor, at, changes)


def send_back(matter: Matter, *, actor: Any, at: datetime, reason: str) -> Matter:
    def back(locked: Matter) -> Mapping[str, Any]:
        MatterPart.objects.filter(matter=locked.pk, role=PartRole.LEAD).update(
            status=PartStatus.OPEN, done_on=None, updated_at=at
        )
        return _awaited(_within(at, TO_MEND), locked.supervision)

    return _step("send_back", matter, actor, at, back, note=reason)


def rate(
    matter: Matter, *, actor: Any, at: datetime, grades: Mapping[int, tuple[str, str]] | None = None
) -> Matter:
    """`grades` by the key of each part: a grade, and why; whoever is not content says why."""
    given = grades or {}

    def graded(locked: Matter) -> Mapping[str, Any]:
        parts = list(locked.parts.select_related("organisation").order_by("pk"))
        for part in parts:
            grade, why = given.get(part.pk, ("", ""))
            if part.organisation_id == locked.caller_id:
                continue
            if grade not in Grade.values:
                raise Invalid(_("Grade each of those who were called."))
            if grade == Grade.POOR and not why.strip():
                raise Invalid(
                    _("Say why you are not content with “%(who)s”.") % {"who": part.organisation}
                )
            part.grade, part.grade_words = grade, why.strip()
            part.save(update_fields=["grade", "grade_words", "updated_at"])
        return {}

    return move(MOVES, "rate", matter, actor=actor, at=at, changes=graded)


def archive(matter: Matter, *, actor: Any, at: datetime) -> Matter:
    return move(MOVES, "archive", matter, actor=actor, at=at, changes={"closed_at": at})


def withdraw(matter: Matter, *, actor: Any, at: datetime, reason: str) -> Matter:
    ended = {
        "closed_at": at,
        "supervision": Supervision.NONE,
        **_awaited(None, Supervision.NONE),
    }
    return _step("withdraw", matter, actor, at, ended, note=reason)


def transfer(
    matter: Matter, *, actor: Any, at: datetime, organisation: Organisation, reason: str
) -> Matter:
    """Another organisation leads from now on, and signs for it; whoever led helps."""

    def passed(locked: Matter) -> Mapping[str, Any]:
        _check_called(locked, organisation)
        if organisation.pk == locked.lead_id:
            raise Invalid(_("They lead it already."))
        parts = MatterPart.objects.filter(matter=locked.pk)
        parts.filter(role=PartRole.LEAD).update(role=PartRole.HELPER, updated_at=at)
        made, _new = MatterPart.objects.get_or_create(matter=locked, organisation=organisation)
        MatterPart.objects.filter(pk=made.pk).update(role=PartRole.LEAD, updated_at=at)
        return {
            "lead": organisation,
            "involved": sorted({*locked.involved, organisation.pk}),
            **_awaited(_within(at, TO_SIGN), locked.supervision),
        }

    return _step("transfer", matter, actor, at, passed, note=reason)


def call_in(
    matter: Matter, *, actor: Any, at: datetime, organisation: Organisation, reason: str
) -> Matter:
    """One more that helps."""

    def called(locked: Matter) -> Mapping[str, Any]:
        _check_called(locked, organisation)
        if MatterPart.objects.filter(matter=locked.pk, organisation=organisation).exists():
            raise Invalid(_("They have a part in it already."))
        MatterPart.objects.create(matter=locked, organisation=organisation)
        return {"involved": sorted({*locked.involved, organisation.pk})}

    return move(MOVES, "call_in", matter, actor=actor, at=at, changes=called, note=reason)


def _check_called(matter: Matter, organisation: Organisation) -> None:
    if organisation.community_id != matter.community_id or not organisation.is_active:
        raise Invalid(_("Only organisations of this community can be called."))


def tell(
    matter: Matter, *, actor: Any, at: datetime, public_title: str, public_words: str
) -> Matter:
    said = {"public_title": public_title, "public_words": public_words}
    return _step("tell", matter, actor, at, said)


def comment(
    matter: Matter, *, actor: Any, at: datetime, body: str, photos: Sequence[str] = ()
) -> Matter:
    return talk(MOVES, "comment", matter, body=body, photos=photos, actor=actor, at=at)


def note(
    matter: Matter, *, actor: Any, at: datetime, body: str, photos: Sequence[str] = ()
) -> Matter:
    return talk(MOVES, "note", matter, body=body, photos=photos, actor=actor, at=at)


def supervise(matter: Matter, *, actor: Any, at: datetime) -> Matter:
    """One step up, if its day has come by the table of working days as it is now."""

    def raised(locked: Matter) -> Mapping[str, Any]:
        level = next_level(locked.supervision)
        assert locked.due_on is not None  # so says the constraint
        return {"supervision": level, "climbs_on": climbs_on(locked.due_on, level, calendar())}

    return move(MOVES, "supervise", matter, actor=actor, at=at, changes=raised)


def climb(matter: Matter, at: datetime) -> bool:
    """For the sweep, which holds the lock. False where the table of workdays has changed so that
    the day has not come after all; the right one is noted then."""
    assert matter.due_on is not None  # so says the constraint
    day = climbs_on(matter.due_on, matter.supervision, calendar())
    if day is None or day > timezone.localdate(at):
        matter.climbs_on = day
        matter.save(update_fields=["climbs_on", "updated_at"])
        return False
    supervise(matter, actor=SYSTEM, at=at)
    return True


def count_again(at: datetime) -> None:
    """Where the table of workdays has changed so that a step comes sooner than was noted, the
    sooner day is noted; one that comes later is found when its old day comes (`climb`)."""
    is_worked = calendar()
    noted = Matter.objects.climbing_after(timezone.localdate(at))
    facts = noted.values_list("pk", "due_on", "supervision", "climbs_on")
    for pk, due, level, day in facts:
        if (sooner := climbs_on(due, level, is_worked)) and sooner < day:
            # of a row that was moved meanwhile the day was counted just now
            same = Matter.objects.filter(pk=pk, due_on=due, supervision=level, climbs_on=day)
            same.update(climbs_on=sooner, updated_at=at)


def lead_of(parts: Sequence[MatterPart]) -> MatterPart | None:
    return next((part for part in parts if part.role == PartRole.LEAD), None)


def parts_of(matter: Matter, user: Any) -> list[MatterPart]:
    """Side by side, the lead first."""
    rows = (
        MatterPart.objects.visible_to(user).filter(matter=matter.pk).select_related("organisation")
    )
    return sorted(rows, key=lambda part: (part.role != PartRole.LEAD, part.pk))


def callers_of(user: Any) -> Any:
    """The organisations for which somebody may call."""
    mine = Q(community__in=rules.communities_called_in(user), kind__in=CALLERS)
    return Organisation.objects.standing().filter(mine)


def called_by(user: Any) -> Any:
    """Those that somebody may call."""
    return Organisation.objects.standing().filter(community__in=rules.communities_called_in(user))
