"""What handlers need besides their parameters: ``async def report(id: int, db: Annotated[Db, Depends(database)])``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Depends", "InvalidDependency"]


class Depends:
    """In ``Annotated[T, Depends(dependency)]``: the parameter is what the dependency returns, or yields.

    A dependency is a function or a class, async or not, that may have dependencies itself. An attempt calls it once,
    whoever needs it. What follows the ``yield`` of a generator is run when the attempt has ended, however it ended, the
    last one first; if it failed, the exception is raised at the ``yield``.

    A dependency that is not async runs in the thread of a handler that is not async either, and else in the event loop:
    there it must not block.
    """

    __slots__ = ("dependency",)

    def __init__(self, dependency: Callable[..., Any]) -> None:
        if not callable(dependency):
            raise InvalidDependency(f"Depends takes a function or a class, not {dependency!r}")
        self.dependency = dependency

    def __repr__(self) -> str:
        return f"Depends({getattr(self.dependency, '__qualname__', self.dependency)})"


class InvalidDependency(Exception):
    """Dependencies that cannot be had, and why."""
