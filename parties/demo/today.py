"""The last days, through the real verbs, and what the portal did by itself."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from audit.models import Entry
from parties.demo import content
from parties.demo.content import BRANCH, COMMITTEE, PROPERTY, Wish
from parties.demo.lay import DAY, FOUNDED, GIVEN, League, home_grid
from parties.demo.pictures import picture
from parties.models import (
    Matter,
    MatterPart,
    MicroWish,
    Organisation,
    OrganisationPost,
    PartyMember,
    Registration,
)
from parties.services import matters, members, parts, wishes
from parties.services.members import JOINED
from parties.services.moves import MATTER_MOVES, REGISTRATION_MOVES, WISH_MOVES
from parties.services.sweeps import climb
from parties.states import Grade

TICKET = "repairs.ticket"
# From so many days ago on the sweeps are played day by day.
SWEPT = 30


class Week:
    """A league's last days. Steps count in hours of the estate's desk, which is open nine and a
    half of a day."""

    def __init__(self, league: League) -> None:
        self.league, self.script = league, league.stage.script
        cast = league.stage.cast
        self.leader, self.keeper = cast.person("grid_leader"), cast.person("grid_member")
        self.second, self.resident = cast.person("grid_member_two"), cast.person("resident")
        self.member = cast.person(content.MEMBER)
        self.secretary, self.liaison, self.lead = (
            league.acting[kind] for kind in (BRANCH, COMMITTEE, PROPERTY)
        )

    def ago(self, hours: float) -> datetime:
        return self.league.clock.ago(hours=hours)

    def act(self) -> None:
        self._waiting()
        self._of_a_ticket()
        self._planned()
        self._done()
        self._ended()
        self._registrations()
        self._wishes()

    # --- matters

    def _raise(
        self, key: str, hours: float, by: Any, said: tuple[str, str], place: str = "",
        *, caller: str = BRANCH, helper: str = "", **words: Any,
    ) -> None:  # fmt: skip
        organisations = self.league.organisations
        if place:
            words["place"] = self.league.ground.place(place)
        self.script.do(
            self.ago(hours),
            matters.raise_matter,
            by=by,
            gives=f"parties:{key}",
            caller=organisations[caller],
            lead=organisations[PROPERTY],
            helpers=[organisations[helper]] if helper else [],
            title=said[0],
            description=said[1],
            **words,
        )

    def _then(self, key: str, hours: float, verb: str, by: Any, **words: Any) -> None:
        service = getattr(matters, verb)
        self.script.do(self.ago(hours), service, by=by, row=f"parties:{key}", **words)

    def _worked(self, key: str, hours: float, plan: str, ahead: int, done: float = 0) -> None:
        """Signed for, planned, begun; and done, if it is, with a photograph to follow."""
        self._then(key, hours, "sign", self.lead)
        due = self.league.today + ahead * DAY
        self._then(key, hours - 2, "plan", self.lead, plan=plan, due_on=due)
        if done:
            self._then(key, hours - 4, "begin", self.lead)

    def _complete(self, key: str, hours: float, result: str, shown: str) -> None:
        photos = [partial(picture, shown)]
        self._then(key, hours, "complete", self.lead, result=result, photos=photos)

    def _part(self, key: str, hours: float, verb: str, by: Any, kind: str, **words: Any) -> None:
        """Of the organisation's part, which the matter has by then."""
        service, organisation = getattr(parts, verb), self.league.organisations[kind]
        at = self.ago(hours)

        def step() -> None:
            matter = self.script.rows[f"parties:{key}"]
            part = MatterPart.objects.get(matter=matter, organisation=organisation)
            service(part, actor=by, at=at, **words)

        self.script.note(at, step)

    def _waiting(self) -> None:
        """Nobody has planned anything yet."""
        self._raise("parcels", 2, self.leader, content.RAISED, "5 栋 1 单元门厅")
        self._raise("bikes", 8, self.secretary, content.SIGNED, "4 栋 2 单元门厅")
        self._then("bikes", 3, "sign", self.lead)
        self._raise("stalls", 12, self.secretary, content.PASSED_ON, "南大门")
        committee = self.league.organisations[COMMITTEE]
        self._then(
            "stalls", 4, "transfer", self.lead, organisation=committee, reason=content.PASSED_WHY
        )
        self._then("stalls", 1.5, "comment", self.secretary, body=content.COMMENT)

    def _of_a_ticket(self) -> None:
        """Repairs and parties do not know each other: the ticket is found by its name."""
        home = self.league.ground.home("3 栋", "2 单元", "1204")
        at = self.ago(11)
        tickets = apps.get_model(TICKET)._default_manager

        def step() -> None:
            own = tickets.filter(reporter=self.resident, unit=home).exclude(status="closed")
            title, words = content.ON_SITE
            public_title, public_words = content.ON_SITE_PUBLIC
            organisations = self.league.organisations
            self.script.rows["parties:door"] = matters.raise_matter(
                actor=self.leader,
                at=at,
                caller=organisations[BRANCH],
                lead=organisations[PROPERTY],
                helpers=[organisations[COMMITTEE]],
                title=title,
                description=words,
                unit=home,
                public_title=public_title,
                public_words=public_words,
                resident=self.resident,
                origin=own.earliest("reported_at"),
            )

        self.script.note(at, step)
        self._then("door", 9, "sign", self.lead)
        self._then("door", 5, "arrive", self.lead)

    def _planned(self) -> None:
        self._raise(
            "rack", 26, self.liaison, content.PLANNED, "12 栋屋面", caller=COMMITTEE, helper=BRANCH
        )
        self._worked("rack", 24, content.PLANNED_PLAN, 4)
        self._part("rack", 20, "promise", self.secretary, BRANCH, promise=content.PLANNED_PROMISE,
                   due_on=self.league.today + 4 * DAY)  # fmt: skip
        self._part("rack", 14, "note", self.lead, PROPERTY, body=content.NOTE_PART)
        self._then("rack", 7, "note", self.liaison, body=content.NOTE_MATTER)
        self._raise("bricks", 34, self.secretary, content.IN_HAND, "北大门")
        self._worked("bricks", 32, content.IN_HAND_PLAN, 6, done=True)

    def _done(self) -> None:
        """The caller is to look at it, or has."""
        self._raise("landing", 44, self.leader, content.COMPLETED, "8 栋 1 单元楼道")
        self._worked("landing", 42, content.COMPLETED_PLAN, 3, done=True)
        self._complete("landing", 4.5, content.COMPLETED_RESULT, "landing")
        self._raise("bench", 48, self.secretary, content.SENT_BACK, "中心花园")
        self._worked("bench", 46, content.SENT_BACK_PLAN, 3, done=True)
        self._complete("bench", 10, content.SENT_BACK_RESULT, "bench")
        self._then("bench", 6, "send_back", self.secretary, reason=content.SENT_BACK_WHY)
        self._raise("lamps", 52, self.leader, content.ACCEPTED, "2 栋 1 单元楼道")
        self._worked("lamps", 50, content.ACCEPTED_PLAN, 3, done=True)
        self._complete("lamps", 15, content.ACCEPTED_RESULT, "lamp")
        self._then("lamps", 5.5, "accept", self.leader)

    def _ended(self) -> None:
        self._raise("rail", 60, self.secretary, content.RATED, "9 栋 1 单元门厅", helper=COMMITTEE)
        self._worked("rail", 58, content.RATED_PLAN, 3, done=True)
        self._part("rail", 55, "promise", self.liaison, COMMITTEE, promise=content.RATED_PROMISE,
                   due_on=self.league.today)  # fmt: skip
        self._complete("rail", 30, content.RATED_RESULT, "rail")
        self._part("rail", 29, "finish", self.liaison, COMMITTEE)
        self._then("rail", 22, "accept", self.secretary)
        self.script.do(self.ago(21.5), self._rate, by=self.secretary, row="parties:rail")
        self._raise("latch", 40, self.leader, content.WITHDRAWN, "6 栋 1 单元门厅")
        self._then("latch", 37, "withdraw", self.leader, reason=content.WITHDRAWN_WHY)

    def _rate(self, matter: Matter, *, actor: Any, at: datetime) -> None:
        said = {part.pk: (str(Grade.GOOD), content.RATED_WORDS) for part in matter.parts.all()}
        matters.rate(matter, actor=actor, at=at, grades=said)

    # --- registrations, wishes

    def _registrations(self) -> None:
        """One waits for the member, one for the branch."""
        for hours, place in ((16, content.PROPOSED), (25, content.AGREED)):
            member = self.league.members[place]
            key = f"parties:registration-{place}"
            self.script.rows[f"parties:member-{place}"] = member
            self.script.do(
                self.ago(hours),
                members.propose,
                by=self.secretary,
                row=f"parties:member-{place}",
                gives=key,
                grid=home_grid(self.league, member.user),
            )
            if place == content.AGREED:
                self.script.do(self.ago(13), members.agree, by=member.user, row=key)

    def _wishes(self) -> None:
        for n, wish in enumerate(content.OPEN_WISHES):
            self._wish(f"open-{n}", 5 + 7 * n, wish)
        claimers = (self.member, self.league.members[2].user)
        for n, wish in enumerate(content.CLAIMED_WISHES):
            self._wish(f"claimed-{n}", 28 + 3 * n, wish)
            self._claim(f"claimed-{n}", 18 - 5 * n, claimers[n])
        wish = content.FULFILLED_WISHES[-1]
        self._wish("done", 56, wish)
        self._claim("done", 47, self.member)
        fulfil = wishes.fulfil
        self.script.do(
            self.ago(33), fulfil, by=self.member, row="parties:wish-done", result=wish.result
        )

    def _wish(self, key: str, hours: float, wish: Wish) -> None:
        grid = self.league.micro(wish.grid)
        by = self.keeper if wish.grid == 1 else self.second
        self.script.do(
            self.ago(hours),
            wishes.note_down,
            by=by,
            gives=f"parties:wish-{key}",
            grid=grid,
            title=wish.title,
            words=wish.words,
        )

    def _claim(self, key: str, hours: float, by: Any) -> None:
        self.script.do(self.ago(hours), wishes.claim, by=by, row=f"parties:wish-{key}")


# --- what the portal did by itself


def sweep(league: League) -> None:
    """Soon after midnight, as its own clock does."""
    script = league.stage.script
    for days in range(SWEPT, -1, -1):
        at = league.on(days, 0, 4)
        if at <= league.clock.now:
            script.note(at, partial(climb, at))
    script.sweep(climb)


def date_rows(league: League) -> None:
    """Rows were made when their first entry says, and changed when their last does."""

    def dated() -> None:
        for model, code in (
            (Organisation, FOUNDED),
            (OrganisationPost, GIVEN),
            (PartyMember, JOINED),
            (Matter, MATTER_MOVES.code_of("raise")),
            (Registration, REGISTRATION_MOVES.code_of("propose")),
            (MicroWish, WISH_MOVES.code_of("note_down")),
        ):
            _dated(model._default_manager.all(), code)
        raised = Matter.objects.filter(pk=OuterRef("matter")).values("raised_at")
        MatterPart.objects.update(created_at=Subquery(raised))
        MatterPart.objects.update(updated_at=F("created_at"))

    league.stage.script.note(league.stage.now, dated)


def _dated(rows: QuerySet[Any], code: str) -> None:
    kind = ContentType.objects.get_for_model(rows.model)
    entries = Entry.objects.filter(content_type=kind, object_id=OuterRef("pk"))
    first = entries.filter(code=code).order_by("at").values("at")[:1]
    last = entries.order_by("-at").values("at")[:1]
    rows.update(
        created_at=Coalesce(Subquery(first), F("created_at")),
        updated_at=Coalesce(Subquery(last), F("updated_at")),
    )
