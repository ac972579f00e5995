"""Where a task is in its life."""

from enum import Enum

__all__ = ["TaskStatus"]


class TaskStatus(str, Enum):
    """Equal to its name as the API spells it: ``TaskStatus.COMPLETED == "completed"``."""

    UNSUBMITTED = "unsubmitted"
    SUBMITTED = "submitted"
    SCHEDULED = "scheduled"
    STARTED = "started"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    STALLED = "stalled"
    DROPPED = "dropped"

    def __str__(self) -> str:
        return self.value

    @property
    def has_ended(self) -> bool:
        """Whether only a resubmission changes it."""
        return self in _ENDED


_ENDED = frozenset(
    {TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED, TaskStatus.STALLED, TaskStatus.DROPPED}
)
