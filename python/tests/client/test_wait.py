from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from support.manager import ID, Manager, problem, task

from jobbers.client import NotFound, Unreachable


def held(manager: Manager, seconds: float, status: str = "started") -> Any:
    def reply(_: httpx.Request) -> httpx.Response:
        manager.now += seconds
        return task(status)

    return reply


def test_the_manager_is_asked_until_the_end(start: Any) -> None:
    client, manager = start()
    manager.replies = [held(manager, 60), held(manager, 60), held(manager, 1, "completed")]
    assert client.wait(ID).is_completed
    assert manager.asked == [f"GET /tasks/{ID}?wait=60.000"] * 3
    assert manager.pauses == []
    # The manager holds the answer on purpose: that is no silence.
    assert manager.requests[0].extensions["timeout"]["read"] == 90


def test_what_has_not_ended_in_time_is_answered_as_it_is(start: Any) -> None:
    client, manager = start()
    manager.replies = [held(manager, 60), held(manager, 15)]
    task = client.wait(ID, timedelta(seconds=75))
    assert (task.status, task.has_ended) == ("started", False)
    assert manager.asked[1].endswith("?wait=15.000")


def test_no_time_means_to_look_once(start: Any) -> None:
    client, manager = start(task())
    assert client.wait(ID, 0).status == "submitted"
    assert manager.asked == [f"GET /tasks/{ID}"]


def test_where_too_many_wait_it_is_only_asked(start: Any) -> None:
    client, manager = start(problem(503, headers={"retry-after": "1"}), task(), task("failed"))
    assert client.wait(ID).status == "failed"
    assert [path.partition("?")[2] for path in manager.asked] == ["wait=60.000", "", "wait=60.000"]


def test_a_manager_that_is_away_for_a_moment_is_waited_for(start: Any) -> None:
    client, _ = start(httpx.ConnectError("refused"), httpx.ReadError("reset"), task("completed"))
    assert client.wait(ID).is_completed


def test_one_that_stays_away_is_not(start: Any) -> None:
    client, manager = start(*[httpx.ConnectError("refused")] * 1000)
    began = manager.now
    with pytest.raises(Unreachable):
        client.wait(ID)
    assert 30 <= manager.now - began < 31


def test_a_task_that_there_is_not_ends_the_wait(start: Any) -> None:
    client, _ = start(problem(404))
    with pytest.raises(NotFound):
        client.wait(ID)
