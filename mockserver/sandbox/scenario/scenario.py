"""A scenario in force: user, faults and script, whatever it extends taken in. Made once for a definition."""

from dataclasses import field

from mockserver.messages import Json
from mockserver.sandbox.scenario.change import Changes
from mockserver.sandbox.scenario.section import ScenarioSection, StepSection
from mockserver.sandbox.scenario.variant import Variant
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """What happens `at_s` seconds after the switch. Nothing is left as it is; an empty `user` is nobody."""

    at_s: float
    faults: tuple[str, ...] | None = None
    say: str | None = None
    user: str | None = None
    publish: tuple[str, Json] | None = None
    """A topic and its data."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One of them; `faults` are those that are on, and no others, an empty `user` is nobody."""

    name: str
    describe: str
    user: str
    faults: tuple[str, ...]
    steps: tuple[Step, ...]
    period_s: float
    """After so many seconds the script begins anew; 0 where it ends."""
    changes: Changes
    """What is otherwise about its rows than in the file."""
    variant: Variant = field(compare=False, repr=False)
    extends: str = field(default="", compare=False)
    """The one whose data, user and faults hold where it says nothing; empty for none."""


def read_scenario(name: str, line: tuple[ScenarioSection, ...], variant: Variant) -> Scenario:
    """The scenario of a section; `line` are it and those that it extends, the nearest first."""
    own = line[0]
    user = next((one.user for one in line if "user" in one.model_fields_set), None)
    faults = next((one.faults for one in line if one.faults is not None), [])
    steps = tuple(_step(one) for one in own.script)
    period_s = period_of(own)
    return Scenario(
        name,
        own.describe or "",
        user or "",
        tuple(faults),
        steps,
        period_s,
        variant.changes,
        variant,
        own.extends or "",
    )


def period_of(section: ScenarioSection) -> float:
    """After how many seconds a script begins anew, 0 where it does not: its last step is the end of a round."""
    if section.loop is False or not section.script:
        return 0.0
    return section.script[-1].at.seconds if section.loop is True else section.loop.seconds


def _step(section: StepSection) -> Step:
    user = (section.user or "") if "user" in section.model_fields_set else None
    faults = None if section.faults is None else tuple(section.faults)
    said = section.publish
    return Step(section.at.seconds, faults, section.say, user, None if said is None else (said.topic, said.data))
