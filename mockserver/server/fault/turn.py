"""Answers that swap places: one is kept until the fault's next match has been answered (`hold: next`)."""

from collections.abc import Callable
from typing import Final

import gevent

from mockserver.faults.course import Turn
from mockserver.server.fault.hold import Client, End, Stay

_AHEAD_S: Final = 0.01
"""How far the one that overtakes is ahead: two answers at once on two connections may be read in any order."""


class Turns:
    """Who waits for whom: one answer at most for each fault of a sandbox."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Stay] = {}

    def overtake(self, client: Client, turn: Turn) -> Callable[[], None] | None:
        """What lets the one go that is kept, to be called once the overtaking answer has been sent; where one is."""
        kept = self._kept.pop((client.terms.sandbox, turn.fault), None)
        if kept is None or kept.look() is not None:
            return None
        return lambda: kept.end("released")

    def keep(self, client: Client, turn: Turn) -> End | None:
        """Let a client wait to be overtaken; nothing where there is no room for that."""
        key = client.terms.sandbox, turn.fault
        stay = self._kept[key] = Stay(client.terms, turn.fault, turn.most_s)
        try:
            end = client.stay(stay)
        finally:
            if self._kept.get(key) is stay:
                del self._kept[key]
        if end == "released":
            gevent.sleep(_AHEAD_S)
        return end
