"""What came of a soak."""

from dataclasses import dataclass, field
from typing import Any

from tests.reliability.soak.gauge import Reading
from tests.reliability.soak.ledger import Verdict


@dataclass
class Outcome:
    """All that was seen. Times in seconds."""

    readings: list[Reading] = field(default_factory=list)
    verdict: Verdict | None = None
    closed: list[str] = field(default_factory=list)
    """Connections that ended though nothing had said they should."""
    wrong: list[str] = field(default_factory=list)
    returns: int = 0
    tests: int = 0
    switches: int = 0
    reloads: int = 0
    asked: int = 0
    left_out: int = 0
    taken_s: list[float] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)
    control_s: list[float] = field(default_factory=list)
    spread_s: list[float] = field(default_factory=list)
    driver_s: float = 0.0
    took_s: float = 0.0
    status: dict[str, Any] = field(default_factory=dict)
    journal: int = 0
    descriptors_left: int = 0
    greenlets_left: int = 0
