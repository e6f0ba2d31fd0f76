"""`faker: first_name`: anything Faker knows, by its provider's name, with `args` for it."""

from typing import Any

from mockserver.errors import GenerationError
from mockserver.generation.fake_error import FakeError
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Generator, generators
from mockserver.generation.seeding import Stream
from mockserver.generation.shape import Shape
from mockserver.messages import Json

_INSTEAD = {
    "string": "{faker: word}", "str": "{faker: word}", "uuid": "{uuid: true}", "object": "{object: {…}}",
    "int": "{int: [1, 5]}", "integer": "{int: [1, 5]}", "number": "{float: [0, 100]}", "float": "{float: [0, 100]}",
    "bool": "{bool: 0.5}", "boolean": "{bool: 0.5}", "datetime": "{datetime: [-30d, now]}", "array": "{list: …}",
    "list": "{list: …}", "enum": "{enum: [a, b]}", "ref": "{ref: resource}",
    "refs": "{refs: resource}", "file": "{file: {max: 5MiB}}", "image": "{image: [200, 120]}", "seq": "{seq: 1}",
    "computed": "{computed: expression}", "value": "{value: …}",
}  # fmt: skip
"""What to write for the names of types, which are no providers."""


@generators.register("faker")
class FakerField(Generator):
    """Values of a Faker provider in the definition's locales, on its clock."""

    faker: str
    """The provider's name."""
    args: dict[str, Any] = {}
    """What it is called with."""

    def shape(self, fakes: Fakes) -> Shape:
        try:
            kind = fakes.kind(self.faker, self.args)
        except FakeError as error:
            instead = _INSTEAD.get(self.faker.lower())
            hint = f"for a field of that type write {instead}" if instead else error.hint
            raise GenerationError("", error.problem, hint) from None
        return Shape(self.type or kind)

    def draw(self, column: Column) -> Draw:
        try:
            sampler = column.fakes.sampler(self.faker, self.args)
        except FakeError as error:
            raise column.failure(error.problem, error.hint) from None

        def sample(stream: Stream) -> Json:
            try:
                return sampler(stream)
            except FakeError as error:
                raise column.failure(error.problem, error.hint) from None

        return column.drawing(sample)
