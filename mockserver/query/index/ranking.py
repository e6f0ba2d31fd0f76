"""Entries in order, where putting one in or taking one out costs little, however many there are."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate, chain, islice
from typing import Any, Final, TypeAlias

Entry: TypeAlias = tuple[Any, ...]
"""What is compared, and last the id of the document it stands for."""

_LONGEST: Final = 1024


class Ranking:
    """Ascending entries, no two of them equal, in chunks. Those of a copy are shared until one is altered in it."""

    __slots__ = ("_chunks", "_count", "_ends", "_own", "_starts")

    def __init__(self, entries: list[Entry]) -> None:
        half = _LONGEST // 2
        self._count = len(entries)
        self._chunks = [entries[place : place + half] for place in range(0, len(entries), half)]
        self._ends = [chunk[-1] for chunk in self._chunks]
        self._own = [True] * len(self._chunks)
        self._starts: list[int] | None = None

    def copy(self) -> "Ranking":
        """The same entries, each of the two to be altered apart from the other."""
        made = Ranking([])
        made._chunks, made._ends, made._count = self._chunks.copy(), self._ends.copy(), self._count
        self._own, made._own = [False] * len(self._chunks), [False] * len(self._chunks)
        return made

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Entry]:
        return chain.from_iterable(self._chunks)

    def since(self, entry: Entry) -> Iterator[Entry]:
        """The entries that are not less than one that need not be there."""
        number = bisect_left(self._ends, entry)
        if number == len(self._chunks):
            return iter(())
        chunk = self._chunks[number]
        return chain(islice(chunk, bisect_left(chunk, entry), None), chain.from_iterable(self._chunks[number + 1 :]))

    def _counted(self) -> list[int]:
        """How many entries are before each chunk, and then how many there are."""
        starts = self._starts
        if starts is None:
            starts = self._starts = [0, *accumulate(map(len, self._chunks))]
        return starts

    def place(self, entry: Entry) -> int:
        """How many entries are less than one that need not be there."""
        number = bisect_left(self._ends, entry)
        if number == len(self._chunks):
            return len(self)
        return self._counted()[number] + bisect_left(self._chunks[number], entry)

    def between(self, start: int, end: int | None) -> list[Entry]:
        """The entries from one place to before another, to the last where none is named."""
        starts = self._counted()
        end = starts[-1] if end is None else min(end, starts[-1])
        found: list[Entry] = []
        number = bisect_left(starts, start + 1) - 1
        while start + len(found) < end:
            at, chunk = starts[number], self._chunks[number]
            found += chunk[max(start - at, 0) : end - at]
            number += 1
        return found

    def add(self, entry: Entry) -> None:
        """Put in an entry that is not there."""
        self._starts = None
        self._count += 1
        number = bisect_left(self._ends, entry)
        if number == len(self._chunks):
            if not number:
                self._chunks, self._ends, self._own = [[entry]], [entry], [True]
                return
            number -= 1
        chunk = self._altered(number)
        chunk.insert(bisect_left(chunk, entry), entry)
        self._ends[number] = chunk[-1]
        if len(chunk) > _LONGEST:
            self._split(number)

    def remove(self, entry: Entry) -> None:
        """Take out an entry that is there."""
        self._starts = None
        self._count -= 1
        number = bisect_left(self._ends, entry)
        chunk = self._altered(number)
        del chunk[bisect_left(chunk, entry)]
        if chunk:
            self._ends[number] = chunk[-1]
        else:
            del self._chunks[number], self._ends[number], self._own[number]

    def _altered(self, number: int) -> list[Entry]:
        """A chunk that is nobody else's."""
        if not self._own[number]:
            self._own[number] = True
            self._chunks[number] = self._chunks[number].copy()
        return self._chunks[number]

    def _split(self, number: int) -> None:
        chunk = self._chunks[number]
        half = len(chunk) // 2
        self._chunks[number : number + 1] = [chunk[:half], chunk[half:]]
        self._ends.insert(number, chunk[half - 1])
        self._own.insert(number, True)
