from __future__ import annotations

from typing import Any

import httpx
import pytest
from support.manager import ID, problem, task

from jobbers.client import Conflict, NoAnswer, Unavailable, Unreachable

LOST = httpx.ReadError("reset")
REFUSED = httpx.ConnectError("refused")


def test_a_submission_is_sent_again_with_the_same_id(start: Any) -> None:
    client, manager = start(REFUSED, LOST, problem(502), task(), retries=3)
    assert client.submit("noop", 1).status == "submitted"
    assert len(manager.requests) == 4
    assert len({request.content for request in manager.requests}) == 1
    assert len(manager.bodies[0]["id"]) == 26


def test_pauses_double_and_are_not_alike(start: Any) -> None:
    client, manager = start(*[LOST] * 5, retries=4)
    with pytest.raises(NoAnswer, match="reset"):
        client.status(ID)
    for number, pause in enumerate(manager.pauses):
        assert 0.1 * 2**number <= pause <= 0.2 * 2**number
    assert len(manager.pauses) == 4


def test_nothing_is_repeated_that_could_happen_twice(start: Any) -> None:
    client, manager = start(LOST)
    with pytest.raises(NoAnswer):
        client.resubmit(ID)
    assert manager.pauses == []


def test_what_was_not_sent_is_always_sent_again(start: Any) -> None:
    client, manager = start(REFUSED, task())
    client.resubmit(ID)
    assert len(manager.requests) == 2


def test_a_busy_manager_is_asked_again_when_it_says(start: Any) -> None:
    busy = [problem(503, headers={"retry-after": "2"}) for _ in range(3)]
    client, manager = start(*busy, task(), retries=0)
    client.resubmit(ID)
    assert all(2 <= pause <= 2.2 for pause in manager.pauses)
    assert len(manager.pauses) == 3


def test_patience_has_an_end(start: Any) -> None:
    client, manager = start(
        problem(503, "full", headers={"retry-after": "7"}), problem(503, "full", headers={"retry-after": "7"})
    )
    with pytest.raises(Unavailable, match="full") as caught:
        client.status(ID)
    assert caught.value.retry_after == 7
    assert len(manager.pauses) == 1


def test_a_refusal_is_told_at_once(start: Any) -> None:
    client, manager = start(problem(409, "it has ended"))
    with pytest.raises(Conflict, match="it has ended"):
        client.cancel(ID)
    assert len(manager.requests) == 1


def test_a_cancellation_whose_answer_was_lost_has_happened(start: Any) -> None:
    client, manager = start(LOST, problem(409), task("cancelled"))
    assert client.cancel(ID).status == "cancelled"
    assert manager.asked[-1] == f"GET /tasks/{ID}"


def test_a_cancellation_that_came_too_late_has_not(start: Any) -> None:
    client, _ = start(LOST, problem(409, "it is completed"), task("completed"))
    with pytest.raises(Conflict, match="completed"):
        client.cancel(ID)


def test_without_a_manager_it_is_told(start: Any) -> None:
    client, _ = start(REFUSED, retries=0)
    with pytest.raises(Unreachable, match=r"no manager answers at http://127\.0\.0\.1:1 "):
        client.queues()
