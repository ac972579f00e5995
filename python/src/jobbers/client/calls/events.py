"""Follows what happens."""

from __future__ import annotations

import json
from dataclasses import replace

from ..answer import refusal, unexpected
from ..call import Caller
from ..errors import JobbersError, Problem
from ..event import Event
from ..exchange import Item, Open, Pause, Read, Request, Response, Stream, get
from ..sse import Frame, Frames, TooLarge

# After so long without a sign of life a connection is taken for dead.
_SILENCE = 60.0
# How long a manager that is away is put up with, and the pause before it is asked again.
_PATIENCE = 30.0
_PAUSE = 0.25
_ENDED = 204


def events(caller: Caller, id: str | None, last_event_id: str | None) -> Stream[Event]:
    """Of one task until it has ended or is removed, at first how it is; or of all, for ever. A connection that breaks
    is opened again, and a manager that is away for less than half a minute is waited for."""
    heard = caller.clock()
    began = False
    while True:
        reply = yield Open(_request(id, last_event_id), _SILENCE)
        answer = refusal(reply, caller.configuration) if isinstance(reply, Response) else reply
        if isinstance(reply, Response) and answer is None:
            if reply.status == _ENDED:
                # The end was told already.
                return
            began, heard = True, caller.clock()
            frames = Frames()
            while True:
                piece = yield Read()
                if not isinstance(piece, bytes) or not piece:
                    # The manager has ended the stream, perhaps because it stops; or the connection broke.
                    break
                heard = caller.clock()
                for event in _events(caller, frames, piece):
                    last_event_id = event.id or last_event_id
                    yield Item(event)
                    if id is not None and event.is_the_end:
                        return
        elif isinstance(answer, JobbersError):
            # A manager that does not even begin has a reason that will not be over soon, such as too many listeners.
            refused = isinstance(answer, Problem) and not began
            if refused or not answer.is_transient or caller.clock() - heard >= _PATIENCE:
                raise answer
        yield Pause(_PAUSE)


def _request(id: str | None, last_event_id: str | None) -> Request:
    request = get("events") if id is None else get("tasks", id, "events")
    resumed = {} if last_event_id is None else {"last-event-id": last_event_id}
    return replace(request, headers={"accept": "text/event-stream", **resumed})


def _events(caller: Caller, frames: Frames, piece: bytes) -> list[Event]:
    try:
        frames.push(piece)
    except TooLarge:
        raise unexpected("an event without an end", caller.configuration) from None
    found = []
    while frame := frames.pop():
        found.append(_event(caller, frame))
    return found


def _event(caller: Caller, frame: Frame) -> Event:
    try:
        data = json.loads(frame.data)
    except ValueError as error:
        raise unexpected(f"event `{frame.event}`: {error}", caller.configuration) from None
    return Event(frame.event, data if isinstance(data, dict) else {}, frame.id)
