"""When which bytes of a body are due. Pure: waits for nothing, sends nothing."""

from collections.abc import Iterator
from typing import Final

from mockserver.faults.course import Pace

_TICK_S: Final = 0.05
"""How much of a steady stream of bytes goes out at a time."""
_PIECE_BYTES: Final = 64 * 1024


def spread(body: bytes, pace: Pace) -> Iterator[tuple[float, bytes]]:
    """The pieces of a body, each with the time at which it is due, in seconds from the beginning.

    The last one is due when all of the body has had its time.
    """
    size = len(body)
    if pace.bytes_s is None:
        pieces = max(1, min(pace.pieces, size))
        for number in range(1, pieces + 1):
            yield pace.over_s * number / pieces, body[size * (number - 1) // pieces : size * number // pieces]
        return
    step = max(1, min(_PIECE_BYTES, int(pace.bytes_s * _TICK_S)))
    for begin in range(0, size, step):
        yield min(begin + step, size) / pace.bytes_s, body[begin : begin + step]
