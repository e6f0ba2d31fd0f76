"""What the server knows of the reference client as it comes back by itself: nothing missed, nothing twice."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import Call
from tests.clients.notes import NOTES, order, place, writing
from tests.clients.proxy import BadNetwork
from tests.clients.test_ladder import Follower
from tests.live import started
from tests.server.process import Running
from tests.server.test_stop import wait_until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, page_files: Path) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("reconnect") / "notes.yaml"
    path.write_text(NOTES, encoding="utf-8")
    with started(str(path), "--static", str(page_files), "--log", "quiet") as running:
        yield running


@pytest.fixture
def platform() -> str:
    return "chromium"


def record(server: Running) -> dict[str, Any]:
    found = [one for one in server.control("GET", "/api/reconnects").json if one["client"] == "tab"]
    return dict(found[0])


def await_record(server: Running, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    wait_until(lambda: holds(record(server)))
    return record(server)


def test_it_comes_back_on_every_rung_and_misses_nothing(server: Running, network: BadNetwork, call: Call) -> None:
    epoch, offset = place(server)
    client = Follower(call, network, "?client=tab", since=f"{epoch}.{offset}")
    with writing(server) as writer:
        client.await_events("ws")
        for how in ({"code": 1012}, {"how": "drop"}, {"how": "reset"}):
            order(server, "/api/sockets/close", how)
            client.await_events("ws", "sse")
        client.await_events("ws")
        network.bar("ws", by="rst")
        client.await_events("sse")
        network.bar("sse", by="rst")
        client.await_events("longpoll")
        network.open("ws")
        client.await_events("ws")
    client.await_told(lambda told: told["at"] == f"{epoch}.{offset + writer.written}")
    found = await_record(server, lambda found: found["delivered"] >= writer.written)
    client.leave()
    assert (found["missed"], found["gaps"], found["window"], found["connected"]) == (0, 0, "ws", True)
    assert {one["how"] for one in found["losses"]} >= {"close", "drop", "reset"}
    assert {one["window"] for one in found["attempts"]} >= {"ws", "sse", "longpoll"}
    assert len(found["delays_s"]) >= 3
    assert all(one["client"] == "tab" for one in server.control("GET", "/api/reconnects").json)
