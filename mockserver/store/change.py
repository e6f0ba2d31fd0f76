"""A write, as it stands in the feed."""

from dataclasses import field
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from mockserver.messages import Document, Key
from mockserver.value import dataclass

Action: TypeAlias = Literal["created", "updated", "deleted"]


class Trace(NamedTuple):
    """What a collection knew of an id beside its document: all that a change taken back has to restore."""

    version: int | None
    floor: int
    modified: datetime | None
    buried: Document | None
    place: int | None
    numbered: int
    highest: int


@dataclass(frozen=True, slots=True)
class Change:
    """One document created, updated or deleted: what it is now, and what it was.

    Documents in a change are never altered afterwards: a later write makes a new one. `trace` is no part of what
    happened: the collection that was written to takes the change back by it.
    """

    resource: str
    key: Key
    document: Document | None
    before: Document | None
    trace: Trace | None = field(default=None, compare=False, repr=False)

    @property
    def action(self) -> Action:
        """What happened, in one word."""
        if self.before is None:
            return "created"
        return "deleted" if self.document is None else "updated"
