"""The clock of a sandbox."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from mockserver.testing.sandbox import Sandbox

__tracebackhide__ = True

Moment = datetime | str
Duration = timedelta | float | str


class Clock:
    """What time it is in the sandbox: jobs, scripts, tokens and `${now}` go by it.

    A moment is a `datetime` or RFC 3339 text, a duration a `timedelta`, seconds, or text like `5m`.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    @property
    def now(self) -> datetime:
        """What it shows."""
        return datetime.fromisoformat(self._sandbox.ask("GET", "/api/clock")["now"])

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return bool(self._sandbox.ask("GET", "/api/clock")["frozen"])

    def freeze(self, at: Moment | None = None) -> datetime:
        """Let it stand still, now or at a moment."""
        return self._put({"freeze": True if at is None else _write(at)})

    def set(self, at: Moment) -> datetime:
        """Let it show another time, and go on from there."""
        return self._put({"set": _write(at)})

    def advance(self, by: Duration) -> datetime:
        """Let it be later; what is due by then happens before this returns."""
        return self._put({"advance": write_duration(by)})

    def real(self) -> datetime:
        """Let it show the time of day."""
        return self._put({"real": True})

    def _put(self, change: Mapping[str, bool | str]) -> datetime:
        return datetime.fromisoformat(self._sandbox.ask("PUT", "/api/clock", change)["now"])


def write_duration(duration: Duration) -> str:
    """As the server reads it."""
    if isinstance(duration, str):
        return duration
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    return f"{round(seconds * 1000)}ms"


def _write(moment: Moment) -> str:
    """With its zone: a `datetime` without one is meant as this machine has it."""
    return moment if isinstance(moment, str) else moment.astimezone().isoformat()
