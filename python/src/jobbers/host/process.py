"""The process around a host: its socket, its signals, its end."""

from __future__ import annotations

import atexit
import os
import select
import signal
import socket
import sys
import threading

__all__ = ["end", "exit_when_alone", "set_up_process", "socket_of_worker"]

_WORKER = 3
"""The file descriptor that leads to the worker."""


def socket_of_worker() -> socket.socket:
    """The connection to the worker."""
    worker = socket.socket(fileno=_WORKER)
    worker.set_inheritable(False)
    # A child that user code forks would hold the connection open, and the worker not notice the end of this process.
    os.register_at_fork(after_in_child=lambda: os.close(_WORKER))
    return worker


def set_up_process() -> None:
    """Leaves it to the worker when this process ends, whoever else is told to stop."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Not SIG_IGN, which children would inherit.
        signal.signal(number, lambda *_: None)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(line_buffering=True)


def exit_when_alone(worker: socket.socket) -> None:
    """Ends this process when the worker is gone, even while the loop is blocked."""
    threading.Thread(target=_watch, args=(worker.fileno(),), name="jobbers-watch", daemon=True).start()


def _watch(worker: int) -> None:
    poll = select.poll()
    # Not for reading: that is for the loop.
    poll.register(worker, getattr(select, "POLLRDHUP", 0))
    while True:
        for _, event in poll.poll():
            if event & select.POLLNVAL:  # closed here, after draining
                return
            os._exit(0)


def end(code: int) -> None:
    """Ends this process, and waits for no thread that user code has left."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
