"""Looks at one task, and makes it end or run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...models.task_status import TaskStatus
from ..call import Caller
from ..errors import Conflict
from ..exchange import Safety, Steps, delete, get, post
from ..explanation import Explanation
from ..task import Task


def status(caller: Caller, id: str) -> Steps[Task]:
    """A task as it is now."""
    return caller.ask(Task, get("tasks", id))


def explain(caller: Caller, id: str) -> Steps[Explanation]:
    """Why it is not running, or that it is."""
    return caller.ask(Explanation, get("tasks", id, "explain"))


def cancel(caller: Caller, id: str) -> Steps[Task]:
    """Cancelled then, or still started with ``cancel_requested_at``."""
    return _ask_for(caller, id, "cancel", Safety.SAFE, lambda task: task.status == TaskStatus.CANCELLED)


def resubmit(caller: Caller, id: str) -> Steps[Task]:
    """Sent twice it could run twice."""
    return _ask_for(caller, id, "resubmit", Safety.ASKED, lambda task: not task.has_ended)


def run(caller: Caller, id: str) -> Steps[Task]:
    """A scheduled task runs now."""
    return _ask_for(
        caller, id, "run", Safety.SAFE, lambda task: task.status != TaskStatus.SCHEDULED and not task.run_at
    )


def forget(caller: Caller, id: str) -> Steps[Any]:
    """Removes an ended task."""
    return caller.call(delete("tasks", id))


def _ask_for(caller: Caller, id: str, step: str, safety: Safety, done: Callable[[Task], bool]) -> Steps[Task]:
    """A step that is refused with 409 when it comes a second time; then ``done`` says whether it has happened."""
    answer, sent = yield from caller.attempts(post("tasks", id, step, safety=safety))
    if isinstance(answer, Conflict) and sent > 1:
        task = yield from status(caller, id)
        if done(task):
            return task
    if isinstance(answer, Exception):
        raise answer
    return caller.read(Task, answer)
