"""A browser's EventSource and that of the package `eventsource` on the feed: both come back to where they were."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.client import installed_version
from tests.clients.conftest import Call
from tests.clients.notes import NOTES, ids, place, writing
from tests.clients.proxy import BadNetwork, End
from tests.live import started
from tests.server.process import Running

VERSION = "5.1.5"
PATIENCE_S = 15
MORE = 20

on_both = pytest.mark.parametrize("platform", ["chromium", "node"], indirect=True)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, page_files: Path) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("stream") / "notes.yaml"
    path.write_text(NOTES, encoding="utf-8")
    with started(str(path), "--static", str(page_files), "--log", "quiet") as running:
        yield running


def hellos(heard: dict[str, Any]) -> list[dict[str, Any]]:
    return [word["data"] for word in heard["words"] if word["method"] == "/sys/hello"]


def await_events(call: Call, stream: int, openings: int, count: int) -> dict[str, Any]:
    """What was heard, when it has begun so often, and as many events have come."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        heard: dict[str, Any] = call("heardNext", stream)
        if len(hellos(heard)) >= openings and len(heard["events"]) >= count:
            return heard
        assert time.monotonic() < deadline, (heard["words"], len(heard["events"]))


def test_the_package_is_the_published_one() -> None:
    assert installed_version("eventsource") == VERSION


@on_both
@pytest.mark.parametrize("by", ["fin", "rst"])
def test_an_event_source_misses_nothing(server: Running, network: BadNetwork, call: Call, by: End) -> None:
    epoch, offset = place(server)
    stream = call("openStream", f"http://127.0.0.1:{network.port}/events/sse?since={epoch}.{offset}")
    with writing(server) as writer:
        await_events(call, stream, 1, MORE)
        network.cut("sse", by=by)
        heard = await_events(call, stream, 2, MORE)
        heard = await_events(call, stream, 2, len(heard["events"]) + MORE)
    heard = await_events(call, stream, 2, writer.written)
    call("closeStream", stream)
    expected = ids(epoch, offset + 1, offset + writer.written)
    assert heard["events"] == [[one, one] for one in expected]
    assert [hello["resumed"] for hello in hellos(heard)] == [True, True]
    assert hellos(heard)[0]["at"] == f"{epoch}.{offset}"


@on_both
def test_an_event_source_at_rest_keeps_its_place(server: Running, network: BadNetwork, call: Call) -> None:
    epoch, offset = place(server)
    stream = call("openStream", f"http://127.0.0.1:{network.port}/events/sse?topics=others")
    await_events(call, stream, 1, 0)
    with writing(server, at_once=3):
        pass
    here = ".".join(map(str, place(server)))
    deadline = time.monotonic() + PATIENCE_S
    while json.dumps(here) not in json.dumps(call("heardNext", stream)["words"]):
        assert time.monotonic() < deadline, "no ping says how far the feed is"
    network.cut("sse", by="rst")
    heard = await_events(call, stream, 2, 0)
    call("closeStream", stream)
    assert heard["events"] == []
    assert [hello["at"] for hello in hellos(heard)] == [f"{epoch}.{offset}", here]
