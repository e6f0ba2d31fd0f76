"""A fault as it stands in a sandbox: whether it is on, until when, and what it came to. For others to read."""

from typing import Literal, TypeAlias

from mockserver.definitions.quantity import write_duration
from mockserver.faults.fault import Fault, hash_of
from mockserver.faults.wording import tell
from mockserver.messages import Document
from mockserver.value import dataclass

Source: TypeAlias = Literal["file", "runtime", "preset"]
"""Who has set it: the definition, somebody since, or we ourselves, somebody having switched it on."""


@dataclass(frozen=True, slots=True)
class State:
    """How a fault stood when it was asked for.

    `matched` counts what its rules were for, `fired` where one acted, `overflow` where one would have held somebody and
    had no room. `expires_in_s` is nothing where it stays, `ttl_s` where it was switched on without a time of its own.
    """

    name: str
    fault: Fault
    enabled: bool
    source: Source
    expires_in_s: float | None
    matched: int
    fired: int
    overflow: int
    ttl_s: float | None

    @property
    def skipped(self) -> int:
        """How often it was for something and did not act, though there was room."""
        return self.matched - self.fired - self.overflow

    @property
    def settings(self) -> Document:
        """The fault as it was written, with whether it is on now, and the time for which it was switched on."""
        shown = dict(self.fault.settings)
        if self.enabled != self.fault.enabled:
            shown["enabled"] = self.enabled
        if self.ttl_s is not None:
            shown["ttl"] = write_duration(self.ttl_s)
        return shown

    @property
    def tag(self) -> str:
        """What it is and whether it is on, as a hash; counters have no part in it."""
        return hash_of({"settings": self.settings, "enabled": self.enabled, "source": self.source})

    def describe(self) -> Document:
        """The shape that the control plane shows."""
        left = self.expires_in_s
        return {
            "name": self.name,
            "describe": self.fault.describe,
            "effects": [tell(rule) for rule in self.fault.rules],
            "settings": self.settings,
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
