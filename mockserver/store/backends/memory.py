"""Keeps nothing: the feed's order lives as long as the process."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from mockserver.store.change import Change
from mockserver.store.feed import backends


@backends.register("memory")
class MemoryBackend:
    """Takes every batch and stores none."""

    def append(self, changes: Sequence[Change], moment: datetime) -> None:
        """A batch is as durable as the process as soon as it is applied."""
        del changes, moment

    def replacing(self) -> AbstractContextManager[None]:
        """So is whatever takes the place of something else."""
        return nullcontext()
