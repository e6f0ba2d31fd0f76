"""Changes that pushes make, which are pushed in their turn: how far that goes before it is taken for a circle."""

from typing import Final

from mockserver.store.event import Event
from mockserver.store.feed import Place

MOST_STEPS: Final = 10
MOST_CHANGES: Final = 1000


class Chain:
    """What one change has led to: so many `steps` ago it began, and so many changes have come of it."""

    __slots__ = ("_chains", "_count", "steps")

    def __init__(self, chains: "Chains", steps: int, count: list[int]) -> None:
        self._chains = chains
        self._count = count
        self.steps = steps

    @property
    def is_endless(self) -> bool:
        """Whether it has gone on for long enough to go on for ever."""
        return self.steps > MOST_STEPS or self._count[0] > MOST_CHANGES

    def lead_to(self, before: Place, after: Place) -> None:
        """All that happened between two places came of it."""
        if before.epoch == after.epoch:
            self._count[0] += after.offset - before.offset
            for offset in range(before.offset + 1, after.offset + 1):
                self._chains.put(after.epoch, offset, Chain(self._chains, self.steps + 1, self._count))


class Chains:
    """The chains of events that are yet to be pushed; an event that no push has led to begins one."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held: dict[tuple[str, int], Chain] = {}

    def put(self, epoch: str, offset: int, chain: Chain) -> None:
        """Remember what has led to an event."""
        self._held[epoch, offset] = chain

    def take(self, event: Event) -> Chain:
        """The chain of an event, whose turn it is now."""
        return self._held.pop((event.epoch, event.offset), None) or Chain(self, 0, [0])

    def clear(self) -> None:
        """Forget those whose turn will not come."""
        self._held.clear()
