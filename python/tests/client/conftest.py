from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.manager import Asynchronous, Manager, Reply, blocking

Start = Callable[..., tuple[Any, Manager]]


@pytest.fixture(params=["blocking", "asynchronous"])
def start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Makes a client, of each kind, and the manager that it talks to."""
    monkeypatch.delenv("JOBBERS_URL", raising=False)
    monkeypatch.delenv("JOBBERS_TOKEN", raising=False)

    def start(*replies: Reply, **options: Any) -> tuple[Any, Manager]:
        manager = Manager(replies)
        make: Callable[..., Any] = blocking if request.param == "blocking" else Asynchronous
        return make(manager, **options), manager

    return start
