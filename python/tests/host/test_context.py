from __future__ import annotations

import asyncio
import logging

import pytest

from jobbers.context import CurrentTask, NoCurrentTask, get_current_task, set_current_task


class Heard:
    def __init__(self) -> None:
        self.reports: list[object] = []

    def heartbeat(self) -> None:
        self.reports.append("heartbeat")

    def progress(self, percent: float, message: str) -> None:
        self.reports.append((percent, message))


def current_task(heard: Heard | None = None) -> CurrentTask:
    return CurrentTask("01A", "t", 1, "default", attempt=2, retry_attempt=1, reports=heard)


def test_outside_of_a_task_there_is_none() -> None:
    with pytest.raises(NoCurrentTask, match="no task runs here"):
        get_current_task()


async def both(task: CurrentTask) -> None:
    task.heartbeat()
    await task.heartbeat()
    task.progress(40)
    await task.progress(100, "done")


def test_reports_are_made_at_once_whether_awaited_or_not() -> None:
    heard = Heard()
    asyncio.run(both(current_task(heard)))
    assert heard.reports == ["heartbeat", "heartbeat", (40, ""), (100, "done")]


def test_without_anyone_to_hear_them_reports_are_nothing() -> None:
    asyncio.run(both(current_task()))


def test_whoever_awaits_a_heartbeat_can_be_interrupted_there() -> None:
    async def endless() -> None:
        while True:
            await current_task().heartbeat()

    async def main() -> None:
        running = asyncio.create_task(endless())
        await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(main())


@pytest.mark.parametrize("percent", [-1, 101, float("nan")])
def test_progress_is_a_percentage(percent: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 100"):
        current_task().progress(percent)


def test_a_task_of_each_context_is_its_own() -> None:
    async def handler(task: CurrentTask) -> bool:
        set_current_task(task)
        await asyncio.sleep(0)
        return get_current_task() is task

    async def main() -> list[bool]:
        return list(await asyncio.gather(handler(current_task()), handler(current_task())))

    assert asyncio.run(main()) == [True, True]


def test_a_task_that_is_to_stop_says_so() -> None:
    task = current_task()
    task.raise_if_cancelled()
    assert not task.is_cancelled
    task.interrupted_by = "timed_out"
    assert task.is_cancelled
    with pytest.raises(asyncio.CancelledError, match="timed_out"):
        task.raise_if_cancelled()


def test_lines_of_the_logger_name_their_task(caplog: pytest.LogCaptureFixture) -> None:
    task = current_task()
    with caplog.at_level(logging.INFO, "jobbers.task"):
        task.logger.info("read %d rows", 3, extra={"table": "users"})
    assert [vars(record)["jobbers_task"] for record in caplog.records] == [task]
    assert [vars(record)["table"] for record in caplog.records] == ["users"]
