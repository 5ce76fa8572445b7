"""A household that somebody looks after, and every door through which it could be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from attachments.models import Attachment
from attachments.services import store
from audit.services import record
from estates.models import Occupant, Unit
from estates.services import feeds
from grids.models import CareFlag, Grid, HeardNeed, Household, Visit, sealed
from grids.services import reveal
from tests import factories as make
from tests.everything import a_photo

API = "/api/v1"
SignIn = Callable[..., Any]


@dataclass
class Care:
    """What is known of one household. Its names, room and words stand nowhere else."""

    micro: Grid
    unit: Unit
    person: Occupant
    flag: CareFlag
    planned: Visit
    held: Visit
    need: HeardNeed
    photo: Attachment
    words: str
    note: str

    @property
    def room(self) -> str:
        return self.unit.number


def looked_after(unit: Unit, micro: Grid, member: User, name: str) -> Care:
    """With all that may hang on a household; a leader's look at it, too."""
    at = timezone.now()
    Household.objects.get_or_create(unit=unit, defaults={"grid": micro})
    person = make.make_occupant(unit, name=name, phone=f"1380000{9000 + unit.pk % 1000}")
    note, words = f"note of {name}", f"words of {name}"
    flag = make.make_flag(person, note=note, is_elder=True, proposed_by=member)
    planned = make.make_visit(unit, tier="red", assignee=member)
    held = make.make_visit(
        unit,
        status="met",
        wellbeing="good",
        visited_at=at - timedelta(days=7),
        logged_by=member,
        sealed_words=sealed(words),
        photo_consent=True,
    )
    need = HeardNeed.objects.create(visit=held, position=1, sealed_words=sealed(f"need of {name}"))
    photo = store(a_photo(), by=member, at=at, row=held)
    record(
        reveal.CODE, person, actor=member, at=at, after={"field": "phone"}, note=f"look at {name}"
    )
    return Care(micro, unit, person, flag, planned, held, need, photo, words, note)


def body(response: Any) -> str:
    if response.streaming:
        return b"".join(response).decode(errors="replace")
    return str(response.content.decode(errors="replace"))


def listed(client: Any, path: str) -> set[int]:
    """The ids of all pages of a list of the API."""
    found: set[int] = set()
    onward: str | None = f"{API}{path}"
    while onward:
        answer = client.get(onward)
        if answer.status_code != 200:
            return set()
        found |= {row["id"] for row in answer.json()["results"]}
        onward = answer.json()["next"]
    return found


def open_doors(as_: SignIn, who: User, care: Care) -> set[str]:
    """The doors through which `who`, as they stand now, sees this household or a part of it."""
    user = User.objects.get(pk=who.pk)
    client = as_(user)
    pk = care.unit.pk

    def says(url: str, *words: str) -> bool:
        text = body(client.get(url))
        return any(word in text for word in words)

    def opens(url: str) -> bool:
        answer = client.get(url)
        # a file is read to its end, which closes it
        return bool(body(answer)) and answer.status_code == 200

    def gives(url: str, **data: Any) -> bool:
        return bool(client.post(url, data).status_code == 200)

    token = feeds.token_of(feeds.feed_of(user, at=timezone.now()))
    name, room = care.person.name, care.room
    doors: dict[str, Callable[[], bool]] = {
        "mine": lambda: says(f"/grids/mine/?view=all&grid={care.micro.pk}", name, room),
        "mine, this week": lambda: says(f"/grids/mine/?grid={care.micro.pk}", name, room),
        # what was asked for stands in the page: the other of the two may not
        "search, a name": lambda: says(f"/grids/mine/?q={name}", room),
        "search, a room": lambda: says(f"/grids/mine/?q={room}", name),
        "household": lambda: opens(f"/grids/households/{pk}/"),
        "a visit now": lambda: opens(f"/grids/households/{pk}/visit/"),
        "visits": lambda: says("/grids/visits/", name, room),
        "visits, filtered": lambda: says(f"/grids/visits/?household={pk}", name, room),
        "visits as a sheet": lambda: says("/grids/visits/?export=csv", name, room),
        "visit": lambda: opens(f"/grids/visits/{care.planned.pk}/"),
        "visit, to note": lambda: opens(f"/grids/visits/{care.planned.pk}/log/"),
        "earlier visit": lambda: says(f"/grids/visits/{care.held.pk}/", care.words),
        "flags": lambda: says("/grids/flags/", name, room),
        "flags as a sheet": lambda: says("/grids/flags/?export=csv", name, room),
        "flag": lambda: opens(f"/grids/flags/{care.flag.pk}/"),
        "new flag": lambda: opens(f"/grids/flags/new/?household={pk}"),
        "coverage": lambda: says("/grids/coverage/?elders=1", name, room),
        "looks": lambda: says("/grids/looks/", name, room),
        "stairs": lambda: says("/grids/stairs/", name, room),
        "number": lambda: gives(f"/grids/people/{care.person.pk}/reveal/", why="door"),
        "note": lambda: gives(f"/grids/flags/{care.flag.pk}/reveal/", why="door"),
        "photo": lambda: opens(care.photo.get_absolute_url()),
        "small photo": lambda: opens(care.photo.thumbnail_url),
        "calendar": lambda: says("/calendar/", room),
        "feed": lambda: (
            f"homevisit-{care.planned.pk}@"
            in body(client.get(reverse("portal:calendar-feed", args=[token])))
        ),
        "home": lambda: says("/", name, room),
        "API households": lambda: pk in listed(client, "/households/"),
        "API households, search": lambda: pk in listed(client, f"/households/?q={name}"),
        "API household": lambda: opens(f"{API}/households/{pk}/"),
        "API number": lambda: gives(
            f"{API}/households/{pk}/reveal/", person=care.person.pk, reason="door"
        ),
        "API flags": lambda: care.flag.pk in listed(client, "/care-flags/"),
        "API flags, filtered": lambda: listed(client, f"/care-flags/?household={pk}") != set(),
        "API flag": lambda: opens(f"{API}/care-flags/{care.flag.pk}/"),
        "API note": lambda: gives(f"{API}/care-flags/{care.flag.pk}/reveal/", reason="door"),
        "API visits": lambda: bool(listed(client, "/visits/") & {care.planned.pk, care.held.pk}),
        "API visit": lambda: opens(f"{API}/visits/{care.planned.pk}/"),
        "API earlier visit": lambda: says(f"{API}/visits/{care.held.pk}/", care.words),
        "admin, flags": lambda: says("/admin/grids/careflag/", name),
        "admin, visits": lambda: says("/admin/grids/visit/", room),
        "admin, households": lambda: says("/admin/grids/household/", room),
        "admin, flag": lambda: opens(f"/admin/grids/careflag/{care.flag.pk}/change/"),
        "admin, visit": lambda: opens(f"/admin/grids/visit/{care.held.pk}/change/"),
    }
    return {door for door, is_open in doors.items() if is_open()}
