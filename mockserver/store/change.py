"""A write, as it stands in the feed."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mockserver.messages import Document, Key

Action: TypeAlias = Literal["created", "updated", "deleted"]


@dataclass(frozen=True, slots=True)
class Change:
    """One document created, updated or deleted: what it is now, and what it was.

    Documents in a change are never altered afterwards: a later write makes a new one.
    """

    resource: str
    key: Key
    document: Document | None
    before: Document | None

    @property
    def action(self) -> Action:
        """What happened, in one word."""
        if self.before is None:
            return "created"
        return "deleted" if self.document is None else "updated"
