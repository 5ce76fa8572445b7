"""Who sees how many rows of each model: the one rule that feeds every door.

The whole table is written out. A new model fails until it has a line, and every model has a row
that could leak.
"""

import pytest

from tests.everything import Rows, build_rows, shown_models
from tests.people import World
from workflow.actors import SYSTEM

# In the order of ROLES; the rows are those of tests/people.py and tests/everything.py.
ROLES = (
    "resident",
    "neighbour",
    "stranger",
    "technician",
    "dispatcher",
    "manager",
    "inspector",
    "admin",
    "grid_member",
    "grid_leader",
    "secretary",
    "property_lead",
    "team_lead",
    "volunteer",
)
# fmt: off
SEEN = {
    "accounts.Sending":        (1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0),
    "accounts.Token":          (1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0),
    "accounts.User":           (1, 1, 1, 1, 1, 1, 1, 21, 1, 1, 1, 1, 1, 1),
    "attachments.Attachment":  (3, 1, 0, 3, 3, 3, 1, 4, 1, 1, 1, 1, 1, 1),
    "audit.Entry":             (0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0),
    "audit.SweepRun":          (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0),
    "attachments.Comment":     (1, 0, 0, 2, 2, 2, 0, 2, 0, 0, 0, 0, 0, 0),
    "estates.Building":        (1, 1, 1, 1, 1, 1, 1, 2, 0, 0, 0, 0, 0, 0),
    "estates.CalendarFeed":    (1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "estates.Community":       (1, 1, 1, 1, 1, 1, 1, 2, 0, 0, 0, 0, 0, 0),
    "estates.Claim":           (0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0),
    "estates.DutyShift":       (0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "estates.Entrance":        (1, 1, 1, 1, 1, 1, 1, 2, 0, 0, 0, 0, 0, 0),
    "estates.Estate":          (1, 1, 1, 1, 1, 1, 1, 2, 0, 0, 0, 0, 0, 0),
    "estates.Facility":        (1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "estates.Invitation":      (0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0),
    "estates.Occupant":        (1, 1, 1, 0, 2, 2, 0, 3, 0, 0, 0, 0, 0, 0),
    "estates.Place":           (1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "estates.Posting":         (0, 0, 0, 6, 6, 6, 6, 7, 0, 0, 0, 0, 0, 0),
    "estates.RosterImport":    (0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0),
    "estates.Unit":            (1, 1, 1, 2, 2, 2, 2, 3, 0, 0, 0, 0, 0, 0),
    "estates.Workday":         (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
    "notifications.ActionLink": (0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0),
    "notifications.Mute":      (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "repairs.Assignment":      (1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0),
    "repairs.Category":        (2, 2, 1, 2, 2, 2, 2, 3, 0, 0, 0, 0, 0, 0),
    "repairs.CostLine":        (1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0),
    "repairs.Follow":          (1, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0),
    "repairs.Pause":           (1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0),
    "estates.SavedView":       (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "repairs.Ticket":          (2, 1, 0, 1, 2, 2, 0, 2, 0, 0, 0, 0, 0, 0),
    "safety.Answer":           (0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "safety.Checklist":        (0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "safety.ChecklistItem":    (0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "safety.Checkpoint":       (0, 0, 0, 0, 0, 3, 3, 3, 0, 0, 0, 0, 0, 0),
    "safety.Drill":             (1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1),
    "safety.DrillBuilding":     (1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1),
    "safety.DrillHome":         (1, 1, 0, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 2),
    "safety.DrillMark":         (0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1),
    "safety.DrillMoment":       (0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1),
    "safety.DrillRequirement":  (0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "safety.DrillRole":         (0, 0, 0, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 2),
    "safety.DrillSheet":        (0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1),
    "safety.Improvement":       (0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "safety.Hazard":            (1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "safety.Plan":             (0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "safety.Round":            (0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "safety.RoundPoint":       (0, 0, 0, 0, 0, 3, 3, 3, 0, 0, 0, 0, 0, 0),
    "safety.Route":            (0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0),
    "safety.Stop":             (0, 0, 0, 0, 0, 3, 3, 3, 0, 0, 0, 0, 0, 0),
    "grids.CareFlag":           (0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0),
    "grids.Grid":               (0, 0, 0, 0, 0, 0, 0, 4, 1, 2, 0, 0, 0, 0),
    "grids.GridPosting":        (0, 0, 0, 0, 0, 0, 0, 3, 1, 2, 0, 0, 0, 0),
    "grids.HeardNeed":          (0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0),
    "grids.Household":          (0, 0, 0, 0, 0, 0, 0, 3, 2, 2, 0, 0, 0, 0),
    "grids.Rhythm":             (0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0),
    "grids.Visit":              (0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 0, 0, 0, 0),
    "parties.Matter":           (1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0),
    "parties.MatterPart":       (0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 0, 0),
    "parties.MicroWish":        (0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0),
    "parties.Organisation":     (3, 3, 0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0),
    "parties.OrganisationPost": (0, 0, 0, 0, 0, 0, 0, 3, 3, 3, 3, 3, 0, 0),
    "parties.PartyMember":      (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0),
    "parties.Registration":     (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0),
    "volunteers.Certificate":    (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1),
    "volunteers.Entry":          (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1),
    "volunteers.HourLine":       (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1),
    "volunteers.Membership":     (1, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 4, 3),
    "volunteers.Qualification":  (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1),
    "volunteers.Shift":          (1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
    "volunteers.ShiftPost":      (1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
    "volunteers.ShiftSeries":    (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0),
    "volunteers.Swap":           (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1),
    "volunteers.Team":           (1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
    "events.Event":              (1, 1, 0, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 1),
    "events.SeasonalTemplate":   (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0),
    "events.Service":            (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0),
    "events.Slot":               (1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0),
    "events.Task":               (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0),
    "events.Question":           (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0),
    "events.Signup":             (1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0),
    "events.Seat":               (2, 0, 0, 0, 2, 2, 0, 2, 0, 0, 0, 0, 2, 0),
    "events.Scan":               (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0),
}
# fmt: on
# Whom a ticket's verbs tell is the matter of the verbs' own tests.
BY_VERBS = {"notifications.Message", "notifications.Delivery"}


@pytest.fixture
def rows(world: World) -> Rows:
    return build_rows(world)


def test_every_model_has_a_line() -> None:
    assert set(shown_models()) == set(SEEN) | BY_VERBS


def test_who_sees_how_many(world: World, rows: Rows) -> None:
    seen = {}
    for label in SEEN:
        manager = shown_models()[label]._default_manager
        seen[label] = tuple(manager.visible_to(getattr(world, role)).count() for role in ROLES)
    assert seen == SEEN


@pytest.mark.parametrize("label", sorted(BY_VERBS))
def test_messages_are_their_recipients_alone(world: World, rows: Rows, label: str) -> None:
    model = shown_models()[label]
    assert model._default_manager.exists()
    assert model._default_manager.visible_to(world.stranger).count() == 0


def test_the_portal_itself_lists_nothing(world: World, rows: Rows) -> None:
    """SYSTEM acts on rows it is given; a door that lists for it by mistake gets nothing."""
    from repairs.models import Ticket

    assert Ticket.objects.visible_to(SYSTEM).count() == 0
