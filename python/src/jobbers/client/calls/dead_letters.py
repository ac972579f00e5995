"""The dead letter queue."""

from __future__ import annotations

from collections.abc import Iterable

from ..call import Caller
from ..exchange import Steps, delete, get, post, without_none
from ..history import History
from ..results import Removed, Revived
from ..task import id_of


def history(caller: Caller, id: str) -> Steps[History]:
    """How the attempts of a dead letter ended."""
    return caller.ask(History, get("dead-letter-queue", id, "history"))


def resubmit(
    caller: Caller,
    tasks: Iterable[object] | None,
    queue: str | None,
    name: str | None,
    version: int | None,
    limit: int | None,
    reset_retry_count: bool,
) -> Steps[Revived]:
    """By ids, or by what else is given."""
    body = without_none(
        {
            "task_ids": None if tasks is None else [id_of(task) for task in tasks],
            "queue": queue,
            "task_name": name,
            "task_version": version,
            "limit": limit,
            "reset_retry_count": reset_retry_count,
        }
    )
    return caller.ask(Revived, post("dead-letter-queue", "resubmit", body=body))


def remove(caller: Caller, tasks: Iterable[object]) -> Steps[Removed]:
    """They are failed tasks like any other then."""
    return caller.ask(Removed, delete("dead-letter-queue", body={"task_ids": [id_of(task) for task in tasks]}))
