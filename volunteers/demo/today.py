"""The last days and what is ahead, through the real verbs, and what the portal did by itself."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from audit.models import Entry as LogEntry
from volunteers.demo import content
from volunteers.demo.content import Work
from volunteers.demo.lay import DAY, GATE, HOUR, MINUTE, Force, Weeks, store_log
from volunteers.demo.pictures import licence
from volunteers.models import (
    Certificate,
    Entry,
    Membership,
    Qualification,
    Shift,
    ShiftPost,
    Swap,
    Team,
)
from volunteers.services import certificates, entries, members, papers, shifts, swaps
from volunteers.services.sweeps import end, make_due, papers_run_out, remind, run_out
from workflow.actors import SYSTEM

TICKET = "repairs.ticket"
# The lead has made what is ahead by then.
MADE = 6


class Week:
    """What is told of the service team: one shift just over, and several ahead."""

    def __init__(self, force: Force) -> None:
        self.force, self.script = force, force.stage.script
        self.band = force.service
        self.lead, self.volunteer = self.band.lead, force.stage.cast.person(content.VOLUNTEER)

    def at(self, days_ago: int, hour: int, minute: int) -> datetime:
        return self.force.on(days_ago, hour, minute)

    def user(self, place: int) -> User:
        return self.band.members[place].user

    def act(self) -> None:
        """Whoever is told of keeps the time free: the ordinary shifts are laid after these."""
        self._just_over()
        self._at_risk()
        self._full()
        self._by_the_lead()
        self._series()
        self._swap()
        Weeks(self.force).tell()
        store_log(self.force)
        self._asked()
        self._members()
        self._certificate()

    # --- shifts

    def _times(self, day: date, work: Work) -> tuple[datetime, datetime]:
        return self.force.moment(day, work.begin), self.force.moment(day, work.end)

    def _make(self, key: str, at: datetime, work: Work, day: date, **more: Any) -> datetime:
        """Returns when it begins."""
        begin, finish = self._times(day, work)
        place = self.force.ground.place(work.place) if work.place else None
        self.script.do(
            at,
            shifts.make,
            by=self.lead,
            gives=f"volunteers:{key}",
            team=self.band.team,
            title=work.title,
            posts=work.posts,
            gate_at=begin - GATE,
            starts_at=begin,
            ends_at=finish,
            description=work.words,
            bring=work.bring,
            place=place,
            place_words=work.where,
            **more,
        )
        return begin

    def _sign_up(
        self, key: str, at: datetime, user: User, day: date, work: Work, post: int = 0,
        *, wait: bool = False,
    ) -> str:  # fmt: skip
        """For the post of that place; returns the key of the entry."""
        begin, finish = self._times(day, work)
        self.force.take(user, begin - GATE, finish)
        made = f"volunteers:{key}-{user.username}"

        def step() -> None:
            shift = self.script.rows[f"volunteers:{key}"]
            there = ShiftPost.objects.filter(shift=shift).order_by("pk")[post]
            self.script.rows[made] = entries.sign_up(there, actor=user, at=at, wait=wait)

        self.script.note(at, step)
        return made

    def _just_over(self) -> None:
        """Four came: one did not stay as long as was noted, one forgot to say when they went, and
        two are plain; a fifth did not come."""
        day, work = self._newest()
        begin, finish = self._times(day, work)
        made_at = begin - 4 * DAY
        self._make("over", made_at, work, day)
        keys = [
            self._sign_up("over", made_at + (n + 1) * 5 * HOUR, self.user(n + 9), day, work)
            for n in range(5)
        ]
        for n, key in enumerate(keys[:4]):
            came = begin - 12 * MINUTE + n * 4 * MINUTE
            self.script.do(came, entries.check_in, by=self.lead, row=key)
            if n < 3:
                went = finish - (25 - 10 * n) * MINUTE
                self.script.do(went, entries.check_out, by=self.lead, row=key)
        closed = finish + 31 * MINUTE
        self.script.do(closed, shifts.end, by=SYSTEM, row="volunteers:over")
        self.script.do(
            closed + 2 * MINUTE,
            entries.say,
            by=self.user(9),
            row=keys[0],
            words=content.DISPUTE,
        )

    def _newest(self) -> tuple[date, Work]:
        """Over for long enough that the portal has closed it, whatever the clock says."""
        closed = self.force.now - 40 * MINUTE
        found = [
            (self.force.moment(day, work.end), day, work)
            for day in (self.force.today, self.force.today - DAY)
            for work in content.JUST_OVER
        ]
        _at, day, work = max((one for one in found if one[0] <= closed), key=lambda one: one[0])
        return day, work

    def _at_risk(self) -> None:
        day = self.force.today + DAY
        self._make("risk", self.at(MADE, 20, 10), content.AT_RISK, day)
        self._sign_up("risk", self.at(4, 21, 5), self.user(14), day, content.AT_RISK)

    def _full(self) -> None:
        """Two wait; a place has become free, and is held for the volunteer."""
        day, work = self.force.today + 4 * DAY, content.FULL
        self._make("full", self.at(MADE, 20, 20), work, day)
        keys = [
            self._sign_up("full", self.at(5, 8 + n, 15), self.user(n), day, work) for n in (4, 5, 6)
        ]
        waits = (self.volunteer, self.user(7), self.user(8))
        for n, user in enumerate(waits):
            self._sign_up("full", self.at(3, 19, 5 * n + 4), user, day, work, wait=True)
        # An offer holds for six hours: it is made within the last one, at any time of the day.
        self.script.do(self.force.now - 50 * MINUTE, entries.withdraw, by=self.user(6), row=keys[2])

    def _by_the_lead(self) -> None:
        """Two ask for a place; one is in."""
        day, work = self.force.today + 6 * DAY, content.CONFIRMED_BY_LEAD
        self._make("lead", self.at(MADE, 20, 30), work, day, lead_confirms=True)
        said = ((1, 0, 4), (10, 1, 3), (4, 0, 2))
        keys = [
            self._sign_up("lead", self.at(ago, 20, 40), self.user(place), day, work, post)
            for place, post, ago in said
        ]
        self.script.do(self.at(3, 9, 12), entries.confirm, by=self.lead, row=keys[0])

    def _series(self) -> None:
        day = self.force.today + 5 * DAY
        made = self.at(MADE, 20, 40)
        self._make("series", made, content.SERIES, day)
        rule = "FREQ=WEEKLY"
        self.script.do(
            made + 3 * MINUTE, shifts.repeat, by=self.lead, row="volunteers:series", rule=rule
        )
        for n in (11, 12):
            at = self.at(2, 12 + n - 11, 25)
            self._sign_up("series", at, self.user(n), day, content.SERIES)

    def _swap(self) -> None:
        """The volunteer is asked to step in."""
        day, work = self.force.today + 3 * DAY, content.SWAPPED
        self._make("swap", self.at(MADE, 20, 50), work, day)
        keys = [
            self._sign_up("swap", self.at(4, 12, 10 + n), self.user(n), day, work) for n in (13, 5)
        ]
        begin, finish = self._times(day, work)
        self.force.take(self.volunteer, begin, finish)
        # In the service team the volunteer comes after the deputies.
        member = self.band.members[self.band.crew.deputies + 1]
        self.script.do(
            self.at(1, 21, 30),
            swaps.ask,
            by=self.user(13),
            row=keys[0],
            member=member,
            words=content.SWAP_WORDS,
        )

    def _asked(self) -> None:
        """Repairs and volunteers do not know each other: the ticket is found by its name."""
        title, words, where = content.ASKED
        begin = self.force.moment(self.force.today + 2 * DAY, time(9, 30))
        at, desk = self.force.clock.ago(hours=2), self.force.ground.desk
        tickets = apps.get_model(TICKET)._default_manager

        def step() -> None:
            lift = tickets.filter(status="on_hold", place__name="3 栋 2 单元电梯")
            shifts.ask(
                self.band.team,
                actor=desk,
                at=at,
                title=title,
                helpers=4,
                starts_at=begin,
                ends_at=begin + 2 * HOUR,
                description=words,
                place_words=where,
                origin=lift.latest("reported_at"),
            )

        self.script.note(at, step)

    # --- members, papers, certificates

    def _members(self) -> None:
        """One wants in, one has left, and one has shown what the lead has not looked at."""
        gone, shown = self.band.gone, content.SHOWN
        assert gone is not None
        self.script.rows["volunteers:gone"] = gone
        self.script.do(self.at(2, 20, 20), members.leave, by=gone.user, row="volunteers:gone")
        self.script.do(
            self.force.clock.ago(hours=3),
            members.join,
            by=self.force.newcomer,
            team=self.band.team,
            skills=["first_aid", "company"],
            words=content.APPLICATION,
        )
        self.script.do(
            self.force.clock.ago(hours=5),
            papers.show,
            by=self.user(shown.holder),
            kind=shown.kind,
            expires_on=self.force.today + shown.days * DAY,
            photos=[licence],
        )

    def _certificate(self) -> None:
        at, key = self.at(1, 12, 20), "volunteers:certificate"
        community = self.band.team.community
        self.script.do(at, certificates.issue, by=self.volunteer, gives=key, community=community)
        self.script.do(
            at + 2 * MINUTE,
            certificates.show,
            by=self.volunteer,
            row=key,
            shows_name=True,
            shows_hours=True,
        )


# --- what the portal did by itself


def sweep(force: Force) -> None:
    script = force.stage.script
    told = force.on(1, 8, 0)
    script.note(told, partial(papers_run_out, told))
    for verb in (make_due, remind, end, run_out, papers_run_out):
        script.sweep(verb)


def date_rows(force: Force) -> None:
    """Rows were made when their first entry says, and changed when their last does."""

    def dated() -> None:
        for model in (Team, Membership, Qualification, Shift, Entry, Swap):
            _dated(model._default_manager.all())
        Certificate.objects.update(created_at=F("issued_at"), updated_at=F("issued_at"))
        made = Shift.objects.filter(pk=OuterRef("shift"))
        ShiftPost.objects.update(created_at=Subquery(made.values("created_at")))
        ShiftPost.objects.update(updated_at=F("created_at"))

    force.stage.script.note(force.stage.now, dated)


def _dated(rows: QuerySet[Any]) -> None:
    kind = ContentType.objects.get_for_model(rows.model)
    log = LogEntry.objects.filter(content_type=kind, object_id=OuterRef("pk"))
    first = log.order_by("at").values("at")[:1]
    last = log.order_by("-at").values("at")[:1]
    rows.update(
        created_at=Coalesce(Subquery(first), F("created_at")),
        updated_at=Coalesce(Subquery(last), F("updated_at")),
    )
