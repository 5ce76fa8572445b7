from events.models.event import Event, Task
from events.models.template import SeasonalTemplate

__all__ = ["Event", "SeasonalTemplate", "Task"]
