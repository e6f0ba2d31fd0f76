"""A sandbox as the stage of its scenario."""

from collections.abc import Callable, Sequence

from mockserver.faults.faults import Faults
from mockserver.messages import Json
from mockserver.sandbox.sandbox import Sandbox


class SandboxStage:
    """Has a scenario act on a sandbox and its faults; `tell` is told what is said, and must not block."""

    __slots__ = ("_faults", "_sandbox", "_tell")

    def __init__(self, sandbox: Sandbox, faults: Faults, tell: Callable[[str], None]) -> None:
        self._sandbox = sandbox
        self._faults = faults
        self._tell = tell

    def set_faults(self, names: Sequence[str]) -> None:
        """Have these on, and no others."""
        self._faults.set_exactly(names)

    def act_as(self, user: str) -> None:
        """Take requests without credentials for this user's."""
        self._sandbox.user = user

    def publish(self, topic: str, data: Json) -> None:
        """Say something on the feed."""
        self._sandbox.feed.publish(topic, "", data, self._sandbox.clock.now())

    def say(self, text: str) -> None:
        """Tell whoever looks on."""
        self._tell(text)
