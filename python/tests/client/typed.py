"""What type checkers say of the clients; `mypy` checks it, nothing runs it. A needless `ignore` is an error as well."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from datetime import datetime
from typing import TYPE_CHECKING

from jobbers import AsyncClient, Client
from jobbers.client import BatchResult, Event, Filter, Outcome, Queue, Submission, Task, WrongField
from jobbers.client.errors import Invalid, JobbersError, Problem
from jobbers.models.task_status import TaskStatus

if TYPE_CHECKING:
    from typing_extensions import assert_type


def blocking(client: Client) -> None:
    task = client.submit("noop", 1, {"any": ["thing"]})
    assert_type(task, Task)
    assert_type(client.wait(task, 1.5).status, TaskStatus | str)
    assert_type(task.started_at, datetime | None)
    assert_type(client.list(status="failed"), Generator[Task, None, None])
    assert_type(client.events(task.id), Generator[Event, None, None])
    assert_type(client.submit_many([Submission("noop", 1), {"name": "noop", "version": 1}]), list[BatchResult])
    assert_type(client.cancel_many([task, task.id]), list[Outcome])
    assert_type(client.cancel_many(filter=Filter(queue="q")), list[Outcome])
    assert_type(client.queues(), tuple[Queue, ...])
    with client as same:
        assert_type(same, Client)


async def asynchronous(client: AsyncClient) -> None:
    assert_type(await client.submit("noop", 1), Task)
    assert_type(client.list(), AsyncGenerator[Task, None])
    async for event in client.events():
        assert_type(event, Event)
        assert_type(event.task, Task | None)
    async with client as same:
        assert_type(same, AsyncClient)


def errors(error: Invalid) -> None:
    assert_type(error.errors, tuple[WrongField, ...])
    problem: Problem = error
    any_error: JobbersError = problem
    assert_type(any_error.is_transient, bool)


def wrong(client: Client, other: AsyncClient, task: Task) -> None:
    client.submit("noop")  # type: ignore[call-arg]
    client.submit("noop", "1")  # type: ignore[arg-type]
    client.submit("noop", 1, ["no", "object"])  # type: ignore[arg-type]
    client.submit("noop", 1, run_at="tomorrow")  # type: ignore[arg-type]
    client.submit("noop", 1, {}, "queue")  # type: ignore[call-arg]
    client.wait(None)  # type: ignore[arg-type]
    client.list(colour="red")  # type: ignore[call-arg]
    task.status = "failed"  # type: ignore[misc]
    other.submit("noop", 1).id  # type: ignore[attr-defined]  # noqa: B018
