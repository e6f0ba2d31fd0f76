"""Where a rule acts: on which transports, and there on what. Says why where it could act nowhere."""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from mockserver.faults.fault import Place
from mockserver.faults.kind import POSSIBLE, Flaw, Kind
from mockserver.faults.occasion import Scope, Transport
from mockserver.faults.section import FaultSection
from mockserver.value import dataclass

_FRAME: Final = frozenset[Scope]({"frame"})
_OPEN: Final[Mapping[Transport, Transport]] = {"http": "sse", "ws": "ws"}
"""What stays open once a request, or a handshake, was answered."""
_OPENING: Final[Mapping[Transport, Scope]] = {"http": "request", "ws": "handshake"}
_SAID: Final[Mapping[Place, str]] = {
    ("request", "http"): "plain requests",
    ("connection", "sse"): "open event streams",
    ("frame", "sse"): "messages of event streams",
    ("handshake", "ws"): "handshakes",
    ("connection", "ws"): "open sockets",
    ("frame", "ws"): "messages of sockets",
}
Family = Literal["http", "ws"]


@dataclass(frozen=True, slots=True)
class Scoping:
    """The kinds of one rule, each by its key, and the keys that say where they are to act."""

    section: FaultSection
    kinds: Mapping[str, Kind]

    @property
    def families(self) -> tuple[Family, ...]:
        """The transports that the routes are of, event streams being requests; both where there are no routes."""
        routes, sockets = bool(self.section.routes), bool(self.section.sockets)
        found: tuple[tuple[Family, bool], ...] = (("http", routes or not sockets), ("ws", sockets or not routes))
        return tuple(family for family, is_there in found if is_there)

    @property
    def terminals(self) -> tuple[str, ...]:
        """The keys of those that decide the end, in the order in which they are written."""
        return tuple(key for key, kind in self.kinds.items() if kind.is_terminal)

    @property
    def speaks_of_messages(self) -> bool:
        """Whether it is about single messages."""
        named = self.section.event is not None or self.section.direction is not None
        return named or any(_everywhere(kind) == _FRAME for kind in self.kinds.values())

    def acts(self) -> dict[Place, tuple[Kind, ...]]:
        """What it does and where, those that decide the end first."""
        found: dict[Place, tuple[Kind, ...]] = {}
        for family in self.families:
            place = self._place(family)
            fit = [kind for key, kind in self.kinds.items() if key in self._fit(place)]
            if not fit or any(kind.is_terminal and kind not in fit for kind in self.kinds.values()):
                continue
            acting = tuple(sorted(fit, key=lambda kind: (not kind.is_terminal, kind.order)))
            found[place] = acting
            if place == ("request", "http"):
                found["request", "sse"] = acting
        return found

    def flaws(self) -> Iterator[Flaw]:
        """Why it acts nowhere, or why a part of it does."""
        places = [self._place(family) for family in self.families]
        if self.section.direction == "in" and all(transport != "ws" for _, transport in places):
            yield Flaw("direction", "should be out: nothing comes in on an event stream", "match: WS * is for sockets")
            return
        terminal = next(iter(self.terminals), None)
        if terminal is not None:
            places = [place for place in places if terminal in self._fit(place)] or places
        for key in self.kinds:
            if not any(key in self._fit(place) for place in places):
                yield self._misfit(key, terminal, places)

    def _place(self, family: Family) -> Place:
        live = _OPEN[family]
        if self.speaks_of_messages:
            return "frame", live
        if any("connection" in self.kinds[key].scopes_on(live) for key in self.terminals):
            return "connection", live
        return _OPENING[family], family

    def _fit(self, place: Place) -> frozenset[str]:
        """The keys of those that can act at a place."""
        scope, transport = place
        if transport == "sse" and self.section.direction == "in":
            return frozenset()
        return frozenset(key for key, kind in self.kinds.items() if scope in kind.scopes_on(transport))

    def _misfit(self, key: str, terminal: str | None, places: list[Place]) -> Flaw:
        said = " or ".join(_SAID[place] for place in places)
        possible = {
            _SAID[scope, transport]: None
            for transport in ("http", "sse", "ws")
            for scope in ("request", "handshake", "connection", "frame")
            if scope in self.kinds[key].scopes_on(transport)
        }
        hint = f"'{key}' is for {', '.join(possible)}"
        if self.speaks_of_messages and len(self.kinds) == 1:
            told = " and ".join(f"'{one}'" for one in ("event", "direction") if getattr(self.section, one) is not None)
            return Flaw(key, f"can't act on {said}", f"{hint}: leave out {told}" if told else hint, at_key=True)
        if terminal not in (None, key):
            return Flaw(key, f"is a fault of its own beside '{terminal}'", f"{hint}: make two faults", at_key=True)
        return Flaw(key, f"can't act on {said}", hint, at_key=True)


def _everywhere(kind: Kind) -> frozenset[Scope]:
    return frozenset(scope for transport in POSSIBLE for scope in kind.scopes_on(transport))
