"""Which tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..models.task_status import TaskStatus
from .exchange import without_none
from .times import write_time

__all__ = ["Filter"]


@dataclass(frozen=True)
class Filter:
    """What is none lets every task through."""

    status: TaskStatus | str | None = None
    queue: str | None = None
    name: str | None = None
    version: int | None = None
    worker: str | None = None
    """Who has it: only with status started."""
    since: datetime | None = None
    """Not before this time: of its submission; when it is due (scheduled), its start (started), its end (ended)."""
    until: datetime | None = None
    """Before this time, likewise."""

    def fields(self) -> dict[str, Any]:
        """As it goes over the wire."""
        return without_none(
            {
                "status": None if self.status is None else str(self.status),
                "queue": self.queue,
                "name": self.name,
                "version": self.version,
                "worker": self.worker,
                "since": None if self.since is None else write_time(self.since),
                "until": None if self.until is None else write_time(self.until),
            }
        )
