"""Why a call has no answer, or which problem is the answer."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "BadRequest",
    "ConfigurationError",
    "Conflict",
    "Forbidden",
    "Invalid",
    "JobbersError",
    "NoAnswer",
    "NotFound",
    "Problem",
    "TooLarge",
    "Unauthorized",
    "Unavailable",
    "UnexpectedAnswer",
    "Unreachable",
    "WrongField",
]


class JobbersError(Exception):
    """All errors of the client."""

    @property
    def is_transient(self) -> bool:
        """Whether the same call may succeed later, without anybody's help."""
        return False


class ConfigurationError(JobbersError, ValueError):
    """The address, the token or another setting cannot be used."""


class Unreachable(JobbersError):
    """Nobody answers at the address; nothing was sent."""

    @property
    def is_transient(self) -> bool:
        return True


class NoAnswer(JobbersError):
    """The connection broke, or the time was over, before the answer: the call may or may not have happened."""

    @property
    def is_transient(self) -> bool:
        return True


class UnexpectedAnswer(JobbersError):
    """What answered is not a manager, or one that speaks otherwise."""


@dataclass(frozen=True)
class WrongField:
    """What is wrong with a field of the body."""

    pointer: str
    """Where in the body, as a JSON pointer."""
    detail: str


class Problem(JobbersError):
    """The manager refused the call, and said why (RFC 9457)."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        title: str = "",
        type: str = "about:blank",
        errors: tuple[WrongField, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.title = title
        self.type = type
        self.errors = errors
        """What is wrong with which field of the body."""
        self.retry_after = retry_after
        """Seconds after which to try again, if the manager said so."""

    def __str__(self) -> str:
        # The detail names the first wrong fields itself.
        more = [f"\n  {field.pointer} {field.detail}" for field in self.errors if field.detail not in self.detail]
        return self.detail + "".join(more)

    @property
    def is_transient(self) -> bool:
        return self.status in (429, 502, 503, 504)


class BadRequest(Problem):
    """400: a malformed id, an unknown queue or task type, a wrong query."""


class Unauthorized(Problem):
    """401: no token, or an unknown one."""


class Forbidden(Problem):
    """403: the token does not allow it."""


class NotFound(Problem):
    """404: no such task, queue or dead letter."""


class Conflict(Problem):
    """409: the task's status does not allow it, or the id belongs to another submission."""


class TooLarge(Problem):
    """413: more than the manager takes."""


class Invalid(Problem):
    """422: fields that do not fit; ``errors`` names each."""


class Unavailable(Problem):
    """429, 502, 503, 504: too much at once, or something that the manager needs is away."""


_BY_STATUS: dict[int, type[Problem]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: Invalid,
    429: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def problem_class(status: int) -> type[Problem]:
    """The error of an HTTP status."""
    return _BY_STATUS.get(status, Problem)
