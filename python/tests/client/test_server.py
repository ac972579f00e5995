"""Against a real manager with a worker."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone

import pytest

from jobbers.client import AsyncClient, BadRequest, Client, Conflict, Filter, Invalid, NotFound, Submission, new_id
from jobbers.models.task import Task
from jobbers.models.task_status import TaskStatus
from jobbers.state_manager import StateManager
from jobbers.testing import Server


def test_a_task_from_its_submission_to_its_result(jobbers_client: Client) -> None:
    submitted = jobbers_client.submit("word_count", 1, {"text": "one two two"}, priority=3, metadata={"for": "you"})
    task = jobbers_client.wait(submitted, 30)
    assert task.is_completed
    assert task.result["words"] == 3
    assert (task.id, task.priority, task.metadata, task.attempt) == (submitted.id, 3, {"for": "you"}, 1)
    assert task.started_at is not None
    assert task.completed_at is not None
    assert task.started_at <= task.completed_at
    assert task.extra == {}


def test_the_same_submission_again_is_the_same_task(jobbers_client: Client) -> None:
    id = new_id()
    first = jobbers_client.submit("noop", 1, id=id)
    assert jobbers_client.submit("noop", 1, id=id).submitted_at == first.submitted_at
    with pytest.raises(Conflict):
        jobbers_client.submit("noop", 1, id=id, priority=0)


def test_wrong_submissions_are_refused(jobbers_client: Client) -> None:
    with pytest.raises(Invalid) as caught:
        jobbers_client.submit("word_count", 1, {"text": 3})
    assert caught.value.errors[0].pointer == "/parameters/text"
    with pytest.raises(BadRequest, match="no worker ever registered"):
        jobbers_client.submit("nothing_like_it", 1)
    with pytest.raises(NotFound):
        jobbers_client.status(new_id())


def test_many_tasks_are_submitted_listed_cancelled_and_run_again(jobbers_client: Client) -> None:
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    items = [Submission("noop", 1, run_at=later) for _ in range(25)]
    assert {result.status for result in jobbers_client.submit_many(items)} == {"scheduled"}
    assert {result.status for result in jobbers_client.submit_many(items)} == {"exists"}
    ids = {item.id for item in items}
    listed = jobbers_client.list(status="scheduled", name="noop", version=1, until=later + timedelta(1), page_size=10)
    assert {task.id for task in listed} == ids
    some = sorted(ids)[:5]
    assert {outcome.status for outcome in jobbers_client.cancel_many(some)} == {"cancelled"}
    rest = Filter(status=TaskStatus.SCHEDULED, name="noop")
    assert len(jobbers_client.cancel_many(filter=rest, dry_run=True)) == 20
    assert len(jobbers_client.cancel_many(filter=rest)) == 20
    assert [outcome.status for outcome in jobbers_client.resubmit_many([*some, new_id()])] == ["resubmitted"] * 5 + [
        "not_found"
    ]
    assert all(jobbers_client.wait(id, 30).is_completed for id in some)


def test_a_scheduled_task_is_explained_and_run(jobbers_client: Client) -> None:
    task = jobbers_client.submit("noop", 1, delay=timedelta(hours=1))
    why = jobbers_client.explain(task)
    assert (why.status, why.reason, why.run_at) == ("scheduled", "scheduled", task.run_at)
    jobbers_client.run(task)
    assert jobbers_client.wait(task, 30).is_completed
    assert jobbers_client.explain(task).reason == "ended"
    with pytest.raises(Conflict):
        jobbers_client.cancel(task)
    jobbers_client.delete(task)
    with pytest.raises(NotFound):
        jobbers_client.status(task)


def test_the_events_of_a_task_that_is_stopped(jobbers_client: Client) -> None:
    task = jobbers_client.submit("slow_task", 1, {"seconds": 60})
    kinds = []
    for event in jobbers_client.events(task):
        kinds.append(event.kind)
        if event.kind == "started" and kinds.count("started") == 1:
            assert jobbers_client.cancel(task).status in ("started", "cancelled")
    assert kinds[-1] == "cancelled"
    assert list(jobbers_client.events(task, last_event_id=event.id)) == []


def test_a_dead_letter_is_told_and_runs_again(jobbers_client: Client) -> None:
    task = jobbers_client.wait(jobbers_client.submit("always_fail_task", 1), 30)
    assert (task.status, task.retry_attempt > 0) == ("failed", True)
    assert task.id in {letter.id for letter in jobbers_client.dead_letters(name="always_fail_task")}
    history = jobbers_client.dead_letter_history(task).history
    assert history[0].error_type == task.attempts[0].error_type != ""
    answer = jobbers_client.resubmit_dead_letters([task, new_id()])
    assert (answer.resubmitted, answer.skipped, [again.id for again in answer.tasks]) == (1, 1, [task.id])
    assert jobbers_client.wait(task, 30).status == "failed"
    assert jobbers_client.remove_dead_letters([task]).removed == 1


def test_a_queue_is_paused_and_goes_on(jobbers_client: Client) -> None:
    assert jobbers_client.pause("default").paused
    assert [queue.paused for queue in jobbers_client.queues() if queue.name == "default"] == [True]
    assert not jobbers_client.resume("default").paused
    assert "default" in {queue.queue for queue in jobbers_client.queue_stats().queues}
    types = {(found.name, found.version): found for found in jobbers_client.registered_tasks()}
    assert types["noop", 1].workers


def test_asynchronous_calls_run_side_by_side(jobbers_server: Server) -> None:
    async def main() -> None:
        async with AsyncClient(jobbers_server.url) as client:
            tasks = await asyncio.gather(*(client.submit("noop", 1) for _ in range(20)))
            ended = await asyncio.gather(*(client.wait(task, 30) for task in tasks))
            assert all(task.is_completed for task in ended)
            assert [event.kind async for event in client.events(tasks[0])] == ["completed"]
            assert len([task async for task in client.list(name="noop", page_size=5)]) >= 20

    asyncio.run(main())


def test_many_waits_side_by_side(jobbers_server: Server) -> None:
    async def main() -> None:
        async with AsyncClient(jobbers_server.url) as client:
            task = await client.submit("slow_task", 1, {"seconds": 60})
            waits = [asyncio.create_task(client.wait(task, 60)) for _ in range(200)]
            # Behind all of these.
            await asyncio.sleep(0)
            await client.cancel(task)
            assert {ended.status for ended in await asyncio.gather(*waits)} == {"cancelled"}

    asyncio.run(main())


def test_the_original_way_to_submit(jobbers_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBBERS_URL", jobbers_server.url)
    state_manager = StateManager()
    task = Task(id=new_id(), name="word_count", version=1, queue="default", parameters={"text": "one"})

    async def main() -> None:
        await state_manager.submit_task(task)
        await state_manager._client.wait(task.id, 30)
        assert (await state_manager.get_task(task.id)).results["words"] == 1
        await state_manager.aclose()

    asyncio.run(main())
