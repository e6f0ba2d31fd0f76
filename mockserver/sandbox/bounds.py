"""How much one sandbox takes and keeps, as whoever starts the server allows. Numbers, nothing else."""

from mockserver.messages import BODY_BYTES
from mockserver.realtime.session import MESSAGE_BYTES
from mockserver.sandbox.journal import ENTRIES
from mockserver.store.ring import SPAN, Span
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """`frame_bytes` is for messages over the sockets of the feed, and `journal` how many exchanges are remembered.

    `documents` are what writes may bring a resource to; with none it is as the resource is declared.
    """

    body_bytes: int = BODY_BYTES
    frame_bytes: int = MESSAGE_BYTES
    documents: int | None = None
    journal: int = ENTRIES
    feed: Span = SPAN
