"""Which manager to talk to, and how patiently."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import ConfigurationError

__all__ = ["Configuration"]

DEFAULT_URL = "http://localhost:8000"


@dataclass(frozen=True)
class Configuration:
    """What both clients are made with; see their parameters."""

    url: str
    token: str | None = field(repr=False)
    timeout: float
    retries: int
    patience: float
    most_body: int
    connections: int

    @staticmethod
    def of(
        url: str | None,
        token: str | None,
        timeout: float,
        retries: int,
        patience: float,
        most_body: int,
        connections: int,
    ) -> Configuration:
        """Checked, with what the environment says of what is not given."""
        url = url if url is not None else os.environ.get("JOBBERS_URL") or DEFAULT_URL
        token = token if token is not None else os.environ.get("JOBBERS_TOKEN") or None
        if token is not None and not (token and all("!" <= character <= "~" for character in token)):
            raise ConfigurationError("the token must be printable ASCII without spaces")
        if timeout <= 0 or retries < 0 or patience < 0 or most_body <= 0 or connections <= 0:
            raise ConfigurationError(
                "timeout, most_body and connections must be more than 0, retries and patience at least 0"
            )
        return Configuration(_base(url), token, timeout, retries, patience, most_body, connections)

    @property
    def is_local(self) -> bool:
        """A proxy would look for such a manager on its own host."""
        host = urlsplit(self.url).hostname or ""
        return host in ("localhost", "::1") or host.startswith("127.")


def _base(text: str) -> str:
    """Never shows the text: it may hold a password."""
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        raise _wrong("must be a URL") from None
    if url.scheme not in ("http", "https") or not url.hostname:
        raise _wrong("must begin with http:// or https://")
    if url.username is not None or url.password is not None:
        raise _wrong("must not hold credentials (a token is given by itself)")
    if url.query or url.fragment:
        raise _wrong("must end with its path")
    return text.rstrip("/")


def _wrong(reason: str) -> ConfigurationError:
    return ConfigurationError(f"the address of the manager {reason}, such as {DEFAULT_URL}")
