"""A collection as it is kept: its documents, and what it knows beside them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from mockserver.messages import Document, Key
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts that never go back, and of the documents that were written: their versions, when, and who has left."""

    version: int
    floor: int
    numbered: int
    highest: int
    versions: Mapping[Key, int]
    modified: Mapping[Key, datetime]
    buried: Mapping[Key, Document]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The documents of one resource in their order, as they were at a moment."""

    rows: Sequence[Document]
    facts: Facts
