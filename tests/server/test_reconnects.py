"""What a running server knows of clients that come back, over real sockets: how they were lost, tried and returned."""

import json
import socket
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from tests.live import started
from tests.server.process import Running
from tests.server.socket.raw import CLOSE, UPGRADE, Raw, close, handshake
from tests.server.test_stop import wait_until
from tests.server.wire import Answer, Wire, ask, request

NOTES = """
mock: 1
api: {feed: {path: /events, heartbeat: 30s}}
resources:
  notes: {count: 3, fields: {number: {value: 0, type: integer}}}
  others: {count: 3, fields: {number: {value: 0, type: integer}}}
channels:
  chat: {path: /chat/:room, receive: [{send: "${msg}"}]}
  ticker: {path: /ticker, kind: sse, open: [{send: {hello: 1}}]}
"""
_numbers = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("reconnects") / "notes.yaml"
    path.write_text(NOTES, encoding="utf-8")
    with started(str(path), "--no-watch", "--log", "quiet") as running:
        yield running


class Place:
    """A sandbox of its own, with what a client and a person at the control plane can do there."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.name = f"s{next(_numbers)}"

    def socket(self, query: str = "client=tab", path: str = "/events/ws") -> Raw:
        return Raw(self.server.port, f"/~{self.name}{path}?{query}")

    def following(self, query: str = "client=tab") -> Raw:
        """A socket on the feed that has been greeted."""
        opened = self.socket(query)
        assert json.loads(opened.hear())["method"] == "/sys/hello"
        return opened

    def refused(self, query: str = "client=tab") -> int:
        """The status of a handshake that is turned away."""
        target = f"/~{self.name}/events/ws?{query}"
        return ask(self.server.port, handshake(target, *UPGRADE)).status

    def poll(self, query: str = "client=tab") -> Answer:
        return self.server.get(f"/~{self.name}/events?{query}")

    def stream(self, query: str = "client=tab", *headers: str, path: str = "/events/sse") -> Wire:
        wire = Wire(self.server.port)
        wire.send(request("GET", f"/~{self.name}{path}?{query}", "Accept: text/event-stream", *headers))
        assert wire.read(head_only=True).status == 200
        return wire

    def write(self, *numbers: int, resource: str = "notes") -> None:
        for number in numbers:
            body = json.dumps({"number": number}).encode()
            target = f"/~{self.name}/{resource}/1"
            answer = ask(self.server.port, request("PATCH", target, "Content-Type: application/json", body=body))
            assert answer.status < 300, answer.body

    def order(self, path: str, body: Any) -> Answer:
        data = json.dumps(body).encode()
        return self.server.control("POST", f"{path}?sandbox={self.name}", "Content-Type: application/json", body=data)

    def end(self, **how: Any) -> None:
        assert self.order("/api/sockets/close", how).json["closed"]

    def switch(self, name: str, rule: object) -> None:
        assert self.server.switch(name, rule, self.name).status in (200, 201)

    def off(self) -> None:
        assert self.order("/api/faults/off", {}).status == 200

    @property
    def records(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.server.control("GET", f"/api/reconnects?sandbox={self.name}").json
        return found

    @property
    def record(self) -> dict[str, Any]:
        (found,) = self.records
        return found

    def await_record(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        wait_until(lambda: holds(self.record))
        return self.record


@pytest.fixture
def place(server: Running) -> Place:
    return Place(server)


def numbers(socket: Raw, many: int) -> list[str]:
    """The ids of the next events."""
    return [json.loads(socket.hear())["id"] for _ in range(many)]


def test_a_client_that_is_sent_away_tries_and_returns(place: Place) -> None:
    with place.following() as tab:
        place.write(1)
        (last,) = numbers(tab, 1)
        place.end(code=1012)
        assert tab.skip_to(CLOSE).code == 1012
        tab.send(close(1012))
    place.write(2, 3)
    place.switch("away", {"match": "WS *", "refuse": 503})
    assert [place.refused(), place.refused()] == [503, 503]
    place.off()
    with place.following(f"client=tab&since={last}") as tab:
        assert len(numbers(tab, 2)) == 2
        record = place.record
    (loss,) = record["losses"]
    assert (loss["how"], loss["by"], loss["code"], loss["window"]) == ("close", "server", 1012, "ws")
    assert loss["down_s"] == pytest.approx(sum(record["delays_s"]), abs=0.01)
    assert [one["status"] for one in record["attempts"]] == [503, 503, 101]
    assert [record[name] for name in ("connected", "delivered", "missed", "doubled")] == [True, 3, 0, 0]


@pytest.mark.parametrize("how", ["drop", "reset"])
def test_an_end_without_a_word_is_one(place: Place, how: str) -> None:
    with place.following():
        place.end(how=how)
        record = place.await_record(lambda record: bool(record["losses"]))
    assert [(one["how"], one["by"], one["code"]) for one in record["losses"]] == [(how, "server", None)]
    assert record["connected"] is False


def test_who_stalls_is_lost_at_once_and_is_the_same_who_comes_back(place: Place) -> None:
    with place.following():
        place.end(how="stall")
        assert place.record["connected"] is False
        with place.following():
            record = place.await_record(lambda record: record["connected"])
    assert [one["how"] for one in record["losses"]] == ["stall"]
    assert len(place.records) == 1


def test_a_client_that_goes_by_itself_is_one_too(place: Place) -> None:
    with place.following() as tab:
        tab.send(close(1000))
        tab.skip_to(CLOSE)
        record = place.await_record(lambda record: bool(record["losses"]))
        assert [(one["by"], one["code"]) for one in record["losses"]] == [("client", 1000)]
    with place.following():
        pass
    record = place.await_record(lambda record: len(record["losses"]) == 2)
    assert (record["losses"][1]["how"], record["losses"][1]["by"]) == ("drop", "network")


def test_who_goes_on_from_now_has_missed_something(place: Place) -> None:
    with place.following():
        place.end(code=1001)
    place.write(1, 2)
    place.write(3, resource="others")
    with place.following("client=tab&since=now&topics=notes"):
        record = place.record
    assert (record["missed"], len(record["missed_ids"])) == (2, 2)
    assert record["topics"] == {"before": ["*"], "after": ["notes"]}


def test_who_begins_anew_gets_everything_twice(place: Place) -> None:
    for _ in range(2):
        with place.following("client=tab&since=start") as tab:
            if not place.record["losses"]:
                place.write(1, 2)
            numbers(tab, 2)
            place.end(code=1012)
            tab.skip_to(CLOSE)
    assert [place.record[name] for name in ("delivered", "missed", "doubled")] == [4, 0, 2]


def test_frames_that_a_fault_loses_are_missed_and_those_it_doubles_are_doubled(place: Place) -> None:
    with place.following() as tab:
        place.switch("lossy", {"match": "WS *", "direction": "out", "event": "notes", "every": 2, "lose": True})
        place.write(1, 2, 3)
        got = numbers(tab, 2)
        assert (place.record["missed"], place.record["delivered"]) == (1, 2)
        place.off()
        place.switch("twice", {"match": "WS *", "direction": "out", "event": "notes", "duplicate": True})
        place.write(4)
        assert len(set(numbers(tab, 2))) == 1
        assert place.record["doubled"] == 1
        place.end(code=1012)
    place.off()
    with place.following(f"client=tab&since={got[0]}") as tab:
        numbers(tab, 3)
        assert place.record["missed"] == 0


def test_a_gap_is_missed_until_it_is_read_anew(place: Place) -> None:
    with place.following() as tab:
        place.order("/api/reset", {"what": ["feed"]})
        assert json.loads(tab.hear())["method"] == "/sys/gap"
        assert [place.record[name] for name in ("gaps", "refetched", "missed")] == [1, False, 2]
        for path in ("/notes", "/others?limit=1"):
            assert place.server.get(f"/~{place.name}{path}").status == 200
        assert [place.record[name] for name in ("gaps", "refetched", "missed")] == [1, True, 0]


def test_topics_subscribed_to_by_a_word_count_as_those_in_the_address(place: Place) -> None:
    def subscribe(tab: Raw, since: str) -> str:
        data = {"topics": ["notes"], "since": since}
        tab.say(json.dumps({"method": "/sys/subscribe", "data": data, "websocketTag": "s"}))
        return str(json.loads(tab.hear())["data"]["at"])

    with place.following("client=tab&topics=nothing") as tab:
        subscribe(tab, "now")
        place.write(1)
        (last,) = numbers(tab, 1)
        place.end(code=1012)
    place.write(2)
    with place.following("client=tab&topics=nothing") as tab:
        assert place.record["missed"] == 0
        subscribe(tab, last)
        numbers(tab, 1)
        assert place.record["missed"] == 0
        place.end(code=1012)
    place.write(3)
    with place.following("client=tab&topics=nothing") as tab:
        subscribe(tab, "now")
        assert place.record["missed"] == 1
        assert place.record["topics"]["after"] == ["notes", "nothing"]


def test_event_streams_go_on_by_the_last_id(place: Place) -> None:
    at = place.poll("client=other").json["at"]
    wire = place.stream()
    wire.sock.close()
    place.write(1)
    wait_until(lambda: bool(place.records[1]["losses"]))
    wire = place.stream("client=tab", f"Last-Event-ID: {at}")
    wait_until(lambda: place.records[1]["delivered"] == 1)
    wire.sock.close()
    assert [place.records[1][name] for name in ("missed", "doubled")] == [0, 0]
    assert place.records[1]["attempts"][0]["window"] == "sse"


def test_polls_are_one_client_and_what_fails_is_its_loss(place: Place) -> None:
    at = place.poll().json["at"]
    place.write(1)
    at = place.poll(f"client=tab&since={at}").json["at"]
    for status in (503, 500):
        place.switch("away", {"match": "GET /events", "status": status})
        assert place.poll(f"client=tab&since={at}").status == status
    place.off()
    place.write(2)
    place.poll(f"client=tab&since={at}&wait=1")
    record = place.record
    assert [(one["how"], one["code"], one["window"]) for one in record["losses"]] == [("status", 503, "poll")]
    assert [(one["status"], one["window"]) for one in record["attempts"]] == [(500, "poll"), (200, "longpoll")]
    assert [record[name] for name in ("delivered", "missed", "doubled")] == [2, 0, 0]


def test_a_long_poll_that_is_left_for_a_socket_was_no_answer(place: Place) -> None:
    with Wire(place.server.port) as wire:
        wire.send(request("GET", f"/~{place.name}/events?client=tab&wait=30"))
        tab = place.following()
    wait_until(lambda: len(place.server.control("GET", f"/api/requests?sandbox={place.name}").json) == 2)
    with tab:
        assert (place.record["window"], place.record["losses"]) == ("ws", [])


def test_half_an_answer_to_a_poll_is_a_loss(place: Place) -> None:
    place.poll()
    place.switch("half", {"match": "GET /events", "reset": "body"})
    with pytest.raises((ConnectionResetError, AssertionError)):
        place.poll()
    assert len(place.record["losses"]) == 1


def test_channels_have_records_of_their_own(place: Place) -> None:
    with place.socket("client=tab", "/chat/red") as chat:
        chat.say('{"a": 1}')
        chat.hear()
        wire = place.stream("client=tab", path="/ticker")
        wait_until(lambda: len(place.records) == 2)
        shown = [(one["client"], one["window"], one["delivered"]) for one in place.records]
        wire.sock.close()
    assert shown == [("tab", "channel:chat", 1), ("tab#2", "channel:ticker", 1)]


def test_a_channel_may_call_its_clients_what_it_likes(place: Place) -> None:
    with place.socket("client=my%20own%20words", "/chat/red"):
        assert place.record["client"].startswith("127.0.0.1")


@pytest.mark.parametrize("window", ["", "/sse"])
@pytest.mark.parametrize("name", ["", "a%20b", "..", "x" * 65, "%F0%9F%A6%81", "%3Cimg%3E"])
def test_a_name_that_can_not_be_one_is_refused(place: Place, window: str, name: str) -> None:
    answer = place.server.get(f"/~{place.name}/events{window}?client={name}")
    assert answer.status == 400
    assert [error["parameter"] for error in answer.json["errors"]] == ["client"]


def test_who_does_not_say_is_told_by_program_and_page(place: Place) -> None:
    agents = ("Mozilla/5.0 Chrome/126.0 Safari/537", "node", "node")
    opened = [Raw(place.server.port, f"/~{place.name}/events/ws", f"User-Agent: {agent}") for agent in agents]
    for one in opened:
        one.hear()
    assert [one["client"] for one in place.records] == ["127.0.0.1 Chrome 126", "127.0.0.1 node", "127.0.0.1 node#2"]
    for one in opened:
        one.sock.close()


def test_it_is_forgotten_on_command_by_a_reset_and_with_the_sandbox(place: Place) -> None:
    def come_and_go() -> None:
        with place.following():
            pass
        wait_until(lambda: bool(place.records and place.records[-1]["losses"]))

    come_and_go()
    assert place.server.control("DELETE", f"/api/reconnects?sandbox={place.name}").status == 204
    assert place.records == []
    come_and_go()
    place.order("/api/reset", {"what": ["journal"]})
    assert place.records == []
    come_and_go()
    place.server.control("DELETE", f"/api/sandboxes/{place.name}")
    assert place.records == []


def test_nothing_is_kept_open_by_what_is_known(place: Place) -> None:
    tabs = [place.following("client=tab") for _ in range(20)]
    for tab in tabs:
        tab.sock.shutdown(socket.SHUT_RDWR)
        tab.sock.close()
    wait_until(lambda: place.server.control("GET", f"/api/sockets?sandbox={place.name}").json == [])
    assert len(place.records) == 20
