from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from support.manager import ID, Asynchronous, Manager, task

from jobbers.client import Conflict
from jobbers.models.task import Task
from jobbers.models.task_status import TaskStatus
from jobbers.state_manager import StateManager


class ULID:
    """As ULID libraries have it."""

    def __str__(self) -> str:
        return ID


def original() -> Task:
    return Task(id=ULID(), name="generate_report", version=1, queue="reports", parameters={"report_id": 42})


def connected(manager: Manager) -> StateManager:
    return StateManager(object(), object(), data_store=None, client=Asynchronous(manager).client)


def test_a_task_of_the_original_is_submitted() -> None:
    manager = Manager([task(submitted_at="2026-01-31T12:00:00.000Z")])
    submitted = original()
    assert submitted.status == TaskStatus.UNSUBMITTED
    asyncio.run(connected(manager).submit_task(submitted))
    assert manager.bodies == [
        {"name": "generate_report", "version": 1, "parameters": {"report_id": 42}, "queue": "reports", "id": ID}
    ]
    assert (submitted.status, submitted.submitted_at is not None) == (TaskStatus.SUBMITTED, True)


def test_submitted_twice_it_is_sent_alike() -> None:
    manager = Manager([task(), task(status="started")])
    state_manager, submitted = connected(manager), Task(ULID(), "noop")

    async def twice() -> None:
        await state_manager.submit_task(submitted)
        await state_manager.submit_task(submitted)

    asyncio.run(twice())
    assert manager.requests[0].content == manager.requests[1].content
    assert submitted.status == "started"


def test_a_task_is_looked_at_and_cancelled() -> None:
    ended: Any = {"result": {"url": "x"}, "errors": ["e"], "retry_attempt": 1}
    manager = Manager([task("completed", **ended), httpx.Response(409, json={"status": 409, "detail": "it has ended"})])

    async def look() -> None:
        state_manager = connected(manager)
        found = await state_manager.get_task(ULID())
        assert (found.status, found.results, found.errors, found.retry_attempt) == ("completed", {"url": "x"}, ["e"], 1)
        with pytest.raises(Conflict):
            await state_manager.cancel_task(found.id)

    asyncio.run(look())


def test_one_state_manager_serves_one_event_loop_after_the_other() -> None:
    state_manager = StateManager(url="http://127.0.0.1:9")
    used = []

    async def use() -> None:
        used.append(state_manager._connected())
        await state_manager.aclose()

    asyncio.run(use())
    asyncio.run(use())
    assert used[0] is not used[1]
