"""What every field of a resource may declare beside its generator: the rules its values obey."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mockserver.definitions.quantity import Share

TypeName = Literal["string", "integer", "number", "boolean", "date", "datetime", "uuid", "object", "array", "any"]
"""The neutral types of values; date, datetime and uuid are strings of that shape."""

FormatName = Literal["email", "uri", "uuid", "date", "date-time", "ipv4", "ipv6", "hostname"]
OnDelete = Literal["restrict", "cascade", "clear"]

MAX_INTEGER = 2**53 - 1
"""The largest integer every JSON reader keeps exactly (RFC 8259 §6)."""


class Model(BaseModel):
    """A frozen part of a definition; unknown keys and values of another type are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class FieldRules(Model):
    """The rules of one field. What is generated obeys them, and so does every write.

    A field that is not `required` may be left out or null. `nullable` and `missing` are shares of the generated rows
    (`nullable: true` allows null and generates none).
    """

    type: TypeName | None = None
    required: bool = False
    nullable: bool | Share = False
    missing: Share = 0.0
    unique: bool = False
    min: float | None = None
    max: float | None = None
    min_length: Annotated[int, Field(ge=0)] | None = None
    max_length: Annotated[int, Field(ge=0)] | None = None
    pattern: str | None = None
    format: FormatName | None = None
    default: Any = None
    on_update: Any = None
    read_only: bool = False
    write_only: bool = False
    immutable: bool = False
    describe: str | None = None

    @property
    def null_share(self) -> float:
        """The part of generated rows that hold null here."""
        return 0.0 if isinstance(self.nullable, bool) else self.nullable

    @property
    def accepts_null(self) -> bool:
        """Whether a write may hold null here."""
        return not self.required or self.nullable is True or self.null_share > 0


if TYPE_CHECKING:
    FieldSpec = FieldRules
    CellSpec = Any
else:
    FieldSpec = "FieldSpec"
    CellSpec = "CellSpec"
"""A field as written: any registered generator's model; a cell is that, or a plain value. `compose` puts the unions of
them in their places."""
