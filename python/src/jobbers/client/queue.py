"""Queues, and how they are doing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

__all__ = ["Queue", "QueueState", "QueueStats", "Rate", "RoleState"]


@dataclass(frozen=True)
class Queue:
    """A queue with its limits; none = unlimited."""

    name: str
    max_concurrent: int | None = None
    """Tasks that one worker runs at once."""
    max_concurrent_total: int | None = None
    """Tasks that all workers together run at once."""
    rate_numerator: int | None = None
    rate_denominator: int | None = None
    rate_period: str | None = None
    paused: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Rate:
    """What ended in some time."""

    throughput: float
    """Tasks that ended per second, however they did."""
    failure_rate: float | None = None
    """Which part of them failed, 0 to 1; none if none ended."""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class RoleState:
    """A role that has the queue; one without workers is run by nobody."""

    role: str
    workers: int
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class QueueState:
    """How one queue is doing."""

    queue: str
    waiting: int
    scheduled: int
    started: int
    dead: int
    """Dead letters."""
    consumers: int
    """Live workers that take tasks from it."""
    last_minute: Rate
    last_hour: Rate
    oldest_waiting_seconds: float | None = None
    paused: bool = False
    roles: tuple[RoleState, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class QueueStats:
    """How the queues are doing, at one moment."""

    at: datetime
    queues: tuple[QueueState, ...]
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
