"""The reference client on a feed that never rests, while the network is taken from under it and given back.

Everything goes through a proxy (`proxy.py`); writes go to the server directly. Whatever happens on the way, the client
tells of every event once and in order, or of a gap.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.client import Refused
from tests.clients.conftest import Call
from tests.clients.notes import NOTES, PAUSE_S, ids, order, place, writing
from tests.clients.proxy import WAYS, BadNetwork
from tests.live import started
from tests.server.process import Running

PATIENCE_S = 10
MOST_HELD = 1000
FINAL = (1000, 1008, 4401, 4403, 4500, 4999)
OTHER = (1001, 1011, 1012, 1013, 3000, 4000, 4499)
MORE = 15
"""So many events more show that a way works."""

LONGEST_PAUSE_MS = 200

TIMES = {
    "helloMs": 600, "deadAfterMs": 700, "lossWindowMs": 5000, "probeMs": 400, "healthyMs": 500, "holdMs": 1000,
    "backoffMs": [20, LONGEST_PAUSE_MS],
}  # fmt: skip
"""The client's times, so that a rung takes less than a second to try."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, page_files: Path) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("ladder") / "notes.yaml"
    path.write_text(NOTES, encoding="utf-8")
    with started(str(path), "--static", str(page_files), "--log", "quiet") as running:
        yield running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The same for those who have a token."""
    path = tmp_path_factory.mktemp("guarded") / "notes.yaml"
    path.write_text(NOTES + "auth: {scheme: bearer, users: {ada: {token: secret}}}\n", encoding="utf-8")
    with started(str(path), "--log", "quiet") as running:
        yield running


class Follower:
    """The client on some platform, following the feed through the proxy."""

    def __init__(self, call: Call, network: BadNetwork, query: str = "", **options: Any) -> None:
        self._call = call
        url = f"http://127.0.0.1:{network.port}/events{query}"
        self._number = call("follow", url, {**TIMES, **options})

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = self._call("told", self._number)
        return told

    def send(self, *command: Any) -> Any:
        return self._call("command", self._number, *command)

    def leave(self) -> dict[str, Any]:
        self._call("leave", self._number)
        return self.told()

    def await_told(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_S
        told = self.told()
        while not holds(told):
            told = self._call("toldNext", self._number)
            assert time.monotonic() < deadline, f"on {told['transport']}, last of {told['states'][-8:]}"
        return told

    def await_rung(self, *names: str) -> dict[str, Any]:
        return self.await_told(lambda told: told["transport"] in names)

    def await_events(self, *names: str) -> None:
        """Waits until so many more events have come by one of these rungs."""
        before = len(self.await_rung(*names)["ids"])
        self.await_told(lambda told: told["transport"] in names and len(told["ids"]) >= before + MORE)


def push_down_and_up(server: Running, network: BadNetwork, client: Follower) -> None:
    """Every rung, downwards by what ends connections in every way, and upwards again."""
    client.await_events("ws")
    order(server, "/api/sockets/close", {"code": 1012, "reason": "restart"})
    client.await_events("ws")
    network.cut("ws", by="fin")
    client.await_events("ws", "sse")
    network.bar("ws", by="rst")
    client.await_events("sse")
    network.cut("sse", by="fin")
    client.await_events("sse")
    network.bar("sse", by="rst")
    client.await_events("longpoll")
    network.cut("longpoll", by="fin")
    client.await_events("longpoll")
    network.bar("longpoll", by="fin")
    client.await_events("poll")
    network.cut("poll", by="rst")
    client.await_events("poll")
    network.open("longpoll")
    client.await_events("longpoll")
    network.open("sse")
    client.await_events("sse")
    network.cut("sse", by="stall")
    client.await_events("longpoll")
    network.open("ws")
    client.await_events("ws")
    network.cut("ws", by="stall")
    client.await_events("ws")
    network.bar("ws", by="stall")
    client.await_events("sse")
    network.open("ws")
    client.await_events("ws")
    for how in ("drop", "reset", "stall"):
        order(server, "/api/sockets/close", {"how": how})
        client.await_events("ws", "sse")
    client.await_events("ws")


def test_every_event_is_told_once_and_in_order(
    server: Running, network: BadNetwork, call: Call, *, is_thorough: bool
) -> None:
    events, pause_s = (2000, 0.02) if is_thorough else (400, PAUSE_S)
    epoch, offset = place(server)
    client = Follower(call, network, since=f"{epoch}.{offset}")
    with writing(server, pause_s) as writer:
        push_down_and_up(server, network, client)
        while writer.written < events:
            push_down_and_up(server, network, client)
    last = offset + writer.written
    client.await_told(lambda told: told["at"] == f"{epoch}.{last}")
    told = client.leave()
    assert told["ids"] == ids(epoch, offset + 1, last)
    assert told["gaps"] == []
    assert told["last"]["data"] == server.get("/notes/1").json


def test_what_can_not_be_had_any_more_is_a_gap_and_the_rest_follows(
    server: Running, network: BadNetwork, call: Call
) -> None:
    epoch, offset = place(server)
    client = Follower(call, network, since=f"{epoch}.{offset}", deadAfterMs=None)
    client.await_rung("ws")
    network.bar(*WAYS)
    with writing(server, at_once=MOST_HELD + 100) as writer:
        network.open(*WAYS)
        client.await_events(*WAYS)
    last = offset + writer.written
    client.await_told(lambda told: told["at"] == f"{epoch}.{last}")
    told = client.leave()
    # Who tries two rungs at a time is told of the one gap on both.
    for gap in told["gaps"]:
        assert gap["reason"] in ("trimmed", "limit")
        assert gap["asked"] == f"{epoch}.{offset}"
        assert gap["refetch"] == ["/notes", "/others"]
    rest = ids(epoch, int(told["gaps"][-1]["at"].partition(".")[2]) + 1, last)
    assert told["ids"][-len(rest) :] == rest
    assert len(set(told["ids"])) == len(told["ids"])


def test_another_life_of_the_feed_is_a_gap(server: Running, network: BadNetwork, call: Call) -> None:
    epoch, offset = place(server)
    client = Follower(call, network, since=f"{epoch}.{offset}", topics=["notes"])
    client.await_rung("ws")
    order(server, "/api/reset", {"what": ["feed"]})
    [gap] = client.await_told(lambda told: told["gaps"])["gaps"]
    assert (gap["reason"], gap["refetch"]) == ("epoch", ["/notes"])
    with writing(server) as writer:
        client.await_events("ws")
    told = client.await_told(lambda told: told["ids"][-1].endswith(f".{writer.written}"))
    assert told["ids"] == ids(place(server)[0], 1, writer.written)


def test_only_the_topics_asked_for_are_told(server: Running, network: BadNetwork, call: Call) -> None:
    client = Follower(call, network, topics=["others"])
    client.await_rung("ws")
    for resource, number in (("notes", 1), ("others", 2), ("notes", 3), ("others", 4)):
        assert client.send(f"PATCH /{resource}/1", {"number": number})["status"] == 0
    epoch, offset = place(server)
    told = client.await_told(lambda told: len(told["ids"]) == 2)
    assert told["ids"] == [f"{epoch}.{offset - 2}", f"{epoch}.{offset}"]
    assert told["last"]["topic"] == "others"
    client.await_told(lambda told: told["at"] == f"{epoch}.{offset}")


def test_a_command_goes_over_the_socket_or_else_by_rest(server: Running, network: BadNetwork, call: Call) -> None:
    commands = [
        ("GET /notes/1",),
        ("/notes/1",),
        ("GET /notes", {"limit": 1, "fields": "id"}),
        ("PATCH /notes/1", {"number": 7}),
        ("PATCH /notes/1", {"number": "seven"}),
        ("/notes", {"number": 8}),
        ("DELETE /notes/2",),
        ("DELETE /notes/2",),
    ]
    client = Follower(call, network)
    answers = []
    for transport in ("ws", "longpoll"):
        order(server, "/api/reset", {})
        client.await_rung(transport)
        answers.append([[client.send(*command)[part] for part in ("status", "data")] for command in commands])
        network.bar("ws", "sse")
    by_socket, by_rest = answers
    assert [status for status, _ in by_socket] == [0, 0, 0, 0, 2, 0, 0, 1]
    assert by_socket == by_rest


def test_a_command_whose_answer_is_lost_fails(network: BadNetwork, call: Call) -> None:
    client = Follower(call, network)
    client.await_rung("ws")
    network.cut("ws", by="stall")
    with pytest.raises(Refused, match="whether it was done is not known"):
        client.send("GET /notes")


def test_a_code_that_says_so_ends_it(server: Running, network: BadNetwork, call: Call) -> None:
    for code in FINAL:
        client = Follower(call, network)
        client.await_rung("ws")
        order(server, "/api/sockets/close", {"code": code, "reason": "enough"})
        told = client.await_told(lambda told: told["states"][-1]["state"] == "stopped")
        assert told["states"][-1] == {"state": "stopped", "transport": None, "code": code, "reason": "enough"}


def test_after_any_other_code_it_comes_back(server: Running, network: BadNetwork, call: Call) -> None:
    for code in OTHER:
        client = Follower(call, network)
        client.await_rung("ws")
        order(server, "/api/sockets/close", {"code": code})
        told = client.await_told(lambda told: [now["state"] for now in told["states"]][2:] == ["connecting", "live"])
        assert told["states"][2]["code"] == code
        assert 0 <= told["states"][2]["retryMs"] <= LONGEST_PAUSE_MS
        assert client.leave()["states"][-2]["transport"] == "ws"


def test_who_may_not_listen_is_told_so_at_last_and_a_token_opens_every_rung(guarded: Running, call: Call) -> None:
    with BadNetwork(guarded.port) as network:
        stranger = Follower(call, network)
        told = stranger.await_told(lambda told: told["states"][-1]["state"] == "stopped")
        assert told["states"][-1]["code"] == 401
        client = Follower(call, network, query="?access_token=secret")
        for rung in WAYS:
            client.await_rung(rung)
            network.bar(rung)


def test_a_rung_that_is_not_there_is_left_out(network: BadNetwork, call: Call) -> None:
    client = Follower(call, network, EventSource=None)
    client.await_rung("ws")
    network.bar("ws")
    client.await_rung("longpoll")
    network.open("ws")
    client.await_rung("ws")


def test_a_long_poll_is_soon_live_where_nothing_happens_too(network: BadNetwork, call: Call) -> None:
    network.bar("ws", "sse")
    client = Follower(call, network, holdMs=60_000)
    client.await_rung("longpoll")


def test_what_is_closed_stays_closed(server: Running, network: BadNetwork, call: Call) -> None:
    client = Follower(call, network)
    client.await_rung("ws")
    told = client.leave()
    assert told["states"][-1]["state"] == "stopped"
    deadline = time.monotonic() + PATIENCE_S  # the Close frame is on its way
    while any(one["state"] == "open" for one in server.control("GET", "/api/sockets").json):
        assert time.monotonic() < deadline, "it is still open"
