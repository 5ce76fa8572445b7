from events.models.event import Event, Task
from events.models.service import Service, Slot
from events.models.signup import Question, Scan, Seat, Signup
from events.models.template import SeasonalTemplate

__all__ = [
    "Event",
    "Question",
    "Scan",
    "SeasonalTemplate",
    "Seat",
    "Service",
    "Signup",
    "Slot",
    "Task",
]
