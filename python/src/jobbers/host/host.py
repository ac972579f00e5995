"""What a worker asks of its host, and the attempts that run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .attempt import Attempt
from .frames import Decoder, encode
from .handler import Handler
from .outbox import Outbox

__all__ = ["Host"]

_MOST_THREADS = 10_000
"""A thread is started when none is free. How many attempts there are is for the worker to say."""


class Host(asyncio.Protocol):
    """Runs attempts until the worker tells it to drain, or is gone."""

    def __init__(self, handlers: list[Handler], ready: dict[str, Any]) -> None:
        self._handlers = handlers
        self._ready = ready
        self._attempts: dict[int, Attempt] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="jobbers")
        self._decoder = Decoder()
        self._draining = False
        self._loop = asyncio.get_running_loop()
        # With the exit code of the process.
        self.closed: asyncio.Future[int] = self._loop.create_future()
        self._on: dict[str, Callable[[dict[str, Any]], None]] = {
            "run": self._run,
            "interrupt": self._interrupt,
            "ping": self._ping,
            "drain": self._drain,
        }

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._outbox = Outbox(self._loop, transport.write)
        self._outbox.put(encode(self._ready))

    def data_received(self, data: bytes) -> None:
        for message in self._decoder.feed(data):
            self._on[message["type"]](message)

    def pause_writing(self) -> None:
        self._outbox.pause()

    def resume_writing(self) -> None:
        self._outbox.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(0 if exc is None else 1)

    def _run(self, message: dict[str, Any]) -> None:
        attempt = Attempt(message, self._handlers[message["place"]], self._outbox, self._threads)
        self._attempts[attempt.id] = attempt
        running = self._loop.create_task(self._until_its_end(attempt))
        # The loop itself holds tasks only weakly.
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    async def _until_its_end(self, attempt: Attempt) -> None:
        await attempt.run()
        del self._attempts[attempt.id]
        self._close_if_drained()

    def _interrupt(self, message: dict[str, Any]) -> None:
        attempt = self._attempts.get(message["id"])
        # One that has ended in the meantime has said so.
        if attempt is not None:
            attempt.interrupt(message["reason"])

    def _ping(self, message: dict[str, Any]) -> None:
        self._outbox.put(encode({"type": "pong", "nonce": message["nonce"]}))

    def _drain(self, _message: dict[str, Any]) -> None:
        self._draining = True
        self._close_if_drained()

    def _close_if_drained(self) -> None:
        if self._draining and not self._attempts:
            self._outbox.resume()
            self._outbox.flush()
            self._transport.close()
