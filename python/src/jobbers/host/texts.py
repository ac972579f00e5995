"""Python types that JSON writes as texts."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["TEXTS"]


def _datetime(text: str) -> dt.datetime:
    # Python reads the Z itself from 3.11 on.
    return dt.datetime.fromisoformat(f"{text[:-1]}+00:00" if text.endswith(("Z", "z")) else text)


TEXTS: dict[Any, tuple[str | None, Callable[[str], Any]]] = {
    dt.datetime: ("date-time", _datetime),
    dt.date: ("date", dt.date.fromisoformat),
    dt.time: ("time", dt.time.fromisoformat),
    uuid.UUID: ("uuid", uuid.UUID),
    Path: (None, Path),
}
"""The JSON Schema format of each, and what reads it."""
