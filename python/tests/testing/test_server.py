from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from jobbers.testing import Server, ServerFailed


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def program(folder: Path, text: str) -> Path:
    path = folder / "jobbers"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_servers_are_apart_and_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    # Settings of the shell are not for them.
    monkeypatch.setenv("JOBBERS_TOKENS", "me:admin:secret")
    monkeypatch.setenv("STORE_URL", "redis://127.0.0.1:1")
    with Server() as one, Server() as other:
        assert one.url != other.url
        assert one._process is not None
        assert one._folder is not None
        pid, folder = one._process.pid, one._folder
        task = one.client.submit("noop", 1)
        assert one.client.wait(task, 30).is_completed
        assert list(other.client.list()) == []
        assert "worker started" in one.log
    assert not is_alive(pid)
    assert not folder.exists()


def test_one_that_does_not_start_says_why() -> None:
    with pytest.raises(ServerFailed, match=r"(?s)ended with 2.*no/such/module"):
        Server("no/such/module.toml").start()


def test_one_that_is_never_ready_is_ended(tmp_path: Path) -> None:
    waits = program(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 60")
    with pytest.raises(ServerFailed, match="is not ready"):
        Server(program=waits, start_timeout=0.5).start()
    assert not is_alive(int((tmp_path / "pid").read_text()))


def test_one_that_does_not_end_is_ended(tmp_path: Path) -> None:
    deaf = program(tmp_path, "trap '' TERM; echo is ready at http://127.0.0.1:1; while :; do sleep 0.05; done")
    server = Server(program=deaf, stop_timeout=0.2).start()
    assert server._process is not None
    pid = server._process.pid
    server.stop()
    assert not is_alive(pid)
    server.stop()


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBBERS_BIN", "/no/such/program")
    with pytest.raises(ServerFailed, match="no program /no/such/program"):
        Server()


def test_the_fixture_has_a_client(jobbers_server: Server, jobbers_task_module: str | None) -> None:
    assert jobbers_task_module is None
    assert jobbers_server.client is jobbers_server.client
    assert jobbers_server.client.url == jobbers_server.url
