from __future__ import annotations

import asyncio
import threading
from typing import Any

from jobbers.host.frames import Decoder, encode
from jobbers.host.outbox import Outbox, Reporter

END = {"type": "returned", "id": 1}


class Wire:
    def __init__(self) -> None:
        self.writes: list[list[dict[str, Any]]] = []
        self.outbox = Outbox(asyncio.get_running_loop(), lambda data: self.writes.append(Decoder().feed(data)))


async def turns() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


def test_all_of_one_turn_is_written_at_once_and_reports_before_the_end() -> None:
    async def main() -> None:
        wire = Wire()
        reporter = Reporter(1, wire.outbox)
        wire.outbox.put(encode(END))
        reporter.heartbeat()
        Reporter(2, wire.outbox).progress(5, "x")
        await turns()
        assert wire.writes == [
            [
                {"type": "heartbeat", "id": 1},
                {"type": "progress", "id": 2, "percent": 5, "message": "x"},
                END,
            ]
        ]
        await turns()
        assert len(wire.writes) == 1

    asyncio.run(main())


def test_a_worker_that_does_not_read_makes_nothing_grow_but_the_ends() -> None:
    async def main() -> None:
        wire = Wire()
        reporter = Reporter(1, wire.outbox)
        reporter.heartbeat()
        wire.outbox.pause()
        for percent in range(100):
            reporter.progress(percent, "")
            reporter.heartbeat()
        for number in range(1500):
            reporter.log("info", "l", str(number))
        wire.outbox.put(encode(END))
        await turns()
        assert wire.writes == []
        wire.outbox.resume()
        await turns()
        ((report, *lines, end, dropped),) = wire.writes
        assert report["percent"] == 99
        assert [line["message"] for line in lines] == [str(number) for number in range(1000)]
        assert end == END
        assert dropped["message"].startswith("500 lines of log were dropped")
        reporter.log("info", "l", "again")
        await turns()
        assert [line["message"] for line in wire.writes[1]] == ["again"]

    asyncio.run(main())


def test_what_a_thread_reports_is_written_by_the_loop() -> None:
    async def main() -> None:
        wire = Wire()
        reporter = Reporter(1, wire.outbox)
        thread = threading.Thread(target=reporter.heartbeat)
        thread.start()
        thread.join()
        assert wire.writes == []
        await turns()
        assert wire.writes == [[{"type": "heartbeat", "id": 1}]]

    asyncio.run(main())


def test_after_its_end_an_attempt_says_nothing() -> None:
    async def main() -> None:
        wire = Wire()
        reporter = Reporter(1, wire.outbox)
        reporter.has_ended = True
        reporter.heartbeat()
        reporter.progress(1, "")
        reporter.log("info", "l", "late")
        await turns()
        assert wire.writes == []

    asyncio.run(main())
