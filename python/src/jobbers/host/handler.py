"""A registered function, looked at once so that running it is quick."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..di import InvalidDependency
from ..models.task_config import TaskConfig
from ..registry import InvalidTask, RegisteredTask
from .convert import Convert, InvalidParameters, converter
from .dependencies import Plan, plan
from .hints import parameters_of
from .schema import schema_of_parameters

__all__ = ["Handler", "handler_of"]


@dataclass(frozen=True)
class Handler:
    """How to call the function of a task."""

    function: Callable[..., Any]
    config: TaskConfig
    is_async: bool
    plan: Plan
    schema: dict[str, Any] | None
    converts: dict[str, Convert]

    def arguments(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """What the function is called with, besides its dependencies; ``InvalidParameters`` if it cannot take that."""
        if not self.converts and not self.plan.needs:
            return parameters
        injected = self.plan.needs.keys() & parameters.keys()
        if injected:
            raise InvalidParameters(f"{', '.join(sorted(injected))}: injected, not a parameter that a task may have")
        arguments = dict(parameters)
        for name in self.converts.keys() & arguments.keys():
            arguments[name] = self.converts[name](arguments[name], name)
        return arguments

    def registration(self) -> dict[str, Any]:
        """What a worker is told of it."""
        config = self.config
        about = {"name": config.name, "version": config.version, "queue": config.queue, "policy": config.policy()}
        return about if self.schema is None else {**about, "parameters_schema": self.schema}


def handler_of(task: RegisteredTask) -> Handler:
    """Looks at the function; ``InvalidTask`` if no worker could call it."""
    function, config = task.function, task.config
    try:
        parameters = parameters_of(function)
        order = plan(function)
    except (InvalidDependency, TypeError) as error:
        raise InvalidTask(f"task {config.name!r}: {error}") from error
    if inspect.isasyncgenfunction(function) or inspect.isgeneratorfunction(function):
        raise InvalidTask(f"task {config.name!r}: a handler returns its result; this one is a generator")
    converts = {}
    for parameter in parameters:
        given = parameter.depends is None and not parameter.catches_all
        if given and (convert := _for(parameter.hint, optional=not parameter.required and parameter.default is None)):
            converts[parameter.name] = convert
    plain = function if inspect.isroutine(function) else getattr(function, "__call__", function)  # noqa: B004
    is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(plain)
    return Handler(function, config, is_async, order, schema_of_parameters(parameters), converts)


def _for(hint: Any, *, optional: bool) -> Convert | None:
    convert = converter(hint)
    if convert is None or not optional:
        return convert
    return lambda value, where: None if value is None else convert(value, where)
