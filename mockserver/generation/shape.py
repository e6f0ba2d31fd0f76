"""The shape of a field's values: its neutral type and, where it has them, choices, items and properties."""

from collections.abc import Mapping
from dataclasses import field

from mockserver.definitions.field import TypeName
from mockserver.messages import Json
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """What values of a field look like, apart from the rules they obey.

    `choices` are the only values there are; `item` is the shape of an array's items; `properties` are an object's
    fields; `target` names the resource whose ids the values (or items) are.
    """

    type: TypeName
    choices: tuple[Json, ...] = ()
    item: "Shape | None" = None
    properties: Mapping[str, "Shape"] = field(default_factory=dict)
    target: str = ""

    @property
    def value(self) -> "Shape":
        """The shape filters and sorting compare by: of the items where this is an array."""
        return self.item if self.type == "array" and self.item is not None else self

    @property
    def splits_on_comma(self) -> bool:
        """Whether several values may stand in one query value: all but free text, which may hold commas."""
        shape = self.value
        return bool(shape.choices or shape.target) or shape.type in (
            "integer", "number", "boolean", "uuid", "date", "datetime",
        )  # fmt: skip


ANY = Shape("any")
