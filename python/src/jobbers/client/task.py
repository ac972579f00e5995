"""A task as the manager knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Union

from ..models.task_status import TaskStatus

__all__ = ["Attempt", "Progress", "Task", "TaskPage", "TaskRef", "id_of"]


@dataclass(frozen=True)
class Attempt:
    """How an attempt ended that did not complete its task."""

    attempt: int
    """From 1."""
    error: str
    error_type: str = ""
    retry_attempt: int | None = None
    """From 0, the failures before it."""
    started_at: datetime | None = None
    failed_at: datetime | None = None
    worker: str | None = None
    backtrace: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Progress:
    """How far a handler says it is."""

    percent: float
    """0 to 100."""
    message: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Task:
    """What does not apply is none."""

    id: str
    name: str
    version: int
    queue: str
    status: TaskStatus | str
    """A text only if it is one that this client does not know."""
    priority: int = 5
    """0 to 9, 0 first."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    result: Any = None
    """What its handler returned."""
    error: str | None = None
    """How its last attempt that went wrong did so."""
    errors: tuple[str, ...] = ()
    """Likewise of all of them."""
    attempts: tuple[Attempt, ...] = ()
    """Ends of attempts that did not complete it, oldest first."""
    attempt: int = 0
    """The number of its last attempt, from 1; 0 before the first."""
    retry_attempt: int = 0
    """Failures since it was submitted, or submitted again."""
    lost: int = 0
    """Workers that died under it."""
    max_retries: int | None = None
    progress: Progress | None = None
    submitted_at: datetime | None = None
    run_at: datetime | None = None
    """When it is due, while it is scheduled."""
    expires_at: datetime | None = None
    started_at: datetime | None = None
    running_ms: int | None = None
    """How long it has been running, where that was asked for."""
    retried_at: datetime | None = None
    heartbeat_at: datetime | None = None
    completed_at: datetime | None = None
    """When it ended, in whatever way."""
    cancel_requested_at: datetime | None = None
    worker: str | None = None
    """Who has it, or had it last."""
    metadata: Mapping[str, Any] | None = None
    trace_id: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What else the manager sent."""

    @property
    def has_ended(self) -> bool:
        """Whether only a resubmission changes its status."""
        return isinstance(self.status, TaskStatus) and self.status.has_ended

    @property
    def is_completed(self) -> bool:
        """Whether there is a result."""
        return self.status == TaskStatus.COMPLETED


@dataclass(frozen=True)
class TaskPage:
    """A page of a list. It may be short, even empty, and still have a next one."""

    tasks: tuple[Task, ...]
    next_cursor: str | None = None
    """Where the next page begins; none if there is nothing more."""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


# Where a task is meant: its id, or the task.
TaskRef = Union[str, Task]


def id_of(task: object) -> str:
    """The id of a task; of anything else its text, as ids of ULID libraries have it."""
    return task.id if isinstance(task, Task) else str(task)
