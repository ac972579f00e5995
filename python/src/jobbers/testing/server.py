"""A whole Jobbers of one's own for a test."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..client import AsyncClient, Client

__all__ = ["Server", "ServerFailed"]

_READY = re.compile(r"is ready at (http://\S+)")
_LOOK_EVERY = 0.02
_LOG_SHOWN = 4000
_KEEPER = str(Path(__file__).with_name("keeper.py"))
# The programs' own settings: those of the shell that runs the tests are not meant for this server.
_SETTINGS = re.compile(
    r"(WORKER|SCHEDULER|OTEL)_.*|MAX_(BODY|PARAMETERS|RESULT|CONNECTIONS|WAITS|STREAMS|BODIES)|TASK_(ADAPTER|BACKEND)|"
    r"STORE_URL|REDIS_URL|SQL_PATH|KEY_PREFIX|RETENTION|UNKNOWN_TASK_GRACE|MANAGER_(BIND|ORIGINS)|JOBBERS_TOKENS|"
    r"PYTHON_HOSTS|PYTHON_HOST_TTL|LOG_FORMAT"
)


class ServerFailed(Exception):
    """It did not start, or does not end; with the end of its log."""


class Server:
    """``jobbers dev`` on a file and a port of its own: manager, worker, scheduler and cleaner in one process.

    ``task_module``: what to run, such as ``myapp.tasks`` or a file; none: the examples that are built in.
    ``program``: the program ``jobbers``; else ``JOBBERS_BIN``, else it is searched for in ``PATH``.
    ``arguments``: more of them for ``jobbers dev``. ``env``: more variables for it. ``cwd``: where it runs.

    >>> with Server("myapp.tasks") as server:  # doctest: +SKIP
    ...     task = server.client.submit("greet", 1, {"name": "you"})
    ...     assert server.client.wait(task, 10).result == "Hello, you"
    """

    def __init__(
        self,
        task_module: str | None = None,
        *,
        program: str | os.PathLike[str] | None = None,
        arguments: tuple[str, ...] = (),
        env: dict[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        start_timeout: float = 60.0,
        stop_timeout: float = 30.0,
    ) -> None:
        self._command = [_program(program), "dev", *([] if task_module is None else [task_module]), *arguments]
        self._env = {} if env is None else env
        self._cwd = cwd
        self._start_timeout = start_timeout
        self._stop_timeout = stop_timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._client: Client | None = None
        self._url = ""

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Its address."""
        return self._url

    @property
    def client(self) -> Client:
        """A client for it, which is closed with it."""
        if self._client is None:
            from ..client import Client

            self._client = Client(self.url)
        return self._client

    def async_client(self) -> AsyncClient:
        """A new client for it, of the event loop that runs."""
        from ..client import AsyncClient

        return AsyncClient(self.url)

    @property
    def log(self) -> str:
        """What it has said so far."""
        return "" if self._folder is None else (self._folder / "log").read_text(errors="replace")

    def start(self) -> Server:
        """Returns when it takes tasks."""
        if self._process is not None:
            raise RuntimeError("the server runs already")
        self._folder = Path(tempfile.mkdtemp(prefix="jobbers-"))
        try:
            with (self._folder / "log").open("wb") as log, (self._folder / "out").open("wb") as out:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-S", _KEEPER, str(self._stop_timeout), *self._command],
                    stdin=subprocess.PIPE,
                    stdout=out,
                    stderr=log,
                    env=_environment(self._folder, self._env),
                    cwd=self._cwd,
                    # Ctrl-C is for the tests: they end it.
                    start_new_session=True,
                )
            self._url = self._wait_until_ready(self._process, self._folder)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Lets it end in good order, by force if it does not."""
        client, self._client = self._client, None
        process, self._process = self._process, None
        folder, self._folder = self._folder, None
        if client is not None:
            client.close()
        try:
            if process is not None:
                # The end of its input is what its keeper waits for.
                assert process.stdin is not None
                process.stdin.close()
                process.wait()
        finally:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], folder: Path) -> str:
        deadline = time.monotonic() + self._start_timeout
        while True:
            ended = process.poll()
            found = _READY.search((folder / "out").read_text(errors="replace"))
            if found:
                return found[1]
            if ended is not None:
                raise ServerFailed(f"`{' '.join(self._command)}` ended with {ended}:\n{self.log[-_LOG_SHOWN:]}")
            if time.monotonic() > deadline:
                raise ServerFailed(f"`{' '.join(self._command)}` is not ready:\n{self.log[-_LOG_SHOWN:]}")
            time.sleep(_LOOK_EVERY)


def _program(given: str | os.PathLike[str] | None) -> str:
    named = os.fspath(given) if given is not None else os.environ.get("JOBBERS_BIN") or "jobbers"
    found = shutil.which(named)
    if found is None:
        raise ServerFailed(f"there is no program {named}: put `jobbers` on PATH, or name it with JOBBERS_BIN")
    # Wherever it is to run.
    return os.path.abspath(found)


def _environment(folder: Path, more: dict[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not _SETTINGS.fullmatch(name)}
    database = f"sqlite://{folder}/jobbers.db"
    return {
        **inherited,
        "STORE_URL": database,
        "SQL_PATH": database,
        "MANAGER_BIND": "127.0.0.1:0",
        "LOG_FORMAT": "text",
        # Python tasks find what the tests find.
        "PYTHON": sys.executable,
        **more,
    }
