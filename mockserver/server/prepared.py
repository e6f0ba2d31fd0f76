"""Answers that were given and are still true, found by the very bytes of a request's head, before it is even read.

Whether one is still true is for whoever gave it to say. Knows neither HTTP nor what answers are made of.
"""

from collections import OrderedDict
from typing import Final

from mockserver.messages import Json
from mockserver.sandbox.journal import Entry
from mockserver.server.service import Ground, Instance
from mockserver.server.whole import Whole
from mockserver.value import dataclass

LIMIT_BYTES: Final = 16 * 1024 * 1024
_LARGEST_BYTES: Final = LIMIT_BYTES // 16
"""No single one drives out all the others."""
_BESIDE_BYTES: Final = 2 * 1024
"""What is kept of an answer beside bytes and texts, measured; what was read for it counts apart."""
_READ_BYTES: Final = 192
"""What is kept for each thing that was read."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One answer, what it stands on, and what the journal says of it."""

    instance: Instance
    ground: Ground
    whole: Whole
    entry: Entry


class PreparedAnswers:
    """The answers that were given last, by the heads of their requests; `limit_bytes` is for all of it together."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit = limit_bytes
        self._kept: OrderedDict[bytes, Prepared] = OrderedDict()
        self._lives: dict[Instance, object] = {}
        """That of each sandbox in which it has answered all that is kept of it."""
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, head: bytes) -> Prepared | None:
        """What was answered to a request with this head, whether it is still true or not."""
        found = self._kept.get(head)
        if found is not None:
            self._kept.move_to_end(head)
        return found

    def keep(self, head: bytes, prepared: Prepared) -> None:
        """Keep an answer; what was not asked for the longest makes room for it.

        What its sandbox has answered in another life is let go of: it would keep all data of that life.
        """
        self.drop(head)
        size = _size(head, prepared)
        if size > _LARGEST_BYTES:
            return
        instance, life = prepared.instance, prepared.ground.life
        if self._lives.setdefault(instance, life) != life:
            self.forget(instance)
            self._lives[instance] = life
        prepared.whole.shrink()
        self._kept[head] = prepared
        self._bytes += size
        while self._bytes > self._limit:
            oldest, one = self._kept.popitem(last=False)
            self._bytes -= _size(oldest, one)

    def drop(self, head: bytes) -> None:
        """Forget the answer to a request, if there is one."""
        one = self._kept.pop(head, None)
        if one is not None:
            self._bytes -= _size(head, one)

    def forget(self, instance: Instance) -> None:
        """Forget all that one sandbox has answered."""
        for head in [head for head, one in self._kept.items() if one.instance is instance]:
            self.drop(head)
        self._lives.pop(instance, None)

    def describe(self) -> dict[str, Json]:
        """How many are kept, and how many bytes that takes."""
        return {"answers": len(self._kept), "bytes": self._bytes, "limit_bytes": self._limit}


def _size(head: bytes, one: Prepared) -> int:
    # What the journal says is most of both heads once more.
    whole = one.whole
    texts = 2 * (len(head) + len(whole)) - len(whole.body)
    return texts + _BESIDE_BYTES + _READ_BYTES * one.ground.reads.count
