"""Whoever looks on as a listener goes on from a place in the feed, or is told that it can't. Knows not what for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol, TypeAlias

from mockserver.store.event import Event
from mockserver.store.feed import Gap, Place
from mockserver.value import dataclass

Topics: TypeAlias = frozenset[str] | None
"""Names of topics, nothing for all."""

Mine: TypeAlias = Callable[[Iterable[Event]], Sequence[Event]]
"""Of these events, those that are for a listener."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """A listener is told what is behind a place from now on, of topics, and what of that is for it."""

    topics: Topics
    place: Place
    mine: Mine


@dataclass(frozen=True, slots=True)
class Loss:
    """A listener to topics has been told that there is a gap, with the path to read anew for each topic."""

    topics: Topics
    gap: Gap
    paths: Mapping[str, str]
    mine: Mine


class Witness(Protocol):
    """Is told as it happens, before the client is; must not wait."""

    def resume(self, found: Resumption) -> None:
        """It goes on."""
        ...

    def lose(self, found: Loss) -> None:
        """Something can't be told any more."""
        ...


class Witnessed(Protocol):
    """A listener that tells somebody how it goes on. `topics` are those it listens to at present."""

    witness: Witness

    @property
    def topics(self) -> Topics: ...

    @property
    def since(self) -> Place:
        """The place that it was asked to go on from; the present one where none was."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer tells of the feed (`Reply.told`): so many events up to a place, or that there is a gap.

    `hold_s` is how long the answer may have waited, `next_s` in how long the client is to ask again.
    """

    resumption: Resumption
    place: Place
    events: int
    loss: Loss | None
    hold_s: float
    next_s: float


UNHEARD: Final = object()
"""What stands in the place of `Told` where nobody waits for the answer any more."""


class Nobody:
    """A witness that is none."""

    __slots__ = ()

    def resume(self, found: Resumption) -> None:
        """Nothing."""

    def lose(self, found: Loss) -> None:
        """Nothing."""
