from __future__ import annotations

import os
import threading
import time
from dataclasses import FrozenInstanceError, dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from jobbers.client import Task, new_id
from jobbers.client import ulid as ulid_module
from jobbers.client.record import read
from jobbers.client.sse import Frame, Frames, TooLarge
from jobbers.client.times import plain, read_time, write_time
from jobbers.models.task_status import TaskStatus

FIELDS = {"id": "x", "name": "noop", "version": 1, "queue": "q", "status": "started"}


def test_ids_are_different_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert all(len(id) == 26 and set(id) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for id in ids)
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert new_id() > ids[-1], "also when the clock is set back"


def test_an_id_begins_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ulid_module, "_last", 0)
    monkeypatch.setattr(time, "time_ns", lambda: 1469918176385 * 1_000_000)
    assert new_id().startswith("01ARYZ6S41")


def test_threads_get_different_ids() -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.extend([new_id() for _ in range(1000)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 4000


def test_a_fork_makes_ids_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    new_id()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, new_id().encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        other = pipe.read()
    os.waitpid(child, 0)
    assert other != new_id()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=timezone.utc)),
        ("2026-01-31T12:00:00.25Z", datetime(2026, 1, 31, 12, 0, 0, 250_000, tzinfo=timezone.utc)),
        ("2026-01-31T12:00:00.123456789Z", datetime(2026, 1, 31, 12, 0, 0, 123_456, tzinfo=timezone.utc)),
        ("2026-01-31T12:00:00.001+01:00", datetime(2026, 1, 31, 11, 0, 0, 1000, tzinfo=timezone.utc)),
    ],
)
def test_times_are_read(text: str, moment: datetime) -> None:
    assert read_time(text) == moment
    assert read_time(write_time(moment)) == moment


def test_times_are_spelled_as_every_python_reads_them() -> None:
    assert plain("2026-01-31T12:00:00.25Z") == "2026-01-31T12:00:00.250000+00:00"
    assert plain("2026-01-31T12:00:00.123456789+01:00") == "2026-01-31T12:00:00.123456+01:00"


def test_ends_are_known() -> None:
    ended = {status.value for status in TaskStatus if status.has_ended}
    assert ended == {"completed", "failed", "cancelled", "stalled", "dropped"}
    assert read(Task, {**FIELDS, "status": "cancelled"}).has_ended


def test_a_task_keeps_what_it_does_not_know() -> None:
    task = read(
        Task, {**FIELDS, "started_at": "2026-01-31T12:00:00.000Z", "colour": "red", "progress": {"percent": 40}}
    )
    assert task.started_at == datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
    assert task.extra == {"colour": "red"}
    assert task.progress is not None
    assert task.progress.percent == 40.0
    assert "colour" not in repr(task)
    with pytest.raises(FrozenInstanceError):
        task.status = "failed"  # type: ignore[misc]


def test_a_status_of_a_newer_manager_stays_a_text() -> None:
    assert read(Task, FIELDS).status is TaskStatus.STARTED
    task = read(Task, {**FIELDS, "status": "paused"})
    assert (task.status, task.has_ended) == ("paused", False)


@dataclass(frozen=True)
class Sample:
    number: int
    moment: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize("wrong", [{}, [], None, {"number": "1"}, {"number": True}, {"number": 1, "moment": 7}])
def test_what_does_not_fit_is_no_value(wrong: object) -> None:
    with pytest.raises(ValueError, match="Sample"):
        read(Sample, wrong)


def frames(pieces: list[bytes]) -> list[Frame]:
    found, reader = [], Frames()
    for piece in pieces:
        reader.push(piece)
        while frame := reader.pop():
            found.append(frame)
    return found


def test_events_are_put_together_however_they_come() -> None:
    text = b': hello\n\nid: 7\nevent: task\ndata: {"a":\ndata: 1}\n\ndata:\xc3\xa4\n\nevent: nothing\n\ndata: half'
    expected = [Frame("task", '{"a":\n1}', "7"), Frame("message", "ä", "7")]
    for ending in (b"\n", b"\r\n", b"\r"):
        other = text.replace(b"\n", ending)
        assert frames([other]) == expected
        assert frames([bytes([byte]) for byte in other]) == expected


def test_an_event_without_end_is_given_up() -> None:
    with pytest.raises(TooLarge):
        frames([b"x" * (1 << 20)] * 17)


def test_a_delay_is_written_in_seconds() -> None:
    from jobbers.client import Submission

    assert Submission("noop", 1, delay=timedelta(milliseconds=1500)).fields()["delay"] == 1.5
