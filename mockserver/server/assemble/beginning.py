"""How serving begins, beside what the definition says: which of its faults are on, and in which scenario it is."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mockserver.errors import suggestion
from mockserver.faults.fault import Fault
from mockserver.faults.preset import preset_faults, presets
from mockserver.sandbox.bounds import Bounds
from mockserver.sandbox.registry import LIMIT
from mockserver.value import dataclass

if TYPE_CHECKING:
    from mockserver.sandbox.scenario.scenario import Scenario

DELAY: Final = "--delay"
"""What the fault is called that `--delay` sets."""


class UnknownName(LookupError):
    """There is no fault, or no scenario, of a name; the message names the nearest."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was asked for at the start; it holds for every sandbox, and is what a reset goes back to.

    `faults` are names of the definition's or of presets, `delay` is a duration as a definition writes it. Where
    faults are barred none ever acts. `bounds` are each sandbox's, `sandboxes` how many named ones there may be.
    """

    faults: tuple[str, ...] = ()
    delay: str = ""
    scenario: str = ""
    bars_faults: bool = False
    bounds: Bounds = Bounds()
    sandboxes: int = LIMIT

    def verify(self, faults: Mapping[str, Fault], scenarios: Mapping[str, object]) -> None:
        """Nothing, where a definition with these faults and scenarios can begin so. *Raises* `UnknownName`."""
        known = (*presets, *faults)
        for name in self.faults:
            if name not in known:
                raise UnknownName(f"There is no fault '{name}'; {suggestion(name, known)}")
        if self.scenario and self.scenario not in scenarios:
            hint = suggestion(self.scenario, scenarios) or "the definition has none"
            raise UnknownName(f"There is no scenario '{self.scenario}'; {hint}")

    def declare(self, faults: Mapping[str, Fault]) -> Mapping[str, Fault]:
        """The faults of a definition as they are to begin; those that are there no more are passed over."""
        begun, shipped = dict(faults), preset_faults()
        for name in self.faults:
            fault = faults.get(name) or shipped.get(name)
            if fault is not None:
                begun[name] = fault.switched_on()
        if self.delay:
            from mockserver.faults.load import read_fault  # noqa: PLC0415 - takes all kinds, for an option few use

            begun[DELAY] = read_fault(DELAY, {"match": "ANY *", "latency": self.delay}, {})
        return begun

    def accompany(self, scenarios: "Mapping[str, Scenario]", faults: Collection[str]) -> "Mapping[str, Scenario]":
        """The scenarios of a definition with these faults: those asked for are on beside those of the first one."""
        first = scenarios.get(self.scenario)
        if first is None:
            return scenarios
        beside = [name for name in (*self.faults, DELAY) if name in faults and name not in first.faults]
        return {**scenarios, first.name: replace(first, faults=(*first.faults, *beside))}
