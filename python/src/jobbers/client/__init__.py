"""Typed calls to a Jobbers manager; needs httpx (``pip install 'jobbers[client]'``).

>>> from jobbers.client import Client
>>> client = Client("http://localhost:8000")
>>> task = client.wait(client.submit("word_count", 1, {"text": "one two two"}))  # doctest: +SKIP
>>> task.result  # doctest: +SKIP
"""

from . import wire as _wire  # first: it tells what is missing  # noqa: F401
from .blocking import Client
from .errors import (
    BadRequest,
    ConfigurationError,
    Conflict,
    Forbidden,
    Invalid,
    JobbersError,
    NoAnswer,
    NotFound,
    Problem,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnexpectedAnswer,
    Unreachable,
    WrongField,
)
from .event import Event
from .explanation import Explanation
from .filter import Filter
from .history import History
from .nonblocking import AsyncClient
from .queue import Queue, QueueState, QueueStats, Rate, RoleState
from .results import BatchResult, Outcome, Removed, Revived
from .submission import Submission
from .task import Attempt, Progress, Task, TaskPage
from .task_type import TaskType
from .ulid import new_id

__all__ = [
    "AsyncClient",
    "Attempt",
    "BadRequest",
    "BatchResult",
    "Client",
    "ConfigurationError",
    "Conflict",
    "Event",
    "Explanation",
    "Filter",
    "Forbidden",
    "History",
    "Invalid",
    "JobbersError",
    "NoAnswer",
    "NotFound",
    "Outcome",
    "Problem",
    "Progress",
    "Queue",
    "QueueState",
    "QueueStats",
    "Rate",
    "Removed",
    "Revived",
    "RoleState",
    "Submission",
    "Task",
    "TaskPage",
    "TaskType",
    "TooLarge",
    "Unauthorized",
    "Unavailable",
    "UnexpectedAnswer",
    "Unreachable",
    "WrongField",
    "new_id",
]
