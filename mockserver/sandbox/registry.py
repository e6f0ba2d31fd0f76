"""The sandboxes there are, by name: begun at their first use, ended when nobody has used them for long.

What a sandbox is, is whoever makes one's business; what time it is, is an argument.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Final, Generic, TypeVar

from mockserver.definitions.name import NAME_WORDS
from mockserver.errors import BadRequest, Conflict, NotFound, suggestion
from mockserver.sandbox.address import DEFAULT, is_sandbox

LIMIT: Final = 256
"""How many named sandboxes there are at most."""
IDLE_S: Final = 3600.0
"""How long one is kept that nobody uses."""

T = TypeVar("T")


class Sandboxes(Generic[T]):
    """Names to sandboxes. The default one is always there; it is not counted, and never ends.

    `is_busy` says that one is in use right now, by open sockets or held requests: it has no part in being idle.
    """

    __slots__ = ("_idle_s", "_is_busy", "_limit", "_make", "_named", "_now", "_on_end", "default")

    def __init__(  # noqa: PLR0913 - all by name but the first
        self,
        make: Callable[[str], T],
        *,
        is_busy: Callable[[T], bool],
        on_end: Callable[[T], None],
        limit: int = LIMIT,
        idle_s: float = IDLE_S,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._make = make
        self._is_busy = is_busy
        self._on_end = on_end
        self._limit = limit
        self._idle_s = idle_s
        self._now = now
        # In the order of their last use, each with its moment.
        self._named: OrderedDict[str, tuple[T, float]] = OrderedDict()
        self.default: Final[T] = make(DEFAULT)

    def __len__(self) -> int:
        return 1 + len(self._named)

    def __iter__(self) -> Iterator[T]:
        """All there are now, the default one first, then by name."""
        return iter([one for name in self.names() if (one := self.look(name)) is not None])

    def names(self) -> list[str]:
        """The names there are, the default one first."""
        return [DEFAULT, *sorted(self._named)]

    def enter(self, name: str) -> T:
        """The sandbox of a name, begun now where there was none; it has been used. *Raises* `BadRequest`."""
        if name == DEFAULT:
            return self.default
        found = self._named.get(name)
        one = self._begin(check_name(name)) if found is None else found[0]
        self._use(name, one)
        return one

    def _begin(self, name: str) -> T:
        # Made before another makes room for it: making may fail.
        one = self._make(name)
        if len(self._named) >= self._limit:
            self._make_room()
        return one

    def look(self, name: str) -> T | None:
        """The sandbox of a name where there is one; it is not used by that. *Raises* `BadRequest`."""
        if name == DEFAULT:
            return self.default
        found = self._named.get(check_name(name))
        return None if found is None else found[0]

    def idle_s(self, name: str) -> float:
        """For how long nobody has used a sandbox; the default one is always in use. *Raises* `NotFound`."""
        return 0.0 if name == DEFAULT else self._now() - self._get(name)[1]

    def end(self, name: str) -> None:
        """Let go of a sandbox. *Raises* `NotFound`, and `Conflict` for the default one."""
        if name == DEFAULT:
            raise Conflict(f"The sandbox '{DEFAULT}' can't be ended; it can be reset.")
        one, _ = self._get(name)
        del self._named[name]
        self._on_end(one)

    def sweep(self) -> list[str]:
        """End those that nobody has used for long enough; which they were."""
        now = self._now()
        ended = []
        for name, (one, used) in list(self._named.items()):
            if now - used < self._idle_s:
                break
            if self._is_busy(one):
                self._use(name, one)
            else:
                self.end(name)
                ended.append(name)
        return ended

    def _get(self, name: str) -> tuple[T, float]:
        found = self._named.get(check_name(name))
        if found is None:
            hint = suggestion(name, self.names())
            raise NotFound(f"There is no sandbox '{name}'{f': {hint}' if hint else ''}.")
        return found

    def _use(self, name: str, one: T) -> None:
        self._named[name] = (one, self._now())
        self._named.move_to_end(name)

    def _make_room(self) -> None:
        """End the one that has been idle longest, a busy one only where all are."""
        idle = (name for name, (one, _) in self._named.items() if not self._is_busy(one))
        self.end(next(idle, None) or next(iter(self._named)))


def check_name(name: str) -> str:
    """A sandbox's name. *Raises* `BadRequest` for what can't be one."""
    if not is_sandbox(name):
        raise BadRequest(f"'{name}' can't be a sandbox: its name is {NAME_WORDS}.")
    return name
