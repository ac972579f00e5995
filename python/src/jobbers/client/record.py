"""Makes typed values of JSON objects."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from .times import read_time

__all__ = ["read"]

T = TypeVar("T")
Reader = Callable[[Any], Any]
# How each field is read, those that must be there, and whether the others are kept.
Plan = tuple[dict[str, Reader], frozenset[str], bool]

_plans: dict[type[Any], Plan] = {}


def read(kind: type[T], data: object) -> T:
    """A frozen dataclass of a JSON object. Fields that it does not know, of a newer manager, go to its ``extra``.

    Raises ``ValueError`` if the object is none of its kind.
    """
    if not isinstance(data, Mapping):
        raise ValueError(f"{kind.__name__} is not an object")
    readers, required, keeps_extra = _plan(kind)
    values: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for name, value in data.items():
        reader = readers.get(name)
        if reader is None:
            extra[name] = value
        else:
            try:
                values[name] = reader(value)
            except (TypeError, ValueError, AttributeError, KeyError) as error:
                raise ValueError(f"{name} of {kind.__name__}: {error}") from None
    missing = required - values.keys()
    if missing:
        raise ValueError(f"{kind.__name__} without {', '.join(sorted(missing))}")
    if keeps_extra:
        values["extra"] = extra
    return kind(**values)


def _plan(kind: type[Any]) -> Plan:
    if kind not in _plans:
        _plans[kind] = _new_plan(kind)
    return _plans[kind]


def _new_plan(kind: type[Any]) -> Plan:
    hints = get_type_hints(kind)
    names = {field.name: field for field in fields(kind)}
    keeps_extra = names.pop("extra", None) is not None
    readers = {name: _reader(hints[name]) for name in names}
    required = frozenset(
        name for name, field in names.items() if field.default is MISSING and field.default_factory is MISSING
    )
    return readers, required, keeps_extra


def _reader(hint: Any) -> Reader:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union(get_args(hint))
    if origin is tuple:
        reader = _reader(get_args(hint)[0])
        return lambda values: tuple(reader(value) for value in values)
    if hint is datetime:
        return read_time
    if is_dataclass(hint) and isinstance(hint, type):
        return lambda value: read(hint, value)
    if hint in (str, int, float, bool):
        return _plain(hint)
    return lambda value: value


def _union(kinds: tuple[Any, ...]) -> Reader:
    optional = type(None) in kinds
    others = [kind for kind in kinds if kind is not type(None)]
    if len(others) > 1 and isinstance(others[0], type) and issubclass(others[0], Enum):
        # A name that this client does not know stays a text: the manager is newer.
        reader = _enum_or_text(others[0])
    else:
        reader = _reader(others[0])
    return (lambda value: None if value is None else reader(value)) if optional else reader


def _enum_or_text(kind: type[Enum]) -> Reader:
    known = {member.value: member for member in kind}
    return lambda value: known.get(value, value)


def _plain(kind: type[Any]) -> Reader:
    def plain(value: Any) -> Any:
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise TypeError(f"{kind.__name__} expected, not {type(value).__name__}")
        return value

    return plain
