"""Answers that are kept to be repeated: how much room they take."""

import tracemalloc
from datetime import UTC, datetime

import orjson

from mockserver.messages import Reply
from mockserver.rest.replay import Replays


def test_an_answer_is_kept_in_little_more_room_than_its_bytes() -> None:
    replays, count = Replays(lambda: datetime(2026, 1, 1, tzinfo=UTC)), 200
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for n in range(count):
            replays.keep(("", "POST", "/orders", str(n)), b"", Reply(201, (), orjson.dumps({"id": n})))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # orjson's own bytes come in a buffer of 4 KiB.
    assert (taken - before) / count < 1000
