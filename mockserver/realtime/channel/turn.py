"""What the expressions of a channel see while one thing is done: a message answered, a change told, a timer's tick."""

from base64 import b64encode
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import orjson

from mockserver.definitions.quantity import write_instant
from mockserver.errors import BadRequest
from mockserver.formula.names import FUNCTIONS
from mockserver.formula.scope import Headers, Reading, described, functions
from mockserver.generation.seeding import Stream
from mockserver.messages import MAX_DEPTH, Json, Reply, Request, parse_json
from mockserver.query.caller import Caller
from mockserver.realtime.channel.said import Said


@dataclass(frozen=True, slots=True)
class Visit:
    """A client at the door: its request, where it leads, who it is, and how many with its key came before."""

    request: Request
    parameters: Mapping[str, str]
    caller: Caller
    key: str
    attempt: int
    headers: Mapping[str, str]
    query: Mapping[str, str]
    user: Json


def visit_of(request: Request, parameters: Mapping[str, str], caller: Caller, key: str, attempt: int) -> Visit:
    """The visit that a request is; of several parameters of one name the first counts."""
    query = dict(reversed(request.query))
    return Visit(
        request, parameters, caller, key, attempt, Headers(request.headers), query, described(caller.user)
    )  # fmt: skip


class Line(Protocol):
    """One connection of a channel, as effects act on it. After an end everything is let go without a word."""

    @property
    def visit(self) -> Visit:
        """Who it is with."""
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

    def stream(self, label: str) -> Stream:
        """Seeded random numbers for one thing that is done here."""
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

    def publish(self, rooms: Collection[str] | None, saying: Callable[["Line"], Said], *, others: bool) -> None:
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


class Turn(Mapping[str, Any]):
    """The names of one turn, each worked out when it is first asked for; whatever is not there is null.

    `label` says which turn it is: what is drawn in it is the same in every run. `moment` is when it was due where that
    has passed. `event` is what messages are called on an event stream, `cursor` their id there.
    """

    __slots__ = ("_label", "_message", "_moment", "_values", "cursor", "event", "line")

    def __init__(
        self,
        line: Line,
        label: str,
        message: str | bytes | None = None,
        moment: datetime | None = None,
        **values: Any,
    ) -> None:
        self.line = line
        self.event = self.cursor = ""
        self._label = label
        self._message = message
        self._moment = moment
        self._values: dict[str, Any] = values

    def plus(self, **more: Any) -> "Turn":
        """The same with more names."""
        turn = Turn(self.line, self._label, self._message, self._moment, **{**self._values, **more})
        turn.event, turn.cursor = self.event, self.cursor
        return turn

    def learn(self, name: str, value: Json) -> None:
        """Know a name from now on."""
        self._values[name] = value

    def move(self, moment: datetime) -> None:
        """Go on at another moment."""
        self._moment = moment
        self._values.pop("now", None)

    @property
    def data(self) -> bytes | None:
        """The message, where it came as bytes."""
        return self._message if isinstance(self._message, bytes) else None

    def stream(self, purpose: str) -> Stream:
        """Random numbers for something apart from expressions."""
        return self.line.stream(f"{self._label}/{purpose}")

    def __getitem__(self, name: str) -> Any:
        values = self._values
        if name in values:
            return values[name]
        if name in _OF_LINE:
            return _OF_LINE[name](self.line)
        if name in _OF_MESSAGE:
            found = values[name] = _OF_MESSAGE[name](self._message)
            return found
        return self._look_up(name)

    def _look_up(self, name: str) -> Any:
        if name == "now":
            moment = self._moment or self.line.reading.store.now()
            self._values[name] = write_instant(moment)
            return self._values[name]
        if name in FUNCTIONS:
            self._values |= functions(self.line.reading, self.line.stream(self._label))
            return self._values[name]
        if name in self.line.visit.parameters:
            return self.line.visit.parameters[name]
        named = self.line.reading.named.get(name)
        return None if named is None else self.line.reading.row(*named)

    def __contains__(self, name: object) -> bool:
        # Every name was checked when it was loaded; after a reload some may mean nothing here any more.
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _parsed(message: str | bytes | None) -> Json:
    """The JSON of a message, null where it is none, or nests too deeply."""
    if message is None:
        return None
    try:
        if isinstance(message, str) and message.count("[") + message.count("{") <= MAX_DEPTH:
            found: Json = orjson.loads(message)
            return found
        data = message.encode("utf-8", "surrogatepass") if isinstance(message, str) else message
        return parse_json(data, "The message")
    except (orjson.JSONDecodeError, BadRequest):
        return None


def _written(message: str | bytes | None) -> str | None:
    return b64encode(message).decode() if isinstance(message, bytes) else message


_OF_LINE: Final[Mapping[str, Callable[[Line], Any]]] = {
    "attempt": lambda line: line.visit.attempt,
    "headers": lambda line: line.visit.headers,
    "n": lambda line: line.count,
    "query": lambda line: line.visit.query,
    "rooms": lambda line: list(line.rooms),
    "state": lambda line: line.state,
    "user": lambda line: line.visit.user,
}
_OF_MESSAGE: Final[Mapping[str, Callable[[str | bytes | None], Any]]] = {
    "msg": _parsed,
    "msg_is_bytes": lambda message: isinstance(message, bytes),
    "raw": _written,
}
