"""How attempts end, as frames."""

from __future__ import annotations

import importlib
import json
import math
import os
import sys
import traceback
from types import TracebackType
from typing import Any

from ..models.task_config import TaskConfig
from .convert import InvalidParameters
from .frames import encode, framed, plain

__all__ = ["InvalidResult", "interrupted", "raised", "returned", "told"]

_LONGEST_ERROR = 8 * 1024
_LONGEST_TRACEBACK = 16 * 1024
_LARGEST_RESULT = 64 * 1024 * 1024
_OWN = os.path.dirname(__file__)
_IMPORTLIB = os.path.dirname(importlib.__file__)
_THREADS = os.path.join("concurrent", "futures", "thread.py")


class InvalidResult(Exception):
    """The handler returned what is not JSON."""


def returned(id: int, result: Any) -> bytes:
    """The end of an attempt with a result; ``InvalidResult`` if that is not JSON."""
    try:
        text = json.dumps(result, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidResult(_what_is_wrong(result, "result", 0) or f"result: {error}") from None
    if len(text) > _LARGEST_RESULT:
        raise InvalidResult(f"result: {len(text)} bytes of JSON, of {_LARGEST_RESULT} that a worker takes")
    return framed(b'{"type":"returned","id":%d,"result":%b}' % (id, text))


def interrupted(id: int) -> bytes:
    """The end of an attempt that was asked to stop, and did."""
    return encode({"type": "interrupted", "id": id})


def raised(id: int, error: BaseException, config: TaskConfig) -> bytes:
    """The end of an attempt with an exception."""
    # Another attempt would have the same parameters and, most likely, the same result.
    hopeless = isinstance(error, (InvalidParameters, InvalidResult))
    expected = not hopeless and isinstance(error, config.expected_exceptions)
    return encode({"type": "raised", "id": id, **told(error), "expected": expected})


def told(error: BaseException) -> dict[str, Any]:
    """An exception for whoever looks for the reason: message, type, and the traceback from the user's code on."""
    kind = type(error)
    own = kind.__module__ in ("builtins", InvalidResult.__module__, InvalidParameters.__module__)
    try:
        message = str(error)
    except Exception as other:
        message = f"an error whose message cannot be had: {type(other).__name__}"
    lines = traceback.format_exception(kind, error, _from_user_code(error.__traceback__))
    return {
        "error": plain(message or kind.__name__, _LONGEST_ERROR),
        "error_type": kind.__qualname__ if own else f"{kind.__module__}.{kind.__qualname__}",
        "traceback": plain("".join(lines), _LONGEST_TRACEBACK),
    }


def _from_user_code(trace: TracebackType | None) -> TracebackType | None:
    here = trace
    while here is not None:
        file = here.tb_frame.f_code.co_filename
        if not (file.startswith((_OWN, "<frozen importlib", _IMPORTLIB)) or file.endswith(_THREADS)):
            return here
        here = here.tb_next
    # It happened here: on the way to a handler, or because of what the handler returned.
    return None


def _what_is_wrong(value: Any, where: str, depth: int) -> str | None:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return f"{where}: a text with half of a surrogate pair, which is not Unicode"
        return None
    if value is None or isinstance(value, (bool, int)):
        return None
    if isinstance(value, float):
        return None if math.isfinite(value) else f"{where}: {value}, which JSON does not have"
    if depth > min(100, sys.getrecursionlimit() // 4):
        return f"{where[:200]}…: nested too deeply, or in itself"
    parts: list[tuple[str, Any]]
    if isinstance(value, (list, tuple)):
        parts = [(f"{where}[{place}]", part) for place, part in enumerate(value)]
    elif isinstance(value, dict):
        for key in value:
            if key is not None and not isinstance(key, (str, int, float)):
                return f"{where}: the key {key!r:.80} is no text"
        parts = [(f"{where}.{key}", part) for key, part in value.items()]
    else:
        return f"{where}: {type(value).__module__}.{type(value).__qualname__}, which is not JSON"
    return next((wrong for name, part in parts if (wrong := _what_is_wrong(part, name, depth + 1))), None)
