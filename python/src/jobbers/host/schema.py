"""The JSON Schema (2020-12) of type hints. What a hint does not say, or is not known here, may be anything: ``{}``."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, Literal, Union

from .hints import Parameter
from .texts import TEXTS

__all__ = ["schema_of", "schema_of_parameters"]

Schema = dict[str, Any]

_PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null", None: "null"}
_LISTS = (list, Sequence, set, frozenset)


def schema_of_parameters(parameters: list[Parameter]) -> Schema | None:
    """What a task may be submitted with; None if that is anything."""
    given = [parameter for parameter in parameters if parameter.depends is None]
    named = [parameter for parameter in given if not parameter.catches_all]
    if not named and len(named) < len(given):
        return None
    schema = _object({p.name: _with_default(p) for p in named}, [p.name for p in named if p.required])
    if len(named) == len(given):
        schema["additionalProperties"] = False
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_of(hint: Any, within: tuple[Any, ...] = ()) -> Schema:
    """The values of a hint. ``within`` are the classes that it is a part of: one that contains itself ends there."""
    hint = getattr(hint, "__supertype__", hint)  # NewType
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return schema_of(parts[0], within)
    if origin is Literal:
        return {"enum": [value.value if isinstance(value, Enum) else value for value in parts]}
    if origin is Union or origin is types.UnionType:
        return _any_of([schema_of(part, within) for part in parts])
    if origin is tuple:
        return _tuple(parts, within)
    kind = origin or hint
    if not isinstance(kind, type) and kind is not None:
        return {}
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    if kind in TEXTS:
        format = TEXTS[kind][0]
        return {"type": "string", "format": format} if format else {"type": "string"}
    if kind in _LISTS or kind is tuple:
        return {"type": "array", **_unless_any("items", schema_of(parts[0], within) if parts else {})}
    if kind is dict or kind is Mapping:
        values = schema_of(parts[1], within) if len(parts) == 2 else {}
        return {"type": "object", **_unless_any("additionalProperties", values)}
    return {} if kind in within else _class(kind, (*within, kind))


def _class(kind: Any, within: tuple[Any, ...]) -> Schema:
    if issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    if hasattr(kind, "model_json_schema"):  # pydantic
        schema: Schema = kind.model_json_schema()
        # Its references count from the top of a document of its own.
        return {} if "$defs" in schema else schema
    if not dataclasses.is_dataclass(kind) and not typing.is_typeddict(kind):
        return {}
    try:
        hints = typing.get_type_hints(kind)
    except Exception:
        return {"type": "object"}
    if typing.is_typeddict(kind):
        required = [name for name in hints if name in kind.__required_keys__]
        return _object({name: schema_of(hint, within) for name, hint in hints.items()}, required)
    fields = [field for field in dataclasses.fields(kind) if field.init]
    missing = dataclasses.MISSING
    required = [f.name for f in fields if f.default is missing and f.default_factory is missing]
    schema = _object({f.name: schema_of(hints[f.name], within) for f in fields}, required)
    return {**schema, "additionalProperties": False}


def _object(properties: dict[str, Schema], required: list[str]) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    return {**schema, "required": required} if required else schema


def _with_default(parameter: Parameter) -> Schema:
    schema = schema_of(parameter.hint)
    if parameter.required:
        return schema
    default = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
    if default is None and schema:
        # `limit: int = None` has always meant that it may be None.
        schema = _any_of([schema, {"type": "null"}])
    try:
        json.dumps(default, allow_nan=False)
    except (TypeError, ValueError):
        return schema
    return {**schema, "default": default}


def _tuple(parts: tuple[Any, ...], within: tuple[Any, ...]) -> Schema:
    if len(parts) == 2 and parts[1] is Ellipsis:
        return {"type": "array", **_unless_any("items", schema_of(parts[0], within))}
    items = [schema_of(part, within) for part in parts if part != ()]
    schema: Schema = {"type": "array", "minItems": len(items), "maxItems": len(items)}
    return {**schema, "prefixItems": items} if items else schema


def _any_of(schemas: list[Schema]) -> Schema:
    if {} in schemas:
        return {}
    flat = [part for schema in schemas for part in (schema["anyOf"] if list(schema) == ["anyOf"] else [schema])]
    distinct = [schema for place, schema in enumerate(flat) if schema not in flat[:place]]
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _unless_any(key: str, schema: Schema) -> Schema:
    return {key: schema} if schema else {}
