"""`ref: zoos`: the id of a row of another resource, which makes the relation."""

from mockserver.definitions.field import OnDelete
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Generator, Row, generators
from mockserver.generation.picking import Pick, picking
from mockserver.generation.shape import Shape
from mockserver.messages import Json


@generators.register("ref")
class RefField(Generator):
    """One id of the target. A row that refers to its own resource picks an earlier row, so no ring can form."""

    ref: str
    """The resource referred to."""
    pick: Pick = "even"
    """`even`, or `skew` for few that are referred to often."""
    on_delete: OnDelete = "restrict"
    """What the target's deletion does: `restrict` refuses it, `cascade` deletes this too, `clear` sets null."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape("any", target=self.ref)

    @property
    def obeys_rules(self) -> bool:
        return True

    def draw(self, column: Column) -> Draw:
        keys = column.keys(self.ref)
        choose = picking(column, self.ref, self.pick)
        at = column.streams().at
        if self.ref == column.path[0]:
            return self._earlier(column)
        if not keys:
            return self._nobody(column)
        return lambda row, attempt: keys[choose(at(row.key, attempt).bits64(), len(keys))]

    def _earlier(self, column: Column) -> Draw:
        keys, at = column.keys(self.ref), column.streams().at
        choose = picking(column, self.ref, self.pick)

        def draw(row: Row, attempt: int) -> Json:
            if row.number == 0 or not keys:
                return keys[0] if self.required and keys else None
            earlier = min(row.number, len(keys))
            return keys[choose(at(row.key, attempt).bits64(), earlier)]

        return draw

    def _nobody(self, column: Column) -> Draw:
        if self.required:
            raise column.failure(f"'{self.ref}' has no rows to refer to", "give it a count, or drop 'required'")
        return lambda _row, _attempt: None
