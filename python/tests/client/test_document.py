"""The values are those of the document of the API."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import jobbers
from jobbers import client
from jobbers.models.task_status import TaskStatus

ROOT = Path(__file__).parents[3]
SCHEMAS = json.loads((ROOT / "openapi.json").read_text())["components"]["schemas"]
# What is there for older clients only.
LEFT_OUT = {"Attempt": {"timestamp"}}


def properties(schema: dict[str, Any]) -> set[str]:
    if "$ref" in schema:
        return properties(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    found = set(schema.get("properties", {}))
    return found.union(*(properties(part) for part in [*schema.get("allOf", []), *schema.get("oneOf", [])]))


def test_the_version_is_that_of_the_programs() -> None:
    manifest = (ROOT / "Cargo.toml").read_text()
    assert f'version = "{jobbers.__version__}"' in manifest.splitlines()


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (client.Attempt, "Attempt"),
        (client.BatchResult, "BatchResult"),
        (client.Explanation, "Explanation"),
        (client.History, "History"),
        (client.Outcome, "BulkResult"),
        (client.Progress, "Progress"),
        (client.Queue, "Queue"),
        (client.QueueState, "QueueBody"),
        (client.QueueStats, "QueueStatsBody"),
        (client.Rate, "RateBody"),
        (client.Removed, "DiscardReply"),
        (client.Revived, "RevivalReply"),
        (client.RoleState, "RoleBody"),
        (client.Task, "Task"),
        (client.TaskPage, "TaskPage"),
        (client.TaskType, "RegisteredTask"),
        (client.WrongField, "WrongField"),
    ],
)
def test_a_value_has_the_fields_of_its_schema(kind: Any, schema: str) -> None:
    known = {field.name for field in fields(kind)} - {"extra"}
    assert known == properties(SCHEMAS[schema]) - LEFT_OUT.get(schema, set())


def test_a_submission_has_the_fields_of_its_schema() -> None:
    known = {field.name for field in fields(client.Submission)}
    assert known == properties(SCHEMAS["NewTask"]) - {"params"}


def test_the_statuses_are_those_of_the_document() -> None:
    assert {status.value for status in TaskStatus} - {"unsubmitted"} == set(SCHEMAS["Status"]["enum"])
