"""The named people of every test and where they stand. The same cast as the demo.

In estate `court`: resident and neighbour live there (1204 and 1104 of the same entrance);
technician, dispatcher, manager, inspector, desk work there. In estate `garden`: stranger lives
there, outsider is its manager. Nobody of one estate may see anything of the other.

Around court lies a grid with a micro-grid, in which the homes of resident and neighbour lie:
grid_leader leads the grid, grid_member keeps the micro-grid. far_member keeps one around garden.

In court's community secretary leads the party branch, committee acts for the party committee,
property_lead for the property company's branch; party_member stands on the roster of the branch.

team_lead leads the volunteer service team of that community; volunteer and mate are in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from estates.models import Estate, Unit
from grids.models import Grid
from parties.models import Organisation
from repairs.models import Category
from tests import factories as make
from volunteers.models import Team


@dataclass
class World:
    court: Estate
    garden: Estate
    home: Unit
    next_door: Unit
    far_home: Unit
    pipes: Category
    lifts: Category
    far_pipes: Category
    resident: User
    neighbour: User
    stranger: User
    outsider: User
    technician: User
    other_technician: User
    dispatcher: User
    manager: User
    inspector: User
    desk: User
    grid_member: User
    grid_leader: User
    far_member: User
    secretary: User
    committee: User
    property_lead: User
    party_member: User
    team_lead: User
    volunteer: User
    mate: User
    admin: User
    grid: Grid
    micro: Grid
    far_micro: Grid
    branch: Organisation
    party_committee: Organisation
    property_branch: Organisation
    team: Team

    def people(self) -> dict[str, User]:
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}


HOMES = ("resident", "neighbour", "stranger", "outsider")
GRIDS = ("grid_member", "grid_leader", "far_member")
PARTIES = ("secretary", "committee", "property_lead", "party_member")
VOLUNTEERS = ("team_lead", "volunteer", "mate")
STAFF = ("technician", "other_technician", "dispatcher", "manager", "inspector", "desk")


def build_world() -> World:
    court = make.make_estate("court", name="榕树郡", ticket_prefix="R")
    garden = make.make_estate("garden", name="梧桐苑", ticket_prefix="G")
    home = make.make_unit(court, "3 栋", "2 单元", "1204", floor=12)
    next_door = make.make_unit(court, "3 栋", "2 单元", "1104", floor=11)
    far_home = make.make_unit(garden, "1 栋", "1 单元", "101", floor=1)
    people = make.make_users(*HOMES, *STAFF, *GRIDS, *PARTIES, *VOLUNTEERS)
    admin = make.make_user("admin", is_superuser=True, is_staff=True)
    make.make_occupant(home, people["resident"])
    make.make_occupant(next_door, people["neighbour"])
    make.make_occupant(far_home, people["stranger"])
    for name in ("technician", "other_technician"):
        make.make_posting(people[name], court, "technician", trades=["plumbing"])
    for name in ("dispatcher", "manager", "inspector", "desk"):
        make.make_posting(people[name], court, name)
    make.make_posting(people["outsider"], garden, "manager")
    grid, micro = make.make_grids(court, home, next_door)
    _far, far_micro = make.make_grids(garden, far_home)
    make.make_grid_posting(people["grid_leader"], grid, "leader")
    make.make_grid_posting(people["grid_member"], micro, "member")
    make.make_grid_posting(people["far_member"], far_micro, "member")
    organisations = {
        name: make.make_organisation(court.community, name, kind=kind)
        for name, kind in (
            ("社区党支部", "branch"),
            ("社区党委", "committee"),
            ("物业党支部", "property"),
        )
    }
    branch, party_committee, property_branch = organisations.values()
    make.make_post(people["secretary"], branch, "secretary")
    make.make_post(people["committee"], party_committee, "liaison")
    make.make_post(people["property_lead"], property_branch, "secretary")
    make.make_member(people["party_member"], branch)
    team = make.make_team(court.community)
    make.make_membership(people["team_lead"], team, "lead")
    for name in ("volunteer", "mate"):
        make.make_membership(people[name], team)
    return World(
        court=court,
        garden=garden,
        home=home,
        next_door=next_door,
        far_home=far_home,
        pipes=make.make_category(
            court,
            "pipes",
            name="水管漏水",
            name_en="Leaking pipe",
            trade="plumbing",
            place_kind="any",
        ),
        lifts=make.make_category(
            court, "lifts", name="电梯", name_en="Lift", trade="lift", place_kind="public"
        ),
        far_pipes=make.make_category(
            garden, "pipes", name="水管漏水", name_en="Leaking pipe", trade="plumbing"
        ),
        admin=admin,
        grid=grid,
        micro=micro,
        far_micro=far_micro,
        branch=branch,
        party_committee=party_committee,
        property_branch=property_branch,
        team=team,
        **people,
    )
