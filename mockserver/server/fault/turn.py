"""Answers that swap places: one is kept until the fault's next match has been answered (`hold: next`)."""

from collections.abc import Iterable
from typing import Final

import gevent

from mockserver.faults.course import Turn
from mockserver.server.fault.hold import Client, End, Stay

_AHEAD_S: Final = 0.01
"""How far the one that overtakes is ahead: two answers at once on two connections may be read in any order."""


def release(kept: Iterable[Stay]) -> None:
    """Let those go that were overtaken."""
    for stay in kept:
        stay.end("released")


class Turns:
    """Who waits for whom: one answer at most for each fault of a sandbox."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Stay] = {}

    def overtake(self, client: Client, faults: Iterable[str]) -> dict[str, Stay]:
        """Those that these faults keep, to be released once the overtaking answer has been sent."""
        found = {fault: self._kept.pop((client.terms.sandbox, fault), None) for fault in faults}
        return {fault: kept for fault, kept in found.items() if kept is not None and kept.look() is None}

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
