"""Makes of JSON what a hint asks for, where that is plain: dataclasses, enumerations, times, tuples and sets."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, Union

from .texts import TEXTS

__all__ = ["Convert", "InvalidParameters", "converter"]

Convert = Callable[[Any, str], Any]
"""Of a value, and of where it is, which is for messages."""


class InvalidParameters(Exception):
    """The task has parameters that its handler cannot take."""


def converter(hint: Any, within: tuple[Any, ...] = ()) -> Convert | None:
    """What converts values of the hint; None if they are taken as they are."""
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return converter(parts[0], within)
    if origin is Union or origin is types.UnionType:
        return _optional(parts, within)
    kind = origin or hint
    if not isinstance(kind, type):
        return None
    if kind in within:
        # A class that contains itself: how deep, only a value tells.
        return lambda value, where: _dataclass(kind, (kind,))(value, where)
    if kind in TEXTS:
        read = TEXTS[kind][1]
        return _told(lambda value, _: read(value))
    if kind in (list, tuple, set, frozenset):
        return _items(kind, parts, within)
    if kind is dict and len(parts) == 2:
        return _values(converter(parts[1], within))
    if issubclass(kind, Enum):
        return _told(lambda value, _: kind(value))
    if hasattr(kind, "model_validate"):  # pydantic
        return _told(lambda value, _: kind.model_validate(value))
    return _dataclass(kind, (*within, kind)) if dataclasses.is_dataclass(kind) else None


def _told(convert: Convert) -> Convert:
    def told(value: Any, where: str) -> Any:
        try:
            return convert(value, where)
        except InvalidParameters:
            raise
        except Exception as error:
            raise InvalidParameters(f"{where}: {error}") from error

    return told


def _optional(parts: tuple[Any, ...], within: tuple[Any, ...]) -> Convert | None:
    others = [part for part in parts if part is not type(None)]
    # Which of several types is meant is not plain.
    convert = converter(others[0], within) if len(others) == 1 else None
    return convert and (lambda value, where: None if value is None else convert(value, where))


def _items(kind: Any, parts: tuple[Any, ...], within: tuple[Any, ...]) -> Convert | None:
    fixed = kind is tuple and bool(parts) and parts[-1] is not Ellipsis
    converts = [converter(part, within) for part in parts] if fixed else []
    every = converter(parts[0], within) if parts and not fixed else None
    if kind is list and every is None:
        return None

    def items(value: Any, where: str) -> Any:
        if not isinstance(value, list):
            raise InvalidParameters(f"{where}: a list is needed, not {value!r:.80}")
        each = converts if fixed else [every] * len(value)
        if len(each) != len(value):
            raise InvalidParameters(f"{where}: {len(each)} items are needed, not {len(value)}")
        pairs = enumerate(zip(each, value, strict=True))
        return kind(convert(item, f"{where}[{i}]") if convert else item for i, (convert, item) in pairs)

    return _told(items)


def _values(convert: Convert | None) -> Convert | None:
    if convert is None:
        return None

    def values(value: Any, where: str) -> Any:
        return {key: convert(item, f"{where}.{key}") for key, item in value.items()}

    return _told(values)


def _dataclass(kind: Any, within: tuple[Any, ...]) -> Convert:
    try:
        hints = typing.get_type_hints(kind, include_extras=True)
    except Exception:
        hints = {}
    converts = {name: convert for name, hint in hints.items() if (convert := converter(hint, within))}

    def make(value: Any, where: str) -> Any:
        if not isinstance(value, dict):
            raise InvalidParameters(f"{where}: an object is needed, not {value!r:.80}")
        fields = dict(value)
        for name in converts.keys() & fields.keys():
            fields[name] = converts[name](fields[name], f"{where}.{name}")
        return kind(**fields)

    return _told(make)
