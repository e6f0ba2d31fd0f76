"""What a collection knows beside its documents, as it is kept with them."""

from collections.abc import Mapping
from datetime import datetime

from mockserver.messages import Document, Key
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts that never go back, and of the documents that were written: their versions, when, and who has left.

    To be read only: a collection shares them.
    """

    version: int
    floor: int
    numbered: int
    highest: int
    versions: Mapping[Key, int]
    modified: Mapping[Key, datetime]
    buried: Mapping[Key, Document]
