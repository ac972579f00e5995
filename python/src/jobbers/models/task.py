"""A task as programs made for the Python original build it, to be submitted by a ``StateManager``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .task_status import TaskStatus

__all__ = ["Task"]


@dataclass
class Task:
    """``Task(id=ULID(), name="generate_report", version=1, queue="reports", parameters={"report_id": 42})``.

    The id is a text or an object of any ULID library. What is below ``parameters`` is filled in by the state manager.
    New programs use ``jobbers.Client``.
    """

    id: Any
    name: str
    version: int = 0
    queue: str | None = None
    """None: where tasks of this type belong."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    status: TaskStatus | str = TaskStatus.UNSUBMITTED
    results: Any = None
    errors: list[str] = field(default_factory=list)
    retry_attempt: int = 0
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    heartbeat_at: datetime | None = None
    completed_at: datetime | None = None
