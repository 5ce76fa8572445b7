"""That somebody is a member of a branch is known to them, to the branch's secretary, and to a
grid's leader of those who are registered there. Names that were planted on the roster are found by
nobody else at any door: pages, sheets, searches, the API, the administration, the log, messages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from notifications.models import Message
from parties.lives import REGISTRATION, WISH
from parties.models import (
    MicroWish,
    Organisation,
    OrganisationPost,
    PartyMember,
    Registration,
)
from parties.services import members, wishes
from tests import factories as make
from tests.everything import build_rows
from tests.grids.doors import body
from tests.people import World
from tests.routes_kwargs import kwargs_of
from tests.routes_table import ROUTES

SignIn = Callable[..., Any]
AT = timezone.now().replace(microsecond=0)
# What all the names begin with: a page shows again what was asked, and may do so.
ASKED = "槐安"
NAMES = {
    "registered": f"{ASKED}甲zqxkvj1",
    "agreed": f"{ASKED}乙zqxkvj2",
    "nothing": f"{ASKED}丙zqxkvj3",
}
SKILL = "会修锁zqxkvj4"
ROLES = (
    "resident",
    "neighbour",
    "dispatcher",
    "manager",
    "grid_member",
    "grid_leader",
    "committee",
    "property_lead",
    "party_member",
    "other_secretary",
    "far_secretary",
    "admin",
)


@dataclass
class Planted:
    world: World
    users: dict[str, User]
    members: dict[str, PartyMember]
    registrations: dict[str, Registration]
    claimed: MicroWish
    fulfilled: MicroWish
    other_secretary: User
    far_secretary: User

    def person(self, role: str) -> User:
        found: User = getattr(self, role, None) or getattr(self.world, role)
        return found

    def told_of(self, text: str) -> set[str]:
        """Whose name, login or skill stands there."""
        found = {
            who
            for who, user in self.users.items()
            if user.display_name in text or user.username in text
        }
        return found | ({SKILL} if SKILL in text else set())


def branch_elsewhere(world: World, where: Any, name: str) -> Organisation:
    return make.make_organisation(where, name, kind="branch")


@pytest.fixture
def planted(world: World) -> Planted:
    """By the verbs throughout, so that log and messages hold what they hold of it."""
    users = {
        who: make.make_user(f"planted_{who}", display_name=name) for who, name in NAMES.items()
    }
    found, by = {}, {"actor": world.secretary, "at": AT}
    for who, user in users.items():
        found[who] = members.join(PartyMember(user=user, branch=world.branch, skills=SKILL), **by)
    registrations = {}
    for who in ("registered", "agreed"):
        made = members.propose(found[who], **by, grid=world.micro)
        registrations[who] = members.agree(made, actor=users[who], at=AT)
    members.register(registrations["registered"], **by)
    claimed, fulfilled = (
        wishes.note_down(actor=world.grid_member, at=AT, grid=world.micro, title=title)
        for title in ("想要放大镜", "想换灯泡")
    )
    for wish in (claimed, fulfilled):
        wishes.claim(wish, actor=users["registered"], at=AT)
    wishes.fulfil(fulfilled, actor=users["registered"], at=AT, result="换好了")
    people = {name: make.make_user(name) for name in ("other_secretary", "far_secretary")}
    other = branch_elsewhere(world, world.court.community, "二支部")
    far = branch_elsewhere(world, world.garden.community, "远支部")
    make.make_post(people["other_secretary"], other, "secretary")
    make.make_post(people["far_secretary"], far, "secretary")
    # posts held by others, and a plain member of another organisation
    make.make_post(make.make_user("plain"), world.property_branch, "member")
    for one in found.values():
        one.refresh_from_db()
    return Planted(world, users, found, registrations, claimed, fulfilled, **people)


def own_doors(planted: Planted) -> Iterator[str]:
    """The planted rows' own."""
    for member in planted.members.values():
        yield f"/api/v1/party-members/{member.pk}/"
        for what in ("members-edit", "members-remove", "propose", "reveal"):
            yield reverse(f"parties:{what}", args=[member.pk])
    for row in planted.registrations.values():
        yield from (f"/parties/registrations/{row.pk}/", f"/api/v1/registrations/{row.pk}/")
        yield from (REGISTRATION.url(row, verb) for verb in REGISTRATION.moves)
    for wish in (planted.claimed, planted.fulfilled):
        yield from (f"/parties/wishes/{wish.pk}/", f"/api/v1/micro-wishes/{wish.pk}/")
        yield from (WISH.url(wish, verb) for verb in WISH.moves)
    for state in MicroWish.Status.values:
        yield f"/parties/wishes/?state={state}"
    yield f"/parties/members/?branch={planted.world.branch.pk}"
    yield f"/api/v1/party-members/?branch={planted.world.branch.pk}"
    for order in ("user", "user__display_name", "-user__display_name"):
        yield f"/parties/members/?sort={order}"
        yield f"/api/v1/party-members/?ordering={order}"
    yield f"/api/v1/party-members/?user={planted.users['registered'].pk}"


# These walk the whole house, in script/soak everybody does; the others what lies around the
# branches: it takes long enough.
THROUGH_ALL = {"grid_leader", "admin"}
AROUND = ("parties:", "grids:", "portal:", "matter-", "part-", "registration-", "wish-", "party-",
          "organisation-", "message-")  # fmt: skip


def every_door(planted: Planted, whole: bool) -> Iterator[str]:
    world = planted.world
    rows = build_rows(world)
    for name in ROUTES:
        if not whole and not name.startswith(AROUND):
            continue
        given = kwargs_of(name, world, rows)
        url = reverse(name, kwargs=given)
        yield url
        if not given:
            if url.startswith(("/api/", "/parties/", "/grids/", "/repairs/", "/estates/")):
                yield f"{url}?q={ASKED}"
            if url.startswith(("/parties/", "/grids/")):
                yield f"{url}?export=csv"
    yield from own_doors(planted)


def knows(role: str) -> set[str]:
    return {"registered", SKILL} if role == "grid_leader" else set()


@pytest.mark.parametrize("role", ROLES)
def test_nobody_learns_who_is_a_member(planted: Planted, as_: SignIn, role: str) -> None:
    learnt_at_doors(planted, as_, role, whole=role in THROUGH_ALL)


@pytest.mark.soak
@pytest.mark.parametrize("role", sorted({*ROLES} - THROUGH_ALL))
def test_nobody_learns_it_in_the_whole_house(planted: Planted, as_: SignIn, role: str) -> None:
    learnt_at_doors(planted, as_, role, whole=True)


def learnt_at_doors(planted: Planted, as_: SignIn, role: str, *, whole: bool) -> None:
    client, told = as_(planted.person(role)), {}
    for url in every_door(planted, whole):
        answer = client.get(url)
        text = body(answer)
        if answer.status_code in (301, 302):
            text += answer.headers["Location"]
        if found := planted.told_of(text) - knows(role):
            told[url] = found
    assert told == {}


def test_doors_are_open_to_the_secretary_so_that_the_test_would_see_it(
    planted: Planted, as_: SignIn
) -> None:
    """And to the leader for the one who is registered there."""
    for role, wanted in (("secretary", {*NAMES, SKILL}), ("grid_leader", {"registered", SKILL})):
        client = as_(planted.person(role))
        for url in ("/parties/members/", "/parties/members/?export=csv", "/api/v1/party-members/"):
            assert planted.told_of(body(client.get(url))) == wanted, (role, url)


@pytest.mark.parametrize("who", NAMES)
def test_members_read_of_themselves_alone(planted: Planted, as_: SignIn, who: str) -> None:
    client, told = as_(planted.users[who]), {}
    for url in own_doors(planted):
        if found := planted.told_of(body(client.get(url))) - {who, SKILL}:
            told[url] = found
    assert told == {}


# --- the administration

# Which accounts there are is for administrators to know, and no word about a roster: the pages of
# accounts and of what belongs to each account (addresses, sessions) say so, and the fields by which
# other rows name an account offer them all.
ACCOUNTS = (
    "accounts.",
    "account.",
    "mfa.",
    "usersessions.",
    "socialaccount.",
    "auth.",
    "sessions.",
)
CHOICES = re.compile(r"<select.*?</select>", re.DOTALL)


def test_administration_shows_rows_without_names(planted: Planted, as_: SignIn) -> None:
    client, told, seen = as_(planted.world.admin), {}, set()
    build_rows(planted.world)
    for model, model_admin in admin.site._registry.items():
        label = model._meta.label
        if label.startswith(ACCOUNTS):
            continue
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        urls = [base, f"{base}?q={ASKED}", f"{base}add/"]
        most = 40 if label.startswith(("parties.", "audit.", "notifications.")) else 2
        for pk in model._base_manager.order_by("-pk").values_list("pk", flat=True)[:most]:
            urls += [f"{base}{pk}/{what}/" for what in ("change", "history", "delete")]
        for url in urls:
            answer = client.get(url, follow=True)
            text = body(answer)
            if answer.status_code == 200:
                seen.add(label)
            if not label.startswith("parties."):
                text = CHOICES.sub("", text)
            if found := planted.told_of(text):
                told[url] = found
        assert model_admin is not None
    assert told == {}
    assert seen >= {
        "audit.Entry",
        "notifications.Message",
        "notifications.Delivery",
        "parties.PartyMember",
        "parties.Registration",
        "parties.MicroWish",
    }


def test_administration_answers_no_question_about_a_person(planted: Planted, as_: SignIn) -> None:
    """The number of lines would tell."""
    client, pk = as_(planted.world.admin), planted.users["nothing"].pk
    base = "/admin/parties/"
    asked = [
        f"partymember/?user__exact={pk}",
        f"partymember/?user={pk}",
        f"partymember/?user__id__exact={pk}",
        "partymember/?user__username=planted_nothing",
        f"partymember/?skills={SKILL}",
        f"registration/?member__user__exact={pk}",
        f"microwish/?member__user__exact={pk}",
    ]
    assert {url: client.get(f"{base}{url}").status_code for url in asked} == dict.fromkeys(
        asked, 400
    )
    answer = client.get(f"{base}partymember/?branch__id__exact={planted.world.branch.pk}")
    assert answer.status_code == 200


def test_the_page_of_an_account_says_nothing_of_a_roster(planted: Planted, as_: SignIn) -> None:
    client = as_(planted.world.admin)
    user, other = planted.users["nothing"], planted.world.neighbour
    words = ("party member", "Party member", "roster", planted.world.branch.name)
    for what in ("change", "delete", "history"):
        said = [
            [w for w in words if w in main(body(client.get(url, follow=True)))]
            for url in (f"/admin/accounts/user/{one.pk}/{what}/" for one in (user, other))
        ]
        assert said[0] == said[1], what


def main(page: str) -> str:
    """Without the bars, which name what there is to administer."""
    _bars, _tag, rest = page.partition('id="main"')
    return rest or page


def test_log_and_messages_of_rosters_are_in_no_list(planted: Planted) -> None:
    world, theirs = planted.world, [user.pk for user in planted.users.values()]
    shown: Any = Entry.objects
    assert shown.filter(actor__in=theirs).exists()
    assert not shown.visible_to(world.admin).filter(actor__in=theirs).exists()
    sent: Any = Message.objects
    assert sent.filter(recipient__in=theirs).exists()
    assert not sent.visible_to(world.admin).filter(recipient__in=theirs).exists()


def test_administrator_looks_at_a_name_for_a_reason_that_is_kept(
    planted: Planted, as_: SignIn
) -> None:
    member, client = planted.members["nothing"], as_(planted.world.admin)
    url = f"/parties/members/{member.pk}/reveal/"
    for reason in ("", "  "):
        answer = client.post(url, {"reason": reason})
        assert (answer.status_code, planted.told_of(body(answer))) == (400, set())
    assert not Entry.objects.filter(code="parties.reveal").exists()
    answer = client.post(url, {"reason": "组织来函"})
    assert planted.told_of(body(answer)) == {"nothing"}
    assert "no-store" in answer.headers["Cache-Control"]
    entry = Entry.objects.get(code="parties.reveal")
    assert (entry.actor, entry.object_id, entry.note, entry.before, entry.after) == (
        *(planted.world.admin, member.pk, "组织来函"),
        *({}, {}),
    )


def test_nobody_else_looks(planted: Planted, as_: SignIn) -> None:
    found = {}
    for role in ROLES[:-1]:
        client = as_(planted.person(role))
        for who, member in planted.members.items():
            answer = client.post(f"/parties/members/{member.pk}/reveal/", {"reason": "-"})
            found[role, who] = answer.status_code
            assert planted.told_of(body(answer)) - knows(role) == set()
    # a leader knows who is registered there, and has nothing to look up
    may_not = {("grid_leader", "registered"): 403}
    assert found == {(role, who): 404 for role in ROLES[:-1] for who in NAMES} | may_not
    assert not Entry.objects.filter(code="parties.reveal").exists()


def test_the_log_names_no_member(planted: Planted, as_: SignIn) -> None:
    """Neither by name nor by key, whatever was done: also changed by a page, ended, taken off."""
    member = planted.members["agreed"]
    client = as_(planted.world.secretary)
    url = reverse("parties:members-edit", args=[member.pk])
    assert client.post(url, {"skills": "修灯zqxkvj5"}).status_code == 302
    members.end(planted.registrations["registered"], actor=planted.world.secretary, at=AT)
    members.leave(member, actor=planted.world.secretary, at=AT)
    kinds = ContentType.objects.get_for_models(PartyMember, Registration, MicroWish).values()
    entries = Entry.objects.filter(content_type__in=kinds)
    assert {entry.code for entry in entries} >= {
        "parties.join",
        "parties.leave",
        "parties.edit_partymember",
        "parties.registration.agree",
        "parties.registration.register",
        "parties.registration.end",
        "parties.wish.claim",
    }
    keys = {user.pk for user in planted.users.values()}
    members_ = {one.pk for one in planted.members.values()}
    for entry in entries:
        kept = {**entry.before, **entry.after}
        assert planted.told_of(json.dumps([kept, entry.note], ensure_ascii=False)) == set()
        assert "zqxkvj5" not in str(kept)
        assert {"user", "member"} & {n for n, v in kept.items() if v in {*keys, *members_}} == set()
        assert not keys & {v for v in kept.values() if isinstance(v, int)}, entry.code


# --- wishes


def test_who_comes_too_late_is_not_told_who_was_first(planted: Planted, as_: SignIn) -> None:
    """By the page of a verb, its POST and the API; to whoever noted it as to other members."""
    world = planted.world
    for user, wish, verb in (
        (world.grid_member, planted.fulfilled, "withdraw"),
        (world.party_member, planted.claimed, "claim"),
        (planted.users["registered"], planted.fulfilled, "fulfil"),
    ):
        client, own = as_(user), user == planted.users["registered"]
        url = WISH.url(wish, verb)
        for answer in (
            client.get(url),
            client.post(url, {"result": "-"}),
            client.post(f"/api/v1/micro-wishes/{wish.pk}/{verb}/", {"result": "-"}),
        ):
            text = body(answer)
            assert answer.status_code == 409
            # their own name may stand in the bars
            assert planted.told_of(text) - ({"registered"} if own else set()) == set()


def test_who_claimed_a_wish_is_said_as_their_branch(planted: Planted, as_: SignIn) -> None:
    world = planted.world
    for role in ("grid_member", "grid_leader", "secretary", "party_member"):
        client = as_(planted.person(role))
        for wish in (planted.claimed, planted.fulfilled):
            page = body(client.get(wish.get_absolute_url()))
            listed = body(client.get(f"/parties/wishes/?state={wish.status}"))
            api = client.get(f"/api/v1/micro-wishes/{wish.pk}/")
            for text in (page, listed):
                assert (world.branch.name in text, planted.told_of(text)) == (True, set())
            assert (api.json()["branch"], planted.told_of(body(api))) == (world.branch.pk, set())
    told = Message.objects.filter(recipient=world.grid_member, kind__startswith="parties.wish.")
    assert sorted(told.values_list("kind", flat=True)) == [
        *["parties.wish.claim"] * 2,
        "parties.wish.fulfil",
    ]
    said = "".join(f"{title} {words}" for title, words in told.values_list("title", "body"))
    assert planted.told_of(said) == set()


# --- to the minute


def leaders_doors(planted: Planted, as_: SignIn) -> set[str]:
    """Where the leader sees anything of the one who is registered."""
    client = as_(User.objects.get(pk=planted.world.grid_leader.pk))
    member, row = planted.members["registered"], planted.registrations["registered"]
    lists = ("/parties/members/", "/parties/members/?export=csv", "/api/v1/party-members/")
    found = {url for url in lists if planted.told_of(body(client.get(url)))}
    if client.get("/api/v1/registrations/").json()["results"]:
        found.add("/api/v1/registrations/")
    for name, url in (
        ("member", f"/api/v1/party-members/{member.pk}/"),
        ("registration", f"/api/v1/registrations/{row.pk}/"),
        ("page", f"/parties/registrations/{row.pk}/"),
    ):
        if client.get(url).status_code == 200:
            found.add(name)
    return found


ALL = {
    "/parties/members/",
    "/parties/members/?export=csv",
    "/api/v1/party-members/",
    "/api/v1/registrations/",
    "member",
    "registration",
    "page",
}


def by_leaving(planted: Planted) -> None:
    members.leave(planted.members["registered"], actor=planted.world.secretary, at=AT)


def by_the_end(planted: Planted) -> None:
    members.end(planted.registrations["registered"], actor=planted.users["registered"], at=AT)


@pytest.mark.parametrize("way", [by_leaving, by_the_end])
def test_leader_sees_nothing_from_that_minute(
    planted: Planted, as_: SignIn, way: Callable[[Planted], None]
) -> None:
    assert leaders_doors(planted, as_) == ALL
    way(planted)
    assert leaders_doors(planted, as_) == set()
    left = planted.members["registered"]
    left.refresh_from_db()
    assert (left.grid, left.registrations.standing().exists()) == (None, False)
    told = Message.objects.filter(recipient=planted.world.grid_leader)
    said = "".join(f"{title} {words}" for title, words in told.values_list("title", "body"))
    assert planted.told_of(said) == set()


def test_leader_of_another_grid_and_a_former_one_see_nothing(planted: Planted, as_: SignIn) -> None:
    world = planted.world
    second, _micro = make.make_grids(world.garden, name="三号")
    make.make_grid_posting(other := make.make_user("other_leader"), second, "leader")
    former = make.make_user("former_leader")
    today = timezone.localdate()
    make.make_grid_posting(former, world.grid, "leader", to_date=today - timedelta(days=1))
    make.make_grid_posting(keeper := make.make_user("keeper"), world.micro, "member")
    for user in (other, former, keeper):
        client = as_(user)
        for url in ("/parties/members/", "/api/v1/party-members/", "/api/v1/registrations/"):
            assert planted.told_of(body(client.get(url))) == set()


def test_people_of_another_community_see_no_row(planted: Planted, as_: SignIn) -> None:
    world = planted.world
    people = [world.stranger, world.outsider, world.far_member, planted.far_secretary]
    lists = ("party-members", "registrations", "micro-wishes", "matters", "matter-parts")
    make.make_matter(world.branch, world.property_branch)
    for user in people:
        client = as_(user)
        for name in lists:
            assert client.get(f"/api/v1/{name}/").json()["results"] == [], (user, name)
        here = {row["community"] for row in client.get("/api/v1/organisations/").json()["results"]}
        assert here <= {world.garden.community_id}
        posts: Any = OrganisationPost.objects
        seen = posts.visible_to(user).values_list("organisation__community", flat=True)
        assert set(seen) <= {world.garden.community_id}


def test_secretary_of_another_branch_does_not_learn_it_by_adding_them(
    planted: Planted, as_: SignIn
) -> None:
    other = Organisation.objects.get(name="二支部")
    client, said = as_(planted.other_secretary), []
    for login in ("planted_nothing", "neighbour"):
        fields = {"who": login, "branch": other.pk}
        said.append(client.post(reverse("parties:members-new"), fields).status_code)
    assert said == [302, 302]
