"""How often each action was called in a sandbox with what it takes: what its draws go by."""

from collections.abc import Mapping


class Tally:
    """Counts by name."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def take(self, name: str) -> int:
        """The number of this call, from 0."""
        number = self._counts.get(name, 0)
        self._counts[name] = number + 1
        return number

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each was called, to be read only."""
        return self._counts

    def recall(self, counts: Mapping[str, int]) -> None:
        """Go on from counts that were written down."""
        self._counts = dict(counts)

    def copy(self) -> "Tally":
        """The same counts, which go on apart from these."""
        made = Tally()
        made.adopt(self)
        return made

    def adopt(self, other: "Tally") -> None:
        """Go on from the counts of another."""
        self._counts = other._counts.copy()

    def clear(self) -> None:
        """Count from the beginning."""
        self._counts.clear()
