"""What a handler knows of its task, and says of its work: ``task = get_current_task()``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Generator, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    LoggerAdapter = logging.LoggerAdapter[logging.Logger]
else:
    LoggerAdapter = logging.LoggerAdapter

__all__ = ["CurrentTask", "NoCurrentTask", "Reports", "get_current_task", "set_current_task"]

LOGGER = "jobbers.task"
"""The logger below every task's own; a host sends what it gets to the worker."""


class NoCurrentTask(RuntimeError):
    """There is no task here: this code was not called by a handler, or in a thread that the handler started itself."""


class Reports(Protocol):
    """Where a task's signs of life go. May be called in any thread."""

    def heartbeat(self) -> None:
        """The task makes progress."""

    def progress(self, percent: float, message: str) -> None:
        """How far it is."""


@dataclass(eq=False)
class CurrentTask:
    """The task that runs here, in this attempt."""

    id: str
    name: str
    version: int
    queue: str
    attempt: int
    """From 1."""
    retry_attempt: int
    """How many times it was retried; from 0."""
    metadata: dict[str, Any] = field(default_factory=dict)
    trace_id: str | None = None
    interrupted_by: str | None = field(default=None, init=False)
    """Why it is to stop: ``cancelled``, ``timed_out``, ``stopped``, ``handed_back`` or ``taken_away``."""
    reports: Reports | None = field(default=None, repr=False)

    def heartbeat(self) -> Awaitable[None]:
        """Says that the task makes progress, and begins its ``max_heartbeat_interval`` anew.

        It is said at once. Whoever awaits the answer lets other tasks run, and is interrupted there if it is to stop.
        """
        if self.reports is not None:
            self.reports.heartbeat()
        return _TURN

    def progress(self, percent: float, message: str = "") -> Awaitable[None]:
        """Says how far the task is, from 0 to 100, which is a heartbeat too. May be awaited, as that."""
        if not 0 <= percent <= 100:
            raise ValueError(f"progress is a percentage from 0 to 100, not {percent!r}")
        if self.reports is not None:
            self.reports.progress(percent, message)
        return _TURN

    @property
    def is_cancelled(self) -> bool:
        """Whether the task is to stop, for whatever reason. Nothing interrupts a function in a thread: it must look."""
        return self.interrupted_by is not None

    def raise_if_cancelled(self) -> None:
        """Ends a function in a thread if the task is to stop."""
        if self.is_cancelled:
            raise asyncio.CancelledError(self.interrupted_by)

    @property
    def logger(self) -> LoggerAdapter:
        """A logger whose lines reach the worker's log, with the task's id."""
        return _TaskLogger(logging.getLogger(LOGGER), {"jobbers_task": self})


def get_current_task() -> CurrentTask:
    """The task whose handler calls this; also in the threads of handlers that are not async."""
    task = _current.get()
    if task is None:
        raise NoCurrentTask("no task runs here; ask in the handler, and pass the answer on to threads of your own")
    return task


def set_current_task(task: CurrentTask | None) -> None:
    """What ``get_current_task`` answers from here on, in this context. For hosts and tests."""
    _current.set(task)


_current: ContextVar[CurrentTask | None] = ContextVar("jobbers_current_task", default=None)


class _TaskLogger(LoggerAdapter):
    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        kwargs["extra"] = {**(kwargs.get("extra") or {}), **(self.extra or {})}
        return msg, kwargs


class _Turn:
    """Not a coroutine, so that nobody is warned who does not await it."""

    def __await__(self) -> Generator[None, None, None]:
        yield


_TURN = _Turn()
