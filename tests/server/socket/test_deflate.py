"""permessage-deflate (RFC 7692): what is agreed on, that both directions keep to it, and that no bomb goes off."""

import zlib
from pathlib import Path

import pytest
from wsproto.frame_protocol import Opcode

from mockserver.realtime.channel.said import Said
from mockserver.server.socket.agreement import Agreement
from mockserver.server.socket.engine import Engine
from tests.server.conftest import Serve
from tests.server.process import Running
from tests.server.socket.raw import (
    BINARY,
    CLOSE,
    CONTINUATION,
    FIN,
    PING,
    PONG,
    RSV1,
    TEXT,
    Frame,
    Raw,
    close,
    frame,
    more,
    text,
)

PLAIN = "permessage-deflate"
TAIL = b"\x00\x00\xff\xff"
WORDS = b'{"method": "/api/v1/tickets/12", "status": 0, "message": "OK", "data": {}}'


class Deflater:
    """A client's half of the compression."""

    def __init__(self, bits: int = 15) -> None:
        self._deflate = zlib.compressobj(9, zlib.DEFLATED, -bits)
        self._inflate = zlib.decompressobj(-15)

    def shrink(self, data: bytes) -> bytes:
        return (self._deflate.compress(data) + self._deflate.flush(zlib.Z_SYNC_FLUSH)).removesuffix(TAIL)

    def grow(self, got: Frame) -> bytes:
        assert got.first == FIN | RSV1 | (got.first & 0x0F), got
        return self._inflate.decompress(got.payload + TAIL)


def opened(server: Running, offer: str = PLAIN, terms: str = "") -> Raw:
    return Raw(server.port, f"/echo?deflate=1{terms}", f"Sec-WebSocket-Extensions: {offer}")


@pytest.mark.parametrize(
    ("offer", "agreed"),
    [
        (PLAIN, PLAIN),
        ("Permessage-Deflate", PLAIN),
        (f"{PLAIN}; client_max_window_bits", PLAIN),
        (f"{PLAIN}; client_max_window_bits=8", PLAIN),
        (f"{PLAIN}; client_max_window_bits=15", PLAIN),
        (f'{PLAIN}; client_max_window_bits="10"', PLAIN),
        (f"{PLAIN}; server_no_context_takeover", f"{PLAIN}; server_no_context_takeover"),
        (f"{PLAIN}; client_no_context_takeover", f"{PLAIN}; client_no_context_takeover"),
        (f"{PLAIN}; server_max_window_bits=9", f"{PLAIN}; server_max_window_bits=9"),
        (f"{PLAIN}; server_max_window_bits=15", f"{PLAIN}; server_max_window_bits=15"),
        (
            f"{PLAIN}; server_max_window_bits=10; client_no_context_takeover; server_no_context_takeover",
            f"{PLAIN}; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10",
        ),
        (f"x-other, {PLAIN}", PLAIN),
        (
            f"{PLAIN}; server_max_window_bits=8, {PLAIN}; server_no_context_takeover",
            f"{PLAIN}; server_no_context_takeover",
        ),
        (f"{PLAIN}; server_max_window_bits=8", None),
        (f"{PLAIN}; server_max_window_bits", None),
        (f"{PLAIN}; server_max_window_bits=16", None),
        (f"{PLAIN}; server_max_window_bits=7", None),
        (f"{PLAIN}; server_max_window_bits=09", None),
        (f"{PLAIN}; client_max_window_bits=16", None),
        (f"{PLAIN}; client_max_window_bits=x", None),
        (f"{PLAIN}; server_no_context_takeover=1", None),
        (f"{PLAIN}; client_no_context_takeover=true", None),
        (f"{PLAIN}; server_no_context_takeover; server_no_context_takeover", None),
        (f"{PLAIN}; level=9", None),
        ("x-webkit-deflate-frame", None),
    ],
)
def test_the_first_offer_that_can_be_kept_is_taken(server: Running, offer: str, agreed: str | None) -> None:
    """RFC 7692 §5, §7.1."""
    with opened(server, offer) as raw:
        assert raw.answer.headers.get("sec-websocket-extensions") == agreed
        deflater = Deflater()
        raw.send(frame(FIN | RSV1 | TEXT, deflater.shrink(WORDS)) if agreed else text(WORDS))
        got = raw.read()
        assert (deflater.grow(got) if agreed else got.payload) == WORDS


def test_nothing_is_compressed_unless_the_definition_says_so(server: Running) -> None:
    with Raw(server.port, "/echo", f"Sec-WebSocket-Extensions: {PLAIN}; client_max_window_bits") as raw:
        assert "sec-websocket-extensions" not in raw.answer.headers
        raw.send(frame(FIN | RSV1 | TEXT, Deflater().shrink(WORDS)))
        assert raw.read().code == 1002


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536, 1024 * 1024])
def test_messages_of_any_size_go_both_ways(server: Running, opcode: int, size: int) -> None:
    """RFC 7692 §7.2; an empty message too (§7.2.3.6)."""
    data = (WORDS * (size // len(WORDS) + 1))[:size]
    with opened(server) as raw:
        deflater = Deflater()
        raw.send(frame(FIN | RSV1 | opcode, deflater.shrink(data)))
        got = raw.read()
        assert got.opcode == opcode
        assert deflater.grow(got) == data


def test_what_was_said_before_helps_to_compress(server: Running) -> None:
    """RFC 7692 §7.1.1: both sides keep their window from message to message."""
    with opened(server) as raw:
        deflater = Deflater()
        sizes = []
        for _ in range(3):
            raw.send(frame(FIN | RSV1 | TEXT, deflater.shrink(WORDS)))
            got = raw.read()
            assert deflater.grow(got) == WORDS
            sizes.append(len(got.payload))
        assert sizes[1] < sizes[0] / 2


@pytest.mark.parametrize("terms", ["", "&beat=0.05"])
def test_what_is_played_and_what_is_sent_refer_to_each_other_in_the_order_of_the_wire(
    server: Running, terms: str
) -> None:
    """RFC 7692 §7.2.1: what a message refers to is what the client has got before it."""
    with Raw(server.port, f"/do?deflate=1{terms}", f"Sec-WebSocket-Extensions: {PLAIN}") as raw:
        deflater = Deflater()
        for _ in range(3):
            asked = (("play", 40, 70_000), ("push", 30, 500), ("play", 3, 9), ("push", 26, 20_000))
            raw.send(b"".join(text(f"{verb} {count} {size}") for verb, count, size in asked) + text("the end"))
            expected = [bytes((97 + number % 26,)) * size for _, count, size in asked for number in range(count)]
            for message in (*expected, b"the end"):
                while (got := raw.read()).opcode == PING:
                    raw.send(frame(FIN | PONG))
                assert deflater.grow(got) == message


def test_what_waits_to_be_compressed_is_bounded_too(serve: Serve) -> None:
    server = serve(limits={"socket_queue_messages": 10})
    with Raw(server.port, "/do?deflate=1", f"Sec-WebSocket-Extensions: {PLAIN}") as raw:
        raw.send(text("play 1 1") + text("push 11 1"))
        assert raw.skip_to(CLOSE).code == 1013


def test_without_takeover_each_message_stands_alone(server: Running) -> None:
    """RFC 7692 §7.1.1.1, §7.1.1.2."""
    with opened(server, f"{PLAIN}; server_no_context_takeover; client_no_context_takeover") as raw:
        for _ in range(3):
            raw.send(frame(FIN | RSV1 | TEXT, Deflater().shrink(WORDS)))
            assert Deflater().grow(raw.read()) == WORDS


def test_a_small_window_is_kept_to(server: Running) -> None:
    """RFC 7692 §7.1.2.1."""
    data = bytes(range(256)) * 2 + WORDS * 50 + bytes(range(256)) * 2
    with opened(server, f"{PLAIN}; server_max_window_bits=9") as raw:
        raw.send(frame(FIN | BINARY, data))
        got = raw.read()
        assert zlib.decompressobj(-9).decompress(got.payload + TAIL) == data


@pytest.mark.parametrize("cut", [0, 1, 7])
def test_fragments_and_what_comes_between(server: Running, cut: int) -> None:
    """RFC 7692 §6.1: the bit stands on the first fragment, and Pings between are not compressed."""
    with opened(server) as raw:
        deflater = Deflater()
        for _ in range(2):
            data = deflater.shrink(WORDS)
            raw.send(frame(RSV1 | TEXT, data[:cut]) + frame(FIN | PING, b"?") + more(data[cut:], last=True))
            assert raw.read() == Frame(FIN | PONG, b"?")
            assert deflater.grow(raw.read()) == WORDS
        assert CONTINUATION == 0


def test_messages_may_be_plain_all_the_same(server: Running) -> None:
    """RFC 7692 §6: the bit says for each message whether it is compressed."""
    with opened(server) as raw:
        deflater = Deflater()
        raw.send(text(WORDS) + frame(FIN | RSV1 | TEXT, deflater.shrink(WORDS)) + text(WORDS))
        for _ in range(3):
            assert deflater.grow(raw.read()) == WORDS


def test_a_last_block_ends_a_message_and_not_the_conversation(server: Running) -> None:
    """RFC 7692 §7.2.3.4, §7.2.3.5."""
    with opened(server) as raw:
        deflater = Deflater()
        for stored in (False, True):
            last = zlib.compressobj(0 if stored else 9, zlib.DEFLATED, -15)
            raw.send(frame(FIN | RSV1 | TEXT, last.compress(WORDS) + last.flush(zlib.Z_FINISH) + b"\x00"))
            assert deflater.grow(raw.read()) == WORDS


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(FIN | RSV1 | TEXT, b"\xff\xff\xff"), 1007),
        (frame(FIN | RSV1 | BINARY, b"nonsense"), 1007),
        (frame(FIN | RSV1 | TEXT, Deflater().shrink(WORDS)[:-9]), 1007),
        (frame(RSV1 | TEXT, b"\x07\x07"), 1007),
        (frame(FIN | RSV1 | TEXT, b"\x03\x00" + b"more behind the end"), 1007),
        (frame(FIN | RSV1 | TEXT, Deflater().shrink(b"\xff")), 1007),
        (frame(FIN | RSV1 | PING, b"x"), 1002),
        (frame(FIN | RSV1 | CLOSE), 1002),
        (frame(RSV1 | TEXT, b"") + frame(FIN | RSV1, b""), 1002),
        (frame(FIN | RSV1, b""), 1002),
        (frame(RSV1 | TEXT, b"") + frame(FIN | RSV1 | TEXT, b""), 1002),
        (frame(FIN | RSV1 | 0x20 | TEXT, b""), 1002),
        (close(4000), 4000),
    ],
)
def test_what_is_wrong_has_a_code(server: Running, sent: bytes, code: int) -> None:
    with opened(server) as raw:
        raw.send(sent)
        got = raw.read()
        assert (got.opcode, got.code) == (CLOSE, code)
        assert raw.at_end()


def test_frames_may_come_byte_by_byte(server: Running) -> None:
    with opened(server) as raw:
        deflater = Deflater()
        data = deflater.shrink(WORDS)
        sent = frame(RSV1 | TEXT, data[:9]) + frame(FIN | PING) + more(data[9:], last=True)
        for number in range(len(sent)):
            raw.send(sent[number : number + 1])
        assert raw.read().opcode == PONG
        assert deflater.grow(raw.read()) == WORDS


def test_the_limit_holds_for_what_it_inflates_to(server: Running) -> None:
    with opened(server, terms="&limit=100000") as raw:
        deflater = Deflater()
        for size in (100_000, 100_001):
            raw.send(frame(FIN | RSV1 | BINARY, deflater.shrink(bytes(size))))
        assert len(deflater.grow(raw.read())) == 100_000
        assert raw.read().code == 1009


@pytest.mark.parametrize("pieces", [1, 100])
def test_a_bomb_does_not_go_off(serve: Serve, pieces: int) -> None:
    """RFC 6455 §10.4: 400 KB that would be 400 MB are refused within the memory of one message."""
    server = serve()
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():  # only Linux tells
        return
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(deflate.compress(bytes(1 << 20)) for _ in range(400)) + deflate.flush(zlib.Z_SYNC_FLUSH)
    with opened(server) as raw:
        before = peak_kib(status)
        step = len(bomb) // pieces + 1
        for at in range(0, len(bomb), step):
            first = RSV1 | BINARY if at == 0 else CONTINUATION
            try:
                raw.send(frame(first, bomb[at : at + step]))
            except ConnectionError:
                break
        assert raw.read().code == 1009
        assert peak_kib(status) - before < 20 * 1024


def peak_kib(status: Path) -> int:
    """The most memory a process has had."""
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


@pytest.mark.parametrize(
    "deflate",
    [None, Agreement(server_no_context_takeover=False, client_no_context_takeover=False, server_max_window_bits=None)],
    ids=["plain", "deflated"],
)
def test_a_message_of_bytes_stays_one(deflate: Agreement | None) -> None:
    frame = Engine(1024, deflate).encode(Said(b"\xff\x00", is_binary=True))
    assert frame[0] & 0x0F == Opcode.BINARY
