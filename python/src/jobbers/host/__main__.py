"""``python -m jobbers.host MODULE``, with a worker at file descriptor 3."""

from __future__ import annotations

import asyncio
import platform
import socket
import sys

from .. import __version__
from .ends import told
from .frames import PROTOCOL, encode
from .handler import Handler
from .host import Host
from .loading import load
from .logs import set_up_logging
from .process import end, exit_when_alone, set_up_process, socket_of_worker


def main() -> None:
    """Imports the module, and runs its tasks until the worker has no more."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m jobbers.host MODULE (workers start it)")
    worker = socket_of_worker()
    set_up_process()
    set_up_logging()
    exit_when_alone(worker)
    try:
        handlers = load(sys.argv[1])
    except BaseException as error:  # also a sys.exit() in the module
        worker.sendall(encode({"type": "import_failed", **told(error)}))
        end(1)
        return
    # Not asyncio.run, which waits for threads that user code has left.
    end(asyncio.new_event_loop().run_until_complete(_serve(handlers, worker)))


async def _serve(handlers: list[Handler], worker: socket.socket) -> int:
    ready = {
        "type": "ready",
        "protocol": PROTOCOL,
        "python": platform.python_version(),
        "package": __version__,
        "types": [handler.registration() for handler in handlers],
    }
    _, host = await asyncio.get_running_loop().create_unix_connection(lambda: Host(handlers, ready), sock=worker)
    return await host.closed


if __name__ == "__main__":
    main()
