"""Faults of a sandbox, switched on by a call and off at the end of a block."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from types import TracebackType
from typing import Any, Final
from urllib.parse import quote

from mockserver.testing.clock import write_duration
from mockserver.testing.error import MockServerError, with_names
from mockserver.testing.reading import read_as
from mockserver.testing.sandbox import Sandbox
from mockserver.value import dataclass

__tracebackhide__ = True

_NOT_FOUND: Final = 404


@dataclass(frozen=True, slots=True)
class FaultState:
    """How a fault stands: whether it is on and for how long, and how often it matched and acted."""

    name: str
    enabled: bool
    source: str
    expires_in_s: float | None
    matched: int
    fired: int
    skipped: int


class Fault:
    """A fault that was switched on; `with` switches it off again."""

    def __init__(self, sandbox: Sandbox, name: str, state: FaultState) -> None:
        self._sandbox = sandbox
        self._last = state
        self._is_over = False
        self.name = name

    def __enter__(self) -> "Fault":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.off()

    @property
    def state(self) -> FaultState:
        """How it stands, after its end how it stood then."""
        if not self._is_over:
            with suppress(MockServerError):
                # Reset or deleted meanwhile: what was known last is the last there is to know.
                self._last = read_as(FaultState, self._sandbox.ask("GET", _path(self.name)))
        return self._last

    @property
    def fired(self) -> int:
        """How often it acted."""
        return self.state.fired

    @property
    def matched(self) -> int:
        """How many requests or frames it was for, whether it acted on them or not."""
        return self.state.matched

    def off(self) -> None:
        """End it: what was set is gone, one of the definition is off. Once is enough, and it may have ended before."""
        if self._is_over:
            return
        self._last = self.state
        self._is_over = True
        try:
            self._sandbox.ask("DELETE", _path(self.name))
        except MockServerError as error:
            if error.status != _NOT_FOUND:
                raise


def switch_on(sandbox: Sandbox, name: str, settings: Mapping[str, Any]) -> Fault:
    """One that there is, changed as `settings` say, else a new one made of them. *Raises* `MockServerError`."""
    body = {_plain(key): _write(key, value) for key, value in settings.items()}
    try:
        told = sandbox.ask("PATCH", _path(name), {"enabled": True, **body})
    except MockServerError as error:
        if error.status != _NOT_FOUND:
            raise
        unknown = error
    else:
        return Fault(sandbox, name, read_as(FaultState, told))
    return Fault(sandbox, name, read_as(FaultState, _set(sandbox, name, body, unknown)))


def _set(sandbox: Sandbox, name: str, body: Mapping[str, Any], unknown: MockServerError) -> Any:
    """A new one, where settings make one."""
    try:
        return sandbox.ask("PUT", _path(name), body)
    except MockServerError as error:
        if any(one.get("pointer") != "" for one in error.errors):
            raise
    # What does nothing was meant as one that there is.
    known = {"here": sandbox.ask("GET", "/api/faults"), "presets": sandbox.ask("GET", "/api/presets")}
    raise with_names(unknown, known)


def _write(key: str, value: Any) -> Any:
    is_duration = isinstance(value, timedelta) or (key == "ttl" and isinstance(value, int | float))
    return write_duration(value) if is_duration else value


def _plain(key: str) -> str:
    """`for` is a word of Python's, so it is written `for_`."""
    return key.removesuffix("_")


def _path(name: str) -> str:
    return f"/api/faults/{quote(name, safe='')}"
