"""The row that stands for each route's argument: always one of estate `court`."""

from __future__ import annotations

from typing import Any

from accounts.models import Token
from estates.models import Building, DutyShift, Entrance, Occupant, Posting, SavedView, Workday
from events.lives import EVENT, SIGNUP, SLOT
from events.services import signups
from grids.lives import FLAG, VISIT
from grids.models import GridPosting
from notifications.models import Message
from parties.lives import PART, REGISTRATION, WISH
from parties.models import OrganisationPost, PartyMember
from safety.lives import DRILL, IMPROVEMENT, PLAN, REQUIREMENT, ROUND
from tests.everything import Rows
from tests.people import World
from volunteers.lives import CERTIFICATE, ENTRY, MEMBERSHIP, QUALIFICATION, SHIFT, SWAP
from volunteers.models import HourLine
from volunteers.services.entries import code_of


def _pk(noun: str, world: World, rows: Rows) -> int:
    court = {"estate": world.court}
    finders: dict[str, Any] = {
        "community": lambda: world.court.community,
        "estate": lambda: world.court,
        "building": lambda: Building.objects.get(**court),
        "entrance": lambda: Entrance.objects.get(building__estate=world.court),
        "unit": lambda: world.home,
        "place": lambda: rows.place,
        "facility": lambda: rows.facility,
        "occupant": lambda: Occupant.objects.get(user=world.resident),
        "posting": lambda: Posting.objects.get(user=world.technician),
        "shift": lambda: DutyShift.objects.get(),
        "workday": lambda: Workday.objects.get(),
        "claim": lambda: rows.claim,
        "invitation": lambda: rows.invitation,
        "import": lambda: rows.roster_import,
        "message": lambda: Message.objects.filter(recipient=world.resident)[0],
        "token": lambda: Token.objects.get(),
        "view": lambda: SavedView.objects.get(),
        "category": lambda: world.pipes,
        "checklist": lambda: rows.item.checklist,
        "item": lambda: rows.item,
        "checkpoint": lambda: rows.checkpoint,
        "route": lambda: rows.route,
        "plan": lambda: rows.plan,
        "round": lambda: rows.round,
        "requirement": lambda: rows.requirement,
        "improvement": lambda: rows.improvement,
        "grid": lambda: world.micro,
        "grid_posting": lambda: GridPosting.objects.get(user=world.grid_member),
        "household": lambda: world.home,
        "flag": lambda: rows.flag,
        "visit": lambda: rows.visit,
        "rhythm": lambda: rows.rhythm,
        "organisation": lambda: world.branch,
        "party_post": lambda: OrganisationPost.objects.get(user=world.secretary),
        "party_member": lambda: PartyMember.objects.get(user=world.party_member),
        "part": lambda: rows.part,
        "registration": lambda: rows.registration,
        "wish": lambda: rows.wish,
        "team": lambda: world.team,
        "hour_line": lambda: HourLine.objects.get(user=world.volunteer),
        "membership": lambda: rows.membership,
        "qualification": lambda: rows.qualification,
        "team_shift": lambda: rows.shift,
        "post": lambda: rows.entry.post,
        "entry": lambda: rows.entry,
        "swap": lambda: rows.swap,
        "template": lambda: rows.template,
        "service": lambda: rows.service,
        "slot": lambda: rows.slot,
        "signup": lambda: rows.signup,
        "scan": lambda: rows.scan,
    }
    return int(finders[noun]().pk)


# Route → the noun whose pk it takes. Routes of other arguments stand in `kwargs_of`.
PK_OF = {
    "accounts:revoke_token": "token",
    "notifications:open": "message",
    "estates:leave": "occupant",
    "estates:claim": "claim",
    "estates:claim-approve": "claim",
    "estates:claim-refuse": "claim",
    "estates:claim-withdraw": "claim",
    "estates:revoke-invitation": "invitation",
    "estates:roster-import": "import",
    "estates:roster-columns": "import",
    "estates:apply-roster": "import",
    "estates:discard-roster": "import",
    "estates:roster-rejected": "import",
    "estates:reveal": "occupant",
    "estates:rename-view": "view",
    "estates:delete-view": "view",
    "token-detail": "token",
    "message-detail": "message",
    "message-read": "message",
    "claim-approve": "claim",
    "claim-refuse": "claim",
    "claim-withdraw": "claim",
    "occupant-reveal": "occupant",
    "duty-shift-detail": "shift",
    "estates:settings-edit": "estate",
    "estates:settings-remove": "estate",
    "estates:facilities-edit": "facility",
    "estates:facilities-remove": "facility",
}
for _noun in ("building", "entrance", "unit", "place", "occupant", "posting", "shift", "workday"):
    PK_OF |= {f"estates:{_noun}s-edit": _noun, f"estates:{_noun}s-remove": _noun}
for _noun in (
    "community", "estate", "building", "entrance", "unit", "place", "facility", "occupant", "claim",
    "posting", "category", "checklist", "checkpoint", "route", "plan", "round",
):  # fmt: skip
    PK_OF[f"{_noun}-detail"] = _noun
for _noun in ("checklist", "item", "checkpoint", "route"):
    PK_OF |= {f"safety:{_noun}s-edit": _noun, f"safety:{_noun}s-remove": _noun}
for _life in (REQUIREMENT, IMPROVEMENT):
    PK_OF |= {f"safety:{_life.noun}-{verb}": _life.noun for verb in _life.moves}
    PK_OF |= {f"{_life.noun}-{verb}": _life.noun for verb in (*_life.moves, "detail")}
    PK_OF[f"safety:{_life.noun}"] = _life.noun
PK_OF |= {f"safety:requirements-{_act}": "requirement" for _act in ("edit", "remove")}
OF_DRILL = {"safety:drill", "safety:drill-away", "drill-detail", "drill-homes", "drill-mark"}
for _verb in DRILL.moves:
    OF_DRILL |= {f"safety:drill-{_verb}", f"drill-{_verb}"}
PK_OF |= {"safety:labels": "route", "safety:plan": "plan", "safety:round": "round"}
PK_OF |= {
    "grids:grid": "grid",
    "grids:draw": "grid",
    "grid-detail": "grid",
    "grid-draw": "grid",
    "grids:hand-over": "grid_posting",
    "grids:household": "household",
    "grids:visit-now": "household",
    "household-detail": "household",
    "household-reveal": "household",
    "grids:reveal-phone": "occupant",
    "grids:reveal-note": "flag",
    "flag-reveal": "flag",
    "grids:flag": "flag",
    "flag-detail": "flag",
    "grids:visit": "visit",
    "visit-detail": "visit",
}
for _route, _noun in (("grids", "grid"), ("postings", "grid_posting"), ("rhythms", "rhythm")):
    PK_OF |= {f"grids:{_route}-edit": _noun, f"grids:{_route}-remove": _noun}
for _life in (FLAG, VISIT):
    PK_OF |= {f"grids:{_life.noun}-{verb}": _life.noun for verb in _life.moves}
    PK_OF |= {f"{_life.noun}-{verb}": _life.noun for verb in _life.moves}
for _route, _noun in (
    ("organisations", "organisation"),
    ("posts", "party_post"),
    ("members", "party_member"),
):
    PK_OF |= {f"parties:{_route}-edit": _noun, f"parties:{_route}-remove": _noun}
PK_OF |= {
    "organisation-detail": "organisation",
    "party-member-detail": "party_member",
    "parties:propose": "party_member",
    "parties:reveal": "party_member",
}
for _life in (PART, REGISTRATION, WISH):
    PK_OF |= {f"parties:{_life.noun}-{verb}": _life.noun for verb in _life.moves}
    PK_OF |= {f"{_life.noun}-{verb}": _life.noun for verb in _life.moves}
    PK_OF[f"{_life.noun}-detail"] = _life.noun
PK_OF |= {"parties:registration": "registration", "parties:wish": "wish"}
for _route in ("team", "join", "board", "register-edit", "register-remove"):
    PK_OF[f"volunteers:{_route}"] = "team"
for _route in ("shift", "gate", "tail", "all"):
    PK_OF[f"volunteers:{_route}"] = "team_shift"
PK_OF |= {
    "volunteers:sign-up": "post",
    "volunteers:swap-new": "entry",
    "team-detail": "team",
    "events:seeds": "community",
    "events:templates-edit": "template",
    "events:verdict": "scan",
    "events:signup": "signup",
    "signup-detail": "signup",
    "events:templates-remove": "template",
    "hour-detail": "hour_line",
    "shift-detail": "team_shift",
    "shift-sign-up": "team_shift",
}
for _life in (MEMBERSHIP, QUALIFICATION, SHIFT, ENTRY, SWAP):
    _noun = "team_shift" if _life is SHIFT else _life.noun
    PK_OF |= {f"volunteers:{_life.noun}": _noun, f"{_life.noun}-detail": _noun}
    PK_OF |= {f"volunteers:{_life.noun}-{verb}": _noun for verb in _life.moves}
    PK_OF |= {f"{_life.noun}-{verb}": _noun for verb in _life.moves}
PK_OF |= {f"events:signup-{_verb}": "signup" for _verb in SIGNUP.moves}
PK_OF |= {f"signup-{_verb}": "signup" for _verb in SIGNUP.moves}
for _life in (PLAN, ROUND):
    PK_OF |= {f"safety:{_life.noun}-{verb}": _life.noun for verb in _life.moves}
    PK_OF |= {f"{_life.noun}-{verb}": _life.noun for verb in _life.moves}


OF_CERTIFICATE = {"volunteers:certificate", "certificate-detail"}
for _verb in CERTIFICATE.moves:
    OF_CERTIFICATE |= {f"volunteers:certificate-{_verb}", f"certificate-{_verb}"}


for _route in ("book", "call", "walk-in", "remove"):
    PK_OF[f"events:service-{_route}"] = "service"
PK_OF |= {f"events:slot-{verb}": "slot" for verb in SLOT.moves}
PK_OF |= {f"slot-{verb}": "slot" for verb in (*SLOT.moves, "detail")}
OF_EVENT = {"events:event", "events:event-file", "event-detail"}
OF_EVENT |= {"events:service-new", "events:desk", "events:hall"}
for _verb in EVENT.moves:
    OF_EVENT |= {f"events:event-{_verb}", f"event-{_verb}"}
OF_HELD = {f"events:{one}" for one in ("sign-up", "signups", "door", "scan", "poster", "report")}


def kwargs_of(name: str, world: World, rows: Rows) -> dict[str, Any]:
    if name in PK_OF:
        return {"pk": _pk(PK_OF[name], world, rows)}
    if name.startswith("attachments:") or name == "attachment-detail":
        return {"key": rows.photo.key}
    if name == "repairs:at" or name == "estates:scan":
        return {"qr": rows.place.qr}
    if name == "safety:label":
        return {"qr": rows.checkpoint.qr}
    if name == "safety:point":
        return {"pk": rows.round.pk, "checkpoint": rows.checkpoint.pk}
    if name in OF_DRILL:
        return {"number": rows.drill.number}
    if name in ("safety:roll", "safety:roll-mark", "safety:roll-rest"):
        return {"number": rows.drill.number, "building": _pk("building", world, rows)}
    if name.startswith(("safety:hazard-", "hazard-")) or name == "safety:hazard":
        plain = name in ("hazard-list", "safety:hazard-new")
        return {} if plain else {"number": rows.hazard.number}
    if name == "estates:save-view":
        return {"code": "repairs.ticket"}
    if name == "repairs:answer":
        return {"token": rows.link_token}
    if name == "portal:calendar-feed":
        return {"token": rows.calendar_token}
    if name == "accounts:demo":
        return {"username": "resident"}
    if name == "volunteers:pass":
        return {"code": code_of(rows.entry)}
    if name in OF_EVENT:
        return {"number": rows.event.number}
    if name in OF_HELD:
        return {"number": rows.held.number}
    if name == "events:pass":
        return {"code": signups.code_of(rows.signup)}
    if name == "events:answer":
        return {"token": rows.event_token}
    if name in OF_CERTIFICATE:
        return {"number": rows.certificate.number}
    if name == "parties:matter" or name.startswith(("parties:matter-", "matter-")):
        return {} if name == "matter-list" else {"number": rows.matter.number}
    return {"number": rows.ticket.number} if takes_number(name) else {}


PLAIN_REPAIRS = {"list", "new", "triage", "triage-bulk", "triage-export", "jobs"}


def takes_number(name: str) -> bool:
    space, _, verb = name.partition(":")
    of_page = space == "repairs" and verb not in PLAIN_REPAIRS
    return of_page or (name.startswith("ticket-") and name != "ticket-list")
