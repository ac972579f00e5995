from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
from support.manager import ID, problem, task

from jobbers.client import Submission, TooLarge, UnexpectedAnswer

NOON = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)


def stored(request: httpx.Request) -> httpx.Response:
    ids = [item["id"] for item in json.loads(request.content)]
    return httpx.Response(200, json={"results": [{"id": id, "status": "submitted"} for id in ids]})


def test_all_fields_are_sent(start: Any) -> None:
    client, manager = start(task())
    client.submit(
        "noop",
        2,
        {"ä": [1]},
        queue="q",
        id=ID,
        priority=0,
        delay=timedelta(minutes=1),
        expires_at=NOON.astimezone(timezone(timedelta(hours=1))),
        metadata={"for": "you"},
        idempotency_key="monday",
    )
    assert manager.bodies == [
        {
            "name": "noop",
            "version": 2,
            "parameters": {"ä": [1]},
            "queue": "q",
            "id": ID,
            "priority": 0,
            "delay": 60.0,
            "expires_at": "2026-01-31T12:00:00.000000Z",
            "metadata": {"for": "you"},
        }
    ]
    headers = manager.requests[0].headers
    assert (headers["idempotency-key"], headers["content-type"]) == ("monday", "application/json")


def test_what_is_not_given_is_not_sent(start: Any) -> None:
    client, manager = start(task())
    client.submit("noop", 1, run_at=NOON)
    assert manager.bodies[0].keys() == {"name", "version", "parameters", "id", "run_at"}


@pytest.mark.parametrize("wrong", [float("nan"), object(), {1, 2}])
def test_parameters_that_are_not_json_are_not_sent(start: Any, wrong: object) -> None:
    client, manager = start()
    with pytest.raises((TypeError, ValueError)):
        client.submit("noop", 1, {"value": wrong})
    assert manager.requests == []


def test_a_time_without_a_zone_is_refused(start: Any) -> None:
    client, _ = start()
    with pytest.raises(ValueError, match="no time zone"):
        client.submit("noop", 1, run_at=datetime(2026, 1, 1))


def test_many_are_split_and_stay_in_order(start: Any) -> None:
    client, manager = start(stored, stored, stored)
    items = [Submission("noop", 1) for _ in range(20_001)]
    results = client.submit_many(items)
    assert [len(body) for body in manager.bodies] == [10_000, 10_000, 1]
    assert [result.id for result in results] == [item.id for item in items]
    assert all(result.is_stored for result in results)


def test_many_large_ones_are_split_by_their_size(start: Any) -> None:
    client, manager = start(*[stored] * 4, most_body=1000)
    client.submit_many([{"name": "noop", "version": 1, "parameters": {"text": "x" * 300}} for _ in range(7)])
    assert [len(body) for body in manager.bodies] == [2, 2, 2, 1]
    assert all(len(request.content) <= 1000 for request in manager.requests)


def test_a_manager_that_takes_less_gets_less(start: Any) -> None:
    client, manager = start(problem(413), stored, stored)
    assert len(client.submit_many([Submission("noop", 1) for _ in range(5)])) == 5
    assert [len(body) for body in manager.bodies] == [5, 3, 2]


def test_one_that_is_too_large_is_told(start: Any) -> None:
    client, manager = start(problem(413), problem(413))
    with pytest.raises(TooLarge):
        client.submit_many([Submission("noop", 1) for _ in range(2)])
    assert len(manager.requests) == 2


def test_a_batch_is_sent_again_as_it_was(start: Any) -> None:
    client, manager = start(httpx.ReadError("reset"), stored)
    client.submit_many([{"name": "noop", "version": 1}, {"name": "noop", "version": 1, "id": ID}])
    assert manager.requests[0].content == manager.requests[1].content
    first, second = manager.bodies[0]
    assert (len(first["id"]), second["id"]) == (26, ID)


def test_results_must_be_as_many_as_submissions(start: Any) -> None:
    client, _ = start(httpx.Response(200, json={"results": []}))
    with pytest.raises(UnexpectedAnswer, match="0 results for 1 submissions"):
        client.submit_many([Submission("noop", 1)])


def test_none_at_all_need_no_call(start: Any) -> None:
    client, manager = start()
    assert client.submit_many([]) == []
    assert manager.requests == []
