"""Kinds that end an exchange or a connection without an answer, or in the middle of one."""

import gzip
import zlib

import pytest

from mockserver.faults.course import Cut, Finish, Hold, Outage
from tests.faults.acting import ANSWER, Acting, answered, course_of, occasion_of

STANDING = occasion_of("connection", "ws")


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("reset: connect", Cut("nothing", "rst")),
        ("reset: head", Cut("head", "rst")),
        ("reset: body", Cut(0.5, "rst")),
        ("empty: true", Cut("nothing", "fin")),
        ("truncate: 0.25", Cut(0.25, "fin", "declared")),
        ("truncate: 100", Cut(100, "fin", "declared")),
        ("truncate: 0", Cut(0, "fin", "declared")),
        ("truncate: 0.5, silent: true", Cut(0.5, "fin", "none")),
        ("malformed: chunk", Cut(0.5, "fin", "chunked", b"no size\r\n")),
    ],
)
def test_answers_break_off(text: str, cut: Cut) -> None:
    course = course_of(f"{{match: GET *, {text}}}")
    assert course.chop == cut
    assert not course.commits
    assert type(course.chop.at) is type(cut.at)


@pytest.mark.parametrize(
    ("text", "finish"),
    [
        ("reset: true", Finish("reset")),
        ("drop: true", Finish("drop")),
        ("stall: true", Finish("stall")),
        ("close: 1012, reason: Service restart", Finish("close", 1012, "Service restart")),
        ("close: 1005", Finish("close", 1005)),
    ],
)
def test_connections_end(text: str, finish: Finish) -> None:
    assert course_of(f"{{match: WS *, {text}}}", STANDING).finish == finish


@pytest.mark.parametrize(
    ("mode", "raw"),
    [
        ("true", b"\x81\x02\xc3\x28"),
        ("badutf8", b"\x81\x02\xc3\x28"),
        ("opcode", b"\x83\x0e" + b'{"data": null}'),
        ("rsv", b"\xa1\x0e" + b'{"data": null}'),
        ("partial", b"\x81\x7e\x03\xe8" + b" " * 10),
    ],
)
def test_a_bad_frame_is_bad_in_the_way_it_is_called(mode: str, raw: bytes) -> None:
    assert course_of(f"{{match: WS *, bad_frame: {mode}}}", STANDING).finish == Finish("drop", raw=raw)


def test_a_masked_frame_is_right_but_for_its_mask() -> None:
    finish = course_of("{match: WS *, bad_frame: masked}", STANDING).finish
    assert finish is not None
    head, mask, payload = finish.raw[:2], finish.raw[2:6], finish.raw[6:]
    assert head == bytes((0x81, 0x80 | len(payload)))
    assert bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload)) == b'{"data": null}'


def test_what_hangs_has_an_end_or_none() -> None:
    assert course_of("{match: GET *, hang: true}").held == Hold("example", None)
    assert course_of("{match: GET *, hang: 30s}").held == Hold("example", 30.0)


@pytest.mark.parametrize(
    ("text", "outage"),
    [
        ("down: true", Outage("example", None)),
        ("down: 3s", Outage("example", 3.0)),
        ("down: {for: 3s}", Outage("example", 3.0)),
        ("down: {for: 3s, restart: true}", Outage("example", 3.0, restarts=True)),
    ],
)
def test_the_listener_is_down(text: str, outage: Outage) -> None:
    assert course_of(f"{{match: ANY *, {text}}}").outage == outage


def test_garbage_is_the_same_for_a_match_and_another_for_the_next() -> None:
    acting, again = Acting("{match: GET *, malformed: garbage}"), Acting("{match: GET *, malformed: garbage}")
    tails = []
    for _ in range(3):
        course = acting.on()
        assert course.chop is not None
        assert (course.chop.at, course.chop.by, course.commits) == ("nothing", "fin", True)
        assert course.chop == again.on().chop
        tails.append(course.chop.tail)
    assert len(set(tails)) == 3
    assert all(tail[0] == 0 and len(tail) == 512 for tail in tails)


def test_an_encoding_that_the_body_does_not_have() -> None:
    reply = answered(course_of("{match: GET *, malformed: encoding}"))
    assert reply.header("content-encoding") == "gzip"
    with pytest.raises((OSError, zlib.error)):
        gzip.decompress(reply.body)


@pytest.mark.parametrize("mode", ["cut", "html", "nan", "bom", "trailing_comma"])
def test_a_body_is_broken_after_all_who_can_still_read_it(mode: str) -> None:
    course = course_of(f"{{match: GET *, malformed: {mode}, patch: {{name: Mia}}}}")
    assert course.chop is None
    reply = answered(course)
    assert (b"Mia" in reply.body) == (mode not in ("html", "cut"))
    assert reply.status == ANSWER.status
    other = course_of("{match: GET *, patch: {name: Mia}}")
    assert answered(other).body == b'{"id":1,"name":"Mia"}'
