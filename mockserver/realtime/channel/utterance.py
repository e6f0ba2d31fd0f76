"""What is said to several, and again to those who come later: as it was when it was said, whoever hears it.

Keeps no connection: who said it may have gone, and what it remembered then is no longer so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

from mockserver.formula.names import FUNCTIONS
from mockserver.formula.scope import Reading, functions
from mockserver.generation.seeding import Stream
from mockserver.messages import Json
from mockserver.realtime.channel.said import Said, encode_json
from mockserver.value import dataclass

THEIR: Final = "their"
"""What whoever hears something remembers: their `state`."""


class Utterance(Protocol):
    """Something that is said to several."""

    @property
    def size(self) -> int:
        """How many bytes it takes to keep it."""
        ...

    def heard(self, their: Mapping[str, Json]) -> Said:
        """What it is to somebody who remembers this. *Raises* `Problem`."""
        ...

    def placed(self, cursor: str) -> "Utterance":
        """The same with its place among those that can be asked for again."""
        ...


@dataclass(frozen=True, slots=True)
class Same:
    """Something that is the same to everybody, and so is made once."""

    said: Said

    @property
    def size(self) -> int:
        return len(self.said.data)

    def heard(self, their: Mapping[str, Json]) -> Said:
        del their
        return self.said

    def placed(self, cursor: str) -> "Same":
        return Same(self.said.placed(cursor))


class Frozen(Mapping[str, Any]):
    """The names of a turn that something was said in, as they were then; whatever is not there is null.

    What is drawn is the same to everybody.
    """

    __slots__ = ("_draws", "_reading", "_values", "event")

    def __init__(self, values: Mapping[str, Any], event: str, reading: Reading, draws: Callable[[], Stream]) -> None:
        self.event = event
        self._values = values
        self._reading = reading
        self._draws = draws

    def plus(self, **more: Any) -> "Frozen":
        """The same with more names."""
        return Frozen({**self._values, **more}, self.event, self._reading, self._draws)

    @property
    def size(self) -> int:
        """How many bytes its values have as JSON."""
        return sum(len(encode_json(value)) for value in self._values.values())

    def __getitem__(self, name: str) -> Any:
        if name in FUNCTIONS and name not in self._values:
            self._values = {**functions(self._reading, self._draws()), **self._values}
        return self._values.get(name)

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class Own:
    """Something that is another to each, by what they remember."""

    write: Callable[[Frozen], Said]
    scope: Frozen
    cursor: str = ""

    @property
    def size(self) -> int:
        return self.scope.size

    def heard(self, their: Mapping[str, Json]) -> Said:
        said = self.write(self.scope.plus(their=their))
        return said.placed(self.cursor) if self.cursor else said

    def placed(self, cursor: str) -> "Own":
        return replace(self, cursor=cursor)
