"""A manager that answers what a test says, and a clock that only pauses move."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import httpx

from jobbers.client import AsyncClient, Client
from jobbers.client.call import Caller

ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def task(status: str = "submitted", **more: Any) -> httpx.Response:
    return httpx.Response(
        200, json={"id": ID, "name": "noop", "version": 1, "queue": "default", "status": status, **more}
    )


def problem(status: int, detail: str = "no", headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    return httpx.Response(status, json={"status": status, "title": "No", "detail": detail, **more}, headers=headers)


class Manager:
    """Answers the replies one after the other, and keeps what it was asked."""

    def __init__(self, replies: Iterable[Reply]) -> None:
        self.replies = list(replies)
        self.requests: list[httpx.Request] = []
        self.now = 1000.0
        self.pauses: list[float] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, httpx.Response) else reply(request)

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    async def pause_async(self, seconds: float) -> None:
        self.pause(seconds)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content) if request.content else None for request in self.requests]

    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.requests]


def blocking(manager: Manager, **options: Any) -> Client:
    client = Client("http://127.0.0.1:1", transport=httpx.MockTransport(manager.handle), **options)
    client._driver.sleep = manager.pause
    client._caller = Caller(client._caller.configuration, lambda: manager.now)
    return client


class Asynchronous:
    """An ``AsyncClient`` to be called like a ``Client``: one test for both."""

    def __init__(self, manager: Manager, **options: Any) -> None:
        self.client = AsyncClient("http://127.0.0.1:1", transport=httpx.MockTransport(manager.handle), **options)
        self.client._driver.sleep = manager.pause_async
        self.client._caller = Caller(self.client._caller.configuration, lambda: manager.now)

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            answer = getattr(self.client, name)(*arguments, **options)
            return asyncio.run(_collect(answer) if isinstance(answer, AsyncIterator) else answer)

        return call


async def _collect(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]
