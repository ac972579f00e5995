from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jobbers.testing import Server, ServerFailed


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


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


def test_it_ends_with_a_test_that_is_killed(tmp_path: Path) -> None:
    program(tmp_path, f"echo $$ > {tmp_path}/pid; echo is ready at http://127.0.0.1:1; exec sleep 60")
    code = (
        f"import time; from jobbers.testing import Server; Server(program='{tmp_path}/jobbers').start(); time.sleep(60)"
    )
    test = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": ":".join(sys.path)})
    try:
        until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != "")
        pid = int((tmp_path / "pid").read_text())
        assert is_alive(pid)
    finally:
        test.kill()
        test.wait()
    until(lambda: not is_alive(pid))


def test_the_tasks_are_named_in_the_configuration_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["jobbers.testing.fixtures"]\n')
    (tmp_path / "pytest.ini").write_text("[pytest]\njobbers_task_module = demo\n")
    (tmp_path / "test_it.py").write_text(
        "def test_it(jobbers_client, jobbers_task_module):\n"
        "    assert jobbers_task_module == 'demo'\n"
        "    assert jobbers_client.wait(jobbers_client.submit('noop', 1), 30).is_completed\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    env = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    answer = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)
    assert "1 passed" in answer.stdout, answer.stdout


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBBERS_BIN", "/no/such/program")
    with pytest.raises(ServerFailed, match="no program /no/such/program"):
        Server()


def test_the_fixture_has_a_client(jobbers_server: Server, jobbers_task_module: str | None) -> None:
    assert jobbers_task_module is None
    assert jobbers_server.client is jobbers_server.client
    assert jobbers_server.client.url == jobbers_server.url
