"""Plain makers of rows for tests; each gives the smallest valid row and takes overrides."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import count, product
from string import ascii_uppercase, digits
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from estates.models import (
    Building,
    Community,
    Entrance,
    Estate,
    Facility,
    Occupant,
    Place,
    Posting,
    Unit,
)
from events.models import Event, SeasonalTemplate, Seat, Service, Signup, Slot
from events.services import places
from events.states import HELD as SEATED
from grids.models import CareFlag, Grid, GridPosting, Household, Visit, sealed
from parties.models import (
    Matter,
    MatterPart,
    MicroWish,
    Organisation,
    OrganisationPost,
    PartyMember,
    Registration,
)
from repairs.models import Category, Ticket
from safety.models import (
    Checklist,
    ChecklistItem,
    Checkpoint,
    Drill,
    DrillBuilding,
    DrillHome,
    DrillRequirement,
    DrillRole,
    Hazard,
    Improvement,
    Plan,
    Round,
    Route,
    Stop,
)
from safety.services.drills import lay_homes
from volunteers.models import (
    Certificate,
    Entry,
    HourLine,
    Membership,
    Qualification,
    Shift,
    ShiftPost,
    Swap,
    Team,
)
from volunteers.states import HELD

_numbers = count(1)
_prefixes = product(digits + ascii_uppercase, repeat=3)
PASSWORD = "banyan-demo"


def make_user(username: str, **fields: Any) -> User:
    user = _user(username, **fields)
    user.save()
    return user


def make_users(*usernames: str) -> dict[str, User]:
    """In one statement: every test begins with some thirty people."""
    return {
        user.username: user
        for user in User.objects.bulk_create([_user(username) for username in usernames])
    }


def _user(username: str, **fields: Any) -> User:
    fields.setdefault("display_name", username)
    fields.setdefault("email", f"{username}@example.org")
    fields.setdefault("email_verified", True)
    user = User(username=username, **fields)
    # The slow hash of a real password is for tests of signing in; they set their own.
    user.set_unusable_password()
    return user


def make_community(code: str, **fields: Any) -> Community:
    fields.setdefault("name", code)
    return Community.objects.create(code=code, **fields)


def make_estate(code: str, **fields: Any) -> Estate:
    """Alone in a community of its code, unless one is given."""
    if "community" not in fields:
        fields["community"] = make_community(code)
    fields.setdefault("name", code)
    fields.setdefault("ticket_prefix", f"T{''.join(next(_prefixes))}")
    return Estate.objects.create(code=code, **fields)


def make_unit(estate: Estate, building: str, entrance: str, number: str, **fields: Any) -> Unit:
    house, _ = Building.objects.get_or_create(estate=estate, name=building)
    door, _ = Entrance.objects.get_or_create(building=house, name=entrance)
    return Unit.objects.create(entrance=door, number=number, **fields)


def make_occupant(unit: Unit, user: User | None = None, **fields: Any) -> Occupant:
    if user is not None:
        fields.setdefault("name", user.name)
        fields.setdefault("phone", user.phone or "")
    return Occupant.objects.create(unit=unit, user=user, **fields)


def make_posting(user: User, where: Estate | Community, duty: str, **fields: Any) -> Posting:
    fields["estate" if isinstance(where, Estate) else "community"] = where
    return Posting.objects.create(user=user, duty=duty, **fields)


def make_place(estate: Estate, name: str, **fields: Any) -> Place:
    return Place.objects.create(estate=estate, name=name, **fields)


def make_facility(place: Place, name: str, **fields: Any) -> Facility:
    return Facility.objects.create(place=place, name=name, **fields)


def make_route(estate: Estate, *names: str, name: str = "消防通道", **fields: Any) -> Route:
    """Of points with those names, each with a checklist of one check."""
    asked, _made = Checklist.objects.get_or_create(estate=estate, name="通道检查表")
    if not asked.items.exists():
        ChecklistItem.objects.create(checklist=asked, name="安全出口畅通", position=1)
    route = Route.objects.create(estate=estate, name=name, **fields)
    for n, point in enumerate(names or ("1 栋楼道", "2 栋楼道", "水泵房"), 1):
        checkpoint, _made = Checkpoint.objects.get_or_create(
            estate=estate, name=point, defaults={"checklist": asked}
        )
        Stop.objects.create(route=route, checkpoint=checkpoint, position=n)
    return route


def make_plan(route: Route, **fields: Any) -> Plan:
    """As it stands, past the verb: without rounds, unless a test makes some."""
    fields.setdefault("name", f"计划 {next(_numbers)}")
    fields.setdefault("rule", "FREQ=DAILY")
    fields.setdefault("starts_on", timezone.localdate() - timedelta(days=1))
    fields.setdefault("time", time(9))
    fields.setdefault("window_minutes", 120)
    return Plan.objects.create(estate=route.estate, route=route, **fields)


def make_round(plan: Plan, **fields: Any) -> Round:
    """One whose time is now, unless told otherwise."""
    at: datetime = fields.pop("planned_at", None) or timezone.now()
    fields.setdefault("ends_at", at + plan.window)
    if fields.get("status") in {"done", "partial", "missed", "excused"}:
        fields.setdefault("finished_at", at + timedelta(minutes=30))
    return Round.objects.create(plan=plan, estate=plan.estate, planned_at=at, **fields)


def make_hazard(estate: Estate, **fields: Any) -> Hazard:
    """As it stands, past the verbs: with all that its state asks for."""
    at: datetime = fields.pop("found_at", None) or timezone.now()
    fields.setdefault("number", f"H{timezone.localdate(at).year}-{next(_numbers):06d}")
    fields.setdefault("title", "灭火器过期")
    if fields.get("status", "found") not in {"found", "graded"}:
        fields.setdefault("due_at", at + timedelta(days=7))
    if fields.get("status") in {"submitted", "sent_back", "closed"}:
        fields.setdefault("submitted_by", fields["responsible"])
        fields.setdefault("submitted_at", at)
    if fields.get("status") == "closed":
        fields.setdefault("closed_at", at)
    return Hazard.objects.create(estate=estate, found_at=at, **fields)


def make_requirement(estate: Estate, **fields: Any) -> DrillRequirement:
    fields.setdefault("name", "消防演练")
    fields.setdefault("kind", "fire")
    fields.setdefault("months", 12)
    if fields.get("status") == "on":
        fields.setdefault("since", timezone.localdate())
    return DrillRequirement.objects.create(estate=estate, **fields)


def make_drill(estate: Estate, *buildings: Building, **fields: Any) -> Drill:
    """As it stands, past the verbs; with its homes once it was announced. Of all buildings of the
    estate unless some are named."""
    at = timezone.now()
    status = fields.get("status", "planned")
    fields.setdefault("number", f"D{timezone.localdate(at).year}-{next(_numbers):06d}")
    fields.setdefault("title", "秋季疏散演练")
    fields.setdefault("kind", "fire")
    if status in {"running", "ended", "evaluated", "archived"}:
        fields.setdefault("started_at", at - timedelta(minutes=5))
        fields.setdefault("planned_at", fields["started_at"])
    if status in {"ended", "evaluated", "archived"}:
        fields.setdefault("ended_at", max(at, fields["started_at"]))
    if status in {"evaluated", "archived"}:
        fields.setdefault("score", 86)
    if status not in {"planned", "cancelled"}:
        fields.setdefault("announced_at", at - timedelta(days=7))
    # Later today: a drill begins on its day, also in a test that runs before midnight.
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    last = midnight + timedelta(days=1, microseconds=-1)
    fields.setdefault("planned_at", min(at + timedelta(hours=2), last))
    drill = Drill.objects.create(estate=estate, **fields)
    for building in buildings or estate.buildings.all():
        DrillBuilding.objects.create(drill=drill, building=building)
    if drill.announced_at:
        lay_homes(drill, timezone.localdate(at))
    return drill


def make_role(drill: Drill, person: User, role: str, building: Building | None = None) -> DrillRole:
    return DrillRole.objects.create(drill=drill, person=person, role=role, building=building)


def make_improvement(drill: Drill, owner: User, **fields: Any) -> Improvement:
    at = timezone.now()
    fields.setdefault("title", "修好 5 栋广播")
    fields.setdefault("due_on", timezone.localdate(at) + timedelta(days=14))
    if fields.get("status") in {"done", "verified"}:
        fields.setdefault("done_by", owner)
        fields.setdefault("done_at", at)
    if fields.get("status") == "verified":
        fields.setdefault("verified_at", at)
    return Improvement.objects.create(drill=drill, estate=drill.estate, owner=owner, **fields)


def home_of(drill: Drill, unit: Unit) -> DrillHome:
    return DrillHome.objects.select_related("part__drill", "part__building").get(
        part__drill=drill, unit=unit
    )


def make_grids(estate: Estate, *units: Unit, name: str = "一号") -> tuple[Grid, Grid]:
    """A grid around an estate, and a micro-grid of these units in it."""
    around = {"community": estate.community}
    grid, _made = Grid.objects.get_or_create(name=f"{estate.name}网格", kind="grid", **around)
    micro = Grid.objects.create(name=f"{estate.name}{name}微网格", parent=grid, **around)
    Household.objects.bulk_create(Household(unit=unit, grid=micro) for unit in units)
    return grid, micro


def make_grid_posting(user: User, grid: Grid, duty: str, **fields: Any) -> GridPosting:
    return GridPosting.objects.create(user=user, grid=grid, duty=duty, **fields)


def make_flag(occupant: Occupant, **fields: Any) -> CareFlag:
    """As it stands, past the verb; with a `note` in clear, it is sealed and agreed to."""
    at = timezone.now()
    today = timezone.localdate(at)
    if note := fields.pop("note", ""):
        agreed = {"consent_by": occupant.name, "consent_on": today, "consent_how": "in_person"}
        fields = {**agreed, "sealed_note": sealed(note), **fields}
    fields.setdefault("kind", "living_alone")
    fields.setdefault("tier", "red")
    fields.setdefault("source", "visit")
    fields.setdefault("review_on", today + timedelta(days=90))
    fields.setdefault("status", "confirmed")
    if fields["status"] in ("confirmed", "ended"):
        fields.setdefault("confirmed_at", at)
    if fields["status"] in ("refused", "ended"):
        fields.setdefault("ended_at", at)
    return CareFlag.objects.create(occupant=occupant, **fields)


def make_visit(unit: Unit, **fields: Any) -> Visit:
    """Planned for today, or noted just now where a result is given."""
    at = timezone.now()
    fields.setdefault("due_on", timezone.localdate(at))
    if fields.get("status", "planned") not in ("planned", "called_off"):
        fields.setdefault("visited_at", at)
        fields.setdefault("logged_at", fields["visited_at"])
    return Visit.objects.create(unit=unit, **fields)


def make_organisation(community: Community, name: str, **fields: Any) -> Organisation:
    fields.setdefault("kind", "other")
    return Organisation.objects.create(community=community, name=name, **fields)


def make_post(user: User, organisation: Organisation, role: str, **fields: Any) -> OrganisationPost:
    return OrganisationPost.objects.create(
        user=user, organisation=organisation, role=role, **fields
    )


def make_member(user: User, branch: Organisation, **fields: Any) -> PartyMember:
    return PartyMember.objects.create(user=user, branch=branch, **fields)


def make_registration(member: PartyMember, grid: Grid, **fields: Any) -> Registration:
    fields.setdefault("basis", "nearby")
    return Registration.objects.create(member=member, grid=grid, **fields)


def make_wish(grid: Grid, **fields: Any) -> MicroWish:
    fields.setdefault("title", "想要一个放大镜")
    return MicroWish.objects.create(grid=grid, **fields)


def make_matter(
    caller: Organisation, lead: Organisation, *helpers: Organisation, **fields: Any
) -> Matter:
    """As it stands, past the verbs, with its parts; waited for today unless told otherwise."""
    at: datetime = fields.pop("raised_at", None) or timezone.now()
    fields.setdefault("title", "消防车通道被占")
    if fields.get("status") in ("archived", "withdrawn"):
        fields.setdefault("closed_at", at)
    if fields.get("status") in ("completed", "accepted", "rated", "archived"):
        fields.setdefault("completed_at", at)
    else:
        fields.setdefault("due_on", timezone.localdate(at))
    matter = Matter.objects.create(
        number=f"C{at.year}-{700_000 + next(_numbers):06d}",
        community=caller.community,
        caller=caller,
        lead=lead,
        involved=sorted({caller.pk, lead.pk, *(one.pk for one in helpers)}),
        raised_at=at,
        **fields,
    )
    for one in (lead, *helpers):
        role = "lead" if one == lead else "helper"
        MatterPart.objects.create(matter=matter, organisation=one, role=role)
    return matter


def make_team(community: Community, name: str = "便民服务队", **fields: Any) -> Team:
    fields.setdefault("kind", "service")
    return Team.objects.create(community=community, name=name, **fields)


def make_membership(user: User, team: Team, role: str = "member", **fields: Any) -> Membership:
    fields.setdefault("status", "active")
    if fields["status"] == "active":
        fields.setdefault("joined_on", date(2026, 1, 5))
    return Membership.objects.create(user=user, team=team, role=role, **fields)


def make_paper(user: User, **fields: Any) -> Qualification:
    fields.setdefault("kind", "first_aid")
    fields.setdefault("expires_on", timezone.localdate() + timedelta(days=365))
    return Qualification.objects.create(user=user, **fields)


def make_shift(team: Team, begin: datetime | None = None, **fields: Any) -> Shift:
    """Three hours, from tomorrow at this time on unless told otherwise, with one post for two."""
    starts_at = begin or timezone.now() + timedelta(days=1)
    wanted, places = fields.pop("wanted", 1), fields.pop("places", 2)
    post = {name: fields.pop(name, "") for name in ("needs", "skill")}
    fields.setdefault("title", "便民服务日")
    fields.setdefault("gate_at", starts_at - timedelta(minutes=30))
    fields.setdefault("ends_at", starts_at + timedelta(hours=3))
    shift = Shift.objects.create(
        team=team, starts_at=starts_at, wanted=wanted, places=places, **fields
    )
    ShiftPost.objects.create(shift=shift, name="引导员", wanted=wanted, places=places, **post)
    return shift


HOLDS = {status.value for status in HELD}


def make_entry(shift: Shift, user: User, **fields: Any) -> Entry:
    """As it stands, past the verbs; the places are counted."""
    post = fields.pop("post", None) or shift.posts.order_by("pk")[0]
    status = fields.setdefault("status", "confirmed")
    fields.setdefault("queued_at", timezone.now())
    if status == "offered":
        fields.setdefault("offered_until", timezone.now() + timedelta(hours=6))
    if status in ("checked_in", "checked_out", "hours_confirmed"):
        fields.setdefault("arrived_at", shift.starts_at)
    if status in ("checked_out", "hours_confirmed"):
        fields.setdefault("left_at", shift.ends_at)
    if status == "hours_confirmed":
        fields.setdefault("minutes", 180)
    if status in HOLDS:
        ShiftPost.objects.filter(pk=post.pk).update(taken=F("taken") + 1)
    return Entry.objects.create(
        shift=shift,
        post=post,
        user=user,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        **fields,
    )


def make_swap(entry: Entry, asked: User, **fields: Any) -> Swap:
    return Swap.objects.create(entry=entry, asked=asked, **fields)


def make_hours(user: User, team: Team, minutes: int = 180, **fields: Any) -> HourLine:
    at: datetime = fields.pop("at", timezone.now())
    fields.setdefault("on", timezone.localdate(at))
    fields.setdefault("title", "便民服务日")
    return HourLine.objects.create(
        user=user, team=team, source="shift", minutes=minutes, at=at, **fields
    )


def make_certificate(user: User, community: Community, **fields: Any) -> Certificate:
    at: datetime = fields.pop("issued_at", timezone.now())
    day = timezone.localdate(at)
    fields.setdefault("minutes", 180)
    fields.setdefault("services", [["便民服务日", 1, 180]])
    fields.setdefault("number", f"V{day.year}-{800_000 + next(_numbers):06d}")
    return Certificate.objects.create(
        user=user,
        community=community,
        name=user.name,
        from_date=day - timedelta(days=30),
        to_date=day,
        times=1,
        issued_at=at,
        **fields,
    )


def make_category(estate: Estate, code: str, **fields: Any) -> Category:
    fields.setdefault("name", code)
    return Category.objects.create(estate=estate, code=code, **fields)


def make_ticket(category: Category, **fields: Any) -> Ticket:
    """A row as it stands, past the verbs: for lists and states that a test starts from."""
    at: datetime = fields.pop("reported_at", timezone.now())
    # far from what an estate's own series gives in the same test
    number = 500_000 + next(_numbers)
    fields.setdefault("title", "厨房水槽下面漏水")
    fields.setdefault("description", "水槽下面一直滴水,已用盆接着。")
    fields.setdefault("respond_by", at + timedelta(hours=2))
    fields.setdefault("resolve_by", at + timedelta(days=2))
    return Ticket.objects.create(
        estate=category.estate,
        category=category,
        number=f"{category.estate.ticket_prefix}{at.year}-{number:06d}",
        reported_at=at,
        **fields,
    )


def make_template(community: Community, name: str = "端午节", **fields: Any) -> SeasonalTemplate:
    if "kind" not in fields:
        fields |= {"kind": "lunar", "month": 5, "day": 5}
    fields.setdefault("begins_at", time(9))
    return SeasonalTemplate.objects.create(community=community, name=name, **fields)


def make_event(community: Community, begin: datetime | None = None, **fields: Any) -> Event:
    """Two hours, from in a week on unless told otherwise."""
    starts_at = begin or timezone.now() + timedelta(days=7)
    fields.setdefault("title", "端午包粽子")
    fields.setdefault("ends_at", starts_at + timedelta(hours=2))
    fields.setdefault("number", f"E{starts_at.year}-{700_000 + next(_numbers):06d}")
    if fields.get("status") in ("published", "running", "ended", "reported"):
        fields.setdefault("published_at", timezone.now())
    return Event.objects.create(community=community, starts_at=starts_at, **fields)


def make_signup(event: Event, user: Any = None, *names: str, **fields: Any) -> Signup:
    """Of `user` alone, or of those named; counted as the verbs count it."""
    names = names or (user.name,)
    fields.setdefault("status", "confirmed")
    fields.setdefault("queued_at", timezone.now())
    fields.setdefault("name", names[0])
    signup = Signup.objects.create(event=event, user=user, size=len(names), **fields)
    stands = signup.status in (*SEATED, "waitlisted")
    for n, name in enumerate(names):
        one = user if n == 0 else None
        Seat.objects.create(event=event, signup=signup, name=name, user=one, stands=stands)
    if signup.status in SEATED:
        places.take(event, signup.size, by_staff=signup.by_staff)
    return signup


def make_service(event: Event, letter: str = "A", turns: int = 3, **fields: Any) -> Service:
    """Haircuts every ten minutes from the event's begin on; `minutes=None` is by number alone."""
    fields.setdefault("minutes", 10)
    fields.setdefault("name", "理发")
    fields.setdefault("desk", "2 号椅")
    service = Service.objects.create(
        event=event,
        letter=letter,
        begins_at=event.starts_at,
        ends_at=event.ends_at,
        numbers=turns,
        **fields,
    )
    step = service.minutes
    Slot.objects.bulk_create(
        Slot(
            service=service,
            number=n,
            starts_at=event.starts_at + timedelta(minutes=(n - 1) * step) if step else None,
        )
        for n in range(1, turns + 1)
    )
    return service


def make_turn(service: Service, number: int = 1, **fields: Any) -> Slot:
    """The turn of that number as it stands, past the verbs."""
    if fields.get("status", "free") != "free":
        fields.setdefault("booked_at", timezone.now())
        if not fields.get("user"):
            fields.setdefault("person", "王奶奶")
        if fields["status"] != "booked":
            fields.setdefault("called_at", timezone.now())
    Slot.objects.filter(service=service, number=number).update(**fields)
    return Slot.objects.get(service=service, number=number)
