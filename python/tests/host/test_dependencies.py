from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from jobbers.di import Depends, InvalidDependency
from jobbers.host.dependencies import plan

if TYPE_CHECKING:
    from decimal import Decimal as Unknown

story: list[str] = []


@pytest.fixture(autouse=True)
def new_story() -> None:
    story.clear()


def settings() -> str:
    story.append("settings")
    return "settings"


async def pool(settings: Annotated[str, Depends(settings)]) -> AsyncIterator[str]:
    story.append("pool opens")
    try:
        yield f"pool of {settings}"
    finally:
        story.append("pool closes")


def session(pool: Annotated[str, Depends(pool)], size: int = 3) -> Iterator[str]:
    story.append("session opens")
    try:
        yield f"session {size} of {pool}"
    except ValueError as error:
        story.append(f"session sees {error}")
        raise
    finally:
        story.append("session closes")


async def user(session: Annotated[str, Depends(session)]) -> str:
    return f"user of {session}"


class Mailer:
    def __init__(self, settings: Annotated[str, Depends(settings)]) -> None:
        self.settings = settings


async def handler(
    id: int,
    user: Annotated[str, Depends(user)],
    session: Annotated[str, Depends(session)],
    mailer: Annotated[Mailer, Depends(Mailer)],
) -> None: ...


def with_dependencies(function: Callable[..., Any], fail: Exception | None = None) -> dict[str, Any]:
    async def main() -> dict[str, Any]:
        async with contextlib.AsyncExitStack() as stack:
            made = await plan(function).make_async(stack)
            story.append("handler")
            if fail is not None:
                raise fail
            return made
        raise AssertionError("an error was swallowed")

    return asyncio.run(main())


def test_each_is_made_once_after_what_it_needs_and_ended_in_reverse_order() -> None:
    made = with_dependencies(handler)
    assert made["session"] == "session 3 of pool of settings"
    assert made["user"] == f"user of {made['session']}"
    assert made["mailer"].settings == "settings"
    assert sorted(made) == ["mailer", "session", "user"]
    assert story == ["settings", "pool opens", "session opens", "handler", "session closes", "pool closes"]


def test_a_failure_reaches_the_generators_and_they_are_ended() -> None:
    with pytest.raises(ValueError, match="no such id"):
        with_dependencies(handler, ValueError("no such id"))
    assert story[-4:] == ["handler", "session sees no such id", "session closes", "pool closes"]


def test_dependencies_that_are_not_async_need_no_loop() -> None:
    def opened(settings: Annotated[str, Depends(settings)]) -> Iterator[str]:
        yield "opened"
        story.append("closed")

    def handler(file: Annotated[str, Depends(opened)]) -> None: ...

    # Named here, as what is local to a test cannot be found by its name.
    handler.__annotations__["file"] = Annotated[str, Depends(opened)]
    order = plan(handler)
    assert not order.is_async
    with contextlib.ExitStack() as stack:
        assert order.make(stack) == {"file": "opened"}
        assert story == ["settings"]
    assert story == ["settings", "closed"]


def test_one_async_dependency_needs_a_loop() -> None:
    assert plan(handler).is_async
    assert not plan(Mailer).is_async


def hen(egg: Annotated[str, Depends(lambda: None)]) -> None: ...
def egg(hen: Annotated[str, Depends(hen)]) -> None: ...
def farm(hen: Annotated[str, Depends(hen)]) -> None: ...


def test_a_circle_is_refused_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(hen.__annotations__, "egg", Annotated[str, Depends(egg)])
    with pytest.raises(InvalidDependency, match=r"in a circle: \S+\.hen needs \S+\.egg needs \S+\.hen$"):
        plan(farm)


def needy(size: int) -> None: ...
def uses_needy(needy: Annotated[None, Depends(needy)]) -> None: ...
def unknown(thing: Annotated[Unknown, Depends(settings)], other: Unknown) -> None: ...


def test_a_dependency_that_cannot_be_called_is_refused() -> None:
    with pytest.raises(InvalidDependency, match=r"needy is a dependency, and its parameter `size` has neither"):
        plan(uses_needy)


def test_a_dependency_whose_hint_cannot_be_found_is_refused() -> None:
    with pytest.raises(InvalidDependency, match=r"unknown: `thing` .* cannot be found: .*Unknown"):
        plan(unknown)


def test_depends_takes_a_function() -> None:
    with pytest.raises(InvalidDependency, match="takes a function or a class, not 3"):
        Depends(3)  # type: ignore[arg-type]
