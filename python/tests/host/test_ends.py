from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from jobbers.host.convert import InvalidParameters
from jobbers.host.ends import InvalidResult, interrupted, raised, returned
from jobbers.host.frames import Decoder, encode, plain
from jobbers.models.task_config import TaskConfig


def decoded(frame: bytes) -> dict[str, Any]:
    (message,) = Decoder().feed(frame)
    return message


circle: list[Any] = []
circle.append(circle)


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (object(), "result: builtins.object, which is not JSON"),
        ({"at": [dt.date(2026, 1, 1)]}, "result.at[0]: datetime.date, which is not JSON"),
        ({"rate": math.nan}, "result.rate: nan, which JSON does not have"),
        ((1, -math.inf), "result[1]: -inf, which JSON does not have"),
        ({(1, 2): 3}, "result: the key (1, 2) is no text"),
        ("\ud800", "result: a text with half of a surrogate pair, which is not Unicode"),
        (circle, "…: nested too deeply, or in itself"),
    ],
)
def test_a_result_that_is_not_json_is_refused_and_the_place_named(result: object, error: str) -> None:
    with pytest.raises(InvalidResult) as refused:
        returned(1, result)
    assert str(refused.value).endswith(error)


def test_a_result_is_sent_as_it_is() -> None:
    frame = returned(3, {"ä": [1.5, None, True], "n": 2**70})
    assert decoded(frame) == {"type": "returned", "id": 3, "result": {"ä": [1.5, None, True], "n": 2**70}}
    assert len(frame) == 4 + int.from_bytes(frame[:4], "big")


def test_a_result_that_no_worker_takes_is_refused() -> None:
    with pytest.raises(InvalidResult, match="bytes of JSON, of"):
        returned(1, "x" * (64 * 1024 * 1024))


class Wordless(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError(), "ValueError"),
        (ValueError("half \ud800"), "half ?"),
        (Wordless(), "an error whose message cannot be had: RuntimeError"),
    ],
)
def test_an_exception_always_has_a_message(error: Exception, message: str) -> None:
    end = decoded(raised(1, error, TaskConfig("t", 1)))
    assert end["error"] == message
    assert end["expected"] is False


def test_of_long_texts_both_ends_are_kept() -> None:
    end = decoded(raised(1, ValueError("a" * 100_000), TaskConfig("t", 1)))
    assert len(end["error"]) < 9000
    assert len(end["traceback"]) < 17_000
    assert end["traceback"].startswith("ValueError: aaa")
    assert plain("abcdef", 4) == "ab\n…\nef"


@pytest.mark.parametrize("kind", [InvalidResult, InvalidParameters])
def test_what_another_attempt_cannot_mend_is_never_expected(kind: Callable[[str], Exception]) -> None:
    end = decoded(raised(1, kind("x"), TaskConfig("t", 1, expected_exceptions=(Exception,))))
    assert (end["expected"], end["error_type"]) == (False, getattr(kind, "__name__", None))


def test_frames_are_found_however_they_are_cut() -> None:
    messages: list[dict[str, Any]] = [{"a": "ä" * 300}, {}, {"b": 1}]
    data = b"".join(map(encode, messages))
    decoder = Decoder()
    assert [message for at in range(len(data)) for message in decoder.feed(data[at : at + 1])] == messages
    assert decoder.feed(data + data[:9]) == messages
    assert decoder.feed(data[9:]) == messages
    assert json.loads(interrupted(5)[4:]) == {"type": "interrupted", "id": 5}
