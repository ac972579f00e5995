"""What the options of a task may be.

Each function answers the value as it is kept, or raises ``Wrong`` with what is allowed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from enum import Enum
from typing import TypeVar

__all__ = ["Wrong", "exceptions", "fields", "limit", "name", "number", "optional_seconds", "seconds", "whole", "word"]

Word = TypeVar("Word", bound=Enum)


class Wrong(Exception):
    """The text says what the option may be."""


def name(value: object) -> str:
    """A name of a task or queue."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_.:-]{1,64}", value):
        return value
    raise Wrong("is 1 to 64 characters of A-Z a-z 0-9 _ . : -")


def whole(value: object, least: int = 0) -> int:
    """A number of things; a worker keeps it in 32 bits."""
    # `True` is an int to Python, and a slip to whoever wrote it.
    if isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**32:
        return value
    raise Wrong(f"is a whole number from {least}")


def limit(value: object) -> int | None:
    """A limit; None is unlimited."""
    if value is None:
        return None
    try:
        return whole(value, 1)
    except Wrong:
        raise Wrong("is a whole number from 1, or None for unlimited") from None


def number(value: object) -> float:
    """A number that is not negative."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value >= 0:
        return value
    raise Wrong("is a number from 0")


def seconds(value: object) -> float:
    """A duration, as seconds or as a timedelta."""
    try:
        return number(_plain(value))
    except Wrong:
        raise Wrong("is a number of seconds from 0, or a timedelta") from None


def optional_seconds(value: object, *, zero: bool) -> float | None:
    """A duration, or None."""
    if value is None:
        return None
    try:
        duration = number(_plain(value))
    except Wrong:
        duration = -1
    if duration < 0 or (duration == 0 and not zero):
        raise Wrong(f"is a number of seconds {'from' if zero else 'above'} 0, a timedelta, or None")
    return duration


def _plain(value: object) -> object:
    if not isinstance(value, dt.timedelta):
        return value
    seconds = value.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def word(value: object, words: type[Word]) -> Word:
    """A member of an enumeration, or its value."""
    try:
        return words(value)
    except ValueError:
        raise Wrong("is one of " + ", ".join(f"{words.__name__}.{member.name}" for member in words)) from None


def exceptions(value: object) -> tuple[type[BaseException], ...]:
    """Types of exceptions; one alone needs no tuple."""
    if value is None:
        return ()
    types = tuple(value) if isinstance(value, (tuple, list, set, frozenset)) else (value,)
    if all(isinstance(type_, type) and issubclass(type_, BaseException) for type_ in types):
        return types
    raise Wrong("is a tuple of exception types")


def fields(value: object) -> tuple[str, ...]:
    """Names of fields."""
    if isinstance(value, (tuple, list, set, frozenset)) and all(isinstance(field, str) and field for field in value):
        # In a fixed order, as the policy is known by what it is written as.
        return tuple(sorted(value)) if isinstance(value, (set, frozenset)) else tuple(value)
    raise Wrong("is a list of names of fields")
