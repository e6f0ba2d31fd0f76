"""Fills what a write leaves open: defaults, stamps, and values that only the generator gives."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, Final

from mockserver.definitions.expression import ExpressionError, Template
from mockserver.definitions.field import FieldRules
from mockserver.definitions.quantity import write_instant
from mockserver.errors import ServerError
from mockserver.generation.generate import Generation
from mockserver.generation.generator import Draw, Row
from mockserver.generation.schema import ID, Attribute, Resource
from mockserver.generation.seeding import Stream, Streams, draw_uuid
from mockserver.messages import Json
from mockserver.value import dataclass

_CONTINUING: Final = ("seq", "uuid")


@dataclass(frozen=True, slots=True)
class Occasion:
    """One evaluation at a write: the field and rule it is for, the state written to, and when."""

    path: tuple[str, ...]
    write: bytes
    moment: datetime


class Filler:
    """Draws for new rows from where the seeded ones ended, and evaluates `default` and `on_update`.

    What is drawn is a function of seed, field and the state that is written to, so that a write that was refused before
    changes nothing, and two runs of the same writes agree.
    """

    __slots__ = ("_draws", "_seating", "_seed")

    def __init__(self, generation: Generation) -> None:
        self._seed = generation.seed
        self._seating = generation.seating
        self._draws: dict[tuple[str, str], Draw] = {}

    @staticmethod
    def continues(attribute: Attribute) -> bool:
        """Whether a new row gets a generated value here when the client gives none."""
        return attribute.name == ID or _continues(type(attribute.rules))

    def draw(self, resource: Resource, attribute: Attribute, number: int, attempt: int = 0) -> Any:
        """The value a generated row of that number would hold."""
        place = (resource.name, attribute.name)
        if place not in self._draws:
            self._draws[place] = self._seating.fitted(resource, attribute)
        return self._draws[place](Row(b"+%d" % number, number), attempt)

    def evaluate(self, template: Template, row: Mapping[str, Json], occasion: Occasion) -> Any:
        """A `default` or `on_update` for a row at a write. *Raises* `ServerError` when it has no value."""
        # Most values draw nothing.
        stream = cache(lambda: Streams(self._seed, "writes", *occasion.path).at(occasion.write))
        now = write_instant(occasion.moment)
        scope = {**row, "now": now, "uuid": lambda: draw_uuid(stream()), "randint": _within(stream)}
        try:
            return template(scope)
        except ExpressionError as error:
            place = ".".join(occasion.path)
            raise ServerError(f"The definition's {place} has no value: {error.problem}") from None


@lru_cache(maxsize=256)
def _continues(rules: type[FieldRules]) -> bool:
    return any(kind in rules.model_fields for kind in _CONTINUING)


def _within(stream: Callable[[], Stream]) -> Any:
    def randint(least: int, most: int) -> int:
        if most < least or most - least > 2**53:
            raise ValueError("randint(least, most) needs the smaller number first")
        return least + stream().below(most - least + 1)

    return randint
