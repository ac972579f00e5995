"""Tests of tasks, and of what submits them: a whole Jobbers for a while (``Server``)."""

from .server import Server, ServerFailed

__all__ = ["Server", "ServerFailed"]
