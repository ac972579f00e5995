"""A task host, and its worker, which is the test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from jobbers.host.frames import Decoder, encode

SOURCE = Path(__file__).parents[2] / "src"
TASKS = Path(__file__).parent / "tasks"
PATIENCE = 30
"""Seconds until a test fails that waits for something."""

# A host finds its worker at file descriptor 3.
_START = """
import os, sys
worker = int(sys.argv[1])
os.dup2(worker, 3)
os.set_inheritable(worker, worker == 3)
os.execv(sys.executable, [sys.executable, "-m", "jobbers.host", sys.argv[2]])
"""


class Worker:
    """Starts a host, talks to it, and ends it."""

    def __init__(self, module: str | Path, cwd: Path = TASKS) -> None:
        self.socket, other = socket.socketpair()
        self.socket.settimeout(PATIENCE)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, str(other.fileno()), str(module)],
            cwd=cwd,
            # Safe: Python itself does not make the working directory importable.
            env={**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONSAFEPATH": "1"},
            pass_fds=(other.fileno(),),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        other.close()
        self._decoder = Decoder()
        self._heard: list[dict[str, Any]] = []
        self._ids = 0
        self.first = self.hear()
        self._places = {(t["name"], t["version"]): place for place, t in enumerate(self.first.get("types", []))}

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        try:
            self.process.communicate(timeout=PATIENCE)
        finally:
            self.process.kill()

    def say(self, **message: Any) -> None:
        self.socket.sendall(encode(message))

    def hear(self) -> dict[str, Any]:
        """The next message."""
        while not self._heard:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError("the host is gone")
            self._heard += self._decoder.feed(data)
        return self._heard.pop(0)

    def hear_of(self, id: int) -> dict[str, Any]:
        """The next message of this attempt; those of others before it are lost."""
        while True:
            message = self.hear()
            if message.get("id") == id:
                del message["id"]
                return message

    def run(self, name: str, version: int = 1, /, **parameters: Any) -> int:
        """Begins an attempt; answers its number."""
        self._ids += 1
        self.say(
            type="run",
            id=self._ids,
            place=self._places[name, version],
            task={
                "id": f"task-{self._ids}",
                "name": name,
                "version": version,
                "queue": "default",
                "attempt": 2,
                "retry_attempt": 1,
                "metadata": {"from": "a test"},
                "trace_id": None,
            },
            parameters=parameters,
        )
        return self._ids

    def end_of(self, name: str, version: int = 1, /, **parameters: Any) -> dict[str, Any]:
        """Runs a task, and answers the first that is said of it."""
        return self.hear_of(self.run(name, version, **parameters))

    def ended(self) -> tuple[int, str, str]:
        """Waits for the end of the process: its exit code, and what it has written."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err
