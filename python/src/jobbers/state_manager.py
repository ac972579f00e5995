"""Submits tasks for programs made for the Python original. New programs use ``jobbers.AsyncClient``."""

from __future__ import annotations

import asyncio
from typing import Any

from .client import AsyncClient
from .client import Task as Answer
from .models.task import Task

__all__ = ["StateManager"]


class StateManager:
    """Talks to a manager, at ``url`` or ``JOBBERS_URL``, with ``token`` or ``JOBBERS_TOKEN``.

    Whatever else the original was made with, such as a connection to Redis, is accepted and not used.
    """

    def __init__(
        self,
        *_unused: object,
        url: str | None = None,
        token: str | None = None,
        client: AsyncClient | None = None,
        **_unused_too: object,
    ) -> None:
        self._own = client is None
        self._client = AsyncClient(url, token) if client is None else client
        self._again = (url, token)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def submit_task(self, task: Task) -> Task:
        """Submits the task, once however often it is called with it, and fills in what became of it."""
        answer = await self._connected().submit(
            task.name, task.version, task.parameters, queue=task.queue, id=str(task.id)
        )
        return _fill(task, answer)

    async def get_task(self, id: Any) -> Task:
        """The task as it is now; ``jobbers.client.NotFound`` if there is none."""
        return _task(await self._connected().status(str(id)))

    async def cancel_task(self, id: Any) -> Task:
        """Asks for its end."""
        return _task(await self._connected().cancel(str(id)))

    async def aclose(self) -> None:
        """Closes the connections."""
        if self._own:
            await self._client.aclose()

    def _connected(self) -> AsyncClient:
        # Connections belong to one event loop; a state manager is often made once, outside of any.
        loop = asyncio.get_running_loop()
        if self._own and self._loop is not None and self._loop is not loop:
            self._client = AsyncClient(*self._again)
        self._loop = loop
        return self._client


def _task(answer: Answer) -> Task:
    return _fill(Task(answer.id, answer.name, answer.version, answer.queue, answer.parameters), answer)


def _fill(task: Task, answer: Answer) -> Task:
    task.status = answer.status
    task.results = answer.result
    task.errors = list(answer.errors)
    task.retry_attempt = answer.retry_attempt
    task.submitted_at = answer.submitted_at
    task.started_at = answer.started_at
    task.heartbeat_at = answer.heartbeat_at
    task.completed_at = answer.completed_at
    return task
