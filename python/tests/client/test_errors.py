from __future__ import annotations

import pickle
import traceback
from typing import Any

import httpx
import pytest
from support.manager import ID, problem

from jobbers.client import (
    BadRequest,
    ConfigurationError,
    Forbidden,
    Invalid,
    JobbersError,
    NotFound,
    Problem,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnexpectedAnswer,
    WrongField,
)
from jobbers.client.configuration import Configuration

TOKEN = "sesame-1234"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (413, TooLarge),
        (418, Problem),
        (429, Unavailable),
        (504, Unavailable),
    ],
)
def test_each_status_has_its_error(start: Any, status: int, kind: type[Problem]) -> None:
    client, _ = start(problem(status, "because"), retries=0, patience=0)
    with pytest.raises(kind, match="because") as caught:
        client.status(ID)
    assert type(caught.value) is kind
    assert caught.value.status == status


def test_wrong_fields_are_named(start: Any) -> None:
    fields = [{"pointer": "/priority", "detail": "must be 0 to 9"}, {"pointer": "/queue", "detail": "is too long"}]
    client, _ = start(problem(422, "/priority must be 0 to 9", errors=fields, type="urn:jobbers:problem:wrong-fields"))
    with pytest.raises(Invalid) as caught:
        client.submit("noop", 1, priority=10)
    assert caught.value.errors == (WrongField("/priority", "must be 0 to 9"), WrongField("/queue", "is too long"))
    assert str(caught.value) == "/priority must be 0 to 9\n  /queue is too long"
    assert caught.value.type == "urn:jobbers:problem:wrong-fields"
    assert pickle.loads(pickle.dumps(caught.value)).errors == caught.value.errors


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"id": 7}', b'{"id": "x", "name": "noop"}', b"\xff"])
def test_what_no_manager_answers_is_told(start: Any, body: bytes) -> None:
    client, _ = start(httpx.Response(200, content=body))
    with pytest.raises(UnexpectedAnswer, match="what a manager does not answer"):
        client.status(ID)


def test_a_gateway_without_a_problem_document_is_unavailable(start: Any) -> None:
    client, _ = start(httpx.Response(502, text="Bad gateway"), retries=0)
    with pytest.raises(Unavailable, match="502: Bad gateway"):
        client.status(ID)


def test_the_token_is_sent_and_never_shown(start: Any) -> None:
    echo = [
        problem(401, f"Bearer {TOKEN} is unknown", errors=[{"pointer": "", "detail": TOKEN}]),
        httpx.Response(502, text=TOKEN),
        httpx.Response(404, text=TOKEN),
        httpx.ConnectError(TOKEN),
        httpx.ReadError(TOKEN),
    ]
    client, manager = start(*echo, token=TOKEN, retries=0)
    for _ in echo:
        with pytest.raises(JobbersError) as caught:
            client.status(ID)
        error = caught.value
        shown = [str(error), repr(error), repr(vars(error)), "".join(traceback.format_exception(error))]
        assert TOKEN not in "".join(shown)
    assert {request.headers["authorization"] for request in manager.requests} == {f"Bearer {TOKEN}"}
    client = getattr(client, "client", client)
    assert TOKEN not in repr(client) + repr(vars(client)) + repr(vars(client._driver))


@pytest.mark.parametrize("token", ["", "a b", "ä", "a\n"])
def test_a_token_that_no_header_can_hold_is_refused(start: Any, token: str) -> None:
    with pytest.raises(ConfigurationError, match="printable ASCII"):
        start(token=token)


@pytest.mark.parametrize(
    "url", ["", "localhost:8000", "ftp://host", "http://", "http://me:secret@host", "http://h?a=1", "http://h:port"]
)
def test_a_wrong_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError, match="the address of the manager must") as caught:
        Configuration.of(url, None, 1, 1, 1, 1, 1)
    assert "secret" not in "".join(traceback.format_exception(caught.value))


def test_address_and_token_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBBERS_URL", "https://jobs.example.com/api/")
    monkeypatch.setenv("JOBBERS_TOKEN", TOKEN)
    configuration = Configuration.of(None, None, 1, 1, 1, 1, 1)
    assert (configuration.url, configuration.token) == ("https://jobs.example.com/api", TOKEN)
    assert Configuration.of("http://here", "other", 1, 1, 1, 1, 1).token == "other"
    monkeypatch.delenv("JOBBERS_URL")
    assert Configuration.of(None, None, 1, 1, 1, 1, 1).url == "http://localhost:8000"


@pytest.mark.parametrize(
    "wrong", [{"timeout": 0}, {"retries": -1}, {"patience": -1}, {"most_body": 0}, {"connections": 0}]
)
def test_settings_that_cannot_be_are_refused(start: Any, wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError, match="must be more than 0"):
        start(**wrong)
