"""Fixtures of pytest, for who asks for them: ``pytest_plugins = ["jobbers.testing.fixtures"]`` in ``conftest.py``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from .server import Server

if TYPE_CHECKING:
    from ..client import Client

__all__ = ["jobbers_client", "jobbers_server", "jobbers_task_module", "pytest_addoption"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the tasks are."""
    parser.addini("jobbers_task_module", "the tasks that the fixture jobbers_server runs, such as myapp.tasks")


@pytest.fixture(scope="session")
def jobbers_task_module(request: pytest.FixtureRequest) -> str | None:
    """The tasks of the server: ``jobbers_task_module`` of pytest's configuration; may be overridden."""
    return request.config.getini("jobbers_task_module") or None


@pytest.fixture(scope="session")
def jobbers_server(jobbers_task_module: str | None, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server with these tasks, for the whole session; it starts with the first test that asks for it."""
    with Server(jobbers_task_module, cwd=request.config.rootpath) as server:
        yield server


@pytest.fixture
def jobbers_client(jobbers_server: Server) -> Client:
    """A client for the server."""
    return jobbers_server.client
