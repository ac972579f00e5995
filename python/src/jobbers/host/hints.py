"""What a function says of its parameters."""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from ..di import Depends, InvalidDependency

__all__ = ["Parameter", "parameters_of", "title"]


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function."""

    name: str
    hint: Any
    """``Any`` if it has none, or one that cannot be found."""
    required: bool
    default: Any
    depends: Depends | None
    catches_all: bool = False
    """``**kwargs``."""


def parameters_of(function: Callable[..., Any]) -> list[Parameter]:
    """All parameters. ``TypeError`` if one can only be given by its position."""
    try:
        signature = inspect.signature(function)
    except ValueError:  # some builtins have none
        return [Parameter("kwargs", Any, required=False, default=None, depends=None, catches_all=True)]
    hints = _hints_of(function)
    found = []
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            continue
        optional = parameter.default is not parameter.empty
        if parameter.kind is parameter.POSITIONAL_ONLY:
            if optional:
                continue
            raise TypeError(f"{title(function)}: parameters are given by name, which `{name}` does not allow")
        hint = hints.get(name, Any)
        catches_all = parameter.kind is parameter.VAR_KEYWORD
        default = parameter.default if optional else None
        found.append(Parameter(name, hint, not optional and not catches_all, default, _depends(hint), catches_all))
    return found


def title(function: Callable[..., Any]) -> str:
    """What to call a function in messages."""
    return f"{getattr(function, '__module__', '?')}.{getattr(function, '__qualname__', repr(function))}"


def _depends(hint: Any) -> Depends | None:
    if typing.get_origin(hint) is not Annotated:
        return None
    return next((extra for extra in hint.__metadata__ if isinstance(extra, Depends)), None)


def _hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    # Classes are called with what their __init__ takes; other callables with what their __call__ takes.
    if inspect.isclass(function):
        owner: Any = function.__init__
    else:
        owner = function if hasattr(function, "__annotations__") else type(function).__call__
    owner = inspect.unwrap(owner)
    try:
        return typing.get_type_hints(owner, include_extras=True)
    except Exception:
        # One hint that cannot be found, say because it is imported for type checkers only, does not hide the others.
        names = vars(sys.modules.get(owner.__module__, typing)) | getattr(owner, "__globals__", {})
        annotations = getattr(owner, "__annotations__", {})
        return {name: _evaluated(function, name, hint, names) for name, hint in annotations.items()}


def _evaluated(function: Callable[..., Any], name: str, hint: Any, names: dict[str, Any]) -> Any:
    if not isinstance(hint, str):
        return hint
    try:
        return eval(hint, names)
    except Exception as error:
        if "Depends(" in hint:
            raise InvalidDependency(
                f"{title(function)}: `{name}` is `{hint}`, which cannot be found: {error}"
            ) from None
        return Any
