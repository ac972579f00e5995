from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from support.host import Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker("scenarios.py") as worker:
        yield worker


def test_parameters_come_in_and_a_result_goes_out(worker: Worker) -> None:
    assert worker.end_of("echo", text="ä\n\u2028", list=[1, None]) == {
        "type": "returned",
        "result": {"text": "ä\n\u2028", "list": [1, None]},
    }
    assert worker.end_of("noop") == {"type": "returned", "result": None}


def test_a_handler_knows_its_task(worker: Worker) -> None:
    about = {"id": "task-1", "attempt": 2, "retry_attempt": 1, "metadata": {"from": "a test"}}
    assert worker.end_of("about")["result"] == about


def test_an_exception_of_an_expected_type_or_below_is_expected(worker: Worker) -> None:
    end = worker.end_of("fail", how="expected")
    assert (end["type"], end["error"], end["error_type"], end["expected"]) == (
        "raised",
        "expected",
        "scenarios.Refused",
        True,
    )
    lines = end["traceback"].splitlines()
    assert 'scenarios.py", line' in lines[1]
    assert lines[-1] == "scenarios.Refused: expected"


@pytest.mark.parametrize(
    ("task", "how", "type"),
    [
        ("fail", "other", "KeyError"),
        ("fail", "exit", "SystemExit"),
        ("fail", "cancelled", "asyncio.exceptions.CancelledError"),
        ("fail_in_thread", "stop", "RuntimeError"),  # as Python has it for async functions
        ("fail_in_thread", "exit", "SystemExit"),
    ],
)
def test_any_other_exception_ends_the_attempt_and_no_more(worker: Worker, task: str, how: str, type: str) -> None:
    end = worker.end_of(task, how=how)
    assert (end["type"], end["error_type"], end["expected"]) == ("raised", type, False)
    assert worker.end_of("noop")["type"] == "returned"


def test_a_result_that_is_not_json_is_an_error_and_no_retry_helps(worker: Worker) -> None:
    end = worker.end_of("not_json")
    assert (end["error_type"], end["error"], end["expected"]) == (
        "InvalidResult",
        "result.rows[1]: builtins.set, which is not JSON",
        False,
    )


def test_parameters_that_a_function_does_not_take_are_an_error(worker: Worker) -> None:
    end = worker.end_of("fail", wrong=3)
    assert end["error_type"] == "TypeError"
    assert "unexpected keyword argument 'wrong'" in end["error"]


def test_a_handler_is_interrupted_at_its_next_await(worker: Worker) -> None:
    id = worker.run("wait")
    assert worker.hear_of(id) == {"type": "heartbeat"}
    worker.say(type="interrupt", id=id, reason="cancelled")
    assert worker.hear_of(id) == {"type": "interrupted"}


def test_a_handler_that_catches_its_interruption_may_return(worker: Worker) -> None:
    id = worker.run("wait", obey=False)
    worker.hear_of(id)
    worker.say(type="interrupt", id=id, reason="timed_out")
    assert worker.hear_of(id) == {"type": "returned", "result": "stopped: timed_out"}


def test_an_attempt_that_is_interrupted_before_it_begins_says_so(worker: Worker) -> None:
    from jobbers.host.frames import encode

    task: dict[str, Any] = {"id": "t", "name": "wait", "version": 1, "queue": "q", "attempt": 1, "retry_attempt": 0}
    run = {"type": "run", "id": 7, "place": worker._places["wait", 1], "task": task, "parameters": {}}
    # In one piece, so that it is read in one turn of the loop.
    worker.socket.sendall(encode(run) + encode({"type": "interrupt", "id": 7, "reason": "cancelled"}))
    assert worker.hear_of(7) == {"type": "interrupted"}


def test_the_interruption_of_an_attempt_that_is_over_is_nothing(worker: Worker) -> None:
    worker.end_of("noop")
    worker.say(type="interrupt", id=1, reason="cancelled")
    assert worker.end_of("noop")["type"] == "returned"


def test_a_function_in_a_thread_can_see_that_it_is_to_stop(worker: Worker) -> None:
    id = worker.run("wait_in_thread")
    assert worker.hear_of(id) == {"type": "progress", "percent": 50, "message": "half"}
    worker.say(type="interrupt", id=id, reason="stopped")
    assert worker.hear_of(id) == {"type": "interrupted"}


def test_a_function_in_a_thread_that_does_not_look_ends_when_it_ends(worker: Worker) -> None:
    id = worker.run("pass_gate")
    worker.hear_of(id)
    worker.say(type="interrupt", id=id, reason="cancelled")
    opened = worker.run("open_gate")
    # Whatever had ended before would have been said before.
    assert worker.hear() == {"type": "returned", "id": opened, "result": None}
    assert worker.hear_of(id)["type"] == "returned"


def test_a_function_that_is_not_async_keeps_no_one_waiting(worker: Worker) -> None:
    waiting = [worker.run("pass_gate") for _ in range(100)]
    assert [worker.hear() for _ in waiting] == [{"type": "heartbeat", "id": id} for id in waiting]
    assert worker.end_of("noop")["type"] == "returned"
    worker.run("open_gate")
    ends = [message for message in (worker.hear() for _ in range(101)) if message["id"] in waiting]
    assert len({end["result"] for end in ends}) == 100


def test_of_reports_that_wait_the_last_is_said(worker: Worker) -> None:
    id = worker.run("report")
    said = [worker.hear_of(id) for _ in range(3)]
    assert said == [
        {"type": "progress", "percent": 20, "message": "copying"},
        {"type": "heartbeat"},
        {"type": "returned", "result": None},
    ]


def test_what_tasks_print_does_not_reach_the_protocol_and_what_they_log_does(worker: Worker) -> None:
    id = worker.run("talk")
    assert [worker.hear_of(id) for _ in range(4)] == [
        {"type": "log", "level": "warning", "logger": "jobbers.task", "message": "from its own logger"},
        {"type": "log", "level": "info", "logger": "library", "message": "from a library"},
        {"type": "log", "level": "debug", "logger": "jobbers.task", "message": "in detail"},
        {"type": "returned", "result": None},
    ]
    worker.say(type="drain")
    code, out, err = worker.ended()
    assert (code, out, err) == (0, "printed\nwritten\nfrom a child\n", "")


@pytest.mark.parametrize("task", ["inject", "inject_async_into_thread"])
def test_dependencies_are_injected_and_ended(worker: Worker, task: str) -> None:
    id = worker.run(task)
    assert worker.hear_of(id)["message"] == "closed"
    assert worker.hear_of(id) == {"type": "returned", "result": f"resource of task-{id}"}


def test_dependencies_of_a_thread_are_made_in_it(worker: Worker) -> None:
    assert worker.end_of("inject_in_thread") == {"type": "returned", "result": True}


def test_an_exception_that_a_dependency_swallows_ends_the_attempt_all_the_same(worker: Worker) -> None:
    id = worker.run("inject", how="raise")
    assert [worker.hear_of(id)["message"] for _ in range(2)] == ["swallowed raise", "closed"]
    end = worker.hear_of(id)
    assert (end["type"], end["error_type"]) == ("raised", "ValueError")


def test_dependencies_are_ended_after_an_interruption(worker: Worker) -> None:
    id = worker.run("inject", how="wait")
    worker.hear_of(id)
    worker.say(type="interrupt", id=id, reason="cancelled")
    assert worker.hear_of(id)["message"] == "closed"
    assert worker.hear_of(id) == {"type": "interrupted"}


def test_a_ping_is_answered(worker: Worker) -> None:
    worker.say(type="ping", nonce=42)
    assert worker.hear() == {"type": "pong", "nonce": 42}


def test_a_host_that_drains_ends_after_its_attempts(worker: Worker) -> None:
    id = worker.run("wait", obey=False)
    worker.hear_of(id)
    worker.say(type="drain")
    worker.say(type="interrupt", id=id, reason="stopped")
    assert worker.hear_of(id)["type"] == "returned"
    with pytest.raises(EOFError):
        worker.hear()
    assert worker.ended() == (0, "", "")


@pytest.mark.parametrize("task", ["wait", "block", "pass_gate"])
def test_a_host_without_a_worker_ends_at_once(worker: Worker, task: str) -> None:
    worker.hear_of(worker.run(task))
    worker.socket.close()
    assert worker.ended()[0] == 0


def test_a_child_that_a_task_forks_does_not_hide_the_end_of_the_host(worker: Worker) -> None:
    child = worker.end_of("fork")["result"]
    try:
        worker.process.kill()
        with pytest.raises(EOFError):
            worker.hear()
    finally:
        os.kill(child, signal.SIGKILL)


def test_only_the_worker_ends_a_host(worker: Worker) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        worker.process.send_signal(number)
    assert worker.end_of("noop")["type"] == "returned"


def test_a_message_that_is_not_one_ends_the_host_as_failed(worker: Worker) -> None:
    worker.say(type="nonsense")
    with pytest.raises(EOFError):
        worker.hear()
    code, _, err = worker.ended()
    assert code == 1
    assert "nonsense" in err


def test_ten_thousand_attempts_at_once_all_end(worker: Worker) -> None:
    for _ in range(10_000):
        worker.run("noop")
    assert {worker.hear()["id"] for _ in range(10_000)} == set(range(1, 10_001))
