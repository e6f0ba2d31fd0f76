"""Which row of another resource a reference picks: evenly, or with a few favourites."""

from collections.abc import Callable
from typing import Literal, TypeAlias

from mockserver.generation.generator import Column
from mockserver.generation.seeding import jump, jump_weighted, skewed_totals

Pick: TypeAlias = Literal["even", "skew"]


def picking(column: Column, target: str, pick: Pick) -> Callable[[int, int], int]:
    """A row of the target for a 64-bit key, among the first so many rows."""
    if pick == "even":
        return jump
    totals = skewed_totals(column.streams("weights"), len(column.keys(target)))
    return lambda key, rows: jump_weighted(key, totals, rows)
