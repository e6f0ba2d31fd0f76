"""The scenario that one sandbox is in: begun, played on its clock, and gone on with by another definition."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from mockserver.errors import Conflict
from mockserver.faults.faults import Faults
from mockserver.messages import Json
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.scenario.player import Player, Progress, Said
from mockserver.sandbox.seeded import Seeded

if TYPE_CHECKING:
    from mockserver.sandbox.scenario.scenario import Scenario

T = TypeVar("T")


class Play:
    """A sandbox with its faults as the stage of scenarios. In none, it is in the state of the definition's file."""

    __slots__ = ("_faults", "_hearers", "_player", "_sandbox", "_watchers")

    def __init__(self, sandbox: Sandbox, faults: Faults) -> None:
        self._sandbox = sandbox
        self._faults = faults
        self._hearers: dict[object, Callable[[Said], None]] = {}
        self._watchers: dict[object, Callable[[], None]] = {}
        self._player = Player(self)

    @property
    def scenario(self) -> "Scenario | None":
        """The one it is in."""
        return self._player.scenario

    @property
    def said(self) -> Said | None:
        """What its script has said last."""
        return self._player.said

    def progress(self) -> Progress | None:
        """How far its script has come, nothing where there is none."""
        return self._player.progress(self._sandbox.clock.elapsed())

    def switch(self, scenario: "Scenario | None", file: Seeded) -> None:
        """Begin a scenario, or go back to the state of the file: data, logins, faults and user are as it has them.

        *Raises* `Conflict` for a scenario whose data can't be; nothing has changed then.
        """
        seeded = file if scenario is None else scenario.variant.seeded()
        self._player.stop()
        self._sandbox.user = ""
        self._sandbox.reseed(seeded)
        # Also where a fault stays on: what it counts begins anew, so that a scenario is the same every time.
        self._faults.reset()
        if scenario is not None:
            self._player.begin(scenario, self._sandbox.clock.elapsed())
        for notify in tuple(self._watchers.values()):
            notify()
        self.advance()

    def reset_faults(self) -> None:
        """The faults as the scenario began with them, those of the file in none."""
        self._faults.reset()
        if self._player.scenario is not None:
            self.set_faults(self._player.scenario.faults)

    def end_script(self) -> None:
        """Play no more of the script; everything stays as it is."""
        self._player.end_script()

    def continued(self, scenarios: "Mapping[str, Scenario]") -> "Scenario | None":
        """The scenario of another definition that goes on with this one, because it is the same; its rows are made."""
        here = self._player.scenario
        there = None if here is None else scenarios.get(here.name)
        if there is None or there != here:
            return None
        try:
            there.variant.seeded()
        except Conflict:
            return None
        return there

    def follow(self, scenarios: "Mapping[str, Scenario]", file: Seeded) -> None:
        """Go by another definition: on with the scenario where it is the same, else with its new beginning, if any.

        In the state of the file where that can't be.
        """
        here = self._player.scenario
        if here is None:
            return
        there = self.continued(scenarios)
        if there is not None:
            self._player.go_on(there)
            return
        try:
            self.switch(scenarios.get(here.name), file)
        except Conflict:
            self.switch(None, file)

    def advance(self) -> None:
        """Do what is due by now."""
        if self._player.scenario is not None:
            self._player.advance(self._sandbox.clock.elapsed())

    def next_due_s(self) -> float | None:
        """In how many seconds a step is due, nothing when none will be."""
        return None if self._player.scenario is None else self._player.next_due_s(self._sandbox.clock.elapsed())

    def hear(self, hearer: Callable[[Said], None]) -> Callable[[], None]:
        """Tell somebody what is said until the returned function is called; they must not block."""
        return _put(self._hearers, hearer)

    def watch(self, notify: Callable[[], None]) -> Callable[[], None]:
        """Call `notify` after every switch until the returned function is called; it must not block."""
        return _put(self._watchers, notify)

    # What scripts do.

    def set_faults(self, names: Sequence[str], ago_s: float = 0.0) -> None:
        """Have these on since so long ago, and no others."""
        self._faults.set_exactly(names, ago_s)

    def act_as(self, user: str) -> None:
        """Take requests without credentials for this user's."""
        self._sandbox.user = user

    def publish(self, topic: str, data: Json) -> None:
        """Say something on the feed."""
        self._sandbox.feed.publish(topic, "", data, self._sandbox.clock.now())

    def say(self, said: Said) -> None:
        """Tell whoever looks on."""
        for hearer in tuple(self._hearers.values()):
            hearer(said)


def _put(those: dict[object, T], one: T) -> Callable[[], None]:
    """Add one; the returned function takes it out."""
    token = object()
    those[token] = one

    def stop() -> None:
        those.pop(token, None)

    return stop
