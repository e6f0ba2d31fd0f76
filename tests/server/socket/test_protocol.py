"""The server and every kind of frame, over real sockets: what it answers, or which close code it has for it.

Each case names the section of RFC 6455 that it is about.
"""

from typing import NamedTuple

import pytest

from tests.server.process import Running
from tests.server.socket.raw import (
    BINARY,
    CLOSE,
    CONTINUATION,
    FIN,
    MASK,
    PING,
    PONG,
    RSV1,
    RSV2,
    RSV3,
    TEXT,
    Frame,
    Raw,
    close,
    frame,
    frames,
    mask,
    more,
    text,
)

Answers = tuple[tuple[int, bytes], ...]


class Case(NamedTuple):
    """What a client sends, what comes back to it, and the code it is closed with; 0 leaves the socket open."""

    section: str
    what: str
    sent: bytes
    answers: Answers = ()
    code: int = 0


def echoed(section: str, what: str, sent: bytes, *answers: tuple[int, bytes]) -> Case:
    return Case(section, what, sent, answers)


def refused(section: str, what: str, sent: bytes, code: int = 1002, *answers: tuple[int, bytes]) -> Case:
    return Case(section, what, sent, answers, code)


def start(payload: bytes, opcode: int = TEXT) -> bytes:
    """The first frame of a message in fragments."""
    return frame(opcode, payload)


def header(first: int, second: int, rest: bytes = b"") -> bytes:
    return bytes((first, second)) + rest


LENGTHS = (0, 1, 125, 126, 127, 128, 65535, 65536, 65537)

FRAMING = (
    *(echoed("5.2", f"text of {n} bytes", text("*" * n), (TEXT, b"*" * n)) for n in LENGTHS),
    *(echoed("5.2", f"{n} bytes", frame(FIN | BINARY, b"\xfe" * n), (BINARY, b"\xfe" * n)) for n in LENGTHS),
    echoed("5.2", "every byte there is", frame(FIN | BINARY, bytes(range(256))), (BINARY, bytes(range(256)))),
    *(refused("5.2", f"{n} bytes with a length of two", frame(FIN | BINARY, b"x" * n, size=2)) for n in (0, 1, 125)),
    *(
        refused("5.2", f"{n} bytes with a length of eight", frame(FIN | BINARY, b"x" * n, size=8))
        for n in (0, 125, 126, 65535)
    ),
    refused("5.2", "a length of 2^63", header(FIN | BINARY, 0xFF, (1 << 63).to_bytes(8, "big") + MASK)),
    refused("5.2", "a length of 2^64-1", header(FIN | TEXT, 0xFF, b"\xff" * 8 + MASK)),
    refused("5.2", "a length of 2^63-1", header(FIN | TEXT, 0xFF, b"\x7f" + b"\xff" * 7 + MASK), 1009),
    echoed(
        "5.2",
        "three frames in one segment",
        text("a") + text("b") + text("c"),
        (TEXT, b"a"),
        (TEXT, b"b"),
        (TEXT, b"c"),
    ),
)

MASKING = (
    refused("5.1", "text without a mask", header(FIN | TEXT, 5, b"Hello")),
    refused("5.1", "nothing without a mask", header(FIN | TEXT, 0)),
    refused("5.1", "bytes without a mask", header(FIN | BINARY, 1, b"\0")),
    refused("5.1", "Ping without a mask", header(FIN | PING, 0)),
    refused("5.1", "Pong without a mask", header(FIN | PONG, 0)),
    refused("5.1", "Close without a mask", header(FIN | CLOSE, 2, b"\x03\xe8")),
    refused("5.1", "a continuation without a mask", start(b"a") + header(FIN, 1, b"b")),
    echoed("5.3", "a mask of zeros", header(FIN | TEXT, 0x85, bytes(4) + b"Hello"), (TEXT, b"Hello")),
    echoed("5.3", "a mask of ones", header(FIN | TEXT, 0x81, b"\xff" * 4 + b"\x9e"), (TEXT, b"a")),
    echoed("5.3", "the RFC's own", b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", (TEXT, b"Hello")),
)

RESERVED_BITS = (
    *(
        refused("5.2", f"reserved bits {bits:#04x} on {name}", frame(FIN | bits | opcode, b"*"))
        for bits in (RSV1, RSV2, RSV3, RSV1 | RSV2 | RSV3)
        for name, opcode in (("text", TEXT), ("bytes", BINARY), ("Ping", PING), ("Pong", PONG), ("Close", CLOSE))
    ),
    refused("5.2", "a reserved bit on a continuation", start(b"a") + frame(FIN | RSV2, b"b")),
    refused("5.2", "a reserved bit behind a message", text("a") + frame(FIN | RSV3 | TEXT), 1002, (TEXT, b"a")),
)

OPCODES = (
    *(refused("5.2", f"opcode {n:#x}", frame(FIN | n, b"*")) for n in (*range(3, 8), *range(11, 16))),
    *(refused("5.2", f"opcode {n:#x} without payload", frame(FIN | n)) for n in (3, 7, 11, 15)),
    refused("5.2", "an unknown opcode in fragments", frame(5, b"*")),
    refused("5.2", "an unknown opcode behind a message", text("a") + frame(FIN | 0xB), 1002, (TEXT, b"a")),
)

FRAGMENTS = (
    echoed("5.4", "two fragments", start(b"Hel") + more(b"lo", last=True), (TEXT, b"Hello")),
    echoed("5.4", "two fragments of bytes", start(b"\1", BINARY) + more(b"\2", last=True), (BINARY, b"\1\2")),
    echoed("5.4", "a hundred fragments", start(b"") + more(b"x") * 99 + more(b"", last=True), (TEXT, b"x" * 99)),
    echoed("5.4", "nothing but empty ones", start(b"") + more(b"") + more(b"", last=True), (TEXT, b"")),
    echoed("5.4", "an empty one between", start(b"a") + more(b"") + more(b"b", last=True), (TEXT, b"ab")),
    echoed("5.4", "an empty first", start(b"", BINARY) + more(b"b", last=True), (BINARY, b"b")),
    echoed("5.4", "an empty last", start(b"a") + more(b"", last=True), (TEXT, b"a")),
    echoed(
        "5.4",
        "two messages in fragments",
        (start(b"a") + more(b"b", last=True)) * 2,
        (TEXT, b"ab"),
        (TEXT, b"ab"),
    ),
    echoed(
        "5.4",
        "text, then bytes",
        start(b"a") + more(b"b", last=True) + frame(FIN | BINARY, b"\xff"),
        (TEXT, b"ab"),
        (BINARY, b"\xff"),
    ),
    echoed(
        "5.4",
        "Ping between",
        start(b"a") + frame(FIN | PING, b"?") + more(b"b", last=True),
        (PONG, b"?"),
        (TEXT, b"ab"),
    ),
    echoed("5.4", "Pong between", start(b"a") + frame(FIN | PONG, b"?") + more(b"b", last=True), (TEXT, b"ab")),
    echoed(
        "5.4",
        "Pings between all",
        frame(FIN | PING, b"1")
        + start(b"a")
        + frame(FIN | PING, b"2")
        + more(b"b", last=True)
        + frame(FIN | PING, b"3"),
        (PONG, b"1"),
        (PONG, b"2"),
        (TEXT, b"ab"),
        (PONG, b"3"),
    ),
    refused("5.4", "a continuation of nothing", more(b"a", last=True)),
    refused("5.4", "an open continuation of nothing", more(b"a")),
    refused("5.4", "an empty continuation of nothing", more(b"", last=True)),
    refused("5.4", "a continuation behind a whole message", text("a") + more(b"b", last=True), 1002, (TEXT, b"a")),
    refused(
        "5.4", "a continuation behind fragments", start(b"a") + more(b"b", last=True) + more(b"c"), 1002, (TEXT, b"ab")
    ),
    refused("5.4", "a message inside another", start(b"a") + text("b")),
    refused("5.4", "bytes inside a text", start(b"a") + frame(FIN | BINARY, b"b")),
    refused("5.4", "fragments inside fragments", start(b"a") + start(b"b")),
)

CONTROL = (
    *(
        echoed("5.5.2", f"Ping with {n} bytes", frame(FIN | PING, b"\xfd" * n), (PONG, b"\xfd" * n))
        for n in (0, 1, 124, 125)
    ),
    echoed("5.5.2", "ten Pings", frame(FIN | PING, b"x") * 10, *[(PONG, b"x")] * 10),
    echoed("5.5.3", "a Pong nobody asked for", frame(FIN | PONG)),
    echoed("5.5.3", "a Pong with 125 bytes", frame(FIN | PONG, b"p" * 125)),
    echoed("5.5.3", "Pong, then Ping", frame(FIN | PONG, b"me") + frame(FIN | PING, b"you"), (PONG, b"you")),
    *(
        refused("5.5", f"{name} with {n} bytes", frame(FIN | opcode, b"x" * n))
        for name, opcode in (("Ping", PING), ("Pong", PONG), ("Close", CLOSE))
        for n in (126, 65536)
    ),
    *(
        refused("5.5", f"{name} in fragments", frame(opcode, b"x") + more(b"y", last=True))
        for name, opcode in (("Ping", PING), ("Pong", PONG), ("Close", CLOSE))
    ),
    refused("5.5", "Ping in fragments inside fragments", start(b"a") + frame(PING, b"x")),
    refused("5.5", "Ping of 126 behind a message", text("a") + frame(FIN | PING, b"x" * 126), 1002, (TEXT, b"a")),
)

SOUND = {
    "greek": "κόσμε".encode(),
    "the RFC's": "Hello-µ@ßöäüàá-UTF-8!!".encode(),
    "NUL": b"\0",
    "the last of one byte": b"\x7f",
    "the first of two bytes": b"\xc2\x80",
    "the last of two bytes": b"\xdf\xbf",
    "the first of three bytes": b"\xe0\xa0\x80",
    "the last before the surrogates": b"\xed\x9f\xbf",
    "the first behind the surrogates": b"\xee\x80\x80",
    "U+FFFD": b"\xef\xbf\xbd",
    "U+FFFF": b"\xef\xbf\xbf",
    "the first of four bytes": b"\xf0\x90\x80\x80",
    "U+10FFFF": b"\xf4\x8f\xbf\xbf",
    "a byte order mark": b"\xef\xbb\xbfa",
}
BROKEN = {
    "a continuation byte alone": b"\x80",
    "the last continuation byte": b"\xbf",
    "0xc0 0xaf (overlong /)": b"\xc0\xaf",
    "0xe0 0x80 0xaf (overlong /)": b"\xe0\x80\xaf",
    "0xf0 0x80 0x80 0xaf (overlong /)": b"\xf0\x80\x80\xaf",
    "0xc1 0xbf (overlong)": b"\xc1\xbf",
    "0xe0 0x9f 0xbf (overlong)": b"\xe0\x9f\xbf",
    "0xf0 0x8f 0xbf 0xbf (overlong)": b"\xf0\x8f\xbf\xbf",
    "overlong NUL": b"\xc0\x80",
    "the first surrogate": b"\xed\xa0\x80",
    "the last surrogate": b"\xed\xbf\xbf",
    "a pair of surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
    "U+110000": b"\xf4\x90\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
    "six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "0xfe": b"\xfe",
    "0xff": b"\xff",
    "two bytes cut": b"a\xc3",
    "three bytes cut": b"a\xe2\x82",
    "four bytes cut": b"a\xf0\x9f\x98",
    "a lead where a continuation is due": b"\xe2\xe2\x82\xac",
    "Latin-1": b"Gr\xfc\xdfe",
}
EURO = "€".encode()

UTF_8 = (
    *(echoed("8.1", what, text(data), (TEXT, data)) for what, data in SOUND.items()),
    *(refused("8.1", what, text(data), 1007) for what, data in BROKEN.items()),
    *(
        echoed("8.1", f"{what}, as bytes", frame(FIN | BINARY, data), (BINARY, data))
        for what, data in list(BROKEN.items())[:6]
    ),
    echoed("8.1", "a character in two fragments", start(EURO[:1]) + more(EURO[1:], last=True), (TEXT, EURO)),
    echoed(
        "8.1",
        "a character in three fragments",
        start(EURO[:1]) + more(EURO[1:2]) + more(EURO[2:], last=True),
        (TEXT, EURO),
    ),
    echoed(
        "8.1", "an empty fragment in a character", start(EURO[:1]) + more(b"") + more(EURO[1:], last=True), (TEXT, EURO)
    ),
    echoed(
        "8.1",
        "a Ping in a character",
        start(EURO[:2]) + frame(FIN | PING, b"\xff") + more(EURO[2:], last=True),
        (PONG, b"\xff"),
        (TEXT, EURO),
    ),
    refused("8.1", "a character cut at the end of the last fragment", start(b"a") + more(EURO[:2], last=True), 1007),
    refused("8.1", "a character cut and an empty last fragment", start(EURO[:2]) + more(b"", last=True), 1007),
    refused("8.1", "wrong in a fragment, told before the last", start(b"a") + more(b"\xff"), 1007),
    refused("8.1", "a surrogate across two fragments", start(b"\xed") + more(b"\xa0\x80", last=True), 1007),
    refused("8.1", "right, then wrong", text("a") + text(b"\xff"), 1007, (TEXT, b"a")),
    refused(
        "8.1",
        "wrong in the first bytes of a frame that has not all arrived",
        header(FIN | TEXT, 0x80 | 100, MASK + mask(b"\xff" * 10)),
        1007,
    ),
)

TOO_LONG = "x" * 124

CLOSING = (
    *(
        refused("7.4", f"code {code}", close(code), code)
        for code in (1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3999, 4000, 4499, 4999)
    ),
    refused("5.5.1", "a reason", close(1000, "bye, € 5"), 1000),
    refused("5.5.1", "a reason of 123 bytes", close(4000, "r" * 123), 4000),
    refused("5.5.1", "a reason of one byte", close(1001, "x"), 1001),
    refused("5.5.1", "one byte", frame(FIN | CLOSE, b"\x03")),
    *(
        refused("7.4", f"code {code}", close(code))
        for code in (
            0,
            1,
            999,
            1004,
            1005,
            1006,
            1015,
            1016,
            1100,
            1999,
            2000,
            2999,
            5000,
            9999,
            65535,
        )
    ),
    refused("5.5", "a reason of 124 bytes", close(1000, TOO_LONG)),
    refused("7.1.6", "a reason that is not UTF-8", close(1000, b"\xff"), 1007),
    refused("7.1.6", "a reason cut in a character", close(1000, EURO[:2]), 1007),
    refused("7.1.6", "a reason with a surrogate", close(1000, b"\xed\xa0\x80"), 1007),
    refused("7.4", "a wrong code counts before a wrong reason", close(1004, b"\xff")),
    refused("5.5.1", "data behind Close", close(1000) + text("late"), 1000),
    refused("5.5.1", "a Ping behind Close", close(1000) + frame(FIN | PING), 1000),
    refused("5.5.1", "a second Close", close(1000) + close(1001), 1000),
    refused("5.5.1", "nonsense behind Close", close(1000) + b"\xff" * 20, 1000),
    refused("5.5.1", "a message, then Close", text("a") + close(1000), 1000, (TEXT, b"a")),
    refused("5.4", "Close inside fragments", start(b"a") + close(1000) + more(b"b", last=True), 1000),
    refused("7.1.7", "data behind a mistake", frame(FIN | 0xB) + text("late"), 1002),
    refused("7.1.7", "Close behind a mistake", frame(FIN | 0xB) + close(1000), 1002),
)

CASES = (*FRAMING, *MASKING, *RESERVED_BITS, *OPCODES, *FRAGMENTS, *CONTROL, *UTF_8, *CLOSING)


def name(case: Case) -> str:
    return f"{case.section} {case.what}"


def verify(raw: Raw, case: Case) -> None:
    """The answers come in that order and nothing else does."""
    for expected in frames(case.answers):
        assert raw.read() == expected
    if not case.code:
        assert raw.is_alive()
        return
    last = raw.read()
    assert (last.opcode, last.code) == (CLOSE, case.code)
    assert raw.at_end()


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_frame_is_answered_as_the_rfc_says(server: Running, case: Case) -> None:
    with Raw(server.port, "/echo") as raw:
        raw.send(case.sent)
        verify(raw, case)


@pytest.mark.parametrize("case", [case for case in CASES if len(case.sent) < 200], ids=name)
def test_frames_may_come_byte_by_byte(server: Running, case: Case) -> None:
    # Bytes in segments of their own: the server reads them one at a time, or a few, as it happens.
    with Raw(server.port, "/echo") as raw:
        try:
            for number in range(len(case.sent)):
                raw.send(case.sent[number : number + 1])
        except ConnectionError:
            # The server has heard enough.
            return
        verify(raw, case)


def test_frames_may_come_with_the_handshake(server: Running) -> None:
    with Raw(server.port, "/echo", behind=text("early") + frame(FIN | PING, b"bird") + text("x")[:5]) as raw:
        assert raw.read() == Frame(FIN | TEXT, b"early")
        assert raw.read() == Frame(FIN | PONG, b"bird")
        raw.send(text("x")[5:])
        assert raw.hear() == "x"


def test_close_without_a_code_is_answered_without_one(server: Running) -> None:
    with Raw(server.port, "/echo") as raw:
        raw.send(close())
        assert raw.read() == Frame(FIN | CLOSE)
        assert raw.at_end()


def test_what_was_wrong_is_told_in_the_reason(server: Running) -> None:
    reasons = {}
    for case in (RESERVED_BITS[0], UTF_8[len(SOUND)]):
        with Raw(server.port, "/echo") as raw:
            raw.send(case.sent)
            reasons[case.code] = raw.read().reason
    assert reasons == {1002: "Reserved bit set unexpectedly.", 1007: "The text is not UTF-8."}


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 120
    assert len({name(case) for case in CASES}) == len(CASES)
    assert CONTINUATION == 0
