"""A fault as it stands in a sandbox: whether it is on, until when, and what it came to. For others to read."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mockserver.faults.fault import Fault, hash_of
from mockserver.messages import Document

Source: TypeAlias = Literal["file", "runtime", "preset"]
"""Who has set it: the definition, somebody since, or we ourselves, somebody having switched it on."""


@dataclass(frozen=True, slots=True)
class State:
    """How a fault stood when it was asked for.

    `matched` counts what its rules were for, `fired` where one acted, `overflow` where one would have held somebody and
    had no room. `since` is when it was switched on, in seconds of the sandbox's clock; `expires_in_s` is nothing where
    it stays.
    """

    name: str
    fault: Fault
    enabled: bool
    source: Source
    expires_in_s: float | None
    matched: int
    fired: int
    overflow: int
    since: float

    @property
    def skipped(self) -> int:
        """How often it was for something and did not act."""
        return self.matched - self.fired

    @property
    def tag(self) -> str:
        """What it is and whether it is on, as a hash; counters have no part in it."""
        return hash_of({"settings": self.fault.settings, "enabled": self.enabled, "source": self.source})

    def describe(self) -> Document:
        """The shape that the control plane shows."""
        left = self.expires_in_s
        return {
            "name": self.name,
            "describe": self.fault.describe,
            "settings": self.fault.settings,
            "enabled": self.enabled,
            "source": self.source,
            "preset": self.fault.preset or None,
            "priority": self.fault.priority,
            "expires_in_s": None if left is None else round(left, 3),
            "matched": self.matched,
            "fired": self.fired,
            "skipped": self.skipped,
            "overflow": self.overflow,
        }
