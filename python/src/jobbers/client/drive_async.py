"""Drives calls by asyncio; otherwise as ``drive`` does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import TypeVar

import httpx

from .configuration import Configuration
from .exchange import Item, Open, Pause, Read, Reply, Request, Response, Steps, Stream
from .wire import failure, keywords, options, response_of

__all__ = ["AsyncDriver"]

T = TypeVar("T")


class AsyncDriver:
    """Answers what calls ask for."""

    def __init__(self, configuration: Configuration, transport: httpx.AsyncBaseTransport | None) -> None:
        self.configuration = configuration
        self.http = httpx.AsyncClient(**options(configuration), transport=transport)
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self, steps: Steps[T]) -> T:
        """Until the call returns or raises."""
        reply: Reply = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as end:
                result: T = end.value
                return result
            reply = await self._answer(step)

    async def iterate(self, steps: Stream[T]) -> AsyncGenerator[T, None]:
        """What the call yields, as it comes."""
        stream: httpx.Response | None = None
        pieces: AsyncIterator[bytes] | None = None
        reply: Reply = None
        try:
            while True:
                try:
                    step = steps.send(reply)
                except StopIteration:
                    return
                reply = None
                if isinstance(step, Item):
                    yield step.value
                elif isinstance(step, Open):
                    if stream is not None:
                        await stream.aclose()
                    stream, reply = await self._open(step)
                    pieces = stream.aiter_bytes() if stream is not None else None
                elif isinstance(step, Read):
                    reply = await self._read(pieces)
                else:
                    reply = await self._answer(step)
        finally:
            if stream is not None:
                await stream.aclose()

    async def _answer(self, step: Request | Pause) -> Reply:
        if isinstance(step, Pause):
            await self.sleep(step.seconds)
            return None
        try:
            answer = await self.http.request(**keywords(step, self.configuration))
        except (httpx.HTTPError, httpx.StreamError) as error:
            return failure(error, self.configuration)
        return response_of(answer, answer.content)

    async def _open(self, step: Open) -> tuple[httpx.Response | None, Reply]:
        request = self.http.build_request(**keywords(step.request, self.configuration, step.silence))
        try:
            stream = await self.http.send(request, stream=True)
            if stream.status_code == httpx.codes.OK:
                return stream, Response(stream.status_code, {}, b"")
            body = await stream.aread()
        except (httpx.HTTPError, httpx.StreamError) as error:
            return None, failure(error, self.configuration)
        return None, response_of(stream, body)

    async def _read(self, pieces: AsyncIterator[bytes] | None) -> Reply:
        if pieces is None:
            return b""
        try:
            return await anext(pieces, b"")
        except (httpx.HTTPError, httpx.StreamError) as error:
            return failure(error, self.configuration)
