"""In which order the dependencies of a function are made, and making them."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..di import Depends, InvalidDependency
from .hints import parameters_of, title

__all__ = ["Plan", "plan"]

_ASYNC = ("coroutine", "async generator")


@dataclass(frozen=True)
class _Step:
    """Calls one dependency."""

    call: Callable[..., Any]
    kind: str
    """``value``, ``generator``, or one of ``_ASYNC``."""
    needs: dict[str, int]
    """Which steps' values its parameters are."""


@dataclass(frozen=True)
class Plan:
    """How to get what a function depends on."""

    steps: tuple[_Step, ...]
    """What a step needs comes before it."""
    needs: dict[str, int]

    @property
    def is_async(self) -> bool:
        """Whether a loop is needed for it."""
        return any(step.kind in _ASYNC for step in self.steps)

    def make(self, stack: contextlib.ExitStack) -> dict[str, Any]:
        """The parameters; the stack ends them. Only if nothing of it is async."""
        made: list[Any] = []
        for step in self.steps:
            value = step.call(**_taken(step.needs, made))
            made.append(stack.enter_context(value) if step.kind == "generator" else value)
        return _taken(self.needs, made)

    async def make_async(self, stack: contextlib.AsyncExitStack) -> dict[str, Any]:
        """The parameters; the stack ends them."""
        made: list[Any] = []
        for step in self.steps:
            value = step.call(**_taken(step.needs, made))
            if step.kind == "coroutine":
                value = await value
            elif step.kind == "generator":
                value = stack.enter_context(value)
            elif step.kind == "async generator":
                value = await stack.enter_async_context(value)
            made.append(value)
        return _taken(self.needs, made)


def plan(function: Callable[..., Any]) -> Plan:
    """How to get what the function depends on; raises ``InvalidDependency`` if that is impossible."""
    planner = _Planner()
    return Plan(needs=planner.needs(function, optional=True), steps=tuple(planner.steps))


class _Planner:
    def __init__(self) -> None:
        self.steps: list[_Step] = []
        self._places: dict[Callable[..., Any], int] = {}
        self._open: list[Callable[..., Any]] = []

    def needs(self, function: Callable[..., Any], *, optional: bool) -> dict[str, int]:
        needs = {}
        for parameter in parameters_of(function):
            if parameter.depends is not None:
                needs[parameter.name] = self._place(parameter.depends)
            elif parameter.required and not optional:
                raise InvalidDependency(
                    f"{title(function)} is a dependency, and its parameter `{parameter.name}` has neither a default"
                    " nor a dependency"
                )
        return needs

    def _place(self, depends: Depends) -> int:
        function = depends.dependency
        if function in self._open:
            circle = [*self._open[self._open.index(function) :], function]
            raise InvalidDependency("dependencies in a circle: " + " needs ".join(map(title, circle)))
        if function not in self._places:
            self._open.append(function)
            needs = self.needs(function, optional=False)
            self._open.pop()
            self._places[function] = len(self.steps)
            self.steps.append(_step(function, needs))
        return self._places[function]


def _step(function: Callable[..., Any], needs: dict[str, int]) -> _Step:
    plain = function.func if isinstance(function, functools.partial) else function
    if not inspect.isclass(plain) and not inspect.isroutine(plain):
        plain = type(plain).__call__
    if inspect.isasyncgenfunction(plain):
        return _Step(contextlib.asynccontextmanager(function), "async generator", needs)
    if inspect.isgeneratorfunction(plain):
        return _Step(contextlib.contextmanager(function), "generator", needs)
    return _Step(function, "coroutine" if inspect.iscoroutinefunction(plain) else "value", needs)


def _taken(needs: dict[str, int], made: list[Any]) -> dict[str, Any]:
    return {name: made[place] for name, place in needs.items()}
