"""What is ahead and what is on, through the real verbs, and what the portal did by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from audit.models import Entry as LogEntry
from events.demo import content
from events.demo.content import Desk, Plan
from events.demo.lay import Family, Year
from events.models import (
    Event,
    Question,
    Scan,
    SeasonalTemplate,
    Seat,
    Service,
    Signup,
    Slot,
    Task,
)
from events.services import doors, events, signups, slots
from events.services.slot_moves import SLOT_MOVES
from events.services.sweeps import begin, draft, end, remind, run_out
from events.states import SlotStatus
from volunteers.demo.lay import DAY, GATE, HOUR, MINUTE, store_log
from volunteers.models import ShiftPost
from volunteers.services import entries, shifts
from volunteers.services.shifts import Wanted
from workflow.actors import SYSTEM

# It has been on for so long at least, and begins at a full or a half hour.
ON_FOR = 80 * MINUTE
HALF = 30
S = SlotStatus


class Ahead:
    """One event with places left, one that is full, one called off, and those in the making."""

    def __init__(self, year: Year) -> None:
        self.year, self.force = year, year.force
        self.script, self.stage = year.force.stage.script, year.force.stage
        self.lead, self.desk = year.service.lead, year.force.ground.desk
        self.resident, self.neighbour = year.family_of("resident"), year.family_of("neighbour")

    def at(self, days_ago: int, hour: int, minute: int) -> datetime:
        return self.force.on(days_ago, hour, minute)

    def act(self) -> None:
        self._open()
        self._full()
        self._called_off()
        self._in_the_making()

    def _do(self, key: str, at: datetime, verb: Callable[..., Any], by: Any, **words: Any) -> None:
        self.script.do(at, verb, by=by, row=f"events:{key}", **words)

    def _make(self, key: str, plan: Plan, days: int, made: int, by: User) -> datetime:
        """`days` from today, planned `made` days ago. Returns when it begins."""
        day = self.force.today + days * DAY
        starts_at = self.force.moment(day, plan.begin)
        self.script.do(
            self.at(made, 20, 15),
            events.make,
            by=by,
            gives=f"events:{key}",
            community=self.year.community,
            title=plan.title,
            title_en=plan.english,
            line=plan.line,
            story=plan.story,
            programme=plan.programme,
            place=self.force.ground.place(plan.place),
            place_words=plan.where,
            starts_at=starts_at,
            ends_at=self.force.moment(day, plan.end),
            team=self.year.service.team if by == self.lead else self.year.culture.team,
            capacity=plan.places,
            tasks=plan.tasks,
        )
        return starts_at

    def _publish(self, key: str, made: int, by: User) -> None:
        self._do(key, self.at(made - 2, 10, 10), events.approve, self.year.manager)
        self._do(key, self.at(made - 2, 19, 40), events.publish, by)

    def _sign_up(
        self, key: str, at: datetime, family: Family, size: int,
        *, ticks: str = "", wait: bool = False,
    ) -> str:  # fmt: skip
        """Returns the key of the sign-up."""
        made, guests = f"events:{key}-{family.user.username}", self.year.guests(family, size)

        def step() -> None:
            event = self.script.rows[f"events:{key}"]
            asked = Question.objects.filter(event=event)
            self.script.rows[made] = signups.sign_up(
                event,
                actor=family.user,
                at=at,
                guests=guests,
                answers={str(one.pk): ticks for one in asked},
                photo_ok=size > 1,
                wait=wait,
            )

        self.script.note(at, step)
        return made

    def _tick(self, key: str, at: datetime, by: User, done: int) -> None:
        def step() -> None:
            event = self.script.rows[f"events:{key}"]
            for task in Task.objects.filter(event=event).order_by("pk")[:done]:
                events.tick(event, actor=by, at=at, task=task)

        self.script.note(at, step)

    # --- ahead

    def _open(self) -> None:
        """Three places are left, and two more for who rings."""
        key, made, plan = "open", 13, content.OPEN
        starts_at = self._make(key, plan, 6, made, self.lead)
        self._do(
            key,
            self.at(made, 20, 25),
            events.set_signup,
            self.lead,
            phone_places=content.OPEN_ASIDE,
            per_person=content.OPEN_OF_ONE,
            per_household=content.OPEN_OF_ONE,
            closes_at=starts_at - 18 * HOUR,
        )
        ticks = "\n".join(content.TICKS)
        asked_at = self.at(made, 20, 30)
        words = {"words": content.QUESTION, "choices": ticks}
        self._do(key, asked_at, events.add_question, self.lead, **words)
        self._publish(key, made, self.lead)
        for n, (size, said) in enumerate(content.OPEN_FAMILIES):
            at = self.at(10 - n // 2, 12 + 7 * (n % 2), 5 + 4 * n)
            self._sign_up(key, at, self.year.families[n], size, ticks=said)
        size = content.OPEN_RESIDENT
        self._sign_up(key, self.at(3, 20, 50), self.resident, size, ticks=content.TICKS[0])
        cast = self.stage.cast
        for n, size in enumerate(content.OPEN_RANG):
            names = [cast.name(age="older") for _one in range(size)]
            self._do(
                key,
                self.at(4 - n, 15, 20),
                events.enter,
                self.desk,
                name=names[0],
                phone=cast.phone(),
                others=list(dict.fromkeys(names[1:])),
            )
        self._tick(key, self.at(2, 17, 30), self.lead, 2)

    def _full(self) -> None:
        """Somebody cannot come: their places are held for the neighbour, and the resident is the
        first of those who wait."""
        key, made = "full", 11
        self._make(key, content.FULL, 4, made, self.lead)
        self._do(key, self.at(made, 20, 25), events.set_signup, self.lead, per_household=4)
        self._publish(key, made, self.lead)
        families = self.year.families[14:]
        sizes = content.FULL_FAMILIES
        rows = [
            self._sign_up(key, self.at(8, 9 + n, 12), family, size)
            for n, (family, size) in enumerate(zip(families, sizes, strict=False))
        ]
        gone = content.FULL_GONE
        waits = [(self.neighbour, sizes[gone]), (self.resident, content.OPEN_RESIDENT)]
        waits += zip(families[len(sizes) :], content.FULL_WAITING, strict=False)
        for n, (family, size) in enumerate(waits):
            self._sign_up(key, self.at(6 - n, 18, 35), family, size, wait=True)
        # An offer holds for four hours: it is made within the last one, at any time of the day.
        at = self.force.now - 45 * MINUTE
        self.script.do(at, signups.withdraw, by=families[gone].user, row=rows[gone])
        self._tick(key, self.at(5, 17, 40), self.lead, 1)

    def _called_off(self) -> None:
        key, made, lead = "off", 9, self.year.culture.lead
        self._make(key, content.CALLED_OFF, 2, made, lead)
        self._publish(key, made, lead)
        families = self.year.families[24:]
        for n, (family, size) in enumerate(
            zip(families, content.CALLED_OFF_FAMILIES, strict=False)
        ):
            self._sign_up(key, self.at(5 - n, 19, 25), family, size)
        self._do(key, self.at(1, 17, 15), events.cancel, lead, reason=content.CALLED_OFF_WHY)

    def _in_the_making(self) -> None:
        """Two approved, one waits for the manager, one was sent back; those of the templates draft
        themselves."""
        for n, plan in enumerate(content.APPROVED):
            self._make(f"approved-{n}", plan, 12 + 9 * n, 6 + n, self.lead)
            at = self.at(3 + n, 11, 20)
            self._do(f"approved-{n}", at, events.approve, self.year.manager)
        lead = self.year.culture.lead
        self._make("draft", content.DRAFT, 30, 2, lead)
        self._make("back", content.SENT_BACK, 24, 7, lead)
        self._do("back", self.at(5, 10, 5), events.approve, self.year.manager)
        why = content.SENT_BACK_WHY
        self._do("back", self.at(4, 9, 45), events.send_back, self.year.manager, reason=why)


class ServiceDay(Ahead):
    """On now, whatever the clock says: three services, three doors, and who stands there."""

    def __init__(self, year: Year) -> None:
        super().__init__(year)
        began = self.force.now - ON_FOR
        self.begin = began.replace(minute=began.minute // HALF * HALF)
        self.end = self.begin + content.LASTS * HOUR
        self.volunteer = self.stage.cast.person("volunteer")
        # Those of the first homes are at the banquet.
        self.families = year.families[30:]

    @property
    def elapsed(self) -> int:
        return int((self.force.now - self.begin) / MINUTE)

    def act(self) -> None:
        self._plan()
        self._crew()
        self._turns()
        self._doors()

    def _plan(self) -> None:
        key, made = "today", 12
        self.script.do(
            self.at(made, 20, 5),
            events.make,
            by=self.lead,
            gives="events:today",
            community=self.year.community,
            title=content.TODAY,
            title_en=content.TODAY_ENGLISH,
            line=content.TODAY_LINE,
            story=content.TODAY_STORY,
            place=self.force.ground.place(content.TODAY_PLACE),
            place_words=content.TODAY_WHERE,
            starts_at=self.begin,
            ends_at=self.end,
            team=self.year.service.team,
            tasks=content.TODAY_TASKS,
        )
        doors_of = "\n".join(content.DOORS)
        self._do(key, self.at(made, 20, 10), events.set_signup, self.lead, doors=doors_of)
        for n, desk in enumerate((content.HAIR, content.KNIVES, content.CLINIC)):
            self.script.do(
                self.at(made, 20, 15 + n),
                slots.add_service,
                by=self.lead,
                row="events:today",
                gives=f"events:{desk.letter}",
                letter=desk.letter,
                name=desk.name,
                name_en=desk.english,
                icon=desk.icon,
                desk=desk.desk,
                begins_at=self.begin,
                ends_at=self.end,
                minutes=desk.minutes,
                numbers=desk.numbers,
            )
        self._publish(key, made, self.lead)
        self._tick(key, self.begin - HOUR, self.lead, content.TODAY_DONE)
        self._do(key, self.begin, events.begin, SYSTEM)

    # --- who stands there

    def _crew(self) -> None:
        """A shift of the service team, with the volunteer in it."""
        made, rows = self.at(9, 20, 30), self.script.rows

        def make() -> None:
            event = rows["events:today"]
            shift = shifts.make(
                self.year.service.team,
                actor=self.lead,
                at=made,
                title=content.SHIFT_TITLE,
                posts=[Wanted(content.SHIFT_POST, 3, 5)],
                gate_at=self.begin - GATE,
                starts_at=self.begin,
                ends_at=self.end,
                description=content.SHIFT_WORDS,
                place=event.place,
                place_words=content.TODAY_WHERE,
            )
            shift.origin = event
            shift.save(update_fields=["origin_type", "origin_id"])
            rows["events:shift"] = shift

        self.script.note(made, make)
        helpers = [self.volunteer, self.year.service.deputy, self.year.service.members[2].user]
        for n, user in enumerate(helpers):
            key = f"events:shift-{user.username}"
            at = self.at(7 - n, 12, 40)
            self.script.note(at, partial(self._join, key, user, at))
            came = self.begin - 14 * MINUTE + n * 3 * MINUTE
            self.script.do(came, entries.check_in, by=self.lead, row=key)

    def _join(self, key: str, user: User, at: datetime) -> None:
        post = ShiftPost.objects.get(shift=self.script.rows["events:shift"])
        self.script.rows[key] = entries.sign_up(post, actor=user, at=at)

    # --- turns

    def _turns(self) -> None:
        """Those served until now in bulk; who is called and who waits by the verbs."""
        for desk, pace, passed in (
            (content.HAIR, 10, 6),
            (content.KNIVES, 9, 4),
            (content.CLINIC, 15, 2),
        ):
            now = (self.elapsed - (0 if desk.minutes else 1)) // pace + 1
            self.script.note(self.begin + MINUTE, partial(self._served, desk, now, pace, passed))
            self._called(desk, now, pace)

    def _served(self, desk: Desk, now: int, pace: int, passed: int) -> None:
        """All before the one that is called now; one of them did not come."""
        service = self.script.rows[f"events:{desk.letter}"]
        rows = list(Slot.objects.filter(service=service, number__lt=now).order_by("number"))
        offset = ord(desk.letter) % 3 * 8
        for row in rows:
            family = self.families[(offset + row.number) % len(self.families)]
            row.by_staff = not desk.minutes or row.number % 4 == 3
            row.user = None if row.by_staff else family.user
            row.person = family.people[-1].name if row.by_staff else ""
            called_at = self._called_at(row.number, pace)
            row.called_at = called_at
            booked_at = self.at(3, 8 + row.number % 12, 10 + row.number)
            row.booked_at = self.begin + MINUTE * row.number / 2 if row.by_staff else booked_at
            row.status = S.PASSED if row.number == passed else S.SERVED
            verbs = [
                ("book_for" if row.by_staff else "book", row.booked_at, S.FREE, S.BOOKED),
                ("call", called_at, S.BOOKED, S.CALLED),
                ("pass_by" if row.number == passed else "serve", called_at + (pace - 3) * MINUTE,
                 S.CALLED, row.status),
            ]  # fmt: skip
            for verb, at, had, has in verbs:
                by = row.user if verb == "book" else self.volunteer
                before, after = {"status": str(had)}, {"status": str(has)}
                code = SLOT_MOVES.code_of(verb)
                self.force.note(code, row, by, at, before=before, after=after)
        fields = ["by_staff", "user", "person", "called_at", "booked_at", "status"]
        Slot.objects.bulk_update(rows, fields)
        store_log(self.force)

    def _called_at(self, number: int, pace: int) -> datetime:
        return self.begin + ((number - 1) * pace + 1) * MINUTE

    def _called(self, desk: Desk, now: int, pace: int) -> None:
        """One is called, some wait; the resident among them."""
        service = f"events:{desk.letter}"
        offset = ord(desk.letter) % 3 * 5
        for n, ahead in enumerate((0, 1, 2, 4)):
            family = self.families[-1 - offset - n]
            key, number = f"{service}-{n}", now + ahead
            if desk.minutes:
                at = self.at(2, 9 + n, 17)
                self.script.do(
                    at, slots.take, by=family.user, row=service, gives=key, number=number
                )
            else:
                at = self.begin + (n + 2) * MINUTE
                person = family.people[0].name
                self.script.do(
                    at, slots.book_next, by=self.volunteer, row=service, gives=key, person=person
                )
        called_at = min(self._called_at(now, pace), self.force.now)
        self.script.do(called_at, slots.call, by=self.volunteer, row=f"{service}-0")
        if desk is content.HAIR:
            at = self.at(2, 21, 5)
            self.script.do(at, slots.take, by=self.resident.user, row=service, number=now + 5)

    # --- the doors

    def _doors(self) -> None:
        """Some families are in; a pass was shown twice, and a number is nobody's."""
        rows = [
            self._sign_up("today", self.at(5, 8 + n, 48), family, size)
            for n, (family, size) in enumerate(
                zip(self.families, content.TODAY_FAMILIES, strict=False)
            )
        ]
        for n, key in enumerate(rows[: content.TODAY_CAME]):
            self._scan(n, self.begin + (3 + 9 * n) * MINUTE, key)
        self._scan(1, self.begin + 52 * MINUTE, rows[0])
        self._scan(2, self.begin + 58 * MINUTE, tail=content.UNKNOWN_TAIL)

    def _scan(self, n: int, at: datetime, key: str = "", tail: str = "") -> None:
        by = self.volunteer if n % 2 else self.lead

        def step() -> None:
            code = signups.code_of(self.script.rows[key]) if key else ""
            door = content.DOORS[n % len(content.DOORS)]
            event = self.script.rows["events:today"]
            doors.scan(event, actor=by, at=at, door=door, code=code, tail=tail)

        self.script.note(at, step)


# --- what the portal did by itself


def sweep(year: Year) -> None:
    script = year.force.stage.script
    day_before = ServiceDay(year).begin - DAY
    script.note(day_before, partial(remind, day_before))
    for verb in (draft, begin, end, remind, run_out):
        script.sweep(verb)


def date_rows(year: Year) -> None:
    """Rows were made when their first entry says, and changed when their last does."""

    def dated() -> None:
        for model in (Event, SeasonalTemplate, Service, Signup):
            _dated(model._default_manager.all())
        for part, whole in ((Task, Event), (Question, Event), (Seat, Signup), (Slot, Service)):
            _like(part, whole)
        _dated(Slot.objects.all())
        Scan.objects.update(created_at=F("at"), updated_at=F("at"))

    year.force.stage.script.note(year.force.stage.now, dated)


def _like(part: type[Model], whole: type[Model]) -> None:
    """As old as what they are of."""
    made = whole._default_manager.filter(pk=OuterRef(str(whole._meta.model_name))).values(
        "created_at"
    )
    part._default_manager.update(created_at=Subquery(made))
    part._default_manager.update(updated_at=F("created_at"))


def _dated(rows: QuerySet[Any]) -> None:
    kind = ContentType.objects.get_for_model(rows.model)
    log = LogEntry.objects.filter(content_type=kind, object_id=OuterRef("pk"))
    first = log.order_by("at").values("at")[:1]
    last = log.order_by("-at").values("at")[:1]
    rows.update(
        created_at=Coalesce(Subquery(first), F("created_at")),
        updated_at=Coalesce(Subquery(last), F("updated_at")),
    )
