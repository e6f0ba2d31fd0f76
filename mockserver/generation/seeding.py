"""Where every generated value comes from: one stream of random numbers for each cell.

A cell's stream is BLAKE2b (RFC 7693) over seed, resource, field and row key, so that no cell depends on another and
the numbers are the same on every machine. `jump` picks rows consistently (Lamping and Veach, A Fast, Minimal Memory,
Consistent Hash Algorithm, 2014): when the target grows, only picks that land on new rows move.
"""

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from uuid import UUID

_MASK = 0xFFFFFFFF
_LCG = 2862933555777941757
_WORDS = 16


class Stream:
    """The endless random numbers of one cell."""

    __slots__ = ("_hash", "_left", "_pool")

    def __init__(self, seeded: "blake2b") -> None:
        self._hash = seeded
        self._pool = int.from_bytes(seeded.digest(), "little")
        self._left = _WORDS

    def _word(self) -> int:
        if not self._left:
            self._hash.update(b"\0more")
            self._pool = int.from_bytes(self._hash.digest(), "little")
            self._left = _WORDS
        self._left -= 1
        pool = self._pool
        self._pool = pool >> 32
        return pool & _MASK

    def below(self, n: int) -> int:
        """Uniform in `[0, n)`; the bias is under n / 2^32, or n / 2^64 for a larger n."""
        if n > _MASK:
            return (self.bits64() * n) >> 64
        return (self._word() * n) >> 32

    def unit(self) -> float:
        """Uniform in `[0, 1)` with 53 bits."""
        return (self.bits64() >> 11) / 9007199254740992.0

    def bits64(self) -> int:
        """64 random bits."""
        return (self._word() << 32) | self._word()


class Streams:
    """The streams of one column: `at(row key, attempt)` is a cell's own."""

    __slots__ = ("_base",)

    def __init__(self, seed: int, *path: str) -> None:
        self._base = blake2b(b"%d" % seed, digest_size=64)
        for step in path:
            encoded = step.encode()
            self._base.update(b"\0%d:" % len(encoded) + encoded)
        self._base.update(b"\0\0")

    def at(self, row: bytes, attempt: int = 0) -> Stream:
        """The stream of the cell in that row; an attempt is a fresh try after a value that did not fit."""
        seeded = self._base.copy()
        seeded.update(row if not attempt else b"%b\0%d" % (row, attempt))
        return Stream(seeded)


def draw_uuid(stream: Stream) -> str:
    """A version 4 UUID (RFC 9562) of a stream."""
    return str(UUID(int=stream.bits64() << 64 | stream.bits64(), version=4))


def jump(key: int, rows: int) -> int:
    """A row in `[0, rows)` for a 64-bit key, each as likely as any other."""
    row, following = -1, 0
    while following < rows:
        row = following
        key = (key * _LCG + 1) & 0xFFFFFFFFFFFFFFFF
        following = int((row + 1) * (2147483648.0 / ((key >> 33) + 1)))
    return row


def jump_weighted(key: int, totals: Sequence[float], rows: int) -> int:
    """A row in `[0, rows)` for a 64-bit key in proportion to its weight; `totals` are running sums of the weights."""
    row, following = -1, 0
    while following < rows:
        row = following
        key = (key * _LCG + 1) & 0xFFFFFFFFFFFFFFFF
        reach = totals[row] * (2147483648.0 / ((key >> 33) + 1))
        following = bisect_right(totals, reach, lo=row + 1, hi=rows)
    return row


def skewed_totals(streams: Streams, rows: int) -> list[float]:
    """Running sums of heavy-tailed weights (1 to 50, most near 1), one a row; a row's weight never changes."""
    totals: list[float] = []
    total = 0.0
    for row in range(rows):
        total += 1.0 / (0.02 + 0.98 * streams.at(b"%d" % row).unit())
        totals.append(total)
    return totals
