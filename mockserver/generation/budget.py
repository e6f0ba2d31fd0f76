"""How much one definition may ask for in all, told from its counts before anything is drawn."""

from typing import Final

from mockserver.definitions.field import FieldRules
from mockserver.errors import GenerationError
from mockserver.generation.generator import as_generator, counted
from mockserver.generation.schema import Resource

MOST_ROWS: Final = 1_000_000
MOST_VALUES: Final = 10_000_000
_LOWER: Final = "lower the counts, or those of the lists in its fields"


class Budget:
    """What is left of the rows and values that a definition may have."""

    __slots__ = ("_rows", "_values")

    def __init__(self) -> None:
        self._rows = MOST_ROWS
        self._values = MOST_VALUES

    def spend(self, resource: Resource, rows: int) -> None:
        """Take what a resource with so many rows needs at most. *Raises* `GenerationError` where that is not left."""
        self._rows -= rows
        self._values -= rows * sum(most_values(one.rules) for one in resource.attributes.values())
        for left, most, what in ((self._rows, MOST_ROWS, "rows"), (self._values, MOST_VALUES, "values")):
            if left < 0:
                problem = f"with these the definition makes more than {most:,} {what}"
                raise GenerationError(f"resources.{resource.name}.count", problem, _LOWER)


def most_values(rules: FieldRules) -> int:
    """How many values one cell may hold, at any depth."""
    generator = as_generator(rules)
    inner = sum(most_values(one) for one in generator.inner_fields().values())
    items = getattr(generator, "items", 1)
    return max(inner, 1) * counted(items)[1]
