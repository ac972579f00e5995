"""A task to be submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .exchange import without_none
from .times import seconds, write_time
from .ulid import new_id

__all__ = ["Submission"]


@dataclass(frozen=True)
class Submission:
    """It has an id from the beginning, so it may be sent again and again: it happens once."""

    name: str
    version: int
    parameters: Mapping[str, Any] = field(default_factory=dict)
    queue: str | None = None
    """None: where tasks of this type belong."""
    id: str = field(default_factory=new_id)
    priority: int | None = None
    """0 to 9, 0 first; 5 if none."""
    delay: float | timedelta | None = None
    """From now on, in seconds. Not together with ``run_at``."""
    run_at: datetime | None = None
    expires_at: datetime | None = None
    """If it has not started by then, it is cancelled."""
    metadata: Mapping[str, Any] | None = None

    def fields(self) -> dict[str, Any]:
        """As it goes over the wire."""
        return without_none(
            {
                "name": self.name,
                "version": self.version,
                "parameters": dict(self.parameters),
                "queue": self.queue,
                "id": str(self.id),
                "priority": self.priority,
                "delay": seconds(self.delay),
                "run_at": None if self.run_at is None else write_time(self.run_at),
                "expires_at": None if self.expires_at is None else write_time(self.expires_at),
                "metadata": None if self.metadata is None else dict(self.metadata),
            }
        )
