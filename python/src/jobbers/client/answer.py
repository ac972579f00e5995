"""Reads what a manager answers."""

from __future__ import annotations

import json
from typing import Any

from .configuration import Configuration
from .errors import JobbersError, NoAnswer, Problem, UnexpectedAnswer, Unreachable, WrongField, problem_class
from .exchange import Response

__all__ = ["no_answer", "read_answer", "refusal", "unexpected", "unreachable"]

_MOST_SHOWN = 200


def read_answer(response: Response, configuration: Configuration) -> Any:
    """The JSON of an answer."""
    try:
        return json.loads(response.body)
    except ValueError as error:
        raise unexpected(f"{response.status}: {error}", configuration) from None


def refusal(response: Response, configuration: Configuration) -> JobbersError | None:
    """Why the manager refused, if it did."""
    if 200 <= response.status < 300:
        return None
    status = response.status
    try:
        document = json.loads(response.body)
        detail = document["detail"]
    except (ValueError, KeyError, TypeError):
        text = f"{status}: {response.body.decode(errors='replace').strip()[:_MOST_SHOWN]}"
        if status in (502, 503, 504):
            # Something before the manager that cannot reach it.
            detail = _without_token(f"{configuration.url} answered {text}", configuration)
            return problem_class(status)(status, detail, retry_after=_retry_after(response))
        return unexpected(text, configuration)
    return problem_class(status)(
        status,
        _without_token(str(detail), configuration),
        title=str(document.get("title", "")),
        type=str(document.get("type", "about:blank")),
        errors=_wrong_fields(document.get("errors"), configuration),
        retry_after=_retry_after(response),
    )


def unreachable(detail: str, configuration: Configuration) -> Unreachable:
    """Nothing was sent."""
    return Unreachable(_without_token(f"no manager answers at {configuration.url} ({detail})", configuration))


def no_answer(detail: str, configuration: Configuration) -> NoAnswer:
    """It may have happened."""
    return NoAnswer(_without_token(f"{configuration.url} gave no answer ({detail})", configuration))


def unexpected(detail: str, configuration: Configuration) -> UnexpectedAnswer:
    """An answer that no manager gives."""
    text = f"{configuration.url} answered what a manager does not answer ({detail})"
    return UnexpectedAnswer(_without_token(text, configuration))


def _wrong_fields(errors: object, configuration: Configuration) -> tuple[WrongField, ...]:
    if not isinstance(errors, list):
        return ()
    return tuple(
        WrongField(str(error.get("pointer", "")), _without_token(str(error.get("detail", "")), configuration))
        for error in errors
        if isinstance(error, dict)
    )


def _retry_after(response: Response) -> float | None:
    try:
        return max(0.0, float(response.headers["retry-after"]))
    except (KeyError, ValueError):
        return None


def _without_token(text: str, configuration: Configuration) -> str:
    # Whatever answers may repeat what it was sent.
    return text.replace(configuration.token, "…") if configuration.token else text


def status_of(error: JobbersError) -> int | None:
    """The HTTP status of a refusal."""
    return error.status if isinstance(error, Problem) else None
