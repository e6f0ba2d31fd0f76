"""What whoever listens to the feed is given: the others who do, how events are told, and a way to be let in again."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from mockserver.query.caller import Caller
from mockserver.realtime.asking import FeedReader
from mockserver.realtime.audience import Audience
from mockserver.realtime.command import Word
from mockserver.realtime.event import EventWriter
from mockserver.realtime.frame import Frame
from mockserver.realtime.system import Pace
from mockserver.value import dataclass

Answer: TypeAlias = Callable[[str | bytes, Mapping[str, Word]], Frame | None]
"""What to say to a client's message, if anything; the words are those `/sys/` methods that are the session's."""


def say_nothing(message: str | bytes, words: Mapping[str, Word]) -> Frame | None:
    """The answer where a client has no way to speak."""
    del message, words
    return None


class Telling(Protocol):
    """How a definition has its events told. When it is loaded anew, another takes its place."""

    @property
    def writer(self) -> EventWriter:
        """What writes them."""
        ...

    @property
    def reader(self) -> FeedReader:
        """What reads what is asked of them."""
        ...

    @property
    def pace(self) -> Pace:
        """Who tells, and how often at least there is a sign of life."""
        ...


@dataclass(frozen=True, slots=True)
class Seat:
    """What a listener has: the others, how events are told at present, and a way to be let in again.

    `readmit` *raises* `Unauthenticated` or `Forbidden` once the listener may not listen any more. `stamp` is another
    whenever that may be somebody else, or events are told otherwise; that a login ends by time it does not say.
    """

    name: str
    audience: Audience
    telling: Callable[[], Telling]
    readmit: Callable[[], Caller]
    stamp: Callable[[], object]
    answer: Answer = say_nothing
