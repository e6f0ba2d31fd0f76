"""How unlike the pauses of a client are that comes back: whether it puts chance into them, and how much."""

from collections.abc import Sequence
from math import exp, log
from typing import Final

_LEAST_S: Final = 0.001
_FEWEST: Final = 3
"""Fewer pauses say nothing: a line goes through any two."""


def spread_of(pauses: Sequence[tuple[int, float]]) -> float:
    """How far pauses lie around the smooth backoff nearest to them, from 0 to 1.

    It is `p` where each is drawn evenly from 1 - p to 1 + p of what is due. A pause is how many attempts failed before,
    and its seconds; the backoff grows by one factor with each of them.
    """
    if len(pauses) < _FEWEST:
        return 0.0
    expected = _fit([(number, log(max(_LEAST_S, seconds))) for number, seconds in pauses])
    off = [abs(seconds / exp(guess) - 1) for (_, seconds), guess in zip(pauses, expected, strict=True)]
    # Drawn evenly from a range, the mean distance is half of the widest.
    return round(min(1.0, 2 * sum(off) / len(off)), 3)


def _fit(points: Sequence[tuple[int, float]]) -> list[float]:
    """The straight line through points by least squares, at each of them; it never falls."""
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    width = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / width if width else 0.0
    return [mean_y + max(0.0, slope) * (x - mean_x) for x, _ in points]
