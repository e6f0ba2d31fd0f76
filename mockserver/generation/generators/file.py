"""`file: {max: 5MiB, types: [image/png]}`: a file that clients upload; seeded rows have none."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from mockserver.definitions.field import FieldRules, Model
from mockserver.definitions.quantity import SizeText
from mockserver.definitions.union import problem
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Flawed, Generator, generators
from mockserver.generation.shape import Shape

_MOST_BYTES: Final = 64 * 1024 * 1024
_PARTS: Final = {"name": "string", "type": "string", "size": "integer", "sha256": "string", "url": "string"}
_MEANINGLESS: Final = (
    "type", "unique", "missing", "min", "max", "min_length", "max_length", "pattern", "format", "default", "on_update",
    "write_only",
)  # fmt: skip

_MEDIA: Final = r"[A-Za-z0-9!#$&^_.+-]+/([A-Za-z0-9!#$&^_.+-]+|\*)"


def _media(text: str) -> str:
    if re.fullmatch(_MEDIA, text) is None:
        raise problem(f"'{text}' is no media type", "e.g. image/png, or image/* for a family")
    return text


_Media = Annotated[str, AfterValidator(_media), WithJsonSchema({"type": "string", "pattern": f"^{_MEDIA}$"})]


class FileOptions(Model):
    """How large a file may be, and of which media types (`image/*` for a family); all types when none are listed."""

    max: SizeText = 5 * 1024 * 1024
    """The largest file."""
    types: Annotated[list[_Media], Field(max_length=100)] = []
    """The media types that are taken; all, unless given."""


@generators.register("file")
class FileField(Generator):
    """Null, or what is known of an upload: name, type, size, digest and URL."""

    file: FileOptions
    """How large, and of which types."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape("object", properties={name: Shape(kind) for name, kind in _PARTS.items()})  # type: ignore[arg-type]

    def inner_fields(self) -> dict[str, FieldRules]:
        constant = generators.get("value")
        return {name: constant.model_validate({"value": None, "type": kind}) for name, kind in _PARTS.items()}

    @property
    def obeys_rules(self) -> bool:
        return True

    def flaws(self, now: datetime) -> Iterator[Flawed]:
        del now
        if self.file.max > _MOST_BYTES:
            yield ("file", "max"), "files are held in memory, so that none is larger than 64MiB", "write 64MiB"
        for rule in _MEANINGLESS:
            if rule in self.model_fields_set:
                yield (rule,), f"'{rule}' has no meaning for a file", "see 'max' and 'types' inside of 'file'"

    def draw(self, column: Column) -> Draw:
        del column
        return lambda _row, _attempt: None
