from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NewType, Optional, TypedDict, Union

import pytest

from jobbers.di import Depends
from jobbers.host.hints import parameters_of
from jobbers.host.schema import schema_of, schema_of_parameters

if TYPE_CHECKING:
    from decimal import Decimal as Unknown

UserId = NewType("UserId", int)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Point:
    x: float
    y: float = 0
    label: Optional[str] = None  # noqa: UP045
    tags: list[str] = field(default_factory=list)


@dataclass
class Tree:
    children: list[Tree]


class Row(TypedDict):
    id: int


class Options(Row, total=False):
    wide: bool


class Model:
    """What pydantic's models look like from here."""

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        return {"type": "object", "title": "Model"}


POINT = {
    "type": "object",
    "properties": {
        "x": {"type": "number"},
        "y": {"type": "number"},
        "label": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["x"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (str, {"type": "string"}),
        (int, {"type": "integer"}),
        (float, {"type": "number"}),
        (bool, {"type": "boolean"}),
        (None, {"type": "null"}),
        (Any, {}),
        (object, {}),
        (bytes, {}),
        (UserId, {"type": "integer"}),
        (Annotated[int, "how many"], {"type": "integer"}),
        (Literal["a", 1, None], {"enum": ["a", 1, None]}),
        (Colour, {"enum": ["red", "blue"]}),
        (int | None, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        (Union[int, str, None], {"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}]}),
        (int | object, {}),
        (list, {"type": "array"}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (Sequence[Any], {"type": "array"}),
        (set[str], {"type": "array", "items": {"type": "string"}}),
        (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
        (
            tuple[int, str],
            {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "minItems": 2, "maxItems": 2},
        ),
        (dict, {"type": "object"}),
        (dict[str, object], {"type": "object"}),
        (Mapping[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (dt.datetime, {"type": "string", "format": "date-time"}),
        (dt.date, {"type": "string", "format": "date"}),
        (uuid.UUID, {"type": "string", "format": "uuid"}),
        (Path, {"type": "string"}),
        (Point, POINT),
        (
            Options,
            {
                "type": "object",
                "properties": {"id": {"type": "integer"}, "wide": {"type": "boolean"}},
                "required": ["id"],
            },
        ),
        (Model, {"type": "object", "title": "Model"}),
        (Callable[[int], int], {}),
    ],
)
def test_hints_have_schemas(hint: Any, schema: dict[str, Any]) -> None:
    assert schema_of(hint) == schema


def test_a_class_that_contains_itself_ends_somewhere() -> None:
    assert schema_of(Tree)["properties"] == {"children": {"type": "array"}}


def of(function: Callable[..., Any]) -> dict[str, Any] | None:
    return schema_of_parameters(parameters_of(function))


def as_in_the_original(**kwargs: object) -> None: ...
def nothing() -> None: ...
def some(
    id: int,
    limit: int = 10,
    since: dt.date | None = None,
    until: dt.date = None,  # type: ignore[assignment]  # noqa: RUF013
    **rest: Any,
) -> None: ...
def partly(known: int, unknown: Unknown, injected: Annotated[int, Depends(nothing)]) -> None: ...


def test_keyword_arguments_alone_may_be_anything() -> None:
    assert of(as_in_the_original) is None


def test_a_function_without_parameters_takes_none() -> None:
    assert of(nothing) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {},
        "additionalProperties": False,
    }


def test_defaults_are_told_and_the_rest_is_allowed() -> None:
    date = {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}], "default": None}
    assert of(some) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "limit": {"type": "integer", "default": 10},
            "since": date,
            "until": date,
        },
        "required": ["id"],
    }


def test_what_cannot_be_found_may_be_anything_and_what_is_injected_is_no_parameter() -> None:
    schema = of(partly)
    assert schema is not None
    assert schema["properties"] == {"known": {"type": "integer"}, "unknown": {}}
    assert schema["required"] == ["known", "unknown"]
    json.dumps(schema)
