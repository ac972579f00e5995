"""Tests of tasks: run one in this process (``run_task``), or start a whole Jobbers for a while (``Server``)."""

from .server import Server, ServerFailed

__all__ = ["Server", "ServerFailed"]
