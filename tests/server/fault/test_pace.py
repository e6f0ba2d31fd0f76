"""Bodies in their own time: every byte of them, under their true length, none of them early."""

from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.faults.course import Pace
from mockserver.server.fault.pace import spread
from tests.server.fault.bench import Bench, hear

paces = st.one_of(
    st.builds(Pace, bytes_s=st.floats(1, 1e9)), st.builds(Pace, pieces=st.integers(1, 50), over_s=st.floats(0, 100))
)


@given(st.binary(max_size=5_000), paces)
def test_the_pieces_of_a_body_are_the_body_and_each_is_due_after_the_one_before(body: bytes, pace: Pace) -> None:
    times, pieces = [], []
    for due_s, piece in spread(body, pace):
        times.append(due_s)
        pieces.append(piece)
    assert b"".join(pieces) == body
    assert times == sorted(times)
    assert all(due_s >= 0 for due_s in times)


@given(st.binary(min_size=1, max_size=5_000), st.floats(1, 1e6))
def test_no_byte_is_ahead_of_its_pace(body: bytes, bytes_s: float) -> None:
    sent = 0
    for due_s, piece in spread(body, Pace(bytes_s)):
        sent += len(piece)
        assert sent <= due_s * bytes_s * (1 + 1e-9)
    assert sent == len(body)


def test_so_many_pieces_as_there_can_be() -> None:
    assert [len(piece) for _, piece in spread(b"x" * 10, Pace(pieces=4, over_s=2.0))] == [2, 3, 2, 3]
    assert [due_s for due_s, _ in spread(b"xxx", Pace(pieces=9, over_s=3.0))] == [1.0, 2.0, 3.0]


def test_a_slow_body_has_its_true_length_and_takes_its_time(bench: Bench) -> None:
    start = monotonic()
    with bench.begin("/200/1000", ("f", "throttle", {"bytes_s": 4000.0})) as wire:
        answer = wire.read()
    assert monotonic() - start >= 0.25
    assert (answer.headers["content-length"], len(answer.body)) == ("1000", 1000)


def test_it_comes_in_pieces(bench: Bench) -> None:
    with bench.begin("/200/10", ("f", "throttle", {"pieces": 3, "over_s": 600.0})) as wire:
        wire.read(head_only=True)
        bench.await_waiting(1)
        bench.tell("/advance/200")
        assert wire.take(3) == b"abc"
        bench.tell("/advance/200")
        assert wire.take(3) == b"def"
        assert bench.tell()["waiting"] == 1
        bench.tell("/advance/200")
        assert wire.take(4) == b"ghij"


def test_when_the_fault_ends_the_rest_comes_at_once(bench: Bench) -> None:
    with bench.begin("/200/100000", ("f", "throttle", {"bytes_s": 10.0})) as wire:
        wire.read(head_only=True)
        start = monotonic()
        bench.tell("/off/f")
        assert len(wire.take(100_000)) == 100_000
        assert monotonic() - start < 2
    assert bench.tell()["waiting"] == 0


def test_a_client_that_leaves_in_the_middle_is_noticed(bench: Bench) -> None:
    with bench.begin("/200/100000", ("f", "throttle", {"bytes_s": 10.0})) as wire:
        wire.read(head_only=True)
        bench.await_waiting(1)
    bench.await_waiting(0)


def test_a_slow_connection_is_kept_for_the_next_request(bench: Bench) -> None:
    with bench.begin("/200/10", ("f", "throttle", {"bytes_s": 1000.0})) as wire:
        assert wire.read().body == b"abcdefghij"
        wire.send(bench.asking("/200/3"))
        assert wire.read().body == b"abc"


@pytest.mark.parametrize(("method", "target"), [("HEAD", "/200/10"), ("GET", "/204/0"), ("GET", "/304/0")])
def test_there_is_nothing_slow_about_an_answer_without_a_body(bench: Bench, method: str, target: str) -> None:
    steps = ("f", "throttle", {"bytes_s": 0.01}), ("f", "wait", 600, "body")
    with bench.begin(target, *steps, method=method) as wire:
        assert wire.read(head_only=True).status == int(target.split("/")[1])


def test_a_slow_answer_can_break_off_too(bench: Bench) -> None:
    steps = ("f", "throttle", {"bytes_s": 10.0}), ("g", "cut", {"at": 4, "by": "rst"})
    with bench.begin("/200/10", *steps) as wire:
        bench.await_waiting(1)
        bench.tell("/advance/0.3")
        heard = hear(wire)
    assert (heard.body, heard.end) == (b"abcd", "rst")


def test_a_client_that_reads_nothing_holds_nobody_up(bench: Bench) -> None:
    with bench.begin("/200/50000000", ("f", "throttle", {"bytes_s": 1e9})) as slow:
        with bench.begin("/200/10") as wire:
            assert wire.read().status == 200
        slow.read(head_only=True)
