from typing import Any

from estates.models import Posting
from estates.standing import holds
from workflow.actors import is_system


def can_light(user: Any, lamp: Any) -> bool:
    return holds(user, lamp.estate_id, "manager", "desk")


def is_staff(user: Any, lamp: Any) -> bool:
    return holds(user, lamp.estate_id, *Posting.Duty.values)


def is_person(user: Any, lamp: Any) -> bool:
    return not is_system(user)
