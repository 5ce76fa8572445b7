"""Plans: made, changed, paused; and the rounds that follow from them, sixty days ahead."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import record
from common.recurrence import BadRule, month_day
from estates.models import Estate
from notifications.services import notify
from safety import rules
from safety.models import Plan, Round, Route
from safety.models.plan import MOST_MINUTES
from safety.services.moves import MOVES, PLAN_MOVES
from safety.services.people import colleagues
from workflow.actors import SYSTEM
from workflow.moves import move, move_many, write_many
from workflow.refusals import Invalid, NotAllowed

AHEAD = timedelta(days=60)
MOST_LEADS = 5
LONGEST_LEAD = 30 * 24 * 60
# What a change of a plan writes to the rounds that stay.
OF_PLAN = {"ends_at", "assignee", "remind_at", "updated_at"}


def make(
    *,
    actor: Any,
    at: datetime,
    estate: Estate,
    route: Route,
    name: str,
    **said: Any,
) -> Plan:
    """A plan, and its rounds of the next sixty days. `said` are rule, starts_on, time,
    window_minutes and, if wanted, leads, season_from, season_to, assignee, lead.

    What was over when the plan was made was never due. Raises NotAllowed and Invalid.
    """
    if not rules.can_manage(actor, Plan(estate=estate)):
        raise NotAllowed(_("Plans are made by the manager."))
    plan = Plan(estate=estate, route=route, name=name, **said)
    _check(plan)
    with transaction.atomic():
        plan.save(force_insert=True)
        after = {"name": plan.name, "rule": plan.rule}
        record(PLAN_MOVES.code_of("make"), plan, actor=actor, at=at, after=after)
        plan.touched = _fit(plan, at, since=at - plan.window)
        notify(PLAN_MOVES.code_of("make"), plan, actor=actor, at=at)
    return plan


def change(plan: Plan, *, actor: Any, at: datetime, **said: Any) -> Plan:
    """What is not named stays. `plan.touched` is then how many rounds that had not begun were
    made, changed or called off."""

    walked: list[int | None] = []

    def checked(locked: Plan) -> Mapping[str, Any]:
        walked.append(locked.assignee_id)
        _catch_up(locked, at)
        trial = Plan.objects.select_related("estate", "route").get(pk=locked.pk)
        for name, value in said.items():
            setattr(trial, name, value)
        _check(trial)
        return {name: getattr(trial, name) for name in said}

    with transaction.atomic():
        locked = move(PLAN_MOVES, "change", plan, actor=actor, at=at, changes=checked)
        plan.touched = _fit(locked, at, before=walked[0])
    return locked


def pause(plan: Plan, *, actor: Any, at: datetime) -> Plan:
    """Rounds whose time has not come are called off, none are made until it runs again."""

    def caught_up(locked: Plan) -> Mapping[str, Any]:
        _catch_up(locked, at)
        return {}

    with transaction.atomic():
        locked = move(PLAN_MOVES, "pause", plan, actor=actor, at=at, changes=caught_up)
        plan.touched = _fit(locked, at)
    return locked


def resume(plan: Plan, *, actor: Any, at: datetime) -> Plan:
    """What fell into the pause is not made up for."""
    with transaction.atomic():
        locked = move(PLAN_MOVES, "resume", plan, actor=actor, at=at)
        plan.touched = _fit(locked, at)
    return locked


def _check(plan: Plan) -> None:
    """Raises Invalid for what makes no sense; puts leads and season into their one writing."""
    try:
        plan.season_from = month_day(plan.season_from) if plan.season_from else ""
        plan.season_to = month_day(plan.season_to) if plan.season_to else ""
        plan.recurrence.check()
    except BadRule as error:
        raise Invalid(str(error)) from error
    if not 0 < plan.window_minutes <= MOST_MINUTES:
        raise Invalid(_("A round takes between a minute and a week."))
    plan.leads = sorted(set(plan.leads), reverse=True)
    if len(plan.leads) > MOST_LEADS or any(not 0 < lead <= LONGEST_LEAD for lead in plan.leads):
        raise Invalid(_("At most five reminders, each between a minute and 30 days before."))
    if plan.route.estate_id != plan.estate_id:
        raise Invalid(_("This route is in another estate."))
    others = Plan.objects.filter(estate=plan.estate_id, name=plan.name).exclude(pk=plan.pk)
    if others.exists():
        raise Invalid(_("The estate has a plan of this name."))
    if not plan.route.stops.exists():
        raise Invalid(_("This route has no points yet."))
    for person in {plan.assignee_id, plan.lead_id} - {None}:
        if not colleagues(plan.estate).filter(pk=person).exists():
            raise Invalid(_("Only who works at the estate walks or leads its rounds."))


# --- rounds


def _fit(
    plan: Plan, at: datetime, *, since: datetime | None = None, before: int | None = None
) -> int:
    """The rounds that have not begun become those of the plan as it is now; how many were made,
    changed or called off. A round that was given to somebody else than `before`, whom the plan
    had named, stays theirs."""
    until = at + AHEAD
    wanted: list[datetime] = []
    if plan.status == Plan.Status.ACTIVE:
        wanted = plan.recurrence.between(since or at, until)
        wanted = [one for one in wanted if one + plan.window > at]
    plan.next_at = _next(plan, until)
    plan.save(update_fields=["next_at", "updated_at"])
    rows = list(plan.rounds.by_rule().filter(planned_at__gt=at).order_by("pk").select_for_update())
    known = {row.planned_at: row for row in rows}
    due = set(wanted)
    off = [row for row in rows if row.planned_at not in due and _is_planned(row)]
    back = [known[one] for one in wanted if one in known and _is_off(known[one])]
    move_rounds("call_off", off, at, remind_at=None)
    move_rounds("revive", back, at, assignee=plan.assignee)
    stay = [row for row in rows if row.planned_at in due and _is_planned(row)]
    revived = set(back)
    changed = [row for row in stay if _follow(row, plan, before, at) or row in revived]
    if changed:
        write_many(changed, OF_PLAN)
    made = make_rounds([(plan, one) for one in wanted if one not in known], at)
    return made + len(off) + len(changed)


def _catch_up(plan: Plan, at: datetime) -> None:
    """What fell due by the plan as it was, while nobody made any rounds."""
    if plan.next_at is not None and plan.next_at <= at:
        due = plan.recurrence.between(plan.next_at, at)
        make_rounds([(plan, moment) for moment in due], at)


def _is_off(row: Round) -> bool:
    return row.status == Round.Status.CALLED_OFF


def _is_planned(row: Round) -> bool:
    return row.status == Round.Status.PLANNED


def move_rounds(verb: str, rows: Sequence[Round], at: datetime, **values: Any) -> None:
    if rows:
        changes = [dict(values)] * len(rows)
        move_many(MOVES, verb, rows, actor=SYSTEM, at=at, changes=lambda _rows: changes)


def _follow(row: Round, plan: Plan, before: int | None, at: datetime) -> bool:
    """Makes the round what the plan says; whether that was new."""
    was = (row.ends_at, row.assignee_id, row.remind_at)
    row.ends_at = row.planned_at + plan.window
    if row.assignee_id == before:
        row.assignee_id = plan.assignee_id
    row.remind_at = first_reminder(row.planned_at, plan.leads, at)
    return was != (row.ends_at, row.assignee_id, row.remind_at)


def first_reminder(planned_at: datetime, leads: Sequence[int], at: datetime) -> datetime | None:
    """The earliest moment after `at` at which a reminder is due. Nobody is reminded of the past,
    nor for a moment that was over before the round was there."""
    moments = (planned_at - timedelta(minutes=lead) for lead in leads)
    return min((moment for moment in moments if moment > at), default=None)


def _next(plan: Plan, after: datetime) -> datetime | None:
    if plan.status != Plan.Status.ACTIVE:
        return None
    return next(iter(plan.recurrence.next(after)), None)


def extend(plans: Sequence[Plan], at: datetime) -> int:
    """The rounds of locked plans up to sixty days from `at`; how many. What fell due while nobody
    made any is there too, for the next sweep to close."""
    until = at + AHEAD
    wanted: list[tuple[Plan, datetime]] = []
    for plan in plans:
        assert plan.next_at is not None  # so says `to_extend`
        wanted += [(plan, one) for one in plan.recurrence.between(plan.next_at, until)]
        plan.next_at = _next(plan, until)
    made = make_rounds(wanted, at)
    write_many(plans, {"next_at", "updated_at"})
    return made


def make_rounds(wanted: Collection[tuple[Plan, datetime]], at: datetime) -> int:
    """Those that are there already stay as they are."""
    rows = [
        Round(
            plan=plan,
            estate_id=plan.estate_id,
            planned_at=moment,
            ends_at=moment + plan.window,
            assignee_id=plan.assignee_id,
            remind_at=first_reminder(moment, plan.leads, at),
        )
        for plan, moment in wanted
    ]
    Round.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    return len(rows)
