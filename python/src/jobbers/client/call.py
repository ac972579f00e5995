"""One request with its repetitions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from .answer import read_answer, refusal, unexpected
from .configuration import Configuration
from .errors import JobbersError
from .exchange import Pause, Request, Response, Steps
from .record import read
from .retry import Retries

__all__ = ["Caller"]

T = TypeVar("T")


@dataclass(frozen=True)
class Caller:
    """What calls are made with."""

    configuration: Configuration
    clock: Callable[[], float]

    def call(self, request: Request) -> Steps[Any]:
        """The JSON of the answer."""
        answer, _ = yield from self.call_counted(request)
        return answer

    def call_counted(self, request: Request) -> Steps[tuple[Any, bool]]:
        """Also whether it was sent more than once."""
        answer, sent = yield from self.attempts(request)
        if isinstance(answer, JobbersError):
            raise answer
        return answer, sent > 1

    def read(self, kind: type[T], answer: object) -> T:
        """A typed value of an answer."""
        try:
            return read(kind, answer)
        except ValueError as error:
            raise unexpected(str(error), self.configuration) from None

    def ask(self, kind: type[T], request: Request) -> Steps[T]:
        """The answer as a typed value."""
        answer = yield from self.call(request)
        return self.read(kind, answer)

    def field(self, kind: type[T], name: str, request: Request) -> Steps[T]:
        """A field of the answer as a typed value."""
        answer = yield from self.call(request)
        return self.read(kind, answer.get(name) if isinstance(answer, dict) else None)

    def fields(self, kind: type[T], name: str, request: Request) -> Steps[tuple[T, ...]]:
        """Likewise of a list."""
        answer = yield from self.call(request)
        return self.each(kind, name, answer)

    def each(self, kind: type[T], name: str, answer: object) -> tuple[T, ...]:
        """The members of a list in an answer as typed values."""
        members = answer.get(name) if isinstance(answer, dict) else None
        if not isinstance(members, list):
            raise unexpected(f"an answer without {name}", self.configuration)
        return tuple(self.read(kind, member) for member in members)

    def attempts(self, request: Request) -> Steps[tuple[Any | JobbersError, int]]:
        """The JSON or the error that it ended with, and how often it was sent."""
        retries = Retries(self.configuration, request.safety, self.clock())
        sent = 0
        while True:
            answer = yield from self.once(request)
            sent += 1
            if not isinstance(answer, JobbersError):
                return answer, sent
            pause = retries.pause(answer, self.clock())
            if pause is None:
                return answer, sent
            yield Pause(pause)

    def once(self, request: Request) -> Steps[Any | JobbersError]:
        """The JSON of the answer, or why there is none."""
        reply = yield request
        if isinstance(reply, Response):
            refused = refusal(reply, self.configuration)
            return refused if refused is not None else read_answer(reply, self.configuration)
        assert isinstance(reply, JobbersError)
        return reply
