"""Server-sent events, as they come over the wire."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

__all__ = ["Frame", "Frames", "TooLarge"]

# Largest event that is read; a task with its parameters and its result is smaller.
_MOST_BYTES = 16 << 20


@dataclass(frozen=True)
class Frame:
    """An event, and what it says about how to go on."""

    event: str
    data: str
    id: str | None
    """Of the last event that had one."""


class TooLarge(Exception):
    """Larger than any event of a manager."""


class Frames:
    """Puts events together from the bytes of a stream."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._after_return = False
        self._event = ""
        self._data: list[bytes] = []
        self._size = 0
        self._id: str | None = None
        self._ready: deque[Frame] = deque()

    def push(self, piece: bytes) -> None:
        """The next bytes, cut anywhere."""
        if self._after_return and piece:
            # A line feed behind a carriage return belongs to it.
            piece = piece[1:] if piece[0] == 0x0A else piece
            self._after_return = False
        if piece.endswith(b"\r"):
            self._after_return = True
        lines = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in lines[:-1]:
            self._line += line
            whole, self._line = bytes(self._line), bytearray()
            self._take(whole)
        self._line += lines[-1]
        if len(self._line) + self._size > _MOST_BYTES:
            raise TooLarge

    def pop(self) -> Frame | None:
        """The next whole event."""
        return self._ready.popleft() if self._ready else None

    def _take(self, line: bytes) -> None:
        if not line:
            self._end()
            return
        name, _, value = line.partition(b":")
        value = value[1:] if value.startswith(b" ") else value
        if name == b"event":
            self._event = value.decode(errors="replace")
        elif name == b"data":
            self._data.append(value)
            self._size += len(value)
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode(errors="replace")

    def _end(self) -> None:
        event, data = self._event or "message", self._data
        self._event, self._data, self._size = "", [], 0
        if data:
            self._ready.append(Frame(event, b"\n".join(data).decode(errors="replace"), self._id))
