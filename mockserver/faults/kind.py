"""The contract of a kind of fault: its parameters, the scopes in which it may stand, and what it does there."""

from typing import ClassVar, Final

from mockserver.definitions.field import Model
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.occasion import Occasion, Scope
from mockserver.registry import Registry


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

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        """Say what happens. `memory` is the fault's own within its sandbox; it lasts until the fault is set anew."""
        raise NotImplementedError


kinds: Final[Registry[type[Kind]]] = Registry("kind of fault", "mockserver.faults.kinds")
