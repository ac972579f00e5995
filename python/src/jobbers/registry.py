"""Which functions are tasks: ``@register_task(name="send_email", version=1)``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from .models import option
from .models.task_config import BackoffStrategy, DeadLetterPolicy, TaskConfig
from .models.task_shutdown_policy import TaskShutdownPolicy

__all__ = ["InvalidTask", "RegisteredTask", "find_task", "register_task", "registered_tasks"]

Function = TypeVar("Function", bound=Callable[..., Any])
Seconds = float | dt.timedelta


class InvalidTask(Exception):
    """A task that cannot be registered, and why."""


@dataclass(frozen=True)
class RegisteredTask:
    """A function, and how the tasks that it handles are treated."""

    function: Callable[..., Any]
    config: TaskConfig


_registered: dict[tuple[str, int], RegisteredTask] = {}


def register_task(
    name: str,
    version: int,
    *,
    queue: str = "default",
    max_retries: int = 3,
    retry_delay: Seconds | None = None,
    backoff_strategy: BackoffStrategy = BackoffStrategy.EXPONENTIAL,
    backoff_factor: float = 2,
    retry_jitter: float = 0,
    max_retry_delay: Seconds = 3600,
    expected_exceptions: Collection[type[BaseException]] | type[BaseException] | None = None,
    timeout: Seconds | None = None,
    dead_letter_policy: DeadLetterPolicy = DeadLetterPolicy.NONE,
    max_heartbeat_interval: Seconds | None = None,
    max_concurrent: int | None = 1,
    max_concurrent_total: int | None = None,
    on_shutdown: TaskShutdownPolicy = TaskShutdownPolicy.STOP,
    cancel_grace: Seconds = 10,
    max_lost: int = 3,
    redact: Collection[str] = (),
) -> Callable[[Function], Function]:
    """Makes the function, async or not, the handler of a task type. The function stays what it is.

    Only exceptions of ``expected_exceptions`` (and of their subclasses), and a timeout, are retried. ``max_concurrent``
    counts within a worker, ``max_concurrent_total`` over all of them. ``redact`` names fields of parameters and result
    that are never shown. The rest is in ``docs/tasks.md``.
    """
    asked = dict(locals())
    config = TaskConfig(**{key: _checked(name, key, check, asked[key]) for key, check in _CHECKS.items()})

    def register(function: Function) -> Function:
        _add(RegisteredTask(function, config))
        return function

    return register


def registered_tasks() -> list[RegisteredTask]:
    """All tasks of the modules that were imported, in the order of their registration."""
    return list(_registered.values())


def find_task(name: str, version: int) -> RegisteredTask | None:
    """The task of this type."""
    return _registered.get((name, version))


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": option.name,
    "version": option.whole,
    "queue": option.name,
    "max_retries": option.whole,
    "retry_delay": lambda value: option.optional_seconds(value, zero=True),
    "backoff_strategy": lambda value: option.word(value, BackoffStrategy),
    "backoff_factor": option.number,
    "retry_jitter": option.number,
    "max_retry_delay": option.seconds,
    "expected_exceptions": option.exceptions,
    "timeout": lambda value: option.optional_seconds(value, zero=False),
    "dead_letter_policy": lambda value: option.word(value, DeadLetterPolicy),
    "max_heartbeat_interval": lambda value: option.optional_seconds(value, zero=False),
    "max_concurrent": option.limit,
    "max_concurrent_total": option.limit,
    "on_shutdown": lambda value: option.word(value, TaskShutdownPolicy),
    "cancel_grace": option.seconds,
    "max_lost": lambda value: option.whole(value, 1),
    "redact": option.fields,
}


def _checked(task: str, key: str, check: Callable[[Any], Any], value: object) -> Any:
    try:
        return check(value)
    except option.Wrong as wrong:
        raise InvalidTask(f"task {task!r}: `{key}` {wrong}, not {value!r}") from None


def _add(task: RegisteredTask) -> None:
    config = task.config
    if not callable(task.function):
        raise InvalidTask(f"task {config.name!r}: {task.function!r} is not a function")
    known = _registered.get((config.name, config.version))
    # A module that is imported again, or under a second name, brings the same functions.
    if known is not None and _place(known.function) != _place(task.function):
        raise InvalidTask(
            f"task {config.name!r} version {config.version} is registered twice:"
            f" by {_place(known.function)} and by {_place(task.function)}"
        )
    _registered[config.name, config.version] = task


def _place(function: Callable[..., Any]) -> str:
    code = getattr(function, "__code__", None)
    name = getattr(function, "__qualname__", repr(function))
    return f"{name} ({code.co_filename}:{code.co_firstlineno})" if code else name
