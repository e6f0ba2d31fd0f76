"""What the expressions of a channel see while one thing is done: a message answered, a change told, a timer's tick."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from mockserver.definitions.quantity import write_instant
from mockserver.errors import BadRequest
from mockserver.formula.names import FUNCTIONS
from mockserver.formula.scope import functions, part_of
from mockserver.generation.seeding import Stream
from mockserver.messages import MAX_DEPTH, Json, parse_json
from mockserver.realtime.channel.chain import Chain
from mockserver.realtime.channel.line import Line
from mockserver.realtime.channel.utterance import THEIR, Frozen


class Turn(Mapping[str, Any]):
    """The names of one turn, each worked out when it is first asked for; whatever is not there is null.

    `label` says which turn it is: what is drawn in it is the same in every run. `moment` is when it was due where that
    has passed. `event` is what messages are called on an event stream, `cursor` their id there.
    `chain` is that of the change which is pushed, where one is.
    """

    __slots__ = ("_label", "_message", "_moment", "_uttered", "_values", "chain", "cursor", "event", "line")

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
        self.chain: Chain | None = None
        self._label = label
        self._message = message
        self._moment = moment
        self._uttered = 0
        self._values: dict[str, Any] = values

    def frozen(self, ways: Iterable[tuple[str, ...]]) -> Frozen:
        """The names at these ways as they are now, for those who hear of them later too."""
        values = part_of(self, [way for way in ways if way[0] != THEIR and way[0] not in FUNCTIONS])
        if values.get("state") is self.line.state:
            # All of it, which goes on changing.
            values["state"] = {**self.line.state}
        self._uttered += 1
        draws = self.line.draws(f"{self._label}/said {self._uttered}")
        return Frozen(values, self.event, self.line.reading, draws)

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
        return self.line.draws(f"{self._label}/{purpose}")()

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
            self._values |= functions(self.line.reading, self.line.draws(self._label)())
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
    "user": lambda line: line.identity.user,
}
_OF_MESSAGE: Final[Mapping[str, Callable[[str | bytes | None], Any]]] = {
    "msg": _parsed,
    "msg_is_bytes": lambda message: isinstance(message, bytes),
    "raw": _written,
}
