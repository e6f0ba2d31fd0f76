"""One connection of a channel, as rules see it and act on it."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from mockserver.formula.scope import Headers, Reading
from mockserver.generation.seeding import Stream
from mockserver.messages import Json, Reply, Request
from mockserver.realtime.channel.identity import Identity
from mockserver.realtime.channel.said import Said
from mockserver.realtime.channel.utterance import Utterance
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """A client at the door: its request, where it leads, and how many with its key came before."""

    request: Request
    parameters: Mapping[str, str]
    key: str
    attempt: int
    headers: Mapping[str, str]
    query: Mapping[str, str]


def visit_of(request: Request, parameters: Mapping[str, str], key: str, attempt: int) -> Visit:
    """The visit that a request is; of several parameters of one name the first counts."""
    query = dict(reversed(request.query))
    return Visit(request, parameters, key, attempt, Headers(request.headers), query)


class Line(Protocol):
    """A connection. After an end everything is let go without a word."""

    @property
    def visit(self) -> Visit:
        """How it began."""
        ...

    @property
    def identity(self) -> Identity:
        """Who it is with, by now."""
        ...

    @property
    def reading(self) -> Reading:
        """Finds documents."""
        ...

    @property
    def count(self) -> int:
        """How many messages have come."""
        ...

    @property
    def state(self) -> Mapping[str, Json]:
        """What it remembers."""
        ...

    @property
    def rooms(self) -> Collection[str]:
        """What it has joined."""
        ...

    def draws(self, label: str) -> Callable[[], Stream]:
        """What gives the seeded random numbers of one thing that is done here, from the first on; it knows no line."""
        ...

    def keep(self, name: str, value: Json) -> None:
        """Remember a value; null forgets it. *Raises* `ServerError` for more than can be kept."""
        ...

    def say(self, said: Said) -> None:
        """Send a message."""
        ...

    def join(self, room: str) -> None:
        """Come into a room, where one is told first what was said. *Raises* `ServerError` for one too many."""
        ...

    def leave(self, room: str) -> None:
        """Leave a room."""
        ...

    def publish(self, rooms: Collection[str] | None, utterance: Utterance, *, others: bool) -> None:
        """Say something to everybody in these rooms, once to each; no rooms are all of the channel."""
        ...

    def ask(self, request: Request) -> Reply:
        """The answer to a request of this client's."""
        ...

    def close(self, code: int, reason: str) -> None:
        """End it in order."""
        ...

    def drop(self) -> None:
        """End it without a word."""
        ...

    def reset(self) -> None:
        """Break it off."""
        ...

    def stall(self) -> None:
        """Go silent, and stay open."""
        ...
