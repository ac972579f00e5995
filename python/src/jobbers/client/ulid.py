"""Ids of tasks, made here: so a submission can be sent again and is stored once."""

from __future__ import annotations

import os
import threading
import time

__all__ = ["new_id"]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A ULID. Those of one process are all different and in order, within a millisecond too."""
    global _last
    value = time.time_ns() // 1_000_000 << _RANDOM_BITS | int.from_bytes(os.urandom(10), "big")
    with _lock:
        if value >> _RANDOM_BITS <= _last >> _RANDOM_BITS:
            # The same millisecond, or a clock that was set back.
            value = _last + 1
        _last = value
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def _forget_after_fork() -> None:
    # A child must not go on where its parent does: both would make the same ids. Its lock may be held by a thread of
    # the parent, which it does not have.
    global _last, _lock
    _last, _lock = 0, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
