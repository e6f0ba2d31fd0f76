"""What a rule is for: routes, resource, headers, parameters, user, messages. All that is named must agree."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from mockserver.definitions.pattern import ANY, RoutePattern
from mockserver.errors import Problem
from mockserver.faults.occasion import Direction, Occasion
from mockserver.faults.route import SOCKET
from mockserver.value import dataclass

_SYSTEM: Final = "/sys/"

Expected: TypeAlias = tuple[tuple[str, str | None], ...]
"""Names with the value each must have, or with none where any will do."""


@dataclass(frozen=True, slots=True)
class Matching:
    """The match keys of a rule; nothing named means any.

    `routes` are those of requests, `sockets` those of handshakes. Names of headers are in lower case. In `events` a `*`
    stands for any characters.
    """

    routes: tuple[RoutePattern, ...] = ()
    sockets: tuple[RoutePattern, ...] = ()
    resources: frozenset[str] = frozenset()
    headers: Expected = ()
    query: Expected = ()
    users: frozenset[str] = frozenset()
    events: tuple[str, ...] = ()
    direction: Direction | None = None

    def takes(self, occasion: Occasion) -> bool:
        """Whether the rule is for this."""
        if self.direction is not None and occasion.direction != self.direction:
            return False
        return self._takes_events(occasion.events) and self.takes_connection(occasion)

    def takes_connection(self, occasion: Occasion) -> bool:
        """The same, whatever message it is."""
        if not self._takes_route(occasion):
            return False
        if self.resources and occasion.resource not in self.resources:
            return False
        if (self.headers or self.query) and not self._takes_parameters(occasion):
            return False
        return not self.users or _user_of(occasion) in self.users

    @property
    def takes_every_request(self) -> bool:
        """Whether nothing narrows down which requests it is for."""
        narrowed = self.resources or self.headers or self.query or self.users or self.events
        return not narrowed and self.direction is None and _is_every(self.routes)

    def _takes_route(self, occasion: Occasion) -> bool:
        routes = self.sockets if occasion.transport == "ws" else self.routes
        if not routes:
            return True
        method = occasion.request.method
        return any(
            (route.method == SOCKET or route.takes(method))
            and any(route.match(steps) is not None for steps in occasion.paths)
            for route in routes
        )

    def _takes_events(self, names: Sequence[str]) -> bool:
        """Whether it is for a message of these names; the system's own are meant only where they are spelled out."""
        if not self.events:
            return not any(name.startswith(_SYSTEM) for name in names)
        return any(
            is_like(name, glob) and (glob.startswith(_SYSTEM) or not name.startswith(_SYSTEM))
            for glob in self.events
            for name in names
        )

    def _takes_parameters(self, occasion: Occasion) -> bool:
        for name, expected in self.headers:
            value = occasion.request.headers.get(name)
            if value is None or expected not in (None, value):
                return False
        pairs = occasion.request.query
        return all(
            any(name == wanted and expected in (None, value) for name, value in pairs)
            for wanted, expected in self.query
        )


def _is_every(routes: Iterable[RoutePattern]) -> bool:
    """Whether every request has one of these routes; where there are none, it need not have any."""
    found = tuple(routes)
    return not found or any(route.method == ANY and route.is_everything for route in found)


def _user_of(occasion: Occasion) -> str:
    """Who is asking; nobody where that can't be said, which is for the API to answer."""
    try:
        return occasion.user()
    except Problem:
        return ""


def is_like(text: str, glob: str) -> bool:
    """Whether a text is what a pattern says, in which `*` is any characters, also none."""
    first, *rest = glob.split("*")
    if not rest:
        return text == glob
    *between, last = rest
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    place, end = len(first), len(text) - len(last)
    for part in between:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True
