"""Waits until a task has ended."""

from __future__ import annotations

from dataclasses import replace

from ..call import Caller
from ..errors import JobbersError, Problem
from ..exchange import Pause, Request, Steps, get
from ..task import Task

# The longest that a manager holds a request.
_LONGEST = 60.0
# How long a manager that does not answer is put up with, and the pause before it is asked again.
_PATIENCE = 30.0
_PAUSE = 0.25


def wait(caller: Caller, id: str, at_most: float | None) -> Steps[Task]:
    """The task as it is when it has ended, or the time is over. A manager that is away for less than half a minute does
    not end the wait, nor does one where too many wait already."""
    clock = caller.clock
    deadline = None if at_most is None else clock() + at_most
    last_answer = clock()
    has_room = True
    while True:
        hold = min(_left(deadline, clock()), _LONGEST) if has_room else 0.0
        has_room = True
        asked = clock()
        answer = yield from caller.once(_request(id, hold))
        left = _left(deadline, clock())
        if isinstance(answer, JobbersError):
            if not answer.is_transient or left <= 0 or clock() - last_answer >= _PATIENCE:
                raise answer
            if isinstance(answer, Problem):
                # Perhaps too many wait already: then it is only asked.
                has_room = False
                yield Pause(min(_PAUSE if answer.retry_after is None else answer.retry_after, left))
                continue
        else:
            task = caller.read(Task, answer)
            if task.has_ended or left <= 0:
                return task
            last_answer = clock()
        # A manager that is about to stop answers at once.
        if clock() - asked < hold:
            yield Pause(min(_PAUSE, left))


def _left(deadline: float | None, now: float) -> float:
    return _LONGEST if deadline is None else max(0.0, deadline - now)


def _request(id: str, hold: float) -> Request:
    return replace(get("tasks", id, query={"wait": f"{hold:.3f}"} if hold else None), hold=hold)
