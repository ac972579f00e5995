"""Lines of log go to the worker if they belong to a task, and else to where the worker's own go: standard error."""

from __future__ import annotations

import logging
import sys

from ..context import LOGGER, CurrentTask, NoCurrentTask, get_current_task
from .outbox import Reporter

__all__ = ["set_up_logging"]


def set_up_logging() -> None:
    """Before the task module is imported, which may set up its own instead."""
    handler = _Handler()
    root, tasks = logging.getLogger(), logging.getLogger(LOGGER)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # On its own, so that it works whatever the task module does with the others.
    tasks.addHandler(handler)
    tasks.setLevel(logging.DEBUG)
    tasks.propagate = False


class _Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
            task: CurrentTask | None = getattr(record, "jobbers_task", None) or _task_here()
            if task is not None and isinstance(task.reports, Reporter) and not task.reports.has_ended:
                task.reports.log(_level(record.levelno), record.name, text)
            else:
                print(f"{record.levelname} {record.name}: {text}", file=sys.stderr)
        except Exception:
            self.handleError(record)


def _task_here() -> CurrentTask | None:
    try:
        return get_current_task()
    except NoCurrentTask:
        return None


def _level(number: int) -> str:
    for least, level in ((logging.ERROR, "error"), (logging.WARNING, "warning"), (logging.INFO, "info")):
        if number >= least:
            return level
    return "debug"
