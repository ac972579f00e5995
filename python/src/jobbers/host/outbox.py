"""What is to be said to the worker. All of one turn of the loop is written at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from .frames import encode, plain

__all__ = ["Outbox", "Reporter"]

_MOST_LINES = 1000
"""Lines of log that may wait; a worker that reads slowly must not make this process grow."""
_LONGEST_LINE = 16 * 1024


class Outbox:
    """Collects frames until the loop comes round. The loop's thread only, except for ``from_any_thread``."""

    def __init__(self, loop: asyncio.AbstractEventLoop, write: Callable[[bytes], None]) -> None:
        self._loop = loop
        self._write = write
        self._thread = threading.get_ident()
        self._frames: list[bytes] = []
        self._reporters: list[Reporter] = []
        self._lines = 0
        self._dropped = 0
        self._scheduled = False
        self._paused = False

    def put(self, frame: bytes) -> None:
        """Says this soon."""
        self._frames.append(frame)
        self._schedule()

    def report(self, reporter: Reporter) -> None:
        """Asks the reporter soon for what it has to say."""
        self._reporters.append(reporter)
        self._schedule()

    def line(self, id: int, line: dict[str, Any]) -> None:
        """Says a line of log soon, unless too many wait."""
        if self._lines == _MOST_LINES:
            self._dropped += 1
            return
        self._lines += 1
        self.put(encode({"type": "log", "id": id, **line}))

    def from_any_thread(self, call: Callable[..., None], *arguments: Any) -> None:
        """Calls in the thread of the loop; at once if this is it."""
        if threading.get_ident() == self._thread:
            call(*arguments)
        else:
            self._loop.call_soon_threadsafe(call, *arguments)

    def pause(self) -> None:
        """The worker does not read; nothing is written until ``resume``."""
        self._paused = True

    def resume(self) -> None:
        """The worker reads again."""
        self._paused = False
        self._schedule()

    def flush(self) -> None:
        """Writes what is there."""
        self._scheduled = False
        if self._paused:
            return
        # Before the frames, among which the end of the attempt may be.
        reports = [report for reporter in self._reporters if (report := reporter.take()) is not None]
        if self._dropped:
            message = f"{self._dropped} lines of log were dropped, as the worker did not read them"
            self._frames.append(encode({"type": "log", "id": None, "level": "warning", "message": message}))
        data = b"".join(map(encode, reports)) + b"".join(self._frames)
        self._reporters.clear()
        self._frames.clear()
        self._lines = self._dropped = 0
        if data:
            self._write(data)

    def _schedule(self) -> None:
        if not self._scheduled and not self._paused:
            self._scheduled = True
            self._loop.call_soon(self.flush)


class Reporter:
    """What one attempt has to say before it ends; of heartbeats and progress only the last counts. For any thread."""

    def __init__(self, id: int, outbox: Outbox) -> None:
        self._id = id
        self._outbox = outbox
        self._waiting: dict[str, Any] | None = None
        self._lock = threading.Lock()
        self.has_ended = False

    def heartbeat(self) -> None:
        # Progress that waits is a heartbeat too.
        if self._waiting is None:
            self._say({"type": "heartbeat", "id": self._id})

    def progress(self, percent: float, message: str) -> None:
        text = plain(message, _LONGEST_LINE)
        self._say({"type": "progress", "id": self._id, "percent": percent, "message": text})

    def log(self, level: str, logger: str, message: str) -> None:
        """A line of the task's log."""
        if not self.has_ended:
            line = {"level": level, "logger": logger, "message": plain(message, _LONGEST_LINE)}
            self._outbox.from_any_thread(self._outbox.line, self._id, line)

    def take(self) -> dict[str, Any] | None:
        """What waits to be said, once."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        return waiting

    def _say(self, report: dict[str, Any]) -> None:
        if self.has_ended:
            return
        with self._lock:
            first = self._waiting is None
            self._waiting = report
        if first:
            self._outbox.from_any_thread(self._outbox.report, self)
