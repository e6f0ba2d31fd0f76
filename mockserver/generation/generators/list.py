"""`list: {enum: [meat, fish]}` with `items: [1, 3]`: several values of one generator."""

from collections.abc import Iterator
from datetime import datetime

from mockserver.definitions.field import FieldRules, FieldSpec
from mockserver.generation.fakes import Fakes
from mockserver.generation.fitting import draw_inside
from mockserver.generation.generator import (
    ITEMS,
    Column,
    Draw,
    Flawed,
    Generator,
    Items,
    Row,
    as_generator,
    counted,
    generators,
    wrong_way_round,
)  # fmt: skip
from mockserver.generation.shape import Shape
from mockserver.messages import Json

_ENOUGH_TRIES = 20
_MOST = 10_000


def _most(field: FieldRules) -> int:
    """How many values one cell may hold, at any depth."""
    generator = as_generator(field)
    inner = max((_most(one) for one in generator.inner_fields().values()), default=1)
    return inner * counted(generator.items)[1] if isinstance(generator, ListField) else inner


@generators.register("list")
class ListField(Generator):
    """An array of so many items. Items of an `enum` are different from one another as far as it goes."""

    list: FieldSpec
    """What an item is, declared as a field."""
    items: Items = [1, 3]
    """How many: `[min, max]`, or a number."""

    def shape(self, fakes: Fakes) -> Shape:
        return Shape("array", item=as_generator(self.list).shape(fakes))

    def inner_fields(self) -> dict[str, FieldRules]:
        return {"list": self.list}

    def flaws(self, now: datetime) -> Iterator[Flawed]:
        del now
        yield from wrong_way_round(self.items)
        if _most(self) > _MOST:
            yield (
                ("items",),
                f"lists inside of lists make up to {_most(self):,} values in each row",
                f"at most {_MOST:,}",
            )
        if getattr(self.list, "value", ...) is None and not self.list.nullable:
            yield ("list", "value"), "items are null where they say so alone", "add nullable: true"

    def draw(self, column: Column) -> Draw:
        least, most = counted(self.items)
        one = draw_inside(as_generator(self.list), column.inner(ITEMS))
        counts = column.streams("count")
        distinct = "enum" in type(self.list).model_fields

        def draw(row: Row, attempt: int) -> Json:
            wanted = least + counts.at(row.key, attempt).below(most - least + 1)
            values: list[Json] = []
            for place in range(wanted):
                inner = Row(b"%b\0[%d]" % (row.key, place), place)
                value = one(inner, attempt)
                for again in range(1, _ENOUGH_TRIES if distinct else 0):
                    if value not in values:
                        break
                    value = one(inner, attempt + again)
                if not distinct or value not in values:
                    values.append(value)
            return values

        return draw
