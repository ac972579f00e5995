"""Tasks that do what tasks may do to a host."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

from jobbers.context import get_current_task
from jobbers.di import Depends
from jobbers.registry import register_task

gate = threading.Event()


class Refused(ConnectionError):
    pass


@register_task(name="noop", version=1, max_concurrent=None)
async def noop() -> None: ...


@register_task(name="echo", version=1)
async def echo(**kwargs: object) -> dict[str, object]:
    return kwargs


@register_task(name="about", version=1)
async def about() -> dict[str, object]:
    task = get_current_task()
    return {"id": task.id, "attempt": task.attempt, "retry_attempt": task.retry_attempt, "metadata": task.metadata}


@register_task(name="fail", version=1, expected_exceptions=(ConnectionError,))
async def fail(how: str) -> None:
    kinds: dict[str, type[BaseException]] = {
        "expected": Refused,
        "other": KeyError,
        "exit": SystemExit,
        "cancelled": asyncio.CancelledError,
    }
    raise kinds[how](how)


@register_task(name="fail_in_thread", version=1, expected_exceptions=ConnectionError)
def fail_in_thread(how: str) -> None:
    kinds: dict[str, type[BaseException]] = {"expected": Refused, "stop": StopIteration, "exit": SystemExit}
    raise kinds[how](how)


@register_task(name="not_json", version=1, expected_exceptions=Exception)
async def not_json() -> object:
    return {"rows": [1, {2, 3}]}


@register_task(name="wait", version=1)
async def wait(obey: bool = True) -> str:
    task = get_current_task()
    await task.heartbeat()
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        if obey:
            raise
    return f"stopped: {task.interrupted_by}"


@register_task(name="wait_in_thread", version=1)
def wait_in_thread() -> None:
    task = get_current_task()
    task.progress(50, "half")
    while True:
        task.raise_if_cancelled()
        time.sleep(0.001)


@register_task(name="pass_gate", version=1)
def pass_gate() -> str:
    get_current_task().heartbeat()
    gate.wait()
    return threading.current_thread().name


@register_task(name="open_gate", version=1)
async def open_gate() -> None:
    gate.set()


@register_task(name="block", version=1)
async def block() -> None:
    await get_current_task().heartbeat()
    time.sleep(3600)  # noqa: ASYNC251


@register_task(name="talk", version=1)
async def talk() -> None:
    print("printed")
    os.write(1, b"written\n")
    subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)  # noqa: ASYNC221
    get_current_task().logger.warning("from %s", "its own logger")
    logging.getLogger("library").info("from a library")
    get_current_task().logger.debug("in detail")


@register_task(name="fork", version=1)
async def fork() -> int:
    child = os.fork()
    if child == 0:
        signal.pause()
    return child


@register_task(name="report", version=1)
async def report() -> None:
    task = get_current_task()
    task.heartbeat()
    task.progress(10)
    await task.progress(20, "copying")
    task.heartbeat()


async def resource() -> AsyncIterator[str]:
    task = get_current_task()
    try:
        yield f"resource of {task.id}"
    except ValueError as error:
        task.logger.info("swallowed %s", error)
    finally:
        task.logger.info("closed")


@register_task(name="inject", version=1)
async def inject(resource: Annotated[str, Depends(resource)], how: str = "return") -> str:
    if how == "raise":
        raise ValueError(how)
    if how == "wait":
        await get_current_task().heartbeat()
        await asyncio.Event().wait()
    return resource


def in_thread() -> Iterator[str]:
    yield threading.current_thread().name


@register_task(name="inject_in_thread", version=1)
def inject_in_thread(name: Annotated[str, Depends(in_thread)]) -> bool:
    return name == threading.current_thread().name


@register_task(name="inject_async_into_thread", version=1)
def inject_async_into_thread(resource: Annotated[str, Depends(resource)]) -> Any:
    return resource
