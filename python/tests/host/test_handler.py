from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import pytest

from jobbers.di import Depends
from jobbers.host.convert import InvalidParameters
from jobbers.host.handler import Handler, handler_of
from jobbers.models.task_config import TaskConfig
from jobbers.registry import InvalidTask, RegisteredTask


class Colour(Enum):
    RED = "red"


@dataclass
class Point:
    x: float
    colour: Colour = Colour.RED


@dataclass
class Tree:
    name: Path
    children: list[Tree]


def secret() -> str:
    return "secret"


def handler(
    at: dt.datetime | None = None,
    points: list[Point] | None = None,
    named: dict[str, Point] | None = None,
    pair: tuple[dt.date, int] | None = None,
    one: tuple[int] | None = None,
    unique: set[int] | None = None,
    until: dt.date = None,  # type: ignore[assignment]  # noqa: RUF013
    tree: Tree | None = None,
    plain: Any = None,
    key: Annotated[str, Depends(secret)] = "",
) -> None: ...


def made(function: Callable[..., Any]) -> Handler:
    return handler_of(RegisteredTask(function, TaskConfig("t", 1)))


def test_arguments_become_what_the_hints_say() -> None:
    arguments = made(handler).arguments(
        {
            "at": "2026-03-12T10:00:00Z",
            "points": [{"x": 1}, {"x": 2, "colour": "red"}],
            "named": {"a": {"x": 3}},
            "pair": ["2026-03-12", 5],
            "one": [1],
            "unique": [1, 1],
            "until": None,
            "tree": {"name": "a", "children": [{"name": "b", "children": [{"name": "c", "children": []}]}]},
            "plain": {"x": 1},
        }
    )
    assert arguments == {
        "at": dt.datetime(2026, 3, 12, 10, tzinfo=dt.timezone.utc),
        "points": [Point(1), Point(2, Colour.RED)],
        "named": {"a": Point(3)},
        "pair": (dt.date(2026, 3, 12), 5),
        "one": (1,),
        "unique": {1},
        "until": None,
        "tree": Tree(Path("a"), [Tree(Path("b"), [Tree(Path("c"), [])])]),
        "plain": {"x": 1},
    }


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"at": "yesterday"}, "at: Invalid isoformat string: 'yesterday'"),
        ({"points": [{"x": 1}, {"x": 2, "colour": "green"}]}, "points[1].colour: 'green' is not a valid Colour"),
        ({"points": {"x": 1}}, "points: a list is needed, not {'x': 1}"),
        ({"named": {"a": {}}}, "named.a: Point.__init__() missing 1 required positional argument: 'x'"),
        ({"named": {"a": 3}}, "named.a: an object is needed, not 3"),
        ({"pair": [1, 2, 3]}, "pair: 2 items are needed, not 3"),
        ({"one": [1, 2]}, "one: 1 items are needed, not 2"),
        ({"key": "mine"}, "key: injected, not a parameter that a task may have"),
    ],
)
def test_what_cannot_be_converted_is_named(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameters) as refused:
        made(handler).arguments(parameters)
    assert str(refused.value) == message


async def waits(**kwargs: object) -> None: ...


class Waiter:
    async def __call__(self) -> None: ...


def test_what_is_async_is_known() -> None:
    assert made(waits).is_async
    assert made(functools.partial(waits, id=3)).is_async
    assert made(Waiter()).is_async
    assert not made(handler).is_async


def test_a_worker_is_told_of_a_type_what_it_needs() -> None:
    told = made(waits).registration()
    assert sorted(told) == ["name", "policy", "queue", "version"]
    assert made(handler).registration()["parameters_schema"]["properties"]["unique"]


def generator() -> Iterator[int]:
    yield 1


def positional(a: int, /) -> None: ...


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (generator, "a handler returns its result; this one is a generator"),
        (positional, "parameters are given by name, which `a` does not allow"),
    ],
)
def test_a_function_that_cannot_be_a_handler_is_refused(function: Callable[..., Any], message: str) -> None:
    with pytest.raises(InvalidTask, match=f"task 't': .*{message}"):
        made(function)
