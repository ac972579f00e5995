"""What both clients have to say to httpx, which only they need."""

from __future__ import annotations

from typing import Any, TypedDict

try:
    import httpx
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "jobbers.Client and jobbers.AsyncClient need httpx: pip install 'jobbers[client]'", name=error.name
    ) from error

from .answer import no_answer, unreachable
from .configuration import Configuration
from .errors import JobbersError
from .exchange import Request, Response

__all__ = ["failure", "keywords", "options", "response_of"]

_CONNECT_TIMEOUT = 5.0


class Options(TypedDict):
    """Of both kinds of clients of httpx."""

    headers: dict[str, str]
    timeout: httpx.Timeout
    limits: httpx.Limits
    trust_env: bool


def options(configuration: Configuration) -> Options:
    """What a client of httpx is made with; it is the only place where the token is kept for requests."""
    headers = {"accept": "application/json"}
    if configuration.token is not None:
        headers["authorization"] = f"Bearer {configuration.token}"
    limits = httpx.Limits(max_connections=configuration.connections, max_keepalive_connections=20)
    return {
        "headers": headers,
        "timeout": _timeout(configuration),
        "limits": limits,
        "trust_env": not configuration.is_local,
    }


def keywords(request: Request, configuration: Configuration, silence: float | None = None) -> dict[str, Any]:
    """A request of httpx."""
    return {
        "method": request.method,
        "url": configuration.url + request.path,
        "params": list(request.query) or None,
        "content": request.body,
        "headers": dict(request.headers),
        "timeout": _timeout(configuration, silence or configuration.timeout + request.hold),
    }


def _timeout(configuration: Configuration, read: float | None = None) -> httpx.Timeout:
    connect = min(_CONNECT_TIMEOUT, configuration.timeout)
    return httpx.Timeout(configuration.timeout, connect=connect, read=read or configuration.timeout)


def response_of(answer: httpx.Response, body: bytes) -> Response:
    """An answer of httpx."""
    return Response(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, body)


def failure(error: httpx.HTTPError | httpx.StreamError, configuration: Configuration) -> JobbersError:
    """Why there is no answer. The error of httpx itself is not kept: it has the request, and that the token."""
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)):
        return unreachable(_words(error), configuration)
    return no_answer(_words(error), configuration)


def _words(error: Exception) -> str:
    return "the time was over" if isinstance(error, httpx.TimeoutException) else str(error) or type(error).__name__
