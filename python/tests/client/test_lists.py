from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import httpx
import pytest
from support.manager import ID, problem, task

from jobbers.client import Filter, TaskPage
from jobbers.models.task_status import TaskStatus

OTHER = "01BX5ZZKBKACTAV9WEVGEMMVRZ"


def page(ids: list[str], cursor: str | None) -> httpx.Response:
    tasks = [{"id": id, "name": "noop", "version": 1, "queue": "q", "status": "failed"} for id in ids]
    return httpx.Response(200, json={"tasks": tasks, "next_cursor": cursor})


def outcomes(*ids: str, cursor: str | None = None, status: str = "cancelled") -> httpx.Response:
    results = [{"task_id": id, "status": status} for id in ids]
    return httpx.Response(200, json={"results": results, "next_cursor": cursor})


def test_all_pages_are_gone_through(start: Any) -> None:
    client, manager = start(page(["a", "b"], "one"), page([], "two"), page(["c"], None))
    since = datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert [found.id for found in client.list(status=TaskStatus.FAILED, since=since, page_size=2)] == ["a", "b", "c"]
    first = manager.requests[0].url
    assert dict(first.params) == {"status": "failed", "since": "2026-01-01T00:00:00.000000Z", "limit": "2"}
    assert [dict(request.url.params).get("cursor") for request in manager.requests] == [None, "one", "two"]


def test_a_page_is_asked_for_alone(start: Any) -> None:
    client, manager = start(page(["a"], "next"))
    found: TaskPage = client.page(Filter(queue="q"), limit=1, cursor="here")
    assert (len(found.tasks), found.next_cursor) == (1, "next")
    assert dict(manager.requests[0].url.params) == {"queue": "q", "limit": "1", "cursor": "here"}


def test_a_page_that_fails_is_asked_for_again(start: Any) -> None:
    client, manager = start(page(["a"], "one"), httpx.ReadError("reset"), page(["b"], None))
    assert [found.id for found in client.list()] == ["a", "b"]
    assert manager.asked[1] == manager.asked[2]


def test_many_ids_are_split(start: Any) -> None:
    client, manager = start(outcomes("a"), outcomes("b", status="not_found"))
    found = client.cancel_many(str(number) for number in range(10_001))
    assert [len(body["task_ids"]) for body in manager.bodies] == [10_000, 1]
    assert [outcome.is_done for outcome in found] == [True, False]


def test_a_filter_is_followed_to_its_limit(start: Any) -> None:
    client, manager = start(outcomes("a", "b", cursor="one"), outcomes("c", cursor="two"))
    assert len(client.resubmit_many(filter=Filter(status="failed"), limit=3)) == 3
    assert manager.bodies == [
        {"filter": {"status": "failed"}, "limit": 3},
        {"filter": {"status": "failed"}, "limit": 1, "cursor": "one"},
    ]


def test_a_dry_run_is_one_in_every_call(start: Any) -> None:
    client, manager = start(outcomes("a", cursor="one"), outcomes("b"))
    client.cancel_many(filter=Filter(queue="q"), dry_run=True)
    assert all(body["dry_run"] for body in manager.bodies)


@pytest.mark.parametrize("wrong", [{}, {"tasks": [ID], "filter": Filter(queue="q")}, {"tasks": [ID], "limit": 1}])
def test_which_tasks_are_meant_must_be_clear(start: Any, wrong: dict[str, Any]) -> None:
    client, manager = start()
    with pytest.raises(TypeError):
        client.cancel_many(**wrong)
    assert manager.requests == []


def test_dead_letters(start: Any) -> None:
    revived = httpx.Response(200, json={"resubmitted": 1, "skipped": 0, "tasks": [], "unfinished": True, "new": 1})
    history = {"task_id": ID, "history": [{"attempt": 1, "error": "e", "failed_at": "2026-01-31T12:00:00.5Z"}]}
    client, manager = start(
        page([ID], None),
        httpx.Response(200, json=history),
        revived,
        httpx.Response(200, json={"removed": 1, "task_ids": [ID]}),
    )
    (letter,) = client.dead_letters(name="noop")
    (attempt,) = client.dead_letter_history(letter).history
    assert attempt.failed_at == datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=timezone.utc)
    answer = client.resubmit_dead_letters(name="noop", limit=5)
    assert (answer.resubmitted, answer.unfinished, answer.extra) == (1, True, {"new": 1})
    assert client.remove_dead_letters([letter]).task_ids == (ID,)
    assert manager.asked == [
        "GET /dead-letter-queue?name=noop",
        f"GET /dead-letter-queue/{ID}/history",
        "POST /dead-letter-queue/resubmit",
        "DELETE /dead-letter-queue",
    ]
    assert manager.bodies[2:] == [{"task_name": "noop", "limit": 5, "reset_retry_count": True}, {"task_ids": [ID]}]


def test_names_are_parts_of_a_path(start: Any) -> None:
    queue = httpx.Response(200, json={"message": "", "queue": {"name": "a/b ?", "paused": True}})
    client, manager = start(queue, task(), problem(404))
    assert client.pause("a/b ?").paused
    client.status("../queues")
    assert manager.asked == ["POST /queues/a%2Fb%20%3F/pause", "GET /tasks/..%2Fqueues"]
    for none in ("", ".", ".."):
        with pytest.raises(ValueError, match="no id or name"):
            client.status(none)
