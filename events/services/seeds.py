"""The templates that a community may begin with: what model estates hold every year. Each is laid
once, by name; what was changed or taken away meanwhile is left alone."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from audit.services import record
from estates.models import Community
from events import rules
from events.models import SeasonalTemplate
from events.states import RuleKind
from workflow.refusals import NotAllowed

MORNING, AFTERNOON = time(9), time(14)
SUNDAY, FIFTH, NINTH = 6, 5, 9
FIRST_SATURDAY, SECOND_SATURDAY = "FREQ=MONTHLY;BYDAY=1SA", "FREQ=MONTHLY;BYDAY=2SA"
THIRD_SATURDAY, FOURTH_SATURDAY = "FREQ=MONTHLY;BYDAY=3SA", "FREQ=MONTHLY;BYDAY=4SA"
# Another day than the knives: two on one day would need two crews.
THIRD_SUNDAY = "FREQ=MONTHLY;BYDAY=3SU"
PLAN = "定场地\n排志愿者\n备物资\n发通知"

FIXED: tuple[tuple[str, str, int, int], ...] = (
    ("学雷锋日", "Lei Feng Day", 3, 5),
    ("妇女节", "Women's Day", 3, 8),
    ("微笑日", "Smile Day", 5, 8),
    ("儿童节", "Children's Day", 6, 1),
)
NTH: tuple[tuple[str, str, int, int, int], ...] = (
    ("母亲节", "Mother's Day", 5, 2, SUNDAY),
    ("父亲节", "Father's Day", 6, 3, SUNDAY),
)
LUNAR: tuple[tuple[str, str, int, int], ...] = (
    ("端午节", "Dragon Boat Festival", FIFTH, FIFTH),
    ("敬老日", "Elders' day", NINTH, NINTH),
)
MONTHLY: tuple[tuple[str, str, str], ...] = (
    ("义务理发", "Free haircuts", FIRST_SATURDAY),
    ("义诊", "Free clinic", SECOND_SATURDAY),
    ("磨刀", "Knife sharpening", THIRD_SATURDAY),
    ("油烟机清洗", "Range-hood cleaning", FOURTH_SATURDAY),
    ("上门小修", "Small home repairs", THIRD_SUNDAY),
)


def rows(today: date) -> list[dict[str, Any]]:
    first = today.replace(day=1)
    fixed = [
        {"name": n, "name_en": e, "kind": RuleKind.FIXED, "month": m, "day": d}
        for n, e, m, d in FIXED
    ]
    nth = [
        {"name": n, "name_en": e, "kind": RuleKind.NTH_WEEKDAY, "month": m, "nth": k, "weekday": w}
        for n, e, m, k, w in NTH
    ]
    lunar = [
        {"name": n, "name_en": e, "kind": RuleKind.LUNAR, "month": m, "day": d}
        for n, e, m, d in LUNAR
    ]
    monthly = [
        {
            "name": n,
            "name_en": e,
            "kind": RuleKind.RRULE,
            "rrule": rule,
            "starts_on": first,
            "days_before": 21,
            "begins_at": AFTERNOON,
        }
        for n, e, rule in MONTHLY
    ]
    return [*fixed, *nth, *lunar, *monthly]


def lay(community: Community, *, actor: Any, at: datetime, today: date) -> int:
    """How many were missing, and are there now."""
    if not rules.decides(actor, community):
        raise NotAllowed(_("The year is planned by the community's manager."))
    known = set(SeasonalTemplate.objects.filter(community=community).values_list("name", flat=True))
    made = 0
    for facts in rows(today):
        if facts["name"] in known:
            continue
        row = SeasonalTemplate.objects.create(
            community=community, checklist=PLAN, **{"begins_at": MORNING, **facts}
        )
        record("events.create_template", row, actor=actor, at=at, after={"name": row.name})
        made += 1
    return made
