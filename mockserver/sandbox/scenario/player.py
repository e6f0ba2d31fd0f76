"""Plays the script of a scenario on a sandbox's clock. What its steps do is the stage's; nothing here waits."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol

from mockserver.messages import Json
from mockserver.value import dataclass

if TYPE_CHECKING:
    from mockserver.sandbox.scenario.scenario import Scenario, Step

_TOLERANCE_S: Final = 1e-6
"""What sums of seconds may be off by: a clock that was moved ten times by 100 ms has moved by 1 s."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a script has said: `step` counts its steps from 1, `at_s` the seconds since the switch."""

    text: str
    step: int
    at_s: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a script has come: `round` counts from 1, and `at_s` are the seconds since that began.

    `next_step` counts the steps from 1 and comes in `next_s`; it is 0 where none will.
    """

    round: int
    at_s: float
    next_step: int
    next_s: float
    is_over: bool
    """Whether somebody has ended it."""


class Stage(Protocol):
    """What a scenario acts on."""

    def set_faults(self, names: Sequence[str], ago_s: float = 0.0) -> None:
        """Have these faults on since so long ago, and no others."""
        ...

    def act_as(self, user: str) -> None:
        """Take requests without credentials for this user's; an empty name is nobody."""
        ...

    def publish(self, topic: str, data: Json) -> None:
        """Say something on the feed."""
        ...

    def say(self, said: Said) -> None:
        """Tell those who look on what is going on."""
        ...


class Player:
    """Where one sandbox is in its scenario.

    Moments are seconds on the sandbox's clock. After a jump of more than a round only the steps of the last round are
    played, each in its order: they leave everything as all of them would have.
    """

    __slots__ = ("_begun_s", "_is_over", "_is_playing", "_played", "_seen_s", "_stage", "said", "scenario")

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._is_playing = self._is_over = False
        self.scenario: Scenario | None = None
        self.said: Said | None = None
        """The latest."""
        self._begun_s = self._seen_s = 0.0
        self._played = 0

    def begin(self, scenario: "Scenario", now_s: float) -> None:
        """Set the stage for a scenario; `advance` plays what is due at once."""
        self.scenario, self.said = scenario, None
        self._begun_s = self._seen_s = now_s
        self._played = 0
        self._is_over = False
        self._stage.act_as(scenario.user)
        self._stage.set_faults(scenario.faults)

    def stop(self) -> None:
        """Leave off: nothing is in force any more that could go on."""
        self.scenario = self.said = None

    def end_script(self) -> None:
        """Play no more of the script; everything stays as it is."""
        self._is_over = True

    def go_on(self, scenario: "Scenario") -> None:
        """Go on with the same scenario of another definition."""
        self.scenario = scenario

    def elapsed_s(self, now_s: float) -> float:
        """The seconds since the switch. When the clock was put back, what is to come comes as long after as before."""
        if now_s < self._seen_s:
            self._begun_s += now_s - self._seen_s
        self._seen_s = now_s
        return now_s - self._begun_s

    def advance(self, now_s: float) -> None:
        """Play all that is due, in its order."""
        # What a step does may look at the time itself.
        if self._is_playing or self._is_over or self.scenario is None:
            return
        reached_s = self.elapsed_s(now_s) + _TOLERANCE_S
        self._skip(self.scenario, reached_s)
        self._is_playing = True
        try:
            while (
                not self._is_over and (due_s := _due_s(self.scenario, self._played)) is not None and due_s <= reached_s
            ):
                number = self._played % len(self.scenario.steps)
                self._played += 1
                self._play(self.scenario.steps[number], number + 1, due_s, reached_s - due_s)
        finally:
            self._is_playing = False

    def next_due_s(self, now_s: float) -> float | None:
        """In how many seconds a step is due, nothing when none will be."""
        due_s = None if self.scenario is None or self._is_over else _due_s(self.scenario, self._played)
        return None if due_s is None else max(0.0, due_s - self.elapsed_s(now_s))

    def progress(self, now_s: float) -> Progress | None:
        """How far the script has come, nothing where there is none."""
        if self.scenario is None or not self.scenario.steps:
            return None
        elapsed_s, period_s = self.elapsed_s(now_s), self.scenario.period_s
        rounds = int((elapsed_s + _TOLERANCE_S) // period_s) if period_s else 0
        at_s = max(0.0, elapsed_s - rounds * period_s)
        next_s = self.next_due_s(now_s)
        number = 0 if next_s is None else self._played % len(self.scenario.steps) + 1
        return Progress(rounds + 1, at_s, number, next_s or 0.0, self._is_over)

    def _skip(self, scenario: "Scenario", reached_s: float) -> None:
        """Pass over the rounds that were over long ago."""
        period_s, steps = scenario.period_s, len(scenario.steps)
        if not period_s:
            return
        self._played = max(self._played, (int(reached_s // period_s) - 2) * steps)
        while (due_s := _due_s(scenario, self._played)) is not None and due_s <= reached_s - period_s:
            self._played += 1

    def _play(self, step: "Step", number: int, due_s: float, ago_s: float) -> None:
        if step.user is not None:
            self._stage.act_as(step.user)
        if step.faults is not None:
            self._stage.set_faults(step.faults, ago_s)
        if step.publish is not None:
            self._stage.publish(*step.publish)
        if step.say is not None:
            self.said = Said(step.say, number, due_s)
            self._stage.say(self.said)


def _due_s(scenario: "Scenario", place: int) -> float | None:
    """When the step at a place is due, counted from 0 through all rounds; nothing behind the end."""
    if not scenario.steps or (not scenario.period_s and place >= len(scenario.steps)):
        return None
    rounds, number = divmod(place, len(scenario.steps))
    return rounds * scenario.period_s + scenario.steps[number].at_s
