"""Drives calls by blocking I/O."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

import httpx

from .configuration import Configuration
from .exchange import Item, Open, Pause, Read, Reply, Request, Response, Steps, Stream
from .wire import failure, keywords, options, response_of

__all__ = ["Driver"]

T = TypeVar("T")


class Driver:
    """Answers what calls ask for."""

    def __init__(self, configuration: Configuration, transport: httpx.BaseTransport | None) -> None:
        self.configuration = configuration
        self.http = httpx.Client(**options(configuration), transport=transport)
        self.sleep: Callable[[float], None] = time.sleep

    def run(self, steps: Steps[T]) -> T:
        """Until the call returns or raises."""
        reply: Reply = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as end:
                result: T = end.value
                return result
            reply = self._answer(step)

    def iterate(self, steps: Stream[T]) -> Generator[T, None, None]:
        """What the call yields, as it comes."""
        stream: httpx.Response | None = None
        pieces: Iterator[bytes] = iter(())
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
                        stream.close()
                    stream, reply = self._open(step)
                    pieces = stream.iter_bytes() if stream is not None else iter(())
                elif isinstance(step, Read):
                    reply = self._read(pieces)
                else:
                    reply = self._answer(step)
        finally:
            if stream is not None:
                stream.close()

    def _answer(self, step: Request | Pause) -> Reply:
        if isinstance(step, Pause):
            return self.sleep(step.seconds)
        try:
            answer = self.http.request(**keywords(step, self.configuration))
        except (httpx.HTTPError, httpx.StreamError) as error:
            return failure(error, self.configuration)
        return response_of(answer, answer.content)

    def _open(self, step: Open) -> tuple[httpx.Response | None, Reply]:
        request = self.http.build_request(**keywords(step.request, self.configuration, step.silence))
        try:
            stream = self.http.send(request, stream=True)
            if stream.status_code == httpx.codes.OK:
                return stream, Response(stream.status_code, {}, b"")
            body = stream.read()
        except (httpx.HTTPError, httpx.StreamError) as error:
            return None, failure(error, self.configuration)
        return None, response_of(stream, body)

    def _read(self, pieces: Iterator[bytes]) -> Reply:
        try:
            return next(pieces, b"")
        except (httpx.HTTPError, httpx.StreamError) as error:
            return failure(error, self.configuration)
