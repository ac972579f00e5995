from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.host import TASKS, Worker

TASK = """
from jobbers.registry import register_task
{imports}
@register_task(name="t", version=1)
async def t() -> str:
    return {result}
"""


def write(folder: Path, name: str, imports: str = "", result: str = "__name__") -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(TASK.format(imports=imports, result=result))


def first(module: str | Path, cwd: Path) -> dict[str, Any]:
    with Worker(module, cwd) as worker:
        return worker.first


def result(module: str | Path, cwd: Path) -> object:
    with Worker(module, cwd) as worker:
        assert worker.first["type"] == "ready", worker.first
        return worker.end_of("t").get("result")


def test_a_module_of_the_original_runs_unchanged() -> None:
    with Worker("original.py") as worker:
        types = {(t["name"], t["version"]): t for t in worker.first["types"]}
        assert list(types) == [("send_email", 1), ("send_email", 2), ("generate_report", 1)]
        report = types["generate_report", 1]
        assert "parameters_schema" not in report
        assert report["queue"] == "default"
        assert report["policy"] == {
            "max_retries": 5,
            "retry_delay": 30,
            "backoff": "exponential_jitter",
            "backoff_factor": 2,
            "retry_jitter": 0,
            "max_retry_delay": 300,
            "timeout": 120,
            "dead_letter": "save",
            "max_heartbeat_interval": 300,
            "max_concurrent": 2,
            "max_concurrent_total": None,
            "on_shutdown": "stop",
            "cancel_grace": 10,
            "max_lost": 3,
            "redact": [],
        }
        assert worker.end_of("send_email", 1, to="a@b.c")["result"] == {"status": "sent", "to": "a@b.c"}
        assert worker.end_of("send_email", 2, to="a@b.c")["result"] == {"status": "sent", "to": ["a@b.c"]}
        id = worker.run("generate_report", report_id=42)
        assert [worker.hear_of(id)["type"] for _ in range(3)] == ["heartbeat"] * 3
        assert worker.hear_of(id) == {"type": "returned", "result": {"url": "/reports/42.pdf"}}
        failed = worker.end_of("generate_report", fail_at=0)
        assert (failed["error_type"], failed["expected"]) == ("ConnectionResetError", True)


def test_ready_tells_the_versions() -> None:
    ready = first("original.py", TASKS)
    assert ready["protocol"] == 1
    assert sorted(ready) == ["package", "protocol", "python", "type", "types"]


def test_a_module_of_the_working_directory_is_found_by_its_name(tmp_path: Path) -> None:
    write(tmp_path, "myapp/tasks.py")
    assert result("myapp.tasks", tmp_path) == "myapp.tasks"


def test_a_file_finds_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "srv").mkdir()
    (tmp_path / "srv" / "neighbour.py").write_text("value = 'of a neighbour'")
    write(tmp_path, "srv/tasks.py", "import neighbour", "neighbour.value")
    assert result(tmp_path / "srv" / "tasks.py", Path("/")) == "of a neighbour"
    assert result("srv/tasks.py", tmp_path) == "of a neighbour"


def test_a_file_of_a_package_finds_its_neighbours_relatively(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("value = 'of the package'")
    write(tmp_path, "pack/tasks.py", "from . import value", "value")
    assert result(tmp_path / "pack" / "tasks.py", Path("/")) == "of the package"


def test_a_file_may_be_called_like_a_module_of_the_standard_library(tmp_path: Path) -> None:
    write(tmp_path, "queue.py")
    assert result(tmp_path / "queue.py", Path("/")) == "queue"


@pytest.mark.parametrize(
    ("source", "type", "error"),
    [
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("def", "SyntaxError", "invalid syntax"),
        ("import no_such_module", "ModuleNotFoundError", "No module named 'no_such_module'"),
        ("raise SystemExit(3)", "SystemExit", "3"),
        ("", "jobbers.registry.InvalidTask", "registers no task"),
        (TASK.format(imports="", result="1") * 2, "jobbers.registry.InvalidTask", "'t' version 1 is registered twice"),
        (
            TASK.format(imports="", result="1").replace("version=1", "version=1, timeout=0"),
            "jobbers.registry.InvalidTask",
            "task 't': `timeout` is a number of seconds above 0",
        ),
        (
            "from typing import Annotated\nfrom jobbers.di import Depends\nfrom jobbers.registry import register_task\n"
            "def a(x: 'Annotated[int, Depends(a)]'): ...\n"
            "register_task(name='t', version=1)(a)\n",
            "jobbers.registry.InvalidTask",
            "task 't': dependencies in a circle: tasks.a needs tasks.a",
        ),
    ],
)
def test_a_module_that_cannot_be_used_is_told_and_why(tmp_path: Path, source: str, type: str, error: str) -> None:
    (tmp_path / "tasks.py").write_text(source)
    with Worker("tasks.py", tmp_path) as worker:
        assert (worker.first["type"], worker.first["error_type"]) == ("import_failed", type)
        assert error in worker.first["error"]
        assert worker.ended()[0] == 1
        if source.startswith(("1", "import")):
            assert f'File "{tmp_path}/tasks.py", line 1' in worker.first["traceback"]


def test_a_module_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert first("tasks.py", tmp_path)["error"] == f"there is no file {tmp_path}/tasks.py"
    assert first("no.such", tmp_path)["error"] == "No module named 'no'"
