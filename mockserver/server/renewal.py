"""Another definition takes over: loaded beside the one that is served, one at a time, in force between two requests.

Knows neither definitions nor data, nor where they come from; how one is loaded is handed in.
"""

import gc
import sys
from collections.abc import Callable, Iterable, Mapping
from time import perf_counter
from typing import Final, TypeAlias, TypeVar

import gevent
from gevent.lock import BoundedSemaphore

from mockserver.definitions.source import EXTENT, Extent, Source
from mockserver.errors import DefinitionError
from mockserver.messages import Json
from mockserver.sandbox.succession import Difference
from mockserver.server.libc import find_function
from mockserver.value import dataclass

_TURN_S: Final = 0.0005
"""How long a thread that loads may keep the loop from its turn; Python's own 5 ms would add up in every request."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A definition ready to take over: what it changes, and what puts it in force, in steps that are short."""

    difference: Difference
    take_over: Callable[[], Iterable[None]]


Load: TypeAlias = Callable[[Source], Loaded]
"""Makes a definition ready; runs in a thread, and *raises* `DefinitionError`."""
Watcher: TypeAlias = Callable[[Mapping[str, Json]], None]
"""Is shown what became of a definition: `{change, …}`."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """What another definition has changed, and how long it took to load."""

    difference: Difference
    took_s: float

    def to_json(self) -> dict[str, Json]:
        """The shape in which it is told."""
        found = self.difference
        return {
            "generated": [*found.changed],
            "kept": [*found.kept],
            "removed": [*found.removed],
            "ms": round(self.took_s * 1000, 3),
        }


class Renewal:
    """Loads definitions, one after the other: they share what they are checked with."""

    def __init__(self, load: Load, extent: Extent = EXTENT) -> None:
        """Files of a definition may be of that `extent`."""
        self._load = load
        self.extent = extent
        self._turn = BoundedSemaphore()
        self._watchers: list[Watcher] = []
        self.problems: Json = []
        """What is wrong with the files that would be in force otherwise; nothing once another definition is."""

    def check(self, read: Callable[[], Source]) -> Renewed:
        """What a definition would change. *Raises* `DefinitionError`."""
        with self._turn:
            return self._prepare(read)[1]

    def renew(self, read: Callable[[], Source]) -> Renewed:
        """Put a definition in force; `read` runs in a thread. *Raises* `DefinitionError`; then nothing has changed."""
        with self._turn:
            loaded, renewed = self._prepare(read)
            self._take_over(loaded)
        return renewed

    def renew_if(self, read: Callable[[], Source], is_wanted: Callable[[], bool]) -> Renewed | None:
        """The same, unless it is wanted no more when it is ready."""
        with self._turn:
            loaded, renewed = self._prepare(read)
            if not is_wanted():
                return None
            self._take_over(loaded)
        return renewed

    def refuse(self, names: list[str], error: DefinitionError) -> None:
        """Keep and tell what is wrong with files that go by these names."""
        told = tell_problems(error)
        self.problems = told["problems"]
        self.tell("failed", names, told)

    def _take_over(self, loaded: Loaded) -> None:
        """Put a definition in force; others have their turn between its steps."""
        self.problems = []
        for _ in loaded.take_over():
            gevent.sleep(0)
        # What was served until now refers to itself, and the collector looks so seldom that dozens of them would wait.
        gc.collect()
        # glibc alone has it, and gives back what is free between pieces in use by nothing else (malloc_trim(3)).
        if (give_back := find_function("malloc_trim")) is not None:
            give_back(0)

    def _prepare(self, read: Callable[[], Source]) -> tuple[Loaded, Renewed]:
        started = perf_counter()
        loaded = apart(lambda: self._load_gently(read))
        return loaded, Renewed(loaded.difference, perf_counter() - started)

    def _load_gently(self, read: Callable[[], Source]) -> Loaded:
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_TURN_S)
        try:
            return self._load(read())
        finally:
            sys.setswitchinterval(usual)

    def watch(self, watcher: Watcher) -> None:
        """Show what becomes of definitions; it must not block."""
        self._watchers.append(watcher)

    def tell(self, change: str, names: list[str], what: Mapping[str, Json]) -> None:
        """Show to all who watch what became of a definition that goes by these names."""
        for watcher in self._watchers:
            watcher({"change": change, "files": [*names], **what})


def tell_problems(error: DefinitionError) -> dict[str, Json]:
    """What is wrong with a definition, in the shape in which it is told."""
    return {
        "problems": [{"place": str(one.position), "problem": one.problem, "hint": one.hint} for one in error.problems]
    }


def apart(work: Callable[[], T]) -> T:
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
