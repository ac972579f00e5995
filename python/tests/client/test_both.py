from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from jobbers.client import AsyncClient, Client


def methods(kind: type[Any]) -> dict[str, Callable[..., Any]]:
    return {name: member for name, member in vars(kind).items() if callable(member) and not name.startswith("_")}


def test_both_clients_have_the_same_methods() -> None:
    assert methods(Client).keys() - {"close"} == methods(AsyncClient).keys() - {"aclose"}


@pytest.mark.parametrize("name", sorted(methods(Client).keys() - {"close"}))
def test_both_clients_take_and_say_the_same(name: str) -> None:
    one, other = methods(Client)[name], methods(AsyncClient)[name]
    first, second = inspect.signature(one), inspect.signature(other)
    assert list(first.parameters.values()) == list(second.parameters.values())
    assert str(first.return_annotation) == re.sub(
        r"^AsyncGenerator\[(.*), None\]", r"Generator[\1, None, None]", second.return_annotation
    )
    assert inspect.getdoc(one) == inspect.getdoc(other)


def run(code: str) -> subprocess.CompletedProcess[str]:
    path = ":".join(entry for entry in sys.path if entry)
    without = f"import sys; sys.path[:] = {path!r}.split(':'); sys.modules['httpx'] = None\n"
    return subprocess.run([sys.executable, "-c", without + code], capture_output=True, text=True, timeout=60)


def test_the_package_needs_no_httpx() -> None:
    answer = run(
        "import jobbers, jobbers.models.task, jobbers.models.task_status, jobbers.testing; print(jobbers.__version__)"
    )
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize(
    "code",
    [
        "from jobbers import Client",
        "from jobbers import AsyncClient",
        "import jobbers.client",
        "import jobbers.state_manager",
    ],
)
def test_without_httpx_it_is_told_what_to_install(code: str) -> None:
    answer = run(code)
    assert answer.returncode == 1
    assert "ModuleNotFoundError: jobbers.Client and jobbers.AsyncClient need httpx" in answer.stderr
    assert "pip install 'jobbers[client]'" in answer.stderr


def test_the_clients_are_there_by_their_short_names() -> None:
    import jobbers

    assert (jobbers.Client, jobbers.AsyncClient) == (Client, AsyncClient)
    with pytest.raises(AttributeError, match="no attribute 'Clients'"):
        _ = jobbers.Clients
