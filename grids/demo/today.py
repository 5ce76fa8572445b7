"""The last days, through the real verbs, and what is to come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from audit.models import Entry
from estates.models import Occupant, Unit
from grids.demo import content
from grids.demo.lay import DAY, District, consent
from grids.models import CareFlag, Grid, GridPosting, Visit
from grids.services import flags, reveal, visits
from grids.services.moves import FLAG_MOVES, VISIT_MOVES
from grids.services.postings import GIVEN
from grids.services.sweeps import ask_for_review, climb, plan_visits
from grids.services.visits import Heard
from grids.states import VisitStatus, Wellbeing
from workflow.lives import life_of
from workflow.scenes import Script

V, W = VisitStatus, Wellbeing
TICKET = "repairs.ticket"
# What was held before this day is written in bulk; from it on everything is a verb.
FROM = 7


class Week:
    """A district's last days."""

    def __init__(self, district: District) -> None:
        self.district, self.script = district, district.stage.script
        cast = district.stage.cast
        self.leader = district.leader
        self.member, self.second = (cast.person(name) for name, _shown in content.MEMBERS)

    def at(self, days_ago: int, hour: int, minute: int) -> datetime:
        return self.district.on(days_ago, time(hour, minute))

    def act(self) -> None:
        self._look()
        self._seen("bed", self.at(4, 10, 40), self.second, W.FAIR, content.MET_BED,
                   needs=[Heard(words) for words in content.BED_NEEDS])  # fmt: skip
        self._seen("dog", self.at(2, 9, 50), self.member, W.GOOD, content.MET_DOG,
                   needs=[Heard(content.DOG_NEED, TICKET, "power")])  # fmt: skip
        self._mended(self.at(2, 9, 50))
        self._not_met("baby", self.at(1, 15, 20))
        self._propose(self.at(2, 16, 5))
        self._newcomer(self.at(3, 17, 30))

    # --- visits

    def _planned(self, key: str) -> str:
        """The row of the visit that is planned for them when a step comes to it."""
        return f"grids:visit-{key}"

    def _find(self, key: str, at: datetime) -> None:
        unit = self.district.people[key].unit_id

        def found() -> None:
            self.script.rows[self._planned(key)] = Visit.objects.planned().get(unit=unit)

        self.script.note(at, found)

    def _seen(self, key: str, at: datetime, by: Any, being: str, words: str, **said: Any) -> None:
        self._find(key, at)
        self.script.do(
            at,
            visits.log,
            by=by,
            row=self._planned(key),
            result=V.MET,
            wellbeing=being,
            person=self.district.people[key],
            words=words,
            **said,
        )

    def _not_met(self, key: str, at: datetime) -> None:
        self._find(key, at)
        words = content.NOT_MET_BABY
        row = self._planned(key)
        self.script.do(at, visits.log, by=self.member, row=row, result=V.NOT_MET, words=words)

    def _mended(self, heard: datetime) -> None:
        """The electrician came in the afternoon. Repairs lie above: its verbs are found by name."""
        tickets = apps.get_model(TICKET)._default_manager
        staff = self.district.ground.staff

        def verb(name: str, actor: Any, at: datetime, said: dict[str, Any]) -> None:
            visit = self.script.rows[self._planned("dog")]
            kind = ContentType.objects.get_for_model(Visit)
            ticket = tickets.get(origin_type=kind, origin_id=visit.pk)
            life = life_of(ticket)
            assert life is not None
            getattr(life.verbs, name)(ticket, actor=actor, at=at, **said)

        desk, worker = self.district.ground.desk, staff["technician2"]
        steps: Iterable[tuple[int, str, Any, dict[str, Any]]] = (
            (21, "accept", desk, {}),
            (34, "dispatch", desk, {"worker": worker}),
            (262, "start", worker, {}),
            (305, "resolve", worker, {"resolution": content.MENDED}),
        )
        for minutes, name, actor, said in steps:
            at = heard + timedelta(minutes=minutes)
            self.script.note(at, partial(verb, name, actor, at, said))

    def _propose(self, at: datetime) -> None:
        """Met by chance; on the same afternoon the leader is asked."""
        cared, person = content.PROPOSED, self.district.people[content.PROPOSED.key]
        self._called_at(person.unit, at, words=content.MET_NEW, wellbeing=W.FAIR, person=person)
        self.script.do(
            at + timedelta(minutes=14),
            flags.propose,
            by=self.member,
            occupant=person,
            kind=cared.kind,
            tier=cared.tier,
            source=cared.source,
            review_on=self.district.now.date() + cared.review * DAY,
            is_elder=cared.is_elder,
            note=cared.note,
            **consent(cared, at.date()),
        )

    def _newcomer(self, at: datetime) -> None:
        """Nobody to look after; a day was agreed on."""
        told = self.district.told_of()
        homes = self.district.ground.people
        unit = next(
            unit
            for unit in self.district.kept_by(content.MEMBERS[0][0])
            if unit.pk in homes and unit.pk not in told and not any(p.user for p in homes[unit.pk])
        )
        next_on = self.district.now.date() + 11 * DAY
        words = content.NEXT_WORDS
        self._called_at(unit, at, words=words, wellbeing=W.GOOD, next_on=next_on)

    def _called_at(self, unit: Unit, at: datetime, **said: Any) -> None:
        key = f"grids:home-{unit.pk}"
        self.script.rows[key] = unit.household
        self.script.do(at, visits.log_at, by=self.member, row=key, result=V.MET, **said)

    # --- who looked

    def _look(self) -> None:
        resident = self._person("resident")
        self.script.rows["grids:resident"] = resident
        self.script.do(
            self.at(6, 9, 35),
            reveal.phone,
            by=self.member,
            row="grids:resident",
            reason=content.REASON,
        )
        self.script.do(
            self.at(5, 10, 5),
            reveal.note,
            by=self.leader,
            row="grids:flag-late",
            reason=content.NOTE_REASON,
        )

    def _person(self, username: str) -> Occupant:
        user = self.district.stage.cast.person(username)
        everybody = (one for people in self.district.ground.people.values() for one in people)
        return next(person for person in everybody if person.user_id == user.pk)


# --- what the portal did by itself


def sweep(district: District) -> None:
    """The next visits were planned a week ago; the leader heard this morning of the one that is
    late, and of the review on its day."""
    script = district.stage.script
    planned = district.on(FROM, time(0, 5))
    script.note(planned, partial(plan_visits, planned))
    asked = district.on(1, time(0, 11))
    script.note(asked, partial(ask_for_review, asked))
    morning = district.on(0, time(8))
    if morning <= district.now:
        script.note(morning, partial(climb, morning))
    for verb in (plan_visits, ask_for_review, climb):
        script.sweep(verb)


def date_rows(script: Script, now: datetime, laid: Iterable[District]) -> None:
    """Rows were made when their first entry says."""
    begun = {district.grid.community_id: district.begun for district in laid}

    def dated() -> None:
        for community, at in begun.items():
            Grid.objects.filter(community=community).update(created_at=at, updated_at=at)
        _dated(GridPosting.objects.all(), GIVEN, F("created_at"))
        _dated(CareFlag.objects.all(), FLAG_MOVES.code_of("propose"), F("confirmed_at"))
        _dated(Visit.objects.all(), VISIT_MOVES.code_of("plan"), F("logged_at"))

    script.note(now, dated)


def _dated(rows: QuerySet[Any], code: str, changed: Any) -> None:
    kind = ContentType.objects.get_for_model(rows.model)
    first = Entry.objects.filter(content_type=kind, object_id=OuterRef("pk"), code=code)
    at = Subquery(first.order_by("at").values("at")[:1])
    rows.update(created_at=Coalesce(at, F("created_at")))
    rows.update(updated_at=Coalesce(changed, F("created_at")))
