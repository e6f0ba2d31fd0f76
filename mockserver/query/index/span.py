"""The documents that a condition holds for, as stretches of a ranking."""

from collections.abc import Sequence

from mockserver.messages import Key
from mockserver.query.index.ranking import Ranking


class Span:
    """Entries `(…, place, id)` of a ranking, from each `start` to before its `end`.

    With `negated` it is all others of so many documents. With `repeats` one may be in it more than once.
    """

    __slots__ = ("_ranking", "_stretches", "count", "is_negated")

    def __init__(
        self, ranking: Ranking, stretches: Sequence[tuple[int, int]], *, repeats: bool, negated: int | None = None
    ) -> None:
        self._ranking = ranking
        self._stretches = [(start, end) for start, end in stretches if start < end]
        self.is_negated = negated is not None
        found = len(self._placed()) if repeats else sum(end - start for start, end in self._stretches)
        self.count = found if negated is None else negated - found

    @property
    def is_in_order(self) -> bool:
        """Whether its one stretch is of one value, and so stands in the collection's order."""
        if self.is_negated:
            return False
        if len(self._stretches) != 1:
            return not self._stretches
        start, end = self._stretches[0]
        first, *_ = self._ranking.between(start, start + 1)
        last, *_ = self._ranking.between(end - 1, end)
        return first[:-2] == last[:-2]

    def keys(self, start: int = 0, end: int | None = None) -> list[Key]:
        """The ids in the collection's order, of a span that is not negated; from one place to before another."""
        if self.is_in_order:
            first, last = self._stretches[0] if self._stretches else (0, 0)
            stop = last if end is None else min(last, first + end)
            return [entry[-1] for entry in self._ranking.between(first + start, stop)]
        placed = self._placed()
        return [placed[place] for place in sorted(placed)][start:end]

    def _placed(self) -> dict[int, Key]:
        """The ids in its stretches by their places."""
        entries = (entry for stretch in self._stretches for entry in self._ranking.between(*stretch))
        return {entry[-2]: entry[-1] for entry in entries}
