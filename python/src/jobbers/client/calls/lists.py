"""Lists of tasks, page by page."""

from __future__ import annotations

from ..call import Caller
from ..exchange import Item, Steps, Stream, get
from ..filter import Filter
from ..task import Task, TaskPage

TASKS = "tasks"
DEAD_LETTERS = "dead-letter-queue"


def page(caller: Caller, listing: str, filter: Filter, size: int | None, cursor: str | None) -> Steps[TaskPage]:
    """One page."""
    return caller.ask(TaskPage, get(listing, query={**filter.fields(), "limit": size, "cursor": cursor}))


def tasks(caller: Caller, listing: str, filter: Filter, page_size: int | None) -> Stream[Task]:
    """The tasks of all pages, each asked for when it is needed."""
    cursor = None
    while True:
        found = yield from page(caller, listing, filter, page_size, cursor)
        for task in found.tasks:
            yield Item(task)
        cursor = found.next_cursor
        if cursor is None:
            return
