"""The client for asyncio; otherwise as ``blocking`` is."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from ..models.task_status import TaskStatus
from .call import Caller
from .calls import dead_letters, events, lists, many, queues, steer, submit, wait
from .configuration import Configuration
from .drive_async import AsyncDriver
from .event import Event
from .explanation import Explanation
from .filter import Filter
from .history import History
from .queue import Queue, QueueStats
from .results import BatchResult, Outcome, Removed, Revived
from .submission import Submission
from .task import Task, TaskPage, TaskRef, id_of
from .task_type import TaskType
from .times import seconds
from .ulid import new_id

__all__ = ["AsyncClient"]

# Inside the class `list` is a method.
BatchResults = list[BatchResult]
Outcomes = list[Outcome]


class AsyncClient:
    """A manager to talk to; of one event loop. Connects at the first call.

    ``url`` and ``token``: else ``JOBBERS_URL`` and ``JOBBERS_TOKEN``, else ``http://localhost:8000`` without a token.
    ``timeout``: seconds that a call may take; a wait is not a call.
    ``retries``: how often a call is sent again that the manager did not answer, if sent twice it happens once.
    ``patience``: seconds that a call waits in all when the manager asks it to come again later.
    ``most_body``: bytes that the body of a batch keeps below; a manager takes its ``MAX_BODY``, 16 MiB by default.
    ``connections``: at once; what is more, such as many waits side by side, has to wait for one.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        timeout: float = 30.0,
        retries: int = 3,
        patience: float = 10.0,
        most_body: int = 8 << 20,
        connections: int = 500,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        configuration = Configuration.of(url, token, timeout, retries, patience, most_body, connections)
        self._driver = AsyncDriver(configuration, transport)
        self._caller = Caller(configuration, time.monotonic)

    def __repr__(self) -> str:
        return f"AsyncClient({self.url!r})"

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes its connections."""
        await self._driver.http.aclose()

    @property
    def url(self) -> str:
        """The address of the manager."""
        return self._caller.configuration.url

    async def submit(
        self,
        name: str,
        version: int,
        parameters: Mapping[str, Any] | None = None,
        *,
        queue: str | None = None,
        id: str | None = None,
        priority: int | None = None,
        delay: float | timedelta | None = None,
        run_at: datetime | None = None,
        expires_at: datetime | None = None,
        metadata: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Task:
        """Submits a task, once: it gets its id here, and is sent again with it if no answer comes."""
        submission = Submission(
            name=name,
            version=version,
            parameters={} if parameters is None else parameters,
            queue=queue,
            id=new_id() if id is None else id,
            priority=priority,
            delay=delay,
            run_at=run_at,
            expires_at=expires_at,
            metadata=metadata,
        )
        return await self._driver.run(submit.submit(self._caller, submission, idempotency_key))

    async def submit_many(self, submissions: Iterable[Submission | Mapping[str, Any]]) -> BatchResults:
        """Submits any number of tasks, and answers what became of each, in order. After an error some may be stored;
        the same ``Submission`` objects again are stored once all the same."""
        return await self._driver.run(submit.submit_many(self._caller, submissions))

    async def status(self, task: TaskRef) -> Task:
        """A task as it is now."""
        return await self._driver.run(steer.status(self._caller, id_of(task)))

    async def wait(self, task: TaskRef, timeout: float | timedelta | None = None) -> Task:
        """Waits until a task has ended, or ``timeout`` is over, and answers it as it is then (see ``has_ended``)."""
        return await self._driver.run(wait.wait(self._caller, id_of(task), seconds(timeout)))

    async def explain(self, task: TaskRef) -> Explanation:
        """Why a task is not running, or that it is."""
        return await self._driver.run(steer.explain(self._caller, id_of(task)))

    async def cancel(self, task: TaskRef) -> Task:
        """Asks for the end of a task: it is cancelled then, or still started with ``cancel_requested_at``."""
        return await self._driver.run(steer.cancel(self._caller, id_of(task)))

    async def resubmit(self, task: TaskRef) -> Task:
        """Makes a failed, stalled, cancelled or dropped task run again. Its history stays."""
        return await self._driver.run(steer.resubmit(self._caller, id_of(task)))

    async def run(self, task: TaskRef) -> Task:
        """Makes a scheduled task run now."""
        return await self._driver.run(steer.run(self._caller, id_of(task)))

    async def delete(self, task: TaskRef) -> None:
        """Removes an ended task with all that is known of it."""
        await self._driver.run(steer.forget(self._caller, id_of(task)))

    async def cancel_many(
        self,
        tasks: Iterable[TaskRef] | None = None,
        *,
        filter: Filter | None = None,
        limit: int | None = None,
        dry_run: bool = False,
    ) -> Outcomes:
        """Asks for the end of these tasks, or of those of a filter; with ``dry_run`` it is only told what would be."""
        return await self._driver.run(many.many(self._caller, "cancel", tasks, filter, limit, dry_run))

    async def resubmit_many(
        self,
        tasks: Iterable[TaskRef] | None = None,
        *,
        filter: Filter | None = None,
        limit: int | None = None,
        dry_run: bool = False,
    ) -> Outcomes:
        """Makes many tasks run again, likewise."""
        return await self._driver.run(many.many(self._caller, "resubmit", tasks, filter, limit, dry_run))

    def events(self, task: TaskRef | None = None, *, last_event_id: str | None = None) -> AsyncGenerator[Event, None]:
        """What happens to a task, until it has ended; or to all tasks, without end. A connection that breaks is opened
        again. With the ``id`` of an event it begins behind that one."""
        id = None if task is None else id_of(task)
        return self._driver.iterate(events.events(self._caller, id, last_event_id))

    def list(
        self,
        *,
        status: TaskStatus | str | None = None,
        queue: str | None = None,
        name: str | None = None,
        version: int | None = None,
        worker: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page_size: int | None = None,
    ) -> AsyncGenerator[Task, None]:
        """Tasks, newest first (scheduled ones soonest first), page by page as they are needed. See ``Filter``."""
        chosen = Filter(status, queue, name, version, worker, since, until)
        return self._driver.iterate(lists.tasks(self._caller, lists.TASKS, chosen, page_size))

    async def page(
        self, filter: Filter | None = None, *, limit: int | None = None, cursor: str | None = None
    ) -> TaskPage:
        """One page of tasks, to begin at a cursor."""
        return await self._driver.run(lists.page(self._caller, lists.TASKS, filter or Filter(), limit, cursor))

    def dead_letters(
        self,
        *,
        queue: str | None = None,
        name: str | None = None,
        version: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page_size: int | None = None,
    ) -> AsyncGenerator[Task, None]:
        """Permanently failed tasks that are kept, newest first."""
        chosen = Filter(None, queue, name, version, None, since, until)
        return self._driver.iterate(lists.tasks(self._caller, lists.DEAD_LETTERS, chosen, page_size))

    async def dead_letter_history(self, task: TaskRef) -> History:
        """How the attempts of a dead letter ended."""
        return await self._driver.run(dead_letters.history(self._caller, id_of(task)))

    async def resubmit_dead_letters(
        self,
        tasks: Iterable[TaskRef] | None = None,
        *,
        queue: str | None = None,
        name: str | None = None,
        version: int | None = None,
        limit: int | None = None,
        reset_retry_count: bool = True,
    ) -> Revived:
        """Makes dead letters run again: these, or the newest of a queue or type, 100 unless ``limit`` says more."""
        chosen = dead_letters.resubmit(self._caller, tasks, queue, name, version, limit, reset_retry_count)
        return await self._driver.run(chosen)

    async def remove_dead_letters(self, tasks: Iterable[TaskRef]) -> Removed:
        """Takes dead letters out of the dead letter queue: they are failed tasks like any other then."""
        return await self._driver.run(dead_letters.remove(self._caller, tasks))

    async def queues(self) -> tuple[Queue, ...]:
        """All queues with their limits."""
        return await self._driver.run(queues.queues(self._caller))

    async def queue_stats(self) -> QueueStats:
        """How every queue is doing; counted once a second."""
        return await self._driver.run(queues.queue_stats(self._caller))

    async def pause(self, queue: str) -> Queue:
        """Within a second workers claim nothing more from the queue; what runs goes on."""
        return await self._driver.run(queues.pause(self._caller, queue))

    async def resume(self, queue: str) -> Queue:
        """Lets a paused queue go on."""
        return await self._driver.run(queues.resume(self._caller, queue))

    async def registered_tasks(self) -> tuple[TaskType, ...]:
        """The task types that can be submitted."""
        return await self._driver.run(queues.registered_tasks(self._caller))
