"""A kind of task that can be submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["TaskType"]


@dataclass(frozen=True)
class TaskType:
    """One of the catalogue: the types that workers have registered."""

    name: str
    version: int
    queue: str
    """Where a submission goes that names no queue."""
    configuration: Mapping[str, Any] = field(default_factory=dict)
    """How its tasks are treated; durations in seconds."""
    parameters_schema: Mapping[str, Any] | None = None
    """JSON Schema; none if anything goes."""
    workers: tuple[str, ...] = ()
    """Ids of the live workers that can run it."""
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
