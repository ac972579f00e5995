"""One run of a task."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import inspect
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from ..context import CurrentTask, set_current_task
from . import ends
from .handler import Handler
from .outbox import Outbox, Reporter

__all__ = ["Attempt"]


class Attempt:
    """Runs a handler, in the loop or in a thread, and says how it ended after it has."""

    def __init__(self, message: dict[str, Any], handler: Handler, outbox: Outbox, threads: Executor) -> None:
        self.id: int = message["id"]
        self._handler = handler
        self._outbox = outbox
        self._threads = threads
        self._reporter = Reporter(self.id, outbox)
        self._parameters = message.get("parameters") or {}
        self.task = _current_task(message["task"], self._reporter)
        self._running: asyncio.Task[None] | None = None
        self._in_thread = False

    async def run(self) -> None:
        """Runs it to its end, which is said through the outbox."""
        if self.task.is_cancelled:
            self._end(ends.interrupted(self.id))
            return
        self._running = asyncio.current_task()
        set_current_task(self.task)
        try:
            end = ends.returned(self.id, await self._call())
        except BaseException as error:  # also SystemExit: it is the end of a task, not of its neighbours
            if isinstance(error, asyncio.CancelledError) and self.task.is_cancelled:
                end = ends.interrupted(self.id)
            else:
                end = ends.raised(self.id, error, self._handler.config)
        self._end(end)

    def interrupt(self, reason: str) -> None:
        """Asks it to stop. A thread cannot be interrupted, but is told if it looks."""
        if self.task.interrupted_by is not None:
            return
        self.task.interrupted_by = reason
        # Cancelled before its first step it would never say how it ended.
        if self._running is not None and not self._in_thread:
            self._running.cancel()

    async def _call(self) -> Any:
        handler = self._handler
        arguments = handler.arguments(self._parameters)
        if not handler.plan.is_async and not handler.is_async:
            # Dependencies too, as what is opened in a thread may have to be used there.
            result = await self._thread(lambda: _with_dependencies(handler, arguments))
            return await result if inspect.isawaitable(result) else result
        if not handler.plan.steps:
            return await handler.function(**arguments)
        failure: BaseException | None = None
        async with contextlib.AsyncExitStack() as stack:
            try:
                arguments |= await handler.plan.make_async(stack)
                if handler.is_async:
                    return await handler.function(**arguments)
                return await self._thread(lambda: handler.function(**arguments))
            except BaseException as error:
                failure = error
                raise
        # A dependency that swallows an exception does not make the attempt a success.
        raise failure or RuntimeError("a dependency ended the attempt")

    async def _thread(self, call: Callable[[], Any]) -> Any:
        context = contextvars.copy_context()
        self._in_thread = True
        try:
            running = asyncio.get_running_loop().run_in_executor(self._threads, context.run, _outcome, call)
            result, error = await running
        finally:
            self._in_thread = False
        if error is not None:
            raise error
        return result

    def _end(self, end: bytes) -> None:
        self._reporter.has_ended = True
        self._outbox.put(end)


def _outcome(call: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    # As a value: a future cannot have a StopIteration as its exception, and would never be done.
    try:
        return call(), None
    except BaseException as error:
        return None, error


def _with_dependencies(handler: Handler, arguments: dict[str, Any]) -> Any:
    failure: BaseException | None = None
    with contextlib.ExitStack() as stack:
        try:
            return handler.function(**{**arguments, **handler.plan.make(stack)})
        except BaseException as error:
            failure = error
            raise
    raise failure or RuntimeError("a dependency ended the attempt")


def _current_task(task: dict[str, Any], reporter: Reporter) -> CurrentTask:
    return CurrentTask(
        id=task["id"],
        name=task["name"],
        version=task["version"],
        queue=task["queue"],
        attempt=task["attempt"],
        retry_attempt=task["retry_attempt"],
        metadata=task.get("metadata") or {},
        trace_id=task.get("trace_id"),
        reports=reporter,
    )
