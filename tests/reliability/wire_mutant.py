"""Requests with something done to them: parts flipped, doubled, lost, swapped, and joined with those of others.

Everything is drawn from a seed, so the same number is the same mutant anywhere. Knows nothing of what is then wrong.
"""

from collections.abc import Sequence
from random import Random
from typing import Final

LONGEST_BYTES: Final = 100_000
_PIECES: Final = (
    b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\n\n", b" ", b"\t", b"\0", b"\x0b", b"\x7f", b"\xff", b"\xa0", b"\xc3\xa9",
    b":", b";", b",", b"/", b"?", b"#", b"%", b"%00", b"*", b'"', b"0", b"-1", b"+1", b"0x1", b"99999999999999999999",
    b"GET ", b"HEAD ", b"OPTIONS ", b"CONNECT ", b" HTTP/1.1", b" HTTP/1.0", b"HTTP/2.0",
    b"http://localhost", b"a" * 9000,
    b"Host: localhost\r\n", b"Host: evil.example\r\n", b"Content-Length: 5\r\n", b"Content-Length: 0\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: x\r\n", b"Connection: close\r\n", b"Cookie: a\r\n",
    b"Connection: keep-alive\r\n", b"Expect: 100-continue\r\n", b"Upgrade: websocket\r\n", b"X_Y: 1\r\n",
    b"0\r\n\r\n", b"5\r\nabcde\r\n", b"5;a=b\r\n",
)  # fmt: skip


def mutate(number: int, requests: Sequence[bytes]) -> bytes:
    """The mutant of that number."""
    random = Random(f"wire mutant {number}")
    data = bytearray(random.choice(requests)[:LONGEST_BYTES])
    for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
        random.choice(_WAYS)(data, random, requests)
    return bytes(data[:LONGEST_BYTES])


def _stretch(data: bytearray, random: Random) -> slice:
    """Some of it, mostly a little."""
    start = random.randint(0, len(data))
    return slice(start, start + random.choice((1, 1, 2, 4, 16, 64, 256)))


def _flip(data: bytearray, random: Random, requests: Sequence[bytes]) -> None:
    del requests
    if data:
        data[random.randrange(len(data))] = random.randrange(256)


def _double(data: bytearray, random: Random, requests: Sequence[bytes]) -> None:
    del requests
    stretch = _stretch(data, random)
    data[stretch.start : stretch.start] = data[stretch]


def _lose(data: bytearray, random: Random, requests: Sequence[bytes]) -> None:
    del requests
    del data[_stretch(data, random)]


def _cut(data: bytearray, random: Random, requests: Sequence[bytes]) -> None:
    del requests
    del data[random.randint(0, len(data)) :]


def _insert(data: bytearray, random: Random, requests: Sequence[bytes]) -> None:
    del requests
    place = random.randint(0, len(data))
    data[place:place] = random.choice(_PIECES)


def _splice(data: bytearray, random: Random, requests: Sequence[bytes]) -> None:
    other = random.choice(requests)[:LONGEST_BYTES]
    data[random.randint(0, len(data)) :] = other[random.randint(0, len(other)) :]


def _repeat_line(data: bytearray, random: Random, requests: Sequence[bytes]) -> None:
    """A line of it, or of another, stands once more, somewhere."""
    lines = (bytes(data) if random.random() < 0.5 else random.choice(requests)).split(b"\r\n")
    own = bytes(data).split(b"\r\n")
    own.insert(random.randint(0, len(own)), random.choice(lines))
    data[:] = b"\r\n".join(own)


def _swap_lines(data: bytearray, random: Random, requests: Sequence[bytes]) -> None:
    del requests
    lines = bytes(data).split(b"\r\n")
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    data[:] = b"\r\n".join(lines)


def _follow(data: bytearray, random: Random, requests: Sequence[bytes]) -> None:
    """Another comes behind it."""
    data += random.choice(requests)[:LONGEST_BYTES]


_WAYS: Final = (_flip, _flip, _double, _lose, _cut, _insert, _insert, _splice, _repeat_line, _swap_lines, _follow)
