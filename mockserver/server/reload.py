"""Serving goes on with the files as they are: what changed is loaded beside it and takes over between two requests.

Knows neither definitions nor data; how one is loaded and put in force is handed in.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar

import gevent

from mockserver.definitions.report import render
from mockserver.errors import DefinitionError
from mockserver.messages import Json
from mockserver.sandbox.succession import Difference
from mockserver.server.log import ExchangeLog, Notice
from mockserver.server.watch import LOOK_EVERY_S, FileWatch

_NAMES_SHOWN: Final = 12
_TURN_S: Final = 0.0005
"""How long a thread that loads may keep the loop from its turn; Python's own 5 ms would add up in every request."""

T = TypeVar("T")
Takeover = Callable[[], Difference]
"""Puts what was loaded in force; short, and called by the event loop."""


@dataclass(frozen=True, slots=True)
class Reloader:
    """Watches files and has them loaded again; `load` runs in a thread and *raises* `DefinitionError`."""

    watch: FileWatch
    load: Callable[[], Takeover]

    def run(self, log: ExchangeLog) -> None:
        """Go on until the greenlet this runs in is killed."""
        while True:
            gevent.sleep(LOOK_EVERY_S)
            try:
                if _apart(self.watch.look):
                    self._reload(log)
            except Exception as error:  # noqa: BLE001 - a bug of ours must not end the watch; stderr tells it
                self.watch.accept()
                log.trace(error)

    def _reload(self, log: ExchangeLog) -> None:
        started = perf_counter()
        try:
            takeover = _apart(self._load_gently)
        except DefinitionError as error:
            if not _apart(self.watch.has_moved):
                self.watch.accept()
                log.warn(f"{render(error, 'text')}\n{_refusal(self.watch.paths)}")
                log.tell(_refused(self.watch.paths, error))
            return
        if not _apart(self.watch.has_moved):
            self.watch.accept()
            difference = takeover()
            log.tell(_reloaded(self.watch.paths, difference, perf_counter() - started))

    def _load_gently(self) -> Takeover:
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_TURN_S)
        try:
            return self.load()
        finally:
            sys.setswitchinterval(usual)


def _apart(work: Callable[[], T]) -> T:
    """Have it done by a thread of gevent's pool, and let others run meanwhile."""
    done: list[T] = []

    def attempt() -> Exception | None:
        # What a pool's thread raises is printed before anybody can look at it.
        try:
            done.append(work())
        except Exception as error:  # noqa: BLE001 - raised again below
            return error
        return None

    failure = gevent.get_hub().threadpool.apply(attempt)
    if failure is not None:
        raise failure
    return done[0]


def _named(paths: Sequence[Path]) -> str:
    return ", ".join(str(path) for path in paths)


def _reloaded(paths: Sequence[Path], difference: Difference, took_s: float) -> Notice:
    changed, removed = difference.changed, difference.removed
    total = len(changed) + len(difference.kept)
    said = f"reloaded {_named(paths)}"
    if changed:
        said += f": {', '.join(changed[:_NAMES_SHOWN])}{', …' if len(changed) > _NAMES_SHOWN else ''}"
    said += f" ({len(changed)} of {total} {'resource' if total == 1 else 'resources'} generated again"
    said += f", removed: {', '.join(removed)})" if removed else ")"
    event: dict[str, Json] = {
        "event": "reloaded",
        "files": [str(path) for path in paths],
        "generated": list(changed),
        "kept": list(difference.kept),
        "removed": list(removed),
        "ms": round(took_s * 1000, 3),
    }
    return Notice(said, event)


def _refusal(paths: Sequence[Path]) -> str:
    return f"not reloaded: {_named(paths)} is still served as it was before"


def _refused(paths: Sequence[Path], error: DefinitionError) -> Notice:
    files: list[Json] = [str(path) for path in paths]
    problems: list[Json] = [
        {"place": str(one.position), "problem": one.problem, "hint": one.hint} for one in error.problems
    ]
    return Notice("", {"event": "not_reloaded", "files": files, "problems": problems})
