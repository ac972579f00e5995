from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

import httpx
import pytest
from support.manager import ID, Asynchronous, Manager, blocking, problem

from jobbers.client import Event, NoAnswer, Unavailable, UnexpectedAnswer


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A stream that comes in these pieces, and may break then."""

    def __init__(self, pieces: list[str], error: Exception | None = None) -> None:
        self.pieces, self.error, self.is_closed = pieces, error, False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            yield piece.encode()
        if self.error is not None:
            raise self.error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece

    def close(self) -> None:
        self.is_closed = True

    async def aclose(self) -> None:
        self.close()


def stream(*pieces: str, error: Exception | None = None) -> httpx.Response:
    return httpx.Response(200, stream=Pieces(list(pieces), error), headers={"content-type": "text/event-stream"})


def event(kind: str, id: str | None = None) -> str:
    text = f'event: {kind}\ndata: {{"id": "{ID}", "name": "noop", "version": 1, "queue": "q", "status": "{kind}"}}\n'
    return text + (f"id: {id}\n\n" if id else "\n")


def test_the_events_of_a_task_end_with_it(start: Any) -> None:
    opened = stream(": hello\n\n", event("started")[:20], event("started")[20:] + event("completed", "7"))
    client, manager = start(opened)
    events: list[Event] = list(client.events(ID))
    assert [(event.kind, event.id) for event in events] == [("started", None), ("completed", "7")]
    assert events[1].task is not None
    assert events[1].task.is_completed
    assert manager.asked == [f"GET /tasks/{ID}/events"]
    assert manager.requests[0].headers["accept"] == "text/event-stream"
    assert opened.is_closed


def test_a_stream_that_breaks_goes_on_behind_its_last_event(start: Any) -> None:
    first = stream(event("started", "1"), event("completed")[:9], error=httpx.ReadError("reset"))
    client, manager = start(
        first, stream(), httpx.ConnectError("refused"), problem(503), stream(event("completed", "2"))
    )
    assert [event.kind for event in client.events(ID)] == ["started", "completed"]
    assert [request.headers.get("last-event-id") for request in manager.requests] == [None, "1", "1", "1", "1"]
    assert manager.pauses == [0.25] * 4


def test_what_was_told_to_the_end_is_not_told_again(start: Any) -> None:
    client, manager = start(httpx.Response(204))
    assert list(client.events(ID, last_event_id="2")) == []
    assert manager.requests[0].headers["last-event-id"] == "2"


def test_a_task_that_is_removed_is_the_end(start: Any) -> None:
    client, _ = start(stream('event: removed\ndata: {"id": "x"}\n\n'))
    (last,) = client.events(ID)
    assert (last.kind, last.task) == ("removed", None)


def test_events_of_all_go_on_behind_the_end_of_one_task(start: Any) -> None:
    told = 'event: task\ndata: {"id": "a", "status": "completed"}\nid: 1\n\n'
    client, manager = start(stream(told), stream(told), problem(403))
    with pytest.raises(Exception, match="no"):
        list(client.events())
    assert manager.asked == ["GET /events"] * 3


def test_too_many_listeners_are_told_at_once(start: Any) -> None:
    client, manager = start(problem(503, "too many streams"))
    with pytest.raises(Unavailable, match="too many streams"):
        list(client.events())
    assert manager.pauses == []


def test_a_manager_that_stays_away_is_given_up(start: Any) -> None:
    client, manager = start(stream(event("started")), *[httpx.ReadError("reset")] * 1000)
    with pytest.raises(NoAnswer):
        list(client.events(ID))
    assert manager.now - 1000 < 31


def test_what_is_no_event_is_told(start: Any) -> None:
    client, _ = start(stream("data: {\n\n"))
    with pytest.raises(UnexpectedAnswer, match="event `message`"):
        list(client.events(ID))


def test_who_stops_to_listen_closes_the_stream() -> None:
    opened = stream(event("submitted") + event("started"))
    events = blocking(Manager([opened])).events(ID)
    assert next(events).kind == "submitted"
    assert not opened.is_closed
    events.close()
    assert opened.is_closed


def test_who_stops_to_listen_asynchronously_closes_the_stream() -> None:
    opened = stream(event("submitted") + event("started"))
    client = Asynchronous(Manager([opened])).client

    async def listen() -> None:
        async with aclosing(client.events(ID)) as events:
            assert (await anext(events)).kind == "submitted"
            assert not opened.is_closed

    asyncio.run(listen())
    assert opened.is_closed
