"""Submits tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Union

from ..answer import unexpected
from ..call import Caller
from ..errors import TooLarge
from ..exchange import Safety, Steps, encode, post
from ..results import BatchResult
from ..submission import Submission
from ..task import Task
from ..ulid import new_id

MOST_IN_BATCH = 10_000

Item = Union[Submission, Mapping[str, Any]]


def submit(caller: Caller, submission: Submission, key: str | None) -> Steps[Task]:
    """Its id makes it safe to be sent again: it is submitted once all the same."""
    return caller.ask(Task, post("tasks", body=submission.fields(), safety=Safety.SAFE, key=key))


def submit_many(caller: Caller, items: Iterable[Item]) -> Steps[list[BatchResult]]:
    """In as many calls as they need."""
    left = [encode(_with_id(item)) for item in items]
    results: list[BatchResult] = []
    most_items = MOST_IN_BATCH
    while len(results) < len(left):
        piece = _piece(left, len(results), most_items, caller.configuration.most_body)
        try:
            results.extend((yield from _submit_piece(caller, piece)))
        except TooLarge:
            # This manager takes less than most do.
            if len(piece) == 1:
                raise
            most_items = (len(piece) + 1) // 2
    return results


def _with_id(item: Item) -> dict[str, Any]:
    if isinstance(item, Submission):
        return item.fields()
    return {**item, "id": str(item["id"])} if item.get("id") is not None else {**item, "id": new_id()}


def _piece(items: list[bytes], begin: int, most_items: int, most_body: int) -> list[bytes]:
    """The items from ``begin`` on that fit into one call; at least one."""
    size, end = 2, begin
    while end < len(items) and end - begin < most_items:
        size += len(items[end]) + 1
        if size > most_body and end > begin:
            break
        end += 1
    return items[begin:end]


def _submit_piece(caller: Caller, piece: list[bytes]) -> Steps[tuple[BatchResult, ...]]:
    body = b"[" + b",".join(piece) + b"]"
    results = yield from caller.fields(BatchResult, "results", post("tasks", "batch", body=body, safety=Safety.SAFE))
    if len(results) != len(piece):
        raise unexpected(f"{len(results)} results for {len(piece)} submissions", caller.configuration)
    return results
