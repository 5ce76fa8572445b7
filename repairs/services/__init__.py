"""The verbs of repairs; the only code that writes tickets."""

from repairs.services.audience import ANSWER
from repairs.services.categories import seed_categories
from repairs.services.crew import crews, workers_for
from repairs.services.deadlines import recompute_deadlines, why
from repairs.services.desk import (
    accept,
    close,
    dispatch,
    merge,
    prioritise,
    reassign,
    recategorise,
    reject,
    return_visit,
)
from repairs.services.heard import matters_of_homes, matters_of_visits, report_heard, topics
from repairs.services.moves import MOVES
from repairs.services.reporting import next_number, report
from repairs.services.resending import report_or_add
from repairs.services.resident import amend, cancel, confirm, dispute, rate, reopen, urge
from repairs.services.sweeps import (
    alarm_after_deadlines,
    close_unanswered,
    remind_before_deadlines,
    wake_held,
)
from repairs.services.talk import comment, follow, note, unfollow
from repairs.services.windows import is_over, said_window, window_choices
from repairs.services.work import (
    add_cost,
    hand_back,
    hold,
    plan_visit,
    resolve,
    resume,
    start,
    take,
)

__all__ = [
    "ANSWER",
    "MOVES",
    "accept",
    "add_cost",
    "alarm_after_deadlines",
    "amend",
    "cancel",
    "close",
    "close_unanswered",
    "comment",
    "confirm",
    "crews",
    "dispatch",
    "dispute",
    "follow",
    "hand_back",
    "hold",
    "is_over",
    "matters_of_homes",
    "matters_of_visits",
    "merge",
    "next_number",
    "note",
    "plan_visit",
    "prioritise",
    "rate",
    "reassign",
    "recategorise",
    "recompute_deadlines",
    "reject",
    "remind_before_deadlines",
    "reopen",
    "report",
    "report_heard",
    "report_or_add",
    "resolve",
    "resume",
    "return_visit",
    "said_window",
    "seed_categories",
    "start",
    "take",
    "topics",
    "unfollow",
    "urge",
    "wake_held",
    "why",
    "window_choices",
    "workers_for",
]
