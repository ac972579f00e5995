"""What becomes of a running task when its worker is told to stop."""

from enum import Enum

__all__ = ["TaskShutdownPolicy"]


class TaskShutdownPolicy(str, Enum):
    """Equal to its name as workers spell it: ``TaskShutdownPolicy.STOP == "stop"``."""

    STOP = "stop"
    """Interrupted and stalled, for a person to look at."""
    RESUBMIT = "resubmit"
    """Interrupted and queued again; no retry is spent."""
    CONTINUE = "continue"
    """It runs to its end."""

    def __str__(self) -> str:
        return self.value
