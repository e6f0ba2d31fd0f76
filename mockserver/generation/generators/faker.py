"""`faker: first_name`: anything Faker knows, by its provider's name, with `args` for it."""

from typing import Any

from mockserver.errors import GenerationError
from mockserver.generation.fake_error import FakeError
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Generator, generators
from mockserver.generation.seeding import Stream
from mockserver.generation.shape import Shape
from mockserver.messages import Json


@generators.register("faker")
class FakerField(Generator):
    """Values of a Faker provider in the definition's locales, on its clock."""

    faker: str
    args: dict[str, Any] = {}

    def shape(self, fakes: Fakes) -> Shape:
        try:
            kind = fakes.kind(self.faker, self.args)
        except FakeError as error:
            raise GenerationError("", error.problem, error.hint) from None
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
