"""When a request is sent again, and after which pause."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .configuration import Configuration
from .errors import JobbersError, NoAnswer, Problem, Unreachable
from .exchange import Safety

__all__ = ["Retries"]

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 3.0


@dataclass
class Retries:
    """Of one call. A manager that is busy is asked again within the patience, whatever number of times; one that does
    not answer as often as ``retries`` says."""

    configuration: Configuration
    safety: Safety
    began: float
    lost: int = 0
    busy: int = 0

    def pause(self, error: JobbersError, now: float) -> float | None:
        """Seconds to wait before the request is sent again; none if it is not."""
        pause = self._pause(error)
        left = self.configuration.patience - (now - self.began)
        return pause if pause is not None and pause <= left else None

    def _pause(self, error: JobbersError) -> float | None:
        if isinstance(error, Problem) and error.status in (429, 503):
            # Refused before anything was done.
            self.busy += 1
            if error.retry_after is not None:
                return error.retry_after + random.uniform(0, 0.1 * error.retry_after)
            return _backoff(self.busy)
        gateway = isinstance(error, Problem) and error.status in (502, 504)
        again = isinstance(error, Unreachable) or (
            self.safety is Safety.SAFE and (gateway or isinstance(error, NoAnswer))
        )
        if not again or self.lost >= self.configuration.retries:
            return None
        self.lost += 1
        return _backoff(self.lost)


def _backoff(number: int) -> float:
    """From half to the whole of a doubling pause: many clients that lost the same manager do not come back as one."""
    whole = min(_FIRST_PAUSE * 2.0 ** (number - 1), _LONGEST_PAUSE)
    return random.uniform(whole / 2, whole)
