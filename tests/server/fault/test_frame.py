"""Faults of messages on WebSockets: lost, twice, late, out of order, spoiled, or the last; in both directions."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from tests.server.conftest import Serve
from tests.server.fault.switch import Switch
from tests.server.process import Running
from tests.server.socket.observe import is_reset, is_silent, is_stalled
from tests.server.socket.raw import BINARY, CLOSE, FIN, PING, PONG, TEXT, Frame, Raw, close, frame
from tests.server.socket.test_deflate import PLAIN, Deflater
from tests.server.test_stop import wait_until

OUT = {"direction": "out"}
IN = {"direction": "in"}
BAD = b'\xa1\x0e{"data": null}'


def say_all(raw: Raw, words: Sequence[object]) -> None:
    for word in words:
        raw.say(str(word))


def hear_until_pong(raw: Raw) -> list[str]:
    """All messages up to now."""
    raw.send(frame(FIN | PING, b"now"))
    heard = []
    while (got := raw.read()).opcode != PONG:
        assert got.first in (FIN | TEXT, FIN | BINARY), got
        heard.append(got.payload.decode())
    return heard


def echoed(raw: Raw, words: Sequence[object]) -> list[str]:
    say_all(raw, words)
    return hear_until_pong(raw)


# What becomes of a message.


@pytest.mark.parametrize("direction", ["in", "out"])
def test_the_nth_message_is_lost(switch: Switch, direction: str) -> None:
    switch.put("lossy", direction=direction, every=3, lose=True)
    with Raw(switch.port) as raw:
        assert "".join(echoed(raw, range(10))) == "0134679"
    state = switch.state("lossy")
    assert (state["matched"], state["fired"]) == (10, 3)


@pytest.mark.parametrize("direction", ["in", "out"])
def test_two_runs_lose_the_same(switch: Switch, direction: str) -> None:
    def run() -> list[str]:
        switch.say("begin")
        switch.put("lossy", direction=direction, probability=0.4, lose=True)
        with Raw(switch.port) as raw:
            return echoed(raw, range(60))

    first = run()
    assert 20 < len(first) < 50
    assert run() == first


@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_message_comes_twice_or_more(switch: Switch, direction: str) -> None:
    switch.put("double", direction=direction, skip=1, times=1, duplicate=3)
    with Raw(switch.port) as raw:
        assert echoed(raw, "abc") == ["a", "b", "b", "b", "c"]


@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_message_comes_behind_the_next(switch: Switch, direction: str) -> None:
    switch.put("swap", direction=direction, every=2, reorder=True)
    with Raw(switch.port) as raw:
        assert "".join(echoed(raw, "abcdefg")) == "acbedgf"


def test_a_message_without_a_next_one_waits_a_second_for_it(switch: Switch) -> None:
    switch.put("swap", **OUT, reorder=True)
    with Raw(switch.port) as raw:
        assert echoed(raw, "a") == []
        switch.advance(0.9)
        assert hear_until_pong(raw) == []
        switch.advance(0.2)
        assert raw.hear() == "a"


@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_message_that_is_delayed_may_be_overtaken(switch: Switch, direction: str) -> None:
    switch.put("late", direction=direction, skip=1, times=2, delay="5s")
    with Raw(switch.port) as raw:
        assert echoed(raw, "abcd") == ["a", "d"]
        switch.advance(4.9)
        assert hear_until_pong(raw) == []
        switch.advance(0.2)
        assert [raw.hear(), raw.hear()] == ["b", "c"]


def test_a_delay_ends_in_real_time_though_the_clock_stands_still(switch: Switch) -> None:
    switch.put("late", **OUT, delay="50ms")
    with Raw(switch.port) as raw:
        say_all(raw, "abc")
        assert [raw.hear() for _ in range(3)] == ["a", "b", "c"]


def test_a_spoiled_message_is_a_valid_frame_of_broken_json(switch: Switch) -> None:
    switch.put("broken", **OUT, corrupt="trailing_comma")
    with Raw(switch.port) as raw:
        assert echoed(raw, ['{"a": "€"}']) == ['{"a": "€",}']
        raw.send(frame(FIN | BINARY, b"[1]"))
        assert raw.read() == Frame(FIN | BINARY, b"[1,]")
        raw.send(frame(FIN | BINARY, b"\xff\xfe\xfd\xfc"))
        got = raw.read()
        assert (got.opcode, got.payload) == (BINARY, b"\xff\xfe")


def test_a_message_may_be_spoiled_on_its_way_in(switch: Switch) -> None:
    switch.put("broken", **IN, corrupt="cut")
    with Raw(switch.port) as raw:
        assert echoed(raw, ['{"a": 1}']) == ['{"a"']


def test_several_faults_act_on_one_message(switch: Switch) -> None:
    switch.put("broken", **OUT, corrupt="nan")
    switch.put("double", **OUT, duplicate=True)
    with Raw(switch.port) as raw:
        assert echoed(raw, ["[1]"]) == ["[NaN]", "[NaN]"]
        switch.put("lossy", **OUT, lose=True)
        assert echoed(raw, ["[1]"]) == []


# Which messages.


def named(**members: Any) -> str:
    return json.dumps(members)


@pytest.mark.parametrize(
    ("event", "lost"),
    [
        ("zoos", "a"),
        ("zoos.created", "a"),
        ("*.created", "a"),
        ("/v1/*", "ab"),
        ("/v1/zoos/2", "b"),
        (["zoos", "chat"], "ac"),
        ("chat", "c"),
        ("*", "abc"),
        ("/sys/ping", "d"),
        ("/sys/*", "d"),
        ("zoo", ""),
    ],
)
def test_an_event_is_known_by_its_names(switch: Switch, event: Any, lost: str) -> None:
    """Words of the system only where they are spelled out."""
    switch.put("lossy", **OUT, event=event, lose=True)
    sent = {
        "a": named(method="/v1/zoos/1", topic="zoos", resource="zoos", action="created"),
        "b": named(method="PATCH /v1/zoos/2?x=1"),
        "c": named(type="chat"),
        "d": named(method="/sys/ping"),
        "e": "no JSON at all",
    }
    with Raw(switch.port) as raw:
        heard = echoed(raw, [*sent.values()])
    assert "".join(name for name, said in sent.items() if said not in heard) == lost
    assert switch.state("lossy")["matched"] == len(lost)


def test_words_of_the_system_are_not_counted_among_messages(switch: Switch) -> None:
    switch.put("lossy", **OUT, every=2, lose=True)
    with Raw(switch.port) as raw:
        words = [named(method="/sys/hello"), "1", named(method="/sys/ping"), "2", "3", "4"]
        assert echoed(raw, words) == [*words[:3], "3"]


def test_pings_and_pongs_are_no_messages(serve: Serve) -> None:
    switch = Switch(serve())
    switch.put("lossy", direction="out", every=2, lose=True)
    with Raw(switch.port, "/echo?beat=0.4") as raw:
        for _ in range(3):
            raw.skip_to(PING)
            assert echoed_with_pings(raw, ["1", "2"]) == ["1"]
    assert switch.state("lossy")["matched"] == 6


def echoed_with_pings(raw: Raw, words: Sequence[str]) -> list[str]:
    say_all(raw, words)
    raw.send(frame(FIN | PING, b"now"))
    heard = []
    while (got := raw.read()).opcode != PONG:
        if got.opcode == TEXT:
            heard.append(got.payload.decode())
    return heard


def test_both_directions_count_where_none_is_named(switch: Switch) -> None:
    switch.put("lossy", every=4, lose=True)
    with Raw(switch.port) as raw:
        # In and out of each in turn: the fourth is the second one's echo, the eighth the fourth's.
        assert echoed(raw, "abcd") == ["a", "c"]


# The last message.


@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_connection_ends_in_place_of_a_message(switch: Switch, direction: str) -> None:
    switch.put("enough", direction=direction, skip=3, close=4000, reason="enough")
    with Raw(switch.port) as raw:
        say_all(raw, "abcdef")
        assert [raw.hear() for _ in range(3)] == ["a", "b", "c"]
        got = raw.read()
        assert (got.opcode, got.code, got.reason) == (CLOSE, 4000, "enough")
        raw.send(close(4000))
        assert raw.at_end()
    (act,) = switch.acts()
    assert act["decided_by"] == "fault enough: close 4000"


@pytest.mark.parametrize("direction", ["in", "out"])
def test_it_may_be_dropped_reset_or_stalled(switch: Switch, direction: str) -> None:
    switch.put("gone", direction=direction, skip=1, drop=True)
    with Raw(switch.port) as raw:
        say_all(raw, "ab")
        assert raw.hear() == "a"
        assert raw.sock.recv(1) == b""
    switch.put("gone", direction=direction, skip=1, reset=True)
    with Raw(switch.port) as raw:
        say_all(raw, "ab")
        assert is_reset(raw)
    switch.put("gone", direction=direction, skip=1, stall=True)
    with Raw(switch.port) as raw:
        say_all(raw, "abc")
        assert raw.hear() == "a"
        wait_until(lambda: is_stalled(switch.server, raw))
        assert is_silent(raw, 0.3)
        switch.off("gone")
        assert raw.at_end()


def test_a_bad_frame_comes_in_place_of_a_message(switch: Switch) -> None:
    switch.put("bad", **OUT, skip=1, bad_frame="rsv")
    with Raw(switch.port) as raw:
        say_all(raw, "abc")
        assert raw.hear() == "a"
        assert raw.wire.take(len(BAD)) == BAD
        assert raw.at_end()


def test_an_orderly_end_lets_out_before_it_what_was_kept(switch: Switch) -> None:
    switch.put("late", **OUT, times=2, delay="5s")
    switch.put("swap", **OUT, skip=3, reorder=True)
    with Raw(switch.port, "/do") as raw:
        raw.say("push 4 1")
        assert raw.hear() == "c"
        raw.say("close 4001")
        assert [raw.hear() for _ in range(3)] == ["a", "b", "d"]
        assert raw.read().code == 4001


def test_an_end_that_is_a_fault_lets_out_what_was_kept_if_it_is_orderly(switch: Switch) -> None:
    for end, heard, last in (
        ({"close": 4001}, ["a", "b"], b"\x88\x02\x0f\xa1"),
        ({"bad_frame": "rsv"}, ["a", "b"], BAD),
        ({"drop": True}, [], b""),
    ):
        switch.put("late", **OUT, delay="5s")
        switch.put("enough", **OUT, skip=2, **end)
        with Raw(switch.port) as raw:
            say_all(raw, "abc")
            assert [raw.hear() for _ in heard] == heard
            assert raw.wire.take(len(last)) == last
            raw.send(close(4001))
            assert raw.at_end()
        switch.say("begin")


def test_what_a_client_has_said_before_it_closes_is_heard(switch: Switch) -> None:
    switch.put("late", **IN, times=2, delay="500s")
    switch.put("swap", **IN, skip=3, reorder=True)
    with Raw(switch.port) as raw:
        assert echoed(raw, "abcd") == ["c"]
        raw.send(close(4001))
        assert [raw.hear() for _ in range(3)] == ["a", "b", "d"]
        assert raw.read().code == 4001
        assert raw.at_end()


# While it goes on.


def test_faults_come_and_go_on_an_open_connection(switch: Switch) -> None:
    with Raw(switch.port) as raw:
        assert echoed(raw, "ab") == ["a", "b"]
        switch.put("lossy", **OUT, lose=True)
        assert echoed(raw, "cd") == []
        switch.off("lossy")
        assert echoed(raw, "ef") == ["e", "f"]


@pytest.mark.parametrize("rule", [{"delay": "500s"}, {"reorder": True}])
@pytest.mark.parametrize("direction", ["in", "out"])
@pytest.mark.parametrize("others", [(), ("other",)])
def test_what_is_kept_goes_on_when_the_fault_ends(
    switch: Switch, rule: dict[str, Any], direction: str, others: Sequence[str]
) -> None:
    switch.put("late", direction=direction, times=1, **rule)
    for name in others:
        switch.put(name, direction=direction, event="nothing", lose=True)
    with Raw(switch.port) as raw:
        assert echoed(raw, "a") == []
        switch.off("late")
        assert raw.hear() == "a"
        assert echoed(raw, "b") == ["b"]


def test_nothing_is_left_of_what_was_kept_for_who_has_gone(switch: Switch) -> None:
    switch.put("late", delay="500s")
    with Raw(switch.port) as raw:
        assert echoed(raw, "abc") == []
        assert switch.waiting == 3
        raw.send(close(1000))
        assert raw.read().code == 1000
    wait_until(lambda: switch.waiting == 0)


def test_what_was_kept_by_a_fault_that_was_asked_for_goes_on_when_there_is_none_such(switch: Switch) -> None:
    switch.put("late", **OUT, enabled=False, delay="500s")
    with Raw(switch.port, "/echo?__fault=late") as raw:
        assert echoed(raw, "ab") == []
        switch.say("remove", "late")
        assert [raw.hear(), raw.hear()] == ["a", "b"]
        assert switch.waiting == 0


@pytest.mark.parametrize(("count", "size"), [(1001, 1), (3, 600_000)])
def test_who_has_too_much_kept_for_them_is_closed(switch: Switch, count: int, size: int) -> None:
    switch.put("late", **OUT, delay="500s")
    with Raw(switch.port, "/do") as raw:
        raw.say(f"push {count} {size}")
        assert raw.read().code == 1013
    wait_until(lambda: switch.waiting == 0)


def test_a_message_that_asks_for_nothing_meets_what_its_connection_asked_for(switch: Switch) -> None:
    switch.put("lossy", **OUT, enabled=False, lose=True)
    with Raw(switch.port, "/echo?__fault=lossy") as asking, Raw(switch.port) as other:
        assert echoed(asking, "ab") == []
        assert echoed(other, "ab") == ["a", "b"]
        switch.say("remove", "lossy")
        assert echoed(asking, "cd") == ["c", "d"]


# Behind what waits.


def fill(server: Running, raw: Raw, count: int) -> None:
    """Have more on its way than any system keeps for a reader that does not come."""
    raw.say(f"play {count} 10000")
    wait_until(lambda: server.control("GET", "/api/sockets").json[0]["bytes_out"] > 0)


def letters(count: int, size: int) -> list[str]:
    return [chr(ord("a") + number % 26) * size for number in range(count)]


@pytest.mark.parametrize("deflate", ["", "?deflate=1"])
def test_what_is_played_passes_too_in_its_order_on_the_wire(switch: Switch, deflate: str) -> None:
    switch.put("lossy", **OUT, every=5, lose=True)
    with Raw(switch.port, f"/do{deflate}") as raw:
        raw.say("play 100 20")
        raw.say("push 10 20")
        whole = [*letters(100, 20), *letters(10, 20)]
        assert hear_until_pong(raw) == [one for at, one in enumerate(whole, start=1) if at % 5]


def test_what_is_played_is_not_drawn_before_its_turn(switch: Switch) -> None:
    switch.put("lossy", **OUT, every=5, lose=True)
    with Raw(switch.port, "/do") as raw:
        fill(switch.server, raw, 3000)
        raw.say("push 5 20")
        wait_until(lambda: switch.server.control("GET", "/api/sockets").json[0]["queue"] >= 6)
        assert switch.state("lossy")["matched"] < 2000
        whole = [*letters(3000, 10_000), *letters(5, 20)]
        for one in [one for at, one in enumerate(whole, start=1) if at % 5]:
            assert raw.hear() == one
        assert switch.state("lossy")["matched"] == 3005


@pytest.mark.parametrize("end", ["drop", "stall", "close"])
def test_an_end_waits_for_the_turn_of_its_message(switch: Switch, end: str) -> None:
    switch.put("enough", **OUT, skip=650, **{end: 4000 if end == "close" else True})
    with Raw(switch.port, "/do") as raw:
        fill(switch.server, raw, 600)
        raw.say("push 90 10000")
        expected = [*letters(600, 10_000), *letters(50, 10_000)]
        for one in expected:
            assert raw.hear() == one
        if end == "close":
            assert raw.read().code == 4000
        elif end == "drop":
            assert raw.at_end()
        else:
            assert is_silent(raw, 0.3)


def test_what_waits_passes_although_the_session_has_closed(switch: Switch) -> None:
    switch.put("lossy", **OUT, every=5, lose=True)
    switch.put("late", **OUT, skip=590, delay="500s")
    with Raw(switch.port, "/do") as raw:
        fill(switch.server, raw, 600)
        raw.say("close 4001")
        for one in [one for at, one in enumerate(letters(600, 10_000), start=1) if at % 5]:
            assert raw.hear() == one
        assert raw.read().code == 4001


def test_messages_pass_a_gate_that_comes_while_they_wait(switch: Switch) -> None:
    with Raw(switch.port, "/do") as raw:
        fill(switch.server, raw, 1500)
        switch.put("lossy", **OUT, lose=True)
        heard = 0
        raw.send(frame(FIN | PING, b"now"))
        while raw.read().opcode != PONG:
            heard += 1
        assert 0 < heard < 1500
        assert switch.state("lossy")["fired"] == 1500 - heard


def test_compressed_messages_can_be_lost_and_spoiled(switch: Switch) -> None:
    """What one refers to is what the client has got (RFC 7692 §7.2.3.2)."""

    switch.put("lossy", **OUT, every=2, lose=True)
    switch.put("broken", **OUT, every=3, corrupt="trailing_comma")
    with Raw(switch.port, "/do?deflate=1", f"Sec-WebSocket-Extensions: {PLAIN}") as raw:
        client = Deflater()
        ask = partial(Deflater.shrink, client)
        raw.send(frame(FIN | 0x40 | TEXT, ask(b"push 6 200")))
        grown = [client.grow(raw.read()).decode() for _ in range(3)]
    assert grown == ["a" * 200, "c" * 200 + ",", "e" * 200]
