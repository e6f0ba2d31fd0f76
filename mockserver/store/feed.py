"""The feed: every change of one sandbox, numbered in the one order there is.

A place in it is a cursor `<epoch>.<offset>`: the epoch names one life of the feed, the offset counts its changes.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Final, Protocol

from mockserver.registry import Registry
from mockserver.store.change import Change

KEPT: Final = 1000
"""How many events are held for those who come back."""


class Backend(Protocol):
    """Where batches are kept beyond the process. *Raises* `OSError` when it can't; the batch is then not made."""

    def append(self, changes: Sequence[Change]) -> None:
        """Keep one batch, whole or not at all."""
        ...


backends: Registry[type[Backend]] = Registry("backend", "mockserver.store.backends")


@dataclass(frozen=True, slots=True)
class Event:
    """A change with its place in the feed."""

    cursor: str
    change: Change
    moment: datetime


class Feed:
    """Numbers changes and hands them to its backend; holds the latest."""

    __slots__ = ("_backend", "_epoch", "_events", "_offset")

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._events: deque[Event] = deque(maxlen=KEPT)
        self.begin()

    def begin(self) -> None:
        """Start a new epoch: what was known of earlier cursors holds no longer."""
        # Not seeded on purpose: a cursor of an earlier life must never be taken for one of this.
        self._epoch = token_hex(4)
        self._offset = 0
        self._events.clear()

    @property
    def at(self) -> str:
        """The cursor of the latest change."""
        return f"{self._epoch}.{self._offset}"

    def append(self, changes: Sequence[Change], moment: datetime) -> None:
        """Put a batch at the end of the feed. *Raises* `OSError` when it can't be kept; nothing is numbered then."""
        self._backend.append(changes)
        for change in changes:
            self._offset += 1
            self._events.append(Event(self.at, change, moment))

    def events(self) -> tuple[Event, ...]:
        """What is held, oldest first."""
        return tuple(self._events)
