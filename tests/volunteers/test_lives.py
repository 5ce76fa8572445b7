"""Every verb of memberships, qualifications, shifts, entries, swaps and certificates, from every
state, by everybody, through every door."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications.models import Message
from tests import factories as make
from tests.people import World
from tests.workflow.lives import AT, LifecycleBattery, SignIn
from volunteers.lives import CERTIFICATE, ENTRY, MEMBERSHIP, QUALIFICATION, SHIFT, SWAP
from volunteers.models import (
    Certificate,
    HourLine,
    Membership,
    Shift,
    ShiftPost,
    ShiftSeries,
)
from volunteers.services import certificates, entries, members, shifts
from workflow.refusals import Invalid, NotAllowed

# Of another community.
FAR = ("stranger", "outsider", "far_member")
# Of the same one, and in no team.
AROUND = (
    "neighbour",
    "technician",
    "dispatcher",
    "manager",
    "inspector",
    "desk",
    "grid_member",
    "grid_leader",
    "secretary",
    "committee",
    "property_lead",
    "party_member",
)
LEAD = {"team_lead"}
KEEPERS = {*LEAD, "admin"}
OWN = {"volunteer"}


def ahead() -> datetime:
    """A day of its own for each shift: nobody is in two at once."""
    return AT + timedelta(days=1 + Shift.objects.count())


def over() -> datetime:
    """Ten in the morning of such a day that has passed."""
    day = timezone.localtime(AT) - timedelta(days=1 + Shift.objects.count())
    return day.replace(hour=10, minute=0, second=0)


class Timed:
    """Rows whose verbs have their time, beside their states: which one is tried is known here."""

    verb = ""

    @pytest.fixture(autouse=True)
    def its_verb(self, request: pytest.FixtureRequest) -> None:
        if "life_verb" in request.fixturenames:
            self.verb = request.getfixturevalue("life_verb")


class TestMembership(LifecycleBattery):
    """A resident's, who asks to be in the team."""

    life = MEMBERSHIP
    roles = ("resident", "team_lead", "admin")
    blind = (*FAR, *AROUND)
    may = {
        "approve": KEEPERS,
        "decline": KEEPERS,
        "change": {"resident"},
        "appoint": KEEPERS,
        "leave": {"resident"},
        "let_go": KEEPERS,
    }
    # By the administrator, the first of those who may.
    told = {
        "approve": {"resident"},
        "decline": {"resident"},
        "appoint": {"resident"},
        "leave": {"team_lead"},
        "let_go": {"resident"},
    }
    api = "memberships"
    docs = "volunteers.md"

    def row(self, world: World, state: str) -> Any:
        """The only one: nobody is in a team twice."""
        Membership.objects.filter(user=world.resident).delete()
        left = AT if state in ("declined", "left") else None
        return make.make_membership(world.resident, world.team, status=state, left_at=left)

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        match verb:
            case "decline" | "let_go":
                return {"reason": "人已够了"}
            case "change":
                return {"skills": ["repair", "patrol"]}
            case "appoint":
                return {"role": "deputy"}
        return {}

    def test_a_mate_sees_who_is_in_the_team_and_may_not_touch_them(
        self, world: World, as_: SignIn, life_verb: str
    ) -> None:
        client = as_(world.mate)
        found = {}
        for state in self.life.model.Status.values:
            row = self.row(world, state)
            found[state] = client.post(self.page(row, life_verb)).status_code
        assert found == {"applied": 404, "active": 403, "declined": 404, "left": 404}

    def test_a_lead_neither_lets_themselves_go_nor_leaves_the_team_alone(
        self, world: World
    ) -> None:
        own = Membership.objects.get(user=world.team_lead)
        with pytest.raises(NotAllowed):
            members.let_go(own, actor=world.team_lead, at=AT, reason="够了")
        with pytest.raises(Invalid) as refused:
            members.leave(own, actor=world.team_lead, at=AT)
        assert str(refused.value) == "The team needs a lead: name another one first."

    def test_who_leaves_is_out_of_what_lies_ahead_and_whoever_waits_is_offered_it(
        self, world: World
    ) -> None:
        shift = make.make_shift(world.team, ahead(), places=1)
        mine = make.make_entry(shift, world.volunteer)
        theirs = make.make_entry(shift, world.mate, status="waitlisted")
        own = Membership.objects.get(user=world.volunteer)
        members.leave(own, actor=world.volunteer, at=AT)
        for entry in (mine, theirs):
            entry.refresh_from_db()
        assert (mine.status, theirs.status) == ("cancelled", "offered")
        assert shift.posts.get().taken == 1


class TestQualification(LifecycleBattery):
    life = QUALIFICATION
    roles = ("volunteer", "team_lead", "admin")
    blind = (*FAR, *AROUND, "resident", "mate")
    may = {"confirm": LEAD, "refuse": LEAD, "withdraw": OWN}
    told = {"confirm": OWN, "refuse": OWN}
    api = "qualifications"
    docs = "volunteers.md"

    def row(self, world: World, state: str) -> Any:
        return make.make_paper(world.volunteer, status=state)

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        return {"reason": "看不清"} if verb == "refuse" else {}

    def test_a_lead_does_not_judge_their_own(self, world: World) -> None:
        own = make.make_paper(world.team_lead)
        assert self.life.open_to(own, world.team_lead, at=AT) == ["withdraw"]


class TestShift(Timed, LifecycleBattery):
    """One that the desk has asked the team for, and a volunteer is in it."""

    life = SHIFT
    roles = ("team_lead", "desk", "admin")
    blind = FAR
    may = {
        "take_on": LEAD,
        "refuse": LEAD,
        "change": LEAD,
        "add_post": LEAD,
        "set_places": LEAD,
        "take_in": LEAD,
        "ask_members": LEAD,
        "repeat": LEAD,
        "stop": LEAD,
        "cancel": LEAD,
        "end": {"portal"},
    }
    told = {
        "take_on": {"desk"},
        "refuse": {"desk"},
        "change": OWN,
        "ask_members": {"mate"},
        "cancel": {"desk", *OWN},
    }
    api = "shifts"
    docs = "volunteers.md"

    def row(self, world: World, state: str) -> Any:
        begin = over() if self.verb == "end" else ahead()
        series = None
        if self.verb == "stop":
            series = ShiftSeries.objects.create(
                team=world.team, rule="FREQ=DAILY", starts_on=begin, time=time(9), next_at=begin
            )
        shift = make.make_shift(
            world.team, begin, status=state, asked_by=world.desk, series=series, places=3
        )
        make.make_entry(shift, world.volunteer)
        return shift

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        match verb:
            case "refuse" | "cancel":
                return {"reason": "下大雨"}
            case "change":
                return {
                    "title": "便民服务日（改期）",
                    "on": timezone.localdate(AT) + timedelta(days=60),
                    "gate": time(8, 30),
                    "begin": time(9),
                    "end": time(12),
                    "withdraw_hours": 24,
                }
            case "add_post":
                return {"name": "摄影", "wanted": 0, "places": 1, "skill": "media"}
            case "set_places":
                return {"post": ShiftPost.objects.latest("pk"), "wanted": 2, "places": 4}
            case "take_in":
                mate = Membership.objects.get(user=world.mate)
                return {"member": mate, "post": ShiftPost.objects.latest("pk")}
            case "repeat":
                return {"rule": "FREQ=WEEKLY"}
        return {}

    def test_others_see_a_shift_once_the_team_has_it_and_may_do_nothing(
        self, world: World, as_: SignIn, life_verb: str
    ) -> None:
        people = ("resident", "neighbour", "manager", "volunteer", "mate")
        found = {}
        for state in self.life.model.Status.values:
            url = self.page(self.row(world, state), life_verb)
            found[state] = [as_(getattr(world, who)).post(url).status_code for who in people]
        assert found == {
            "asked": [404] * 5,
            "open": [403] * 5,
            "ended": [403] * 5,
            "cancelled": [403] * 5,
            "refused": [404] * 5,
        }

    def test_change_through_the_api_keeps_what_was_not_sent(
        self, world: World, as_: SignIn
    ) -> None:
        shift = make.make_shift(
            world.team,
            ahead(),
            description="带梯子",
            bring="手套",
            place_words="南门",
            withdraw_hours=48,
            lead_confirms=True,
        )
        begin = timezone.localtime(shift.starts_at)
        sent = {"title": "清洗", "on": begin.date(), "begin": "20:00", "end": "22:00"}
        answer = as_(world.team_lead).post(self.api_url(shift, "change"), sent, "application/json")
        assert answer.status_code == 200, answer.content
        shift.refresh_from_db()
        local = timezone.localtime(shift.starts_at)
        assert (shift.title, local.date(), local.time()) == ("清洗", begin.date(), time(20))
        assert (shift.description, shift.bring, shift.place_words) == ("带梯子", "手套", "南门")
        assert (shift.withdraw_hours, shift.lead_confirms) == (48, True)

    def test_the_end_closes_each_entry_as_it_stands(self, world: World) -> None:
        shift = make.make_shift(world.team, over(), places=4)
        rows = [
            make.make_entry(shift, world.volunteer, status="checked_in"),
            make.make_entry(shift, world.mate),
            make.make_entry(shift, world.team_lead, status="waitlisted"),
        ]
        shifts.end(shift, actor=self.person(world, "portal"), at=AT)
        for entry in rows:
            entry.refresh_from_db()
        assert [one.status for one in rows] == ["checked_out", "no_show", "cancelled"]
        assert (rows[0].left_at, rows[0].forgotten) == (shift.ends_at, True)
        asked = Message.objects.filter(kind="volunteers.entry.ask_left")
        assert [one.recipient for one in asked] == [world.volunteer]


class TestEntry(Timed, LifecycleBattery):
    life = ENTRY
    roles = ("volunteer", "team_lead", "admin")
    blind = (*FAR, *AROUND, "resident", "mate")
    may = {
        "confirm": LEAD,
        "decline": LEAD,
        "withdraw": OWN | LEAD,
        "offer": {*LEAD, "portal"},
        "accept": OWN,
        "expire": {"portal"},
        "check_in": LEAD,
        "check_out": {*OWN, *LEAD, "portal"},
        "no_show": {*LEAD, "portal"},
        "say": OWN,
        "correct": LEAD,
        "confirm_hours": LEAD,
        "call_off": {"portal"},
    }
    # Where both may, the lead does it.
    told = {
        "confirm": OWN,
        "decline": OWN,
        "withdraw": OWN,
        "offer": OWN,
        "accept": LEAD,
        "check_in": OWN,
        "check_out": OWN,
        "no_show": OWN,
        "say": LEAD,
        "correct": OWN,
        "confirm_hours": OWN,
    }
    api = "entries"
    docs = "volunteers.md"

    AT_THE_SHIFT = ("check_in", "check_out", "no_show", "say", "correct", "confirm_hours")

    def row(self, world: World, state: str) -> Any:
        begin = over() if self.verb in self.AT_THE_SHIFT else ahead()
        return make.make_entry(make.make_shift(world.team, begin), world.volunteer, status=state)

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        match verb:
            case "decline":
                return {"reason": "人已够了"}
            case "say":
                return {"words": "我一点才走"}
            case "correct":
                return {"came": time(10, 15), "went": time(12, 45), "reason": "看了监控"}
        return {}

    def test_a_volunteer_withdraws_until_the_limit_and_the_lead_after_it(
        self, world: World
    ) -> None:
        shift = make.make_shift(world.team, AT + timedelta(hours=1), withdraw_hours=2)
        entry = make.make_entry(shift, world.volunteer)
        with pytest.raises(Invalid) as refused:
            entries.withdraw(entry, actor=world.volunteer, at=AT)
        assert str(refused.value) == "It is too late to withdraw here. Please ring the lead."
        entries.withdraw(entry, actor=world.team_lead, at=AT)
        assert (entry.status, shift.posts.get().taken) == ("withdrawn", 0)

    def test_a_lead_confirms_hours_of_their_own_where_nobody_else_leads(self, world: World) -> None:
        own = make.make_entry(
            make.make_shift(world.team, over()), world.team_lead, status="checked_out"
        )
        found = {"confirm_hours", "correct"} & set(self.life.open_to(own, world.team_lead, at=AT))
        assert found == {"confirm_hours", "correct"}
        Membership.objects.filter(user=world.mate).update(role="deputy")
        assert self.life.open_to(own, world.team_lead, at=AT) == ["say"]
        assert self.life.open_to(own, world.mate, at=AT) == ["correct", "confirm_hours"]

    def test_hours_are_booked_taken_back_when_questioned_and_booked_anew(
        self, world: World
    ) -> None:
        entry = make.make_entry(
            make.make_shift(world.team, over()), world.volunteer, status="checked_out"
        )
        entries.confirm_hours(entry, actor=world.team_lead, at=AT)
        entries.say(entry, actor=world.volunteer, at=AT, words="我一点才走")
        entries.correct(
            entry, actor=world.team_lead, at=AT, came=time(10), went=time(14), reason="是的"
        )
        entries.confirm_hours(entry, actor=world.team_lead, at=AT)
        booked = HourLine.objects.filter(entry=entry).order_by("pk")
        assert [line.minutes for line in booked] == [180, -180, 240]


class TestSwap(LifecycleBattery):
    """The volunteer asks a mate to take a place."""

    life = SWAP
    roles = ("volunteer", "mate", "team_lead", "admin")
    blind = (*FAR, *AROUND, "resident")
    may = {"accept": {"mate"}, "refuse": {"mate"}, "withdraw": OWN, "lapse": {"portal"}}
    told = {"accept": OWN | LEAD, "refuse": OWN}
    api = "swaps"
    docs = "volunteers.md"

    def row(self, world: World, state: str) -> Any:
        entry = make.make_entry(make.make_shift(world.team, ahead()), world.volunteer)
        return make.make_swap(entry, world.mate, status=state)

    def test_both_places_change_hands_and_the_count_stays(self, world: World) -> None:
        first = make.make_shift(world.team, ahead())
        mine = make.make_entry(first, world.volunteer)
        second = make.make_shift(world.team, ahead())
        theirs = make.make_entry(second, world.mate)
        swap = make.make_swap(mine, world.mate, other=theirs)
        self.life.do("accept", swap, actor=world.mate, at=AT)
        standing = {
            shift: [(one.user, one.status) for one in shift.entries.standing()]
            for shift in (first, second)
        }
        assert standing == {
            first: [(world.mate, "confirmed")],
            second: [(world.volunteer, "confirmed")],
        }
        assert [shift.posts.get().taken for shift in (first, second)] == [1, 1]


class TestCertificate(LifecycleBattery):
    life = CERTIFICATE
    roles = ("volunteer", "admin")
    blind = (*FAR, *AROUND, "resident", "mate", "team_lead")
    may = {"show": OWN, "revoke": {*OWN, "admin"}}
    api = "certificates"
    docs = "volunteers.md"

    def row(self, world: World, state: str) -> Any:
        return make.make_certificate(world.volunteer, world.court.community, status=state)

    def fields(self, world: World, verb: str) -> dict[str, Any]:
        match verb:
            case "show":
                return {"shows_name": True, "shows_hours": True}
            case "revoke":
                return {"reason": "重复"}
        return {}

    def test_show_through_the_api_keeps_what_was_not_sent(self, world: World, as_: SignIn) -> None:
        row = make.make_certificate(world.volunteer, world.court.community, shows_services=True)
        sent = {"shows_name": True}
        answer = as_(world.volunteer).post(self.api_url(row, "show"), sent, "application/json")
        assert answer.status_code == 200, answer.content
        row.refresh_from_db()
        assert (row.shows_name, row.shows_hours, row.shows_services) == (True, False, True)

    def test_it_is_numbered_and_holds_what_was_given_by_that_day(self, world: World) -> None:
        make.make_hours(world.volunteer, world.team, 180)
        make.make_hours(world.volunteer, world.team, -180)
        make.make_hours(world.volunteer, world.team, 240)
        made = certificates.issue(world.court.community, actor=world.volunteer, at=AT)
        assert made.number == f"V{timezone.localdate(AT).year}-000001"
        assert (made.minutes, made.signed_by) == (240, "team_lead")
        assert Certificate.objects.get() == made
