"""How long a message may be, and that even long ones pass whole, in any pieces, without holding anybody up."""

from time import perf_counter

import pytest

from tests.server.process import Running
from tests.server.socket.observe import is_silent, notice, own_path
from tests.server.socket.raw import BINARY, CLOSE, FIN, MASK, PING, PONG, TEXT, Frame, Raw, frame, mask, more, text

LIMIT = 16 * 1024 * 1024
SET_BY = "by a channel's max_message or by --limit frame="
LETTERS = b"abcdefghijklmnopqrstuvwxyz0123456789" * (LIMIT // 36 + 1)


def verify_refused(raw: Raw, limit: int) -> None:
    got = raw.read()
    assert (got.opcode, got.code, got.reason) == (CLOSE, 1009, f"A message may have {limit} bytes, {SET_BY}.")
    assert raw.at_end()


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("size", [LIMIT, LIMIT - 1, 1024 * 1024 + 1])
def test_a_message_of_16_mib_passes_whole(server: Running, opcode: int, size: int) -> None:
    """RFC 6455 §5.2."""
    with Raw(server.port, f"/echo?limit={LIMIT}") as raw:
        raw.send(frame(FIN | opcode, LETTERS[:size]))
        got = raw.read()
        assert got.first == FIN | opcode
        assert got.payload == LETTERS[:size]


@pytest.mark.parametrize("limit", [0, 1, 125, 126, 65536, LIMIT])
def test_one_byte_more_is_too_many_by_its_header_alone(server: Running, limit: int) -> None:
    """RFC 6455 §10.4."""
    with Raw(server.port, f"/echo?limit={limit}") as raw:
        raw.send(frame(FIN | BINARY, LETTERS[:limit]))
        assert raw.read() == Frame(FIN | BINARY, LETTERS[:limit])
        raw.send(frame(FIN | BINARY, b"", length=limit + 1))
        verify_refused(raw, limit)


def test_the_limit_is_a_mebibyte_by_default(server: Running) -> None:
    with Raw(server.port) as raw:
        raw.send(frame(FIN | TEXT, b"", length=1024 * 1024 + 1))
        verify_refused(raw, 1024 * 1024)


@pytest.mark.parametrize("sizes", [[10], [11], [5, 5], [5, 6], [0] * 50 + [10, 0], [1] * 10, [1] * 11], ids=str)
def test_fragments_count_together(server: Running, sizes: list[int]) -> None:
    """RFC 6455 §5.4; what is between them does not count."""
    with Raw(server.port, "/echo?limit=10") as raw:
        pieces = [frame(BINARY, b"x" * sizes[0]), *(more(b"x" * size) for size in sizes[1:])]
        for piece in pieces:
            raw.send(piece + frame(FIN | PING, b"y" * 125))
        if sum(sizes) <= 10:
            raw.send(more(b"", last=True))
            assert raw.skip_to(BINARY).payload == b"x" * sum(sizes)
            raw.send(text("z" * 10))
            assert raw.skip_to(TEXT).payload == b"z" * 10
        else:
            assert raw.skip_to(CLOSE).code == 1009


def test_bytes_count_and_not_characters(server: Running) -> None:
    with Raw(server.port, "/echo?limit=6") as raw:
        raw.say("€€")
        assert raw.hear() == "€€"
        raw.say("€€.")
        verify_refused(raw, 6)


def test_fragments_without_number_are_put_together_in_a_straight_line(server: Running) -> None:
    """Sixteen times as many take nowhere near 256 times as long, and others are served meanwhile."""
    with Raw(server.port) as raw, Raw(server.port) as other:
        took = []
        for count in (10_000, 160_000):
            start = perf_counter()
            raw.send(frame(TEXT, b"") + more(b"x") * count + more(b"", last=True))
            other.say("meanwhile")
            assert other.hear() == "meanwhile"
            assert len(raw.read().payload) == count
            took.append(perf_counter() - start)
        assert took[1] < took[0] * 64


def test_who_floods_does_not_starve_the_others(server: Running) -> None:
    with Raw(server.port) as raw, Raw(server.port) as other:
        raw.send(frame(FIN | PONG) * 300_000 + frame(FIN | PING))
        other.say("me")
        assert other.hear() == "me"
        assert is_silent(raw, 0), "the flood was through before anybody else had a turn"
        assert raw.read().opcode == PONG


@pytest.mark.parametrize("piece", [1, 3, 1024, 65536, 1 << 20])
def test_a_frame_may_come_in_any_pieces(server: Running, piece: int) -> None:
    size = min(piece * 1000, 1 << 20)
    data = frame(FIN | BINARY, LETTERS[:size])
    with Raw(server.port) as raw:
        for at in range(0, len(data), piece):
            raw.send(data[at : at + piece])
        assert raw.read() == Frame(FIN | BINARY, LETTERS[:size])


def test_half_a_message_is_never_told(telling: Running) -> None:
    path = own_path("echo")
    with Raw(telling.port, path) as raw:
        raw.send(bytes((FIN | TEXT, 0x80 | 100)) + MASK + mask(b"half"))
    event = notice(telling, path)
    assert (event["how"], event["messages_in"]) == ("lost", 0)
