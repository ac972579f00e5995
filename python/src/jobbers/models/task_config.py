"""How the tasks of a type are treated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from .task_shutdown_policy import TaskShutdownPolicy

__all__ = ["BackoffStrategy", "DeadLetterPolicy", "TaskConfig"]


class BackoffStrategy(str, Enum):
    """How the delay before a retry grows. ``n`` is 1 for the first retry, ``d`` the base delay, ``f`` the factor."""

    CONSTANT = "constant"
    """``d``"""
    LINEAR = "linear"
    """``d × n``"""
    EXPONENTIAL = "exponential"
    """``d × fⁿ``"""
    EXPONENTIAL_JITTER = "exponential_jitter"
    """At random in ``[0, d × fⁿ]``."""

    def __str__(self) -> str:
        return self.value


class DeadLetterPolicy(str, Enum):
    """What becomes of a task that failed for good."""

    NONE = "none"
    SAVE = "save"
    """It is kept in the dead letter queue."""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class TaskConfig:
    """What ``register_task`` was told, checked. Durations are seconds."""

    name: str
    version: int
    queue: str = "default"
    max_retries: int = 3
    retry_delay: float | None = None
    backoff_strategy: BackoffStrategy = BackoffStrategy.EXPONENTIAL
    backoff_factor: float = 2
    retry_jitter: float = 0
    max_retry_delay: float = 3600
    expected_exceptions: tuple[type[BaseException], ...] = ()
    timeout: float | None = None
    dead_letter_policy: DeadLetterPolicy = DeadLetterPolicy.NONE
    max_heartbeat_interval: float | None = None
    max_concurrent: int | None = 1
    max_concurrent_total: int | None = None
    on_shutdown: TaskShutdownPolicy = TaskShutdownPolicy.STOP
    cancel_grace: float = 10
    max_lost: int = 3
    redact: tuple[str, ...] = ()

    def policy(self) -> dict[str, Any]:
        """What a worker is told of it: all but name, version, queue and the exceptions, which only Python can judge."""
        return {
            "max_retries": self.max_retries,
            "retry_delay": self.retry_delay,
            "backoff": self.backoff_strategy.value,
            "backoff_factor": self.backoff_factor,
            "retry_jitter": self.retry_jitter,
            "max_retry_delay": self.max_retry_delay,
            "timeout": self.timeout,
            "dead_letter": self.dead_letter_policy.value,
            "max_heartbeat_interval": self.max_heartbeat_interval,
            "max_concurrent": self.max_concurrent,
            "max_concurrent_total": self.max_concurrent_total,
            "on_shutdown": self.on_shutdown.value,
            "cancel_grace": self.cancel_grace,
            "max_lost": self.max_lost,
            "redact": list(self.redact),
        }
