"""Where documents stand in their collection's order, worked out when somebody first needs to know."""

from collections.abc import Iterable
from itertools import count

from mockserver.messages import Key


class Places:
    """A number for each id, growing in the order of `keys`; these must not change before `known` was asked for."""

    __slots__ = ("_first", "_keys", "_known")

    def __init__(self, keys: Iterable[Key], first: int = 0) -> None:
        self._keys = keys
        self._first = first
        self._known: dict[Key, int] | None = None

    @property
    def known(self) -> dict[Key, int]:
        """The numbers. Of most collections nobody ever asks for them."""
        if self._known is None:
            self._known = dict(zip(self._keys, count(self._first), strict=False))
            self._keys = ()
        return self._known

    def copy(self) -> "Places":
        """The same, to go on apart from this one."""
        made = Places(())
        made._known = self.known.copy()
        return made
