"""Routes that a definition or a convention adds to those of its resources; found before them, by method and path."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from operator import attrgetter
from typing import Protocol

from mockserver.definitions.pattern import METHODS, RoutePattern, is_literal
from mockserver.messages import Outcome, Reply, Request
from mockserver.query.caller import Caller
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """One request to an endpoint: the parameters of its path, decoded, and who asks."""

    request: Request
    parameters: Mapping[str, str]
    caller: Caller


class Endpoint(Protocol):
    """One thing that can be asked for at routes of its own, below each of its prefixes (`/api/v1`, or empty)."""

    @property
    def name(self) -> str:
        """What decides its answers, in a word or two."""
        ...

    @property
    def routes(self) -> Sequence[RoutePattern]:
        """Where it is asked for, below each of its prefixes."""
        ...

    @property
    def prefixes(self) -> Sequence[str]:
        """The paths that its routes stand below."""
        ...

    @property
    def is_public(self) -> bool:
        """Whether it is there for those who are not logged in, as a login is."""
        ...

    @property
    def is_bare(self) -> bool:
        """Whether it may answer with bytes of its own, so that `Accept` is no reason to turn a request away."""
        ...

    def answer(self, call: Call) -> Outcome | Reply:
        """The answer, a `Reply` only where it is bare. *Raises* `Problem`, and then has changed nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Way:
    """One route of an endpoint below one prefix; of several that fit, the first counts."""

    place: int
    prefix: tuple[str, ...]
    pattern: RoutePattern
    endpoint: Endpoint

    @property
    def beginning(self) -> tuple[str, ...]:
        """The steps that every path of it begins with."""
        return (*self.prefix, *takewhile(is_literal, self.pattern.steps))

    def match(self, segments: tuple[str, ...]) -> Mapping[str, str] | None:
        """The parameters in a path that begins as its own do; nothing where it is another."""
        return self.pattern.match(segments[len(self.prefix) :])


@dataclass(frozen=True, slots=True)
class Found:
    """The endpoint of a request, with the parameters of its path and the steps of it below the prefix."""

    endpoint: Endpoint
    parameters: Mapping[str, str]
    steps: tuple[str, ...]


class Endpoints:
    """All endpoints of an API. Where several fit, the one whose route says most does, then the first declared."""

    __slots__ = ("_lengths", "_ways", "all")

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self.all = tuple(endpoints)
        declared = [(one, route, prefix) for one in endpoints for route in one.routes for prefix in one.prefixes]
        declared.sort(key=lambda way: way[1].specificity)
        # Most requests are for no endpoint: few paths begin as one of theirs does.
        self._ways: dict[tuple[str, ...], list[Way]] = {}
        for place, (endpoint, route, prefix) in enumerate(declared):
            way = Way(place, tuple(prefix.split("/")[1:]), route, endpoint)
            self._ways.setdefault(way.beginning, []).append(way)
        self._lengths = sorted({len(beginning) for beginning in self._ways})

    def _near(self, segments: tuple[str, ...]) -> list[Way]:
        """The ways whose paths begin as this one, in order."""
        near: list[Way] = []
        for length in self._lengths:
            found = self._ways.get(segments[:length]) if length <= len(segments) else None
            near += found or ()
        return sorted(near, key=attrgetter("place")) if len(near) > 1 else near

    def find(self, method: str, segments: tuple[str, ...]) -> Found | None:
        """The endpoint for a method at a path."""
        for way in self._near(segments):
            # What can be done at a path is not for one of its endpoints to say, unless it was made for that.
            asked = way.pattern.method == method if method == "OPTIONS" else way.pattern.takes(method)
            if asked and (found := way.match(segments)) is not None:
                return Found(way.endpoint, found, segments[len(way.prefix) :])
        return None

    def steps(self, segments: tuple[str, ...]) -> tuple[str, ...] | None:
        """The steps below the prefix of a path that some endpoint has; nothing where none does."""
        ways = (way for way in self._near(segments) if way.match(segments) is not None)
        return next((segments[len(way.prefix) :] for way in ways), None)

    def methods(self, segments: tuple[str, ...]) -> list[str]:
        """The methods that endpoints have at a path."""
        methods: dict[str, None] = {}
        for way in self._near(segments):
            if way.match(segments) is not None:
                methods |= dict.fromkeys(method for method in METHODS if way.pattern.takes(method))
        return list(methods)
