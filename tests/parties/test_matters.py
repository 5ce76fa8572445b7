"""What the battery of the life does not try: who raises a matter and how, who reads what of it,
what the resident hears, the queue, the follow-ups, and what pages cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from attachments.models import Attachment, Comment
from attachments.services import store
from audit.models import Entry
from estates.models import Workday
from notifications.models import Message
from parties.models import Matter, MatterPart, Organisation
from parties.services import days, matters, parts
from parties.states import PUBLIC, MatterStatus
from tests import factories as make
from tests.everything import a_photo
from tests.grids.doors import body
from tests.people import World
from workflow.refusals import Invalid, NotAllowed, WrongState

SignIn = Callable[..., Any]
AT = timezone.now().replace(microsecond=0)


@pytest.fixture
def world(world: World) -> World:
    """Everybody reads English here, as the tests do."""
    User.objects.update(language="en")
    for person in world.people().values():
        person.language = "en"
    return world


TODAY = timezone.localdate(AT)
DAY = timedelta(days=1)
NEW = "/parties/matters/new/"


def told(kind: str) -> list[str]:
    found = Message.objects.filter(kind=f"parties.matter.{kind}")
    return sorted(found.values_list("recipient__username", flat=True))


def property_office(world: World) -> Organisation:
    """A second one that helps, with its own liaison."""
    office = make.make_organisation(world.court.community, "街道城管科", kind="office")
    make.make_post(make.make_user("office"), office, "liaison")
    return office


def liaison() -> Any:
    from accounts.models import User

    return User.objects.get(username="office")


def raised(world: World, **said: Any) -> Matter:
    given: dict[str, Any] = {
        "actor": world.secretary,
        "at": AT,
        "caller": world.branch,
        "lead": world.property_branch,
        "title": "消防车通道被占",
        **said,
    }
    return matters.raise_matter(**given)


# --- raised


def sent(world: World, **more: Any) -> dict[str, Any]:
    return {
        "caller": world.branch.pk,
        "lead": world.property_branch.pk,
        "title": "消防车通道被占",
        "description": "夜里有十辆车",
        **more,
    }


@pytest.mark.parametrize("role", ["secretary", "committee", "grid_leader"])
@pytest.mark.parametrize("door", ["page", "api"])
def test_callers_raise_a_matter_at_each_door(
    world: World, as_: SignIn, role: str, door: str
) -> None:
    office, actor = property_office(world), getattr(world, role)
    fields = sent(world, helpers=[office.pk, world.party_committee.pk])
    if door == "page":
        answer = as_(actor).post(NEW, fields)
        assert answer.status_code == 302
    else:
        answer = as_(actor).post("/api/v1/matters/", fields, "application/json")
        assert (answer.status_code, len(answer.json()["parts"])) == (201, 3)
    matter = Matter.objects.get()
    assert matter.number == f"C{timezone.localtime().year}-000001"
    assert (matter.status, matter.supervision, matter.raised_by) == ("raised", "none", actor)
    today = timezone.localdate()
    assert matter.due_on == days.after(today, 1, days.calendar())
    assert matter.climbs_on == days.before(matter.due_on, days.calendar())
    called = [world.property_branch, office, world.party_committee]
    assert matter.involved == sorted({world.branch.pk, *(one.pk for one in called)})
    shared = matter.parts.order_by("pk").values_list("organisation", "role", "status")
    roles = ("lead", "helper", "helper")
    assert sorted(shared) == sorted(
        (one.pk, role, "open") for one, role in zip(called, roles, strict=True)
    )
    assert set(told("raise")) == {"property_lead", "office", "committee"} - {role}
    entry = Entry.objects.for_row(matter).get()
    assert (entry.code, entry.actor, entry.after) == (
        *("parties.matter.raise", actor),
        {"number": matter.number},
    )


def test_numbers_follow_one_another_and_begin_anew_with_the_year(world: World) -> None:
    at = AT.replace(year=2026, month=12, day=30)
    found = [raised(world, at=when).number for when in (at, at, at + 9 * DAY)]
    assert found == ["C2026-000001", "C2026-000002", "C2027-000001"]


def test_the_first_day_is_the_next_working_day(world: World) -> None:
    """Tomorrow and the day after are holidays, the Saturday is not but for the table."""
    off = [days.after(TODAY, n, days.calendar()) for n in (1, 2)]
    third = days.after(TODAY, 3, days.calendar())
    Workday.objects.bulk_create(Workday(day=day, is_workday=False) for day in off)
    assert raised(world).due_on == third


@pytest.mark.parametrize(
    "role", ["resident", "dispatcher", "party_member", "manager", "grid_member", "property_lead"]
)
def test_nobody_else_raises_one(world: World, as_: SignIn, role: str) -> None:
    client = as_(getattr(world, role))
    assert [
        client.get(NEW).status_code,
        client.post(NEW, sent(world)).status_code,
        client.post("/api/v1/matters/", sent(world), "application/json").status_code,
    ] == [403] * 3
    with pytest.raises(NotAllowed):
        raised(world, actor=getattr(world, role))
    assert Matter.objects.count() == 0


def elsewhere(world: World) -> Organisation:
    return make.make_organisation(world.garden.community, "别处党支部", kind="branch")


def inactive(world: World) -> Organisation:
    return make.make_organisation(world.court.community, "旧单位", is_active=False)


@pytest.mark.parametrize("other", [elsewhere, inactive])
@pytest.mark.parametrize("field", ["lead", "helpers"])
def test_only_organisations_of_the_community_that_work_are_called(
    world: World, as_: SignIn, other: Callable[[World], Organisation], field: str
) -> None:
    one = other(world)
    client, named = as_(world.secretary), [one.pk] if field == "helpers" else one.pk
    page = client.post(NEW, sent(world, **{field: named}))
    api = client.post("/api/v1/matters/", sent(world, **{field: named}), "application/json")
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert (api.status_code, field in str(api.json())) == (400, True)
    with pytest.raises(Invalid):
        raised(world, **{field: [one] if field == "helpers" else one})
    form = body(client.get(NEW))
    assert (one.name in form, world.property_branch.name in form) == (False, True)
    assert Matter.objects.count() == 0


def test_who_calls_is_the_branch_or_committee_of_the_own_community(
    world: World, as_: SignIn
) -> None:
    client = as_(world.secretary)
    for one in (world.property_branch, elsewhere(world)):
        page = client.post(NEW, sent(world, caller=one.pk))
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["caller"])
        with pytest.raises((Invalid, NotAllowed)):
            raised(world, caller=one)
    assert Matter.objects.count() == 0


def test_its_place_lies_in_the_community_and_is_one(world: World) -> None:
    far, here = make.make_place(world.garden, "别处"), make.make_place(world.court, "这里")
    for place in ({"place": far}, {"unit": world.far_home}, {"unit": world.home, "place": here}):
        with pytest.raises(Invalid):
            raised(world, **place)
    assert raised(world, place=here).place == here


def test_nine_helpers_are_too_many(world: World) -> None:
    named = [make.make_organisation(world.court.community, f"单位{n}") for n in range(9)]
    with pytest.raises(Invalid):
        raised(world, helpers=named)
    assert raised(world, helpers=named[:8]).parts.count() == 9


# --- two organisations side by side


def test_each_sees_both_parts_and_its_own_notes_alone(world: World, as_: SignIn) -> None:
    """The caller reads both; the committee, which watches over all, reads parts and no notes."""
    office = property_office(world)
    overseer = make.make_user("overseer")
    over = make.make_organisation(world.court.community, "大党委", kind="committee")
    make.make_post(overseer, over, "liaison")
    matter = raised(world, helpers=[office])
    mine, theirs = matters.parts_of(matter, world.secretary)
    for part, who, what in ((mine, world.property_lead, "物业"), (theirs, liaison(), "城管")):
        promise = f"{what}的承诺"
        parts.promise(part, actor=who, at=AT, promise=promise, due_on=TODAY + DAY)
        parts.note(part, actor=who, at=AT, body=f"{what}的内部话")
    wanted: dict[str, set[str]] = {
        "property_lead": {"物业的内部话"},
        "office": {"城管的内部话"},
        "secretary": {"物业的内部话", "城管的内部话"},
        "overseer": set(),
        "resident": set(),
        "grid_leader": set(),
    }
    people = {**world.people(), "office": liaison(), "overseer": overseer}
    for name, reads in wanted.items():
        user, client = people[name], as_(people[name])
        inside = name not in ("resident", "grid_leader")
        page = body(client.get(matter.get_absolute_url()))
        promises = [what for what in ("物业的承诺", "城管的承诺") if what in page]
        assert promises == (["物业的承诺", "城管的承诺"] if inside else []), name
        assert {n for n in ("物业的内部话", "城管的内部话") if n in page} == reads, name
        said = Comment.objects.visible_to(user).values_list("body", flat=True)
        assert set(said) == reads, name
        found = set()
        for part in (mine, theirs):
            api = client.get(f"/api/v1/matter-parts/{part.pk}/")
            assert api.status_code == (200 if inside else 404)
            if inside:
                found |= {event["words"] for event in api.json()["timeline"] if event["words"]}
        assert found & {"物业的内部话", "城管的内部话"} == reads, name
        api = client.get(f"/api/v1/matters/{matter.number}/")
        assert "内部话" not in body(api), name
        listed = client.get("/api/v1/matter-parts/").json()["results"]
        assert len(listed) == (2 if inside else 0), name


def test_files_of_a_note_are_for_its_readers(world: World, as_: SignIn) -> None:
    office = property_office(world)
    matter = raised(world, helpers=[office])
    mine = matters.parts_of(matter, world.secretary)[0]
    photo = store(a_photo(), by=world.property_lead, at=AT)
    parts.note(mine, actor=world.property_lead, at=AT, body="-", photos=[photo.key])
    readers = {"property_lead", "secretary", "admin"}
    people = {**world.people(), "office": liaison()}
    found = {n for n, user in people.items() if Attachment.objects.visible_to(user).exists()}
    assert found == readers
    for name, user in people.items():
        answer = as_(user).get(photo.get_absolute_url())
        # a file is read to its end, which closes it
        assert (bool(body(answer)), answer.status_code == 200) == (True, name in readers), name


# --- the resident


SECRET = {
    "title": "内部标题zqxkvj1",
    "description": "内部描述zqxkvj2",
    "plan": "内部计划zqxkvj3",
    "result": "内部结果zqxkvj4",
    "place_words": "内部地点zqxkvj5",
    "public_title": "给居民的标题",
    "public_words": "给居民的话",
}


def of_resident(world: World, **said: Any) -> Matter:
    """With all that hangs on it; the supervision red, the lead graded."""
    fields = {"supervision": "red", "status": "in_hand", **SECRET, **said}
    matter = make.make_matter(
        world.branch,
        world.property_branch,
        world.party_committee,
        resident=world.resident,
        raised_by=world.secretary,
        **fields,
    )
    MatterPart.objects.filter(matter=matter).update(
        promise="内部承诺zqxkvj6", grade="poor", grade_words="内部评价zqxkvj7"
    )
    part = matter.parts.get(role="lead")
    parts.note(part, actor=world.property_lead, at=AT, body="内部备注zqxkvj8")
    matters.note(matter, actor=world.property_lead, at=AT, body="内部备注zqxkvj9")
    matters.comment(matter, actor=world.property_lead, at=AT, body="内部留言zqxkvj0")
    return matter


def test_resident_reads_what_is_written_for_them_and_nothing_else(
    world: World, as_: SignIn
) -> None:
    matter = of_resident(world)
    client = as_(world.resident)
    page = body(client.get(matter.get_absolute_url()))
    wanted = (SECRET["public_title"], SECRET["public_words"], str(PUBLIC[MatterStatus.IN_HAND]))
    assert [words in page for words in wanted] == [True] * 3
    hidden = ("zqxkvj", "内部", "red", "supervision", "Supervision", "not content", "in hand")
    main = page[page.index("<main") : page.index("</main>")]
    assert [words for words in hidden if words in main] == []
    assert client.get(f"/api/v1/matters/{matter.number}/").json() == {
        "number": matter.number,
        "public_title": SECRET["public_title"],
        "public_words": SECRET["public_words"],
        "state": str(PUBLIC[MatterStatus.IN_HAND]),
        "promised_on": matter.due_on.isoformat(),
    }
    assert Comment.objects.visible_to(world.resident).count() == 0


def test_resident_finds_it_in_no_list(world: World, as_: SignIn) -> None:
    matter = of_resident(world)
    client = as_(world.resident)
    closed = ("/parties/", "/parties/matters/", "/parties/matters/export/?view=open")
    for url in closed:
        assert client.get(url).status_code == 403, url
    for url in ("/api/v1/matters/", f"/api/v1/matters/?q={matter.number}"):
        assert client.get(url).json()["results"] == []
    assert client.get("/api/v1/matter-parts/").json()["results"] == []
    for part in matter.parts.all():
        assert client.get(f"/api/v1/matter-parts/{part.pk}/").status_code == 404
    for url in ("/", "/estates/", "/calendar/", "/repairs/", f"/repairs/?q={matter.number}"):
        page = body(client.get(url, follow=True))
        assert ("zqxkvj" in page, f"matters/{matter.number}" in page) == (False, False), url


def test_resident_does_nothing_to_it(world: World, as_: SignIn) -> None:
    from parties.lives import MATTER, PART

    matter, client = of_resident(world), as_(world.resident)
    part = matter.parts.get(role="lead")
    before = Entry.objects.count()
    for verb in MATTER.moves:
        page = client.post(MATTER.url(matter, verb), {"body": "-", "reason": "-"}).status_code
        api = client.post(f"/api/v1/matters/{matter.number}/{verb}/").status_code
        assert (client.get(MATTER.url(matter, verb)).status_code, page, api) == (403,) * 3, verb
    for verb in PART.moves:
        page = client.post(PART.url(part, verb), {"body": "-"}).status_code
        api = client.post(f"/api/v1/matter-parts/{part.pk}/{verb}/").status_code
        assert (page, api) == (404, 404), verb
    assert Entry.objects.count() == before


def test_resident_opens_no_photo_of_it(world: World, as_: SignIn) -> None:
    """Whatever its key: photographs are for those who work on it."""
    matter = of_resident(world)
    photo = store(a_photo(), by=world.property_lead, at=AT, row=matter)
    answers = {}
    for name in ("resident", "secretary", "property_lead", "committee", "neighbour"):
        answer = as_(getattr(world, name)).get(photo.get_absolute_url())
        body(answer)  # to its end, which closes the file
        answers[name] = answer.status_code
    assert answers == {
        "resident": 404,
        "secretary": 200,
        "property_lead": 200,
        "committee": 200,
        "neighbour": 404,
    }


def steps(world: World, matter: Matter) -> list[tuple[Any, str, dict[str, Any]]]:
    lead, caller = world.property_lead, world.secretary
    part = matter.parts.get(role="lead")
    shown = [store(a_photo(), by=lead, at=AT).key]
    words = {"public_title": "夜里的通道", "public_words": "正在办"}
    return [
        (lead, "sign", {}),
        (lead, "arrive", {}),
        (lead, "plan", {"plan": "内部计划zqxkvj3", "due_on": TODAY + DAY}),
        (lead, "tell", words),
        (lead, "begin", {}),
        (lead, "complete", {"result": "内部结果zqxkvj4", "photos": shown}),
        (caller, "send_back", {"reason": "内部原因zqxkvj"}),
        (lead, "begin", {}),
        # shown already, it needs no second photograph
        (lead, "complete", {"result": "内部结果zqxkvj5"}),
        (caller, "accept", {}),
        (caller, "rate", {"grades": {part.pk: ("poor", "内部评价zqxkvj")}}),
        (caller, "archive", {}),
    ]


def test_resident_hears_at_each_step_what_is_theirs_to_know(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    public = {name: SECRET[name] for name in ("public_title", "public_words")}
    matter = raised(
        world, resident=world.resident, title="内部zqxkvj", description="内部描述zqxkvj2", **public
    )
    at = AT
    for actor, verb, said in steps(world, matter):
        at += timedelta(minutes=1)
        getattr(matters, verb)(matter, actor=actor, at=at, **said)
    mine = Message.objects.filter(recipient=world.resident).order_by("pk")
    assert set(mine.values_list("kind", flat=True)) == {"parties.matter.step"}
    heard = [f"{title} {words}" for title, words in mine.values_list("title", "body")]
    first, then = ("给居民的标题", "给居民的话"), ("夜里的通道", "正在办")
    assert heard == [
        *(f"{first[0]}: {state} {first[1]}" for state in public_of("raised", "signed_for")),
        *(f"{first[0]}: {state} {first[1]}" for state in public_of("on_site", "planned")),
        *(f"{then[0]}: {state} {then[1]}" for state in public_of("planned", "in_hand")),
        *(f"{then[0]}: {state} {then[1]}" for state in public_of("completed", "sent_back")),
        *(f"{then[0]}: {state} {then[1]}" for state in public_of("in_hand", "completed")),
        f"{then[0]}: {PUBLIC[MatterStatus.ACCEPTED]} {then[1]}",
    ]


def public_of(*states: str) -> list[str]:
    return [str(PUBLIC[MatterStatus(state)]) for state in states]


# --- verbs


def test_after_a_transfer_the_new_lead_signs_and_the_old_one_helps(
    world: World, as_: SignIn
) -> None:
    office = property_office(world)
    matter = raised(world)
    matters.sign(matter, actor=world.property_lead, at=AT)
    matters.transfer(matter, actor=world.property_lead, at=AT, organisation=office, reason="归你们")
    assert (matter.status, matter.lead, told("transfer")) == ("transferred", office, ["office"])
    assert matter.due_on == days.after(TODAY, 1, days.calendar())
    shared = dict(matter.parts.values_list("organisation", "role"))
    assert shared == {world.property_branch.pk: "helper", office.pk: "lead"}
    assert as_(world.property_lead).get(matter.get_absolute_url()).status_code == 200
    with pytest.raises(NotAllowed):
        matters.sign(matter, actor=world.property_lead, at=AT)
    matters.sign(matter, actor=liaison(), at=AT)
    part = matter.parts.get(organisation=world.property_branch)
    parts.promise(part, actor=world.property_lead, at=AT, promise="-", due_on=TODAY)
    with pytest.raises(Invalid):
        matters.transfer(matter, actor=liaison(), at=AT, organisation=office, reason="-")
    # and back again: nobody gets a second part
    matters.transfer(matter, actor=liaison(), at=AT, organisation=world.property_branch, reason="-")
    shared = dict(matter.parts.values_list("organisation", "role"))
    assert shared == {world.property_branch.pk: "lead", office.pk: "helper"}


@pytest.mark.parametrize("other", [elsewhere, inactive])
def test_it_is_passed_on_to_nobody_from_elsewhere(
    world: World, as_: SignIn, other: Callable[[World], Organisation]
) -> None:
    matter, one = raised(world), other(world)
    for verb in ("transfer", "call_in"):
        said = {"organisation": one, "reason": "-"}
        with pytest.raises(Invalid):
            getattr(matters, verb)(matter, actor=world.secretary, at=AT, **said)
        url = f"{matter.get_absolute_url()}{verb}/"
        answer = as_(world.secretary).post(url, {"organisation": one.pk, "reason": "-"})
        assert (answer.status_code, list(answer.context["form"].errors)) == (
            200,
            ["organisation"],
        )
    assert matter.parts.count() == 1


def test_whoever_is_called_in_sees_it_from_then_on_and_once(world: World, as_: SignIn) -> None:
    office = property_office(world)
    matter = raised(world)
    client = as_(liaison())
    assert client.get(matter.get_absolute_url()).status_code == 404
    said: dict[str, Any] = {"actor": world.property_lead, "at": AT, "organisation": office}
    matters.call_in(matter, **said, reason="一起看")
    assert client.get(matter.get_absolute_url()).status_code == 200
    assert told("call_in") == ["office"]
    with pytest.raises(Invalid):
        matters.call_in(matter, **said, reason="一起看")
    assert matter.parts.count() == 2


def test_done_is_shown_by_a_photograph(world: World, as_: SignIn) -> None:
    matter = make.make_matter(world.branch, world.property_branch, status="in_hand")
    with pytest.raises(Invalid):
        matters.complete(matter, actor=world.property_lead, at=AT, result="装好了")
    client = as_(world.property_lead)
    page = client.post(f"{matter.get_absolute_url()}complete/", {"result": "装好了"})
    api = client.post(
        f"/api/v1/matters/{matter.number}/complete/", {"result": "装好了"}, "application/json"
    )
    assert (page.status_code, api.status_code) == (200, 400)
    assert "Show by a photograph" in body(page)
    matter.refresh_from_db()
    assert (matter.status, matter.parts.get().status) == ("in_hand", "open")
    # of somebody else it is none
    photo = store(a_photo(), by=world.resident, at=AT)
    with pytest.raises(ValidationError):
        matters.complete(
            matter, actor=world.property_lead, at=AT, result="装好了", photos=[photo.key]
        )


def test_grades_are_given_to_each_and_explained_where_poor(world: World) -> None:
    matter = make.make_matter(
        world.branch, world.property_branch, world.party_committee, status="accepted"
    )
    one, two = (part.pk for part in matters.parts_of(matter, world.secretary))
    for grades in (
        {},
        {one: ("good", "")},
        {one: ("good", ""), two: ("best", "")},
        {one: ("good", ""), two: ("poor", " ")},
    ):
        with pytest.raises(Invalid):
            matters.rate(matter, actor=world.secretary, at=AT, grades=grades)
        assert set(matter.parts.values_list("grade", flat=True)) == {""}
    given = {one: ("good", ""), two: ("poor", "来晚了")}
    matters.rate(matter, actor=world.secretary, at=AT, grades=given)
    graded = matter.parts.values_list("pk", "grade", "grade_words")
    assert {pk: (grade, why) for pk, grade, why in graded} == given
    with pytest.raises(WrongState):
        matters.rate(matter, actor=world.secretary, at=AT, grades=given)


# --- follow-ups


def of_ticket(ticket: Any) -> str:
    return f"{NEW}?origin=repairs.ticket.{ticket.pk}"


def a_ticket(world: World, **said: Any) -> Any:
    return make.make_ticket(
        world.pipes, unit=world.home, reporter=world.resident, title="下水道返水", **said
    )


def test_grid_leader_makes_a_matter_of_a_ticket_that_they_do_not_see(
    world: World, as_: SignIn
) -> None:
    ticket = a_ticket(world)
    client = as_(world.grid_leader)
    assert client.get(ticket.get_absolute_url()).status_code == 404
    page = body(client.get(of_ticket(ticket)))
    assert ("下水道返水" in page, ticket.description in page) == (True, False)
    answer = client.post(of_ticket(ticket), sent(world, title="内部zqxkvj", public_title="返水"))
    assert answer.status_code == 302
    matter = Matter.objects.get()
    assert (matter.origin, matter.unit, matter.resident) == (ticket, world.home, world.resident)
    assert told("step") == ["resident"]
    # known by its name, and no more
    page = body(client.get(matter.get_absolute_url()))
    assert (ticket.number in page, ticket.get_absolute_url() in page) == (True, False)
    # the lead sees neither
    page = body(as_(world.property_lead).get(matter.get_absolute_url()))
    assert ticket.number not in page
    for role, sees in (("admin", True), ("dispatcher", False), ("resident", True)):
        reader = as_(getattr(world, role))
        page, api = (
            body(reader.get(url))
            for url in (ticket.get_absolute_url(), f"/api/v1/tickets/{ticket.number}/")
        )
        assert (matter.get_absolute_url() in page, matter.number in api) == (sees, sees), role
    page = body(as_(world.admin).get(matter.get_absolute_url()))
    assert ticket.get_absolute_url() in page


def test_resident_reads_at_the_ticket_no_more_of_the_matter_than_on_its_page(
    world: World, as_: SignIn
) -> None:
    ticket = a_ticket(world)
    matter = of_resident(world, origin=ticket, status="sent_back")
    client = as_(world.resident)
    page = body(client.get(ticket.get_absolute_url()))
    api = body(client.get(f"/api/v1/tickets/{ticket.number}/"))
    for text in (page, api):
        assert matter.number in text
        assert [w for w in ("zqxkvj", "内部", "sent back") if w in text] == []


def test_of_what_is_private_no_matter_is_made(world: World, as_: SignIn) -> None:
    ticket = a_ticket(world, private=True)
    client = as_(world.grid_leader)
    answers = [client.get(of_ticket(ticket)), client.post(of_ticket(ticket), sent(world))]
    assert [answer.status_code for answer in answers] == [404, 404]
    with pytest.raises(NotAllowed):
        raised(world, actor=world.grid_leader, origin=ticket)
    assert Matter.objects.count() == 0


def test_secretary_without_sight_of_the_ticket_makes_none_of_it(world: World, as_: SignIn) -> None:
    ticket = a_ticket(world)
    client = as_(world.secretary)
    answers = [client.get(of_ticket(ticket)), client.post(of_ticket(ticket), sent(world))]
    assert [answer.status_code for answer in answers] == [404, 404]
    with pytest.raises(NotAllowed):
        raised(world, origin=ticket)
    for name in ("repairs.ticket.0", "repairs.ticket.x", "accounts.user.1", "x"):
        assert client.get(f"{NEW}?origin={name}").status_code == 404
    assert Matter.objects.count() == 0


# --- the queue


def test_queue_of_the_secretary_its_bulk_and_its_sheet(world: World, as_: SignIn) -> None:
    done = [
        make.make_matter(world.branch, world.property_branch, status="completed") for _n in range(2)
    ]
    other = make.make_matter(world.branch, world.property_branch, title="路灯不亮")
    far = make.make_matter(elsewhere(world), make.make_organisation(world.garden.community, "远"))
    client = as_(world.secretary)
    page = body(client.get("/parties/matters/"))
    numbers = [one.number in page for one in (*done, other, far)]
    assert numbers == [True, True, True, False]
    sheet = body(client.get("/parties/matters/export/?view=open"))
    assert [one.number in sheet for one in (*done, other, far)] == numbers
    assert "路灯不亮" in sheet
    keys = [one.number for one in (*done, other, far)]
    answer = client.post("/parties/matters/bulk/", {"verb": "accept", "pick": keys})
    assert answer.status_code in (200, 302)
    states = dict(Matter.objects.values_list("number", "status"))
    assert [states[key] for key in keys] == ["accepted", "accepted", "raised", "raised"]
    lead = as_(world.property_lead).get("/parties/matters/?view=to_sign")
    assert [row.row for row in lead.context["rows"]] == [other]


def test_search_of_the_queue_is_held_to_what_one_sees(world: World, as_: SignIn) -> None:
    mine = make.make_matter(world.branch, world.property_branch, title="路灯不亮甲")
    make.make_matter(
        elsewhere(world), make.make_organisation(world.garden.community, "远"), title="路灯不亮乙"
    )
    found = as_(world.secretary).get("/api/v1/matters/?q=路灯不亮").json()["results"]
    assert [row["number"] for row in found] == [mine.number]


def test_nobody_reads_anything(world: World) -> None:
    matter = of_resident(world)
    nobody: Any = AnonymousUser()
    for rows in (Matter.objects, MatterPart.objects, Organisation.objects):
        seen: Any = rows
        assert seen.visible_to(nobody).count() == 0
    assert matter.parts.count() == 2


# --- what it costs

NUMBERS = count(1)


def furnish(world: World, number: int) -> None:
    """So many matters, each with a helper and a note; so many wishes and members."""
    office = property_office(world) if not Organisation.objects.filter(name="街道城管科") else None
    helper = office or Organisation.objects.get(name="街道城管科")
    for _n in range(number):
        matter = make.make_matter(world.branch, world.property_branch, helper)
        for part in matter.parts.all():
            Comment.objects.create(row=part, author=world.secretary, body="-", internal=True, at=AT)
        person = make.make_member(make.make_user(f"m{next(NUMBERS)}"), world.branch)
        make.make_wish(world.micro, raised_by=world.grid_member)
        make.make_wish(world.micro, status="claimed", member=person, raised_by=world.grid_member)


COST: Mapping[str, int] = {
    # user; where they stand; the figures; what waits; how many members the branches have
    "/parties/": 5,
    # user; where they stand; the views' numbers; keys and rows of the page; saved views; the
    # organisations of two filters
    "/parties/matters/": 8,
    # user; where they stand; keys and rows of the page
    "/parties/wishes/": 4,
    "/parties/wishes/?state=claimed": 4,
    # user; where they stand; rows
    "/api/v1/matters/": 3,
    # user; where they stand; their number; rows; the organisations of the filter
    "/parties/members/": 5,
}


@pytest.mark.parametrize(("url", "cost"), COST.items())
def test_a_list_costs_the_same_however_long(
    world: World,
    as_: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
    url: str,
    cost: int,
) -> None:
    client = as_(world.secretary)
    furnish(world, 1)
    client.get(url)  # what is read once and kept is read now
    with django_assert_num_queries(cost):
        assert client.get(url).status_code == 200
    furnish(world, 2)
    with django_assert_num_queries(cost):
        client.get(url)


# user; where they stand; the matter; its parts; their notes; log, words and photographs of the
# timeline; the table of workdays
PAGE = 10


def test_a_matter_costs_the_same_however_many_help(
    world: World, as_: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    helpers = [make.make_organisation(world.court.community, f"单位{n}") for n in range(3)]
    client = as_(world.secretary)
    for called in (helpers[:1], helpers):
        matter = raised(world, helpers=called)
        for part in matter.parts.all():
            Comment.objects.create(row=part, author=world.secretary, body="-", internal=True, at=AT)
        client.get(matter.get_absolute_url())
        with django_assert_num_queries(PAGE):
            assert client.get(matter.get_absolute_url()).status_code == 200
