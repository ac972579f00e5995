"""What became of many tasks at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .task import Task

__all__ = ["BatchResult", "Outcome", "Removed", "Revived"]


@dataclass(frozen=True)
class BatchResult:
    """Of one submission of many."""

    status: str
    """``submitted``, ``scheduled``, ``exists`` (stored before), ``conflict`` (its id is another submission's),
    ``invalid``."""
    id: str | None = None
    detail: str | None = None
    """What is wrong with it."""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_stored(self) -> bool:
        """Whether the task is there now."""
        return self.status not in ("conflict", "invalid")


@dataclass(frozen=True)
class Outcome:
    """Of one task of many that were to be cancelled or resubmitted."""

    task_id: str
    status: str
    """``cancelled``, ``cancellation_requested``, ``resubmitted``, ``not_found``, ``conflict``."""
    detail: str | None = None
    """Why it was not done."""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_done(self) -> bool:
        """Whether what was asked for was done."""
        return self.status not in ("not_found", "conflict")


@dataclass(frozen=True)
class Revived:
    """Of dead letters that were to run again."""

    resubmitted: int
    skipped: int
    """Unknown ones, no dead letters (any more), and those whose queue does not exist."""
    tasks: tuple[Task, ...] = ()
    """Those that wait now; of very large ones only the first."""
    missing_queues: tuple[str, ...] = ()
    unfinished: bool = False
    """The time was over before the limit was reached: the same call again goes on."""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Removed:
    """Of dead letters that were taken out of the dead letter queue."""

    removed: int
    """How many there were."""
    task_ids: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
