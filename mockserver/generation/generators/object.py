"""`object: {code: …, implanted: …}`: fields inside the field."""

from typing import Annotated

from pydantic import Field

from mockserver.definitions.field import FieldRules, FieldSpec
from mockserver.definitions.model import FieldName
from mockserver.generation.fakes import Fakes
from mockserver.generation.fitting import draw_inside
from mockserver.generation.generator import Column, Draw, Generator, Row, as_generator, generators
from mockserver.generation.shape import Shape
from mockserver.messages import Json


@generators.register("object")
class ObjectField(Generator):
    """An object with properties, each with generator and rules of its own."""

    object: Annotated[dict[FieldName, FieldSpec], Field(min_length=1)]
    """Its properties, each declared as a field is."""

    def shape(self, fakes: Fakes) -> Shape:
        return Shape(
            "object", properties={name: as_generator(inner).shape(fakes) for name, inner in self.object.items()}
        )

    @property
    def obeys_rules(self) -> bool:
        return True

    def inner_fields(self) -> dict[str, FieldRules]:
        return dict(self.object)

    def draw(self, column: Column) -> Draw:
        draws = {name: draw_inside(as_generator(inner), column.inner(name)) for name, inner in self.object.items()}
        shares = {
            name: (inner.missing, column.inner(name).streams("missing").at)
            for name, inner in self.object.items()
            if inner.missing
        }

        def draw(row: Row, attempt: int) -> Json:
            value = {name: one(row, attempt) for name, one in draws.items()}
            for name, (share, at) in shares.items():
                if at(row.key).unit() < share:
                    del value[name]
            return value

        return draw
