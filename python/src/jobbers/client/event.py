"""Something that happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..models.task_status import TaskStatus
from .record import read
from .task import Task

__all__ = ["Event"]


@dataclass(frozen=True)
class Event:
    """Of one task: its status now, or ``removed``. Of all: ``counts``, ``task``, ``skipped``, ``resync``."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None
    """Where to go on: ``events(..., last_event_id=...)``."""

    @property
    def task(self) -> Task | None:
        """The task as it is, where the event tells it whole."""
        try:
            return read(Task, self.data)
        except ValueError:
            return None

    @property
    def is_the_end(self) -> bool:
        """Whether nothing more comes of a task."""
        status = self.data.get("status")
        return self.kind == "removed" or any(member.has_ended and member == status for member in TaskStatus)
