"""Makes many tasks end, or run again."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from ..call import Caller
from ..exchange import Safety, Steps, post
from ..filter import Filter
from ..results import Outcome
from ..task import id_of

MOST_IDS = 10_000


def many(
    caller: Caller, step: str, tasks: Iterable[object] | None, filter: Filter | None, limit: int | None, dry_run: bool
) -> Steps[list[Outcome]]:
    """In as many calls as they need."""
    if (tasks is None) == (filter is None):
        raise TypeError("either tasks or a filter says which tasks are meant")
    if filter is not None:
        return _by_filter(caller, step, filter, limit, dry_run)
    if limit is not None:
        raise TypeError("a limit belongs to a filter")
    return _by_ids(caller, step, tasks or (), dry_run)


def _by_ids(caller: Caller, step: str, tasks: Iterable[object], dry_run: bool) -> Steps[list[Outcome]]:
    ids = iter([id_of(task) for task in tasks])
    outcomes: list[Outcome] = []
    while piece := list(islice(ids, MOST_IDS)):
        answer = yield from _call(caller, step, {"task_ids": piece}, dry_run)
        outcomes.extend(caller.each(Outcome, "results", answer))
    return outcomes


def _by_filter(caller: Caller, step: str, filter: Filter, limit: int | None, dry_run: bool) -> Steps[list[Outcome]]:
    outcomes: list[Outcome] = []
    cursor: str | None = None
    while limit is None or len(outcomes) < limit:
        left = MOST_IDS if limit is None else min(limit - len(outcomes), MOST_IDS)
        body: dict[str, Any] = {"filter": filter.fields(), "limit": left}
        answer = yield from _call(caller, step, body if cursor is None else {**body, "cursor": cursor}, dry_run)
        outcomes.extend(caller.each(Outcome, "results", answer))
        cursor = answer.get("next_cursor")
        if cursor is None:
            break
    return outcomes


def _call(caller: Caller, step: str, body: dict[str, Any], dry_run: bool) -> Steps[Any]:
    if dry_run:
        return caller.call(post("tasks", step, body={**body, "dry_run": True}, safety=Safety.SAFE))
    return caller.call(post("tasks", step, body=body))
