"""Queues, and what can be submitted to them."""

from __future__ import annotations

from ..call import Caller
from ..exchange import Safety, Steps, get, post
from ..queue import Queue, QueueStats
from ..task_type import TaskType


def queues(caller: Caller) -> Steps[tuple[Queue, ...]]:
    """All of them with their limits."""
    return caller.fields(Queue, "details", get("queues", query={"details": True}))


def queue_stats(caller: Caller) -> Steps[QueueStats]:
    """How they are doing."""
    return caller.ask(QueueStats, get("queue-stats"))


def pause(caller: Caller, queue: str) -> Steps[Queue]:
    """Nothing more of it starts."""
    return caller.field(Queue, "queue", post("queues", queue, "pause", safety=Safety.SAFE))


def resume(caller: Caller, queue: str) -> Steps[Queue]:
    """It goes on."""
    return caller.field(Queue, "queue", post("queues", queue, "resume", safety=Safety.SAFE))


def registered_tasks(caller: Caller) -> Steps[tuple[TaskType, ...]]:
    """The catalogue."""
    return caller.fields(TaskType, "tasks", get("registered-tasks"))
