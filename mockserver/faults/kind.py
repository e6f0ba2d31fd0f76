"""The contract of a kind of fault: its parameters, the scopes in which it may stand, and what it does there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Final

from mockserver.definitions.field import Model
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.registry import Registry
from mockserver.value import dataclass

POSSIBLE: Final[Mapping[Transport, frozenset[Scope]]] = {
    "http": frozenset({"request"}),
    "sse": frozenset({"connection", "frame"}),
    "ws": frozenset({"handshake", "connection", "frame"}),
}
"""The scopes that there are on a transport; the answer that opens an event stream is one to a plain request."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with the value of a key of a rule, and what to do about it.

    `problem` goes on after the name of the key: "should be …". `rest` are further steps into the value; `at_key` says
    that the key itself should not be there.
    """

    key: str
    problem: str
    hint: str = ""
    rest: tuple[str | int, ...] = ()
    at_key: bool = False


class Kind(Model):
    """What a fault does. The name it is registered by is its key in a rule; its other fields are keys beside that one.

    `order` is its place among the kinds of one rule. *Raises* nothing: what can be wrong is found when a rule is read.
    """

    is_terminal: ClassVar[bool] = False
    """Whether nothing else can decide the end of the exchange beside it."""
    scopes: ClassVar[frozenset[Scope]] = frozenset({"request"})
    breaks_connection: ClassVar[bool] = False
    """Whether a browser that had its connection kept alive would send the request again without a word."""
    order: ClassVar[int] = 50
    heralds: ClassVar[frozenset[str]] = frozenset()
    """Those of its other keys that call for it where its own is not there."""
    examples: ClassVar[tuple[str, ...]] = ()
    """Rules with it, as they are written in YAML."""

    def scopes_on(self, transport: Transport) -> frozenset[Scope]:
        """Where it may stand on a transport; a kind says so itself where that depends on more than `scopes`."""
        return self.scopes & POSSIBLE[transport]

    @property
    def named_fields(self) -> Sequence[str]:
        """The fields of documents that its key `fields` names."""
        return ()

    def flaws(self) -> Iterator[Flaw]:
        """What is wrong with its values taken together; each alone is its field's to check."""
        return iter(())

    def say(self) -> str:
        """What happens, in words that go on after those for what it happens to: "answered 503"."""
        raise NotImplementedError

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        """Say what happens. `memory` is the fault's own within its sandbox; it lasts until the fault is set anew.

        `course.at_s` is when it happens, in seconds of the sandbox's clock.
        """
        raise NotImplementedError


kinds: Final[Registry[type[Kind]]] = Registry("kind of fault", "mockserver.faults.kinds")
