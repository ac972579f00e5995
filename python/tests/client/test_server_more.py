"""Against a real manager: who may do what, and what happens to all tasks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jobbers.client import Client, Event, Forbidden, Unauthorized
from jobbers.testing import Server


def test_a_token_allows_what_its_scope_says() -> None:
    with Server(env={"JOBBERS_TOKENS": "looks:read:sesame,sends:submit:open-sesame"}) as server:
        with Client(server.url, "open-sesame") as sends:
            task = sends.wait(sends.submit("noop", 1), 30)
        with Client(server.url, "sesame") as looks:
            assert looks.status(task).is_completed
            with pytest.raises(Forbidden) as forbidden:
                looks.submit("noop", 1)
        with Client(server.url, "other") as stranger, pytest.raises(Unauthorized) as unauthorized:
            stranger.status(task)
        with Client(server.url) as nobody, pytest.raises(Unauthorized):
            list(nobody.events())
        assert "sesame" not in str(forbidden.value)
        assert "other" not in str(unauthorized.value)


def test_events_of_all_tasks(jobbers_client: Client) -> None:
    events = jobbers_client.events()
    assert next(events).kind in ("counts", "resync")
    first = jobbers_client.submit("noop", 1)
    seen = next(event for event in events if event.data.get("id") == first.id)
    events.close()
    # What happens while nobody listens is told behind the last event.
    second = jobbers_client.wait(jobbers_client.submit("noop", 1), 30)
    events = jobbers_client.events(last_event_id=seen.id)
    assert "completed" in {event.data["status"] for event in events_of(second.id, events)}
    events.close()


def events_of(id: str, events: Iterator[Event]) -> Iterator[Event]:
    for event in events:
        assert event.kind != "resync"
        if event.data.get("id") == id:
            yield event
            if event.is_the_end:
                return
