"""The frames of the protocol: four bytes of length, big-endian, and a JSON object."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["PROTOCOL", "Decoder", "encode", "framed", "plain"]

PROTOCOL = 1
"""The version of the protocol that ``ready`` tells."""

_HEAD = 4


def framed(json_text: bytes) -> bytes:
    """A frame of what is JSON already."""
    return len(json_text).to_bytes(_HEAD, "big") + json_text


def encode(message: dict[str, Any]) -> bytes:
    """A frame. Texts in the message must be ``plain``."""
    return framed(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode())


def plain(text: str, longest: int) -> str:
    """A text that any reader of JSON takes: not too long, and without halves of surrogate pairs."""
    if len(text) > longest:
        text = f"{text[: longest // 2]}\n…\n{text[-(longest // 2) :]}"
    return text.encode(errors="replace").decode()


class Decoder:
    """Finds the frames in what was read."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """The messages that are complete now."""
        rest = self._rest
        rest += data
        messages, at = [], 0
        while len(rest) - at >= _HEAD:
            end = at + _HEAD + int.from_bytes(rest[at : at + _HEAD], "big")
            if end > len(rest):
                break
            messages.append(json.loads(rest[at + _HEAD : end].decode()))
            at = end
        del rest[:at]
        return messages
