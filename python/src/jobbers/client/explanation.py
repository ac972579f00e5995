"""Why a task is not running, or that it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..models.task_status import TaskStatus
from .task import Progress

__all__ = ["Explanation"]


@dataclass(frozen=True)
class Explanation:
    """What does not belong to the reason is none."""

    task_id: str
    status: TaskStatus | str
    reason: str
    """In a word, such as ``running``, ``scheduled``, ``queue_paused``, ``no_consumer``; more may come."""
    sentence: str
    """The reason for people; it may change."""
    at: datetime
    """The moment that it is about."""
    queue: str
    name: str
    version: int
    ended_at: datetime | None = None
    error: str | None = None
    attempt: int | None = None
    started_at: datetime | None = None
    worker: str | None = None
    heartbeat_at: datetime | None = None
    progress: Progress | None = None
    cancel_requested_at: datetime | None = None
    run_at: datetime | None = None
    retry: int | None = None
    expired_at: datetime | None = None
    scheduler_alive: bool | None = None
    scheduler_roles: tuple[str, ...] | None = None
    waiting_since: datetime | None = None
    waiting_of_type: int | None = None
    ahead: int | None = None
    ahead_exact: bool | None = None
    ahead_in_queue: int | None = None
    estimated_start: datetime | None = None
    limit: str | None = None
    limit_tasks: int | None = None
    running: int | None = None
    held_by: tuple[str, ...] | None = None
    rate_limit: str | None = None
    next_slot_at: datetime | None = None
    roles: tuple[str, ...] | None = None
    role_workers: int | None = None
    queue_missing: bool | None = None
    other_workers: int | None = None
    consumers: int | None = None
    will_be_dropped: bool | None = None
    workers: int | None = None
    workers_with_free_slot: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
