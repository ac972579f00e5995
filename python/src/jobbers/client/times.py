"""Times as the API writes them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

__all__ = ["read_time", "seconds", "write_time"]

_FRACTION = re.compile(r"\.(\d+)")


def read_time(text: str) -> datetime:
    """From RFC 3339."""
    return datetime.fromisoformat(plain(text))


def plain(text: str) -> str:
    """Before Python 3.11 ``fromisoformat`` knows neither ``Z`` nor every length of a fraction."""
    text = text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text
    return _FRACTION.sub(lambda match: "." + match[1][:6].ljust(6, "0"), text)


def write_time(time: datetime) -> str:
    """A time without a zone is refused: nobody knows which moment it is."""
    if time.utcoffset() is None:
        raise ValueError(f"{time} has no time zone: datetime.now(timezone.utc) has one")
    return time.astimezone(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def seconds(duration: float | timedelta | None) -> float | None:
    """A duration as a number."""
    return duration.total_seconds() if isinstance(duration, timedelta) else duration
