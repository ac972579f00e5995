"""What a call asks its driver to do. Calls are generators that do no I/O: both clients drive the same ones."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar, Union
from urllib.parse import quote

from .errors import JobbersError

__all__ = ["Item", "Open", "Pause", "Read", "Reply", "Request", "Response", "Safety", "Steps", "Stream"]

T = TypeVar("T")
V = TypeVar("V")


class Safety(Enum):
    """When a request may be sent again by itself."""

    SAFE = "sent twice it happens once"
    ASKED = "only when the manager asks for it, or was not reached at all"


@dataclass(frozen=True)
class Request:
    """A request to the manager."""

    method: str
    parts: tuple[str, ...]
    """Of the path, not escaped."""
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    safety: Safety = Safety.ASKED
    hold: float = 0.0
    """Seconds that the manager holds the request on purpose."""

    @property
    def path(self) -> str:
        """Escaped."""
        if any(part in ("", ".", "..") for part in self.parts):
            # It would be another route.
            raise ValueError(f"no id or name: {self.parts[1]!r}")
        return "".join("/" + quote(part, safe="") for part in self.parts)


@dataclass(frozen=True)
class Response:
    """What came back; of a stream that is opened the body is empty."""

    status: int
    headers: Mapping[str, str]
    """With lower-case names."""
    body: bytes


@dataclass(frozen=True)
class Pause:
    """Seconds to let pass."""

    seconds: float


@dataclass(frozen=True)
class Open:
    """A request whose answer is a stream. There is one at most: the one before is closed."""

    request: Request
    silence: float
    """Seconds after which a stream from which nothing comes counts as broken."""


@dataclass(frozen=True)
class Read:
    """The next bytes of the stream; none at its end."""


@dataclass(frozen=True)
class Item(Generic[V]):
    """What the caller iterates over."""

    value: V


# To a request, and to one that opens a stream, the driver answers a response, or why there is none; to a read bytes or
# why there are none; to anything else nothing.
Reply = Union[Response, JobbersError, bytes, None]
Steps = Generator[Union[Request, Pause], Reply, T]
Stream = Generator[Union[Request, Pause, Open, Read, Item[V]], Reply, None]


def get(*parts: str, query: Mapping[str, object] | None = None) -> Request:
    """A request that changes nothing."""
    return Request("GET", parts, _query(query), safety=Safety.SAFE)


def post(*parts: str, body: object = None, safety: Safety = Safety.ASKED, key: str | None = None) -> Request:
    """A request that changes something."""
    return _with_body("POST", parts, body, safety, {} if key is None else {"idempotency-key": key})


def delete(*parts: str, body: object = None) -> Request:
    """A request that takes something away."""
    return _with_body("DELETE", parts, body, Safety.ASKED, {})


def _with_body(method: str, parts: tuple[str, ...], body: object, safety: Safety, headers: dict[str, str]) -> Request:
    if body is None:
        return Request(method, parts, headers=headers, safety=safety)
    headers = {**headers, "content-type": "application/json"}
    return Request(method, parts, body=encode(body), headers=headers, safety=safety)


def encode(body: object) -> bytes:
    """As JSON; bytes are JSON already."""
    if isinstance(body, bytes):
        return body
    return json.dumps(body, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()


def without_none(fields: Mapping[str, object]) -> dict[str, Any]:
    """What was given."""
    return {name: value for name, value in fields.items() if value is not None}


def _query(fields: Mapping[str, object] | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, _text(value)) for name, value in without_none(fields or {}).items())


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
