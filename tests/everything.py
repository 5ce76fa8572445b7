"""One row of each model in estate `court`: data that could leak, for the visibility battery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import Sending, Token, User
from attachments.models import Attachment, Comment
from attachments.services import store
from audit.models import SweepRun
from estates.models import (
    Claim,
    DutyShift,
    Invitation,
    Occupant,
    Posting,
    RosterImport,
    SavedView,
    Workday,
)
from estates.services import feeds
from estates.services.roster.imports import upload as upload_roster
from events.models import Question, Scan, Task
from grids.models import HeardNeed, Rhythm, sealed
from notifications.models import Mute
from notifications.services import make_link
from parties.models import PartyMember
from repairs import services
from repairs.models import Follow, Pause, Ticket
from safety.models import CRITERIA, Answer, DrillMark, DrillMoment, DrillSheet, RoundPoint
from safety.services.rounds import lay_points
from tests import factories as make
from tests.people import World
from volunteers.models import ShiftSeries

NOW = timezone.now()


def a_photo(name: str = "leak.jpg", colour: str = "teal") -> SimpleUploadedFile:
    buffer = BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def only(row: Any) -> Any:
    """The row as a queryset of one."""
    return type(row)._base_manager.filter(pk=row.pk)


def people(audience: Any) -> set[User]:
    """Whoever an audience names, whichever row they belong to."""
    return set(User.objects.filter(pk__in=[reader.person for reader in audience]))


@dataclass
class Rows:
    ticket: Ticket
    public_ticket: Ticket
    note: Comment
    photo: Attachment
    note_photo: Attachment
    unsent_photo: Attachment
    claim: Claim
    invitation: Invitation
    roster_import: RosterImport
    link_token: str
    calendar_token: str
    place: Any
    facility: Any
    route: Any
    plan: Any
    round: Any
    checkpoint: Any
    item: Any
    finding: Any
    hazard: Any
    drill: Any
    drill_role: Any
    requirement: Any
    improvement: Any
    flag: Any
    visit: Any
    rhythm: Any
    matter: Any
    part: Any
    registration: Any
    wish: Any
    membership: Any
    qualification: Any
    shift: Any
    entry: Any
    swap: Any
    certificate: Any
    event: Any
    held: Any
    signup: Any
    scan: Any
    event_token: str
    template: Any
    service: Any
    slot: Any


def build_rows(world: World) -> Rows:
    """The resident's ticket 1204, dispatched to the technician, with all that may hang on it."""
    place = make.make_place(world.court, "地下车库 B2", kind="garage")
    facility = make.make_facility(place, "排水泵", kind="pump")
    ticket = make.make_ticket(
        world.pipes,
        unit=world.home,
        reporter=world.resident,
        entered_by=world.resident,
        clock_from=NOW,
    )
    public = make.make_ticket(world.lifts, place=place, reporter=world.resident, title="车库返水")
    photo = store(a_photo(), by=world.resident, at=NOW, row=ticket)
    services.accept(ticket, actor=world.dispatcher, at=NOW)
    services.dispatch(ticket, worker=world.technician, actor=world.dispatcher, at=NOW)
    services.comment(ticket, body="阀门在柜子里", actor=world.resident, at=NOW)
    services.note(ticket, body="备件已订", actor=world.dispatcher, at=NOW)
    note = Comment.objects.get(internal=True)
    services.add_cost(
        ticket,
        kind="material",
        name="阀芯",
        quantity=Decimal(1),
        unit_price=Decimal("35"),
        payer="owner",
        actor=world.technician,
        at=NOW,
    )
    Follow.objects.create(ticket=public, user=world.neighbour)
    Pause.objects.create(ticket=ticket, began_at=NOW, ended_at=NOW)
    SavedView.objects.create(
        user=world.dispatcher, desk="repairs.ticket", name="水暖", query="category=1"
    )
    invitation = Invitation.objects.create(unit=world.home, expires_at=NOW + timedelta(days=30))
    claim = Claim.objects.create(user=world.neighbour, unit=world.home, name="邻居")
    sheet = BytesIO("楼栋,单元,房号,姓名,电话\n3 栋,2 单元,1204,林女士,13800000000\n".encode())
    roster = upload_roster(world.court, sheet, "业主.csv", actor=world.manager, at=NOW)
    Workday.objects.create(day=date(2026, 10, 1), is_workday=False, name="国庆节")
    posting = Posting.objects.get(user=world.technician)
    DutyShift.objects.create(posting=posting, starts_at=NOW, ends_at=NOW + timedelta(hours=8))
    route = make.make_route(world.court)
    plan = make.make_plan(route, assignee=world.inspector)
    walked = make.make_round(plan, assignee=world.inspector, status="in_progress", planned_at=NOW)
    lay_points([walked])
    point = walked.points.get(position=1)
    item = point.checklist.items.get()
    finding = Answer.objects.create(point=point, item=item, verdict="fail", words="纸箱堵门")
    RoundPoint.objects.filter(pk=point.pk).update(
        reached_at=NOW, reached_by=world.inspector, failed=1
    )
    someone = Occupant.objects.get(user=world.resident)
    flag = make.make_flag(someone, note="敲门要久一点", proposed_by=world.grid_member)
    held = make.make_visit(world.home, status="met", wellbeing="good", logged_by=world.grid_member)
    HeardNeed.objects.create(visit=held, position=1, sealed_words=sealed("灯坏了"))
    visit = make.make_visit(world.home, assignee=world.grid_member, logged_by=world.grid_member)
    matter = make.make_matter(
        world.branch,
        world.property_branch,
        raised_by=world.grid_leader,
        resident=world.resident,
        status="in_hand",
    )
    member = PartyMember.objects.get(user=world.party_member)
    registration = make.make_registration(member, world.micro, status="agreed")
    wish = make.make_wish(world.micro, raised_by=world.grid_member, member=member)
    membership = make.make_membership(world.resident, world.team, status="applied")
    shift = make.make_shift(world.team, NOW + timedelta(days=1), places=3, asked_by=world.desk)
    entry = make.make_entry(shift, world.volunteer)
    swap = make.make_swap(entry, world.mate)
    ShiftSeries.objects.create(
        team=world.team, rule="FREQ=WEEKLY", starts_on=NOW.date(), time=time(9), next_at=NOW
    )
    make.make_hours(world.volunteer, world.team)
    event = make.make_event(world.court.community, team=world.team, organiser=world.team_lead)
    Task.objects.create(event=event, words="搬桌子")
    service = make.make_service(event, turns=2)
    Question.objects.create(event=event, words="不吃什么？")
    # Another one, which is on: the resident's family is signed up, and stands at the door.
    on_now = make.make_event(
        world.court.community,
        NOW - timedelta(minutes=30),
        status="running",
        team=world.team,
        organiser=world.team_lead,
        capacity=9,
    )
    on_now.poster = store(
        a_photo("poster.jpg"), by=world.team_lead, at=NOW, row=on_now, stage="poster"
    )
    on_now.save()
    signup = make.make_signup(on_now, world.resident, "林阿姨", "小满")
    scan = Scan.objects.create(
        event=on_now, signup=signup, door="", reason="这个码用过了", at=NOW, by=world.team_lead
    )
    drill, role, improvement = build_drill(world)
    feeds.feed_of(world.resident, at=NOW)
    calendar = feeds.feed_at(world.court, at=NOW)
    Sending.objects.create(user=world.resident, key="0" * 64, location="/")
    Token.objects.create(user=world.resident, name="手机", token_hash="0" * 64)
    Mute.objects.create(user=world.resident, kind="repairs.ticket.comment", channel="email")
    SweepRun.objects.create(name="repairs.wake", started_at=NOW)
    return Rows(
        ticket=ticket,
        public_ticket=public,
        note=note,
        photo=photo,
        note_photo=store(a_photo("valve.jpg"), by=world.dispatcher, at=NOW, row=note),
        unsent_photo=store(a_photo("draft.jpg"), by=world.resident, at=NOW),
        claim=claim,
        invitation=invitation,
        roster_import=roster,
        link_token=make_link(world.resident, ticket, "repairs.answer", at=NOW),
        calendar_token=feeds.token_of(calendar),
        place=place,
        facility=facility,
        route=route,
        plan=plan,
        round=walked,
        checkpoint=walked.points.get(position=2).checkpoint,
        item=item,
        finding=finding,
        hazard=make.make_hazard(
            world.court,
            status="ordered",
            responsible=world.technician,
            reporter=world.resident,
            found_by=world.resident,
            place=place,
        ),
        drill=drill,
        drill_role=role,
        requirement=make.make_requirement(world.court, status="on"),
        improvement=improvement,
        flag=flag,
        visit=visit,
        rhythm=Rhythm.objects.create(estate=world.court),
        matter=matter,
        part=matter.parts.get(),
        registration=registration,
        wish=wish,
        membership=membership,
        qualification=make.make_paper(world.volunteer),
        shift=shift,
        entry=entry,
        swap=swap,
        certificate=make.make_certificate(world.volunteer, world.court.community),
        event=event,
        held=on_now,
        signup=signup,
        scan=scan,
        event_token=make_link(world.resident, signup, "events.answer", at=NOW),
        template=make.make_template(world.court.community),
        service=service,
        slot=make.make_turn(service, status="booked", user=world.resident, person="奶奶"),
    )


def build_drill(world: World) -> tuple[Any, Any, Any]:
    """One that runs: the grid member calls the roll, the volunteer observes; the technician sees to
    what it showed."""
    house = world.home.entrance.building
    drill = make.make_drill(world.court, house, status="running", started_at=NOW)
    role = make.make_role(drill, world.grid_member, "roll_caller", house)
    make.make_role(drill, world.volunteer, "observer")
    home = make.home_of(drill, world.home)
    home.mark, home.marked_at, home.marked_by = "out", NOW, world.grid_member
    home.save()
    DrillMark.objects.create(home=home, mark="out", at=NOW, arrived_at=NOW, by=world.grid_member)
    DrillMoment.objects.create(drill=drill, at=NOW, words="广播没响", by=world.grid_member)
    points = dict.fromkeys(CRITERIA, 80)
    DrillSheet.objects.create(drill=drill, name="volunteer", by=world.volunteer, **points)
    return drill, role, make.make_improvement(drill, world.technician)


OWN_APPS = {
    "accounts",
    "estates",
    "repairs",
    "audit",
    "notifications",
    "attachments",
    "safety",
    "grids",
    "parties",
    "volunteers",
    "events",
}
# Counters and plumbing that no door shows.
NOT_SHOWN = {"estates.NumberSeries"}


def shown_models() -> dict[str, type[Any]]:
    """Any, for each has its own queryset with `visible_to`."""
    from django.apps import apps

    found = {
        model._meta.label: model
        for model in apps.get_models()
        if model._meta.app_label in OWN_APPS and not model._meta.label.endswith("Event")
    }
    # Those of the log's own triggers end so, too.
    found["events.Event"] = apps.get_model("events", "Event")
    return {label: model for label, model in found.items() if label not in NOT_SHOWN}
