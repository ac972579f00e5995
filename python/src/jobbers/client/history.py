"""How the attempts of a dead letter ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .task import Attempt

__all__ = ["History"]


@dataclass(frozen=True)
class History:
    """Oldest first."""

    task_id: str
    history: tuple[Attempt, ...]
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)
