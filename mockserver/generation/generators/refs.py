"""`refs: tags` with `items: [0, 3]`: ids of several rows of another resource, each at most once."""

from collections.abc import Iterator
from datetime import datetime

from mockserver.definitions.field import OnDelete
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import (
    ITEMS,
    Column,
    Draw,
    Flawed,
    Generator,
    Items,
    Row,
    counted,
    generators,
    wrong_way_round,
)  # fmt: skip
from mockserver.generation.picking import Pick, picking
from mockserver.generation.shape import Shape
from mockserver.messages import Json


@generators.register("refs")
class RefsField(Generator):
    """Several ids of the target, in the order they were picked."""

    refs: str
    """The resource referred to."""
    items: Items = [0, 3]
    """How many: `[min, max]`, or a number."""
    pick: Pick = "even"
    """`even`, or `skew` for few that are referred to often."""
    on_delete: OnDelete = "clear"
    """When a target is deleted: `clear` takes it off the list, `restrict` refuses, `cascade` deletes this too."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape("array", item=Shape("any", target=self.refs))

    def flaws(self, now: datetime) -> Iterator[Flawed]:
        del now
        yield from wrong_way_round(self.items)

    def draw(self, column: Column) -> Draw:
        keys = column.keys(self.refs)
        least, most = counted(self.items)
        choose = picking(column, self.refs, self.pick)
        counts, at = column.streams("count"), column.inner(ITEMS).streams().at

        def draw(row: Row, attempt: int) -> Json:
            wanted = min(len(keys), least + counts.at(row.key, attempt).below(most - least + 1))
            picked: dict[int, None] = {}
            tries = 0
            while len(picked) < wanted:
                # A bounded search: what the draws do not find in time is taken from the front.
                place = choose(at(row.key, tries + 100 * attempt).bits64(), len(keys)) if tries < 50 else tries - 50
                picked.setdefault(place)
                tries += 1
            return [keys[place] for place in picked]

        return draw
