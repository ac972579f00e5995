from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from jobbers import registry
from jobbers.models.task_config import BackoffStrategy, DeadLetterPolicy, TaskConfig
from jobbers.models.task_shutdown_policy import TaskShutdownPolicy
from jobbers.registry import InvalidTask, find_task, register_task, registered_tasks


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", {})


def config_of(**options: Any) -> TaskConfig:
    register_task(**{"name": "t", "version": 1, **options})(lambda: None)
    found = find_task("t", 1)
    assert found is not None
    return found.config


def test_what_is_not_said_has_the_documented_default() -> None:
    assert config_of() == TaskConfig(
        name="t",
        version=1,
        queue="default",
        max_retries=3,
        retry_delay=None,
        backoff_strategy=BackoffStrategy.EXPONENTIAL,
        max_retry_delay=3600,
        expected_exceptions=(),
        timeout=None,
        dead_letter_policy=DeadLetterPolicy.NONE,
        max_heartbeat_interval=None,
        max_concurrent=1,
        on_shutdown=TaskShutdownPolicy.STOP,
    )


def test_durations_are_seconds_or_timedeltas() -> None:
    config = config_of(max_heartbeat_interval=dt.timedelta(minutes=5), timeout=1.5, retry_delay=dt.timedelta(0))
    assert (config.max_heartbeat_interval, config.timeout, config.retry_delay) == (300, 1.5, 0)


def test_a_worker_is_told_the_policy_in_its_own_words() -> None:
    policy = config_of(
        backoff_strategy=BackoffStrategy.EXPONENTIAL_JITTER,
        dead_letter_policy=DeadLetterPolicy.SAVE,
        on_shutdown=TaskShutdownPolicy.RESUBMIT,
        max_concurrent=None,
        redact={"token", "password"},
    ).policy()
    assert policy == {
        "max_retries": 3,
        "retry_delay": None,
        "backoff": "exponential_jitter",
        "backoff_factor": 2,
        "retry_jitter": 0,
        "max_retry_delay": 3600,
        "timeout": None,
        "dead_letter": "save",
        "max_heartbeat_interval": None,
        "max_concurrent": None,
        "max_concurrent_total": None,
        "on_shutdown": "resubmit",
        "cancel_grace": 10,
        "max_lost": 3,
        "redact": ["password", "token"],
    }


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("name", "send email", "is 1 to 64 characters of A-Z a-z 0-9 _ . : -"),
        ("version", "1", "is a whole number from 0"),
        ("version", True, "is a whole number from 0"),
        ("queue", "", "is 1 to 64 characters"),
        ("max_retries", -1, "is a whole number from 0"),
        ("max_lost", 0, "is a whole number from 1"),
        ("retry_delay", -1, "is a number of seconds from 0, a timedelta, or None"),
        ("timeout", 0, "is a number of seconds above 0, a timedelta, or None"),
        ("max_heartbeat_interval", dt.timedelta(0), "is a number of seconds above 0"),
        ("max_retry_delay", None, "is a number of seconds from 0, or a timedelta"),
        ("cancel_grace", float("nan"), "is a number of seconds from 0"),
        ("max_concurrent", 0, "is a whole number from 1, or None for unlimited"),
        ("backoff_strategy", "fast", "is one of BackoffStrategy.CONSTANT, BackoffStrategy.LINEAR"),
        ("on_shutdown", "panic", "is one of TaskShutdownPolicy.STOP"),
        ("expected_exceptions", ("ValueError",), "is a tuple of exception types"),
        ("redact", "token", "is a list of names of fields"),
    ],
)
def test_a_wrong_option_is_refused_and_named(option: str, value: object, allowed: str) -> None:
    with pytest.raises(InvalidTask) as refused:
        config_of(**{option: value})
    assert f"`{option}` {allowed}" in str(refused.value)
    assert repr(value) in str(refused.value)
    if option != "name":
        assert str(refused.value).startswith("task 't'")


def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="cron"):
        register_task(name="t", version=1, cron="* * * * *")  # type: ignore[call-arg]


def test_versions_live_side_by_side_and_functions_stay_what_they_are() -> None:
    def first() -> int:
        return 1

    def second() -> int:
        return 2

    assert register_task(name="t", version=1)(first) is first
    assert register_task(name="t", version=2)(second) is second
    assert [task.function for task in registered_tasks()] == [first, second]


def test_a_type_that_two_functions_claim_is_refused() -> None:
    def first() -> None: ...
    def second() -> None: ...

    register_task(name="t", version=1)(first)
    with pytest.raises(InvalidTask, match=r"'t' version 1 is registered twice: by .*first.*and by .*second"):
        register_task(name="t", version=1)(second)


def test_a_module_may_be_imported_twice() -> None:
    for _ in range(2):

        @register_task(name="t", version=1)
        async def same() -> None: ...

    assert len(registered_tasks()) == 1
