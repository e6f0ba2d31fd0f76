"""What every field of a resource may declare beside its generator: the rules its values obey."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema

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
    """The type of the values, where the generator does not say it."""
    required: bool = False
    """A write must have it, and it is never null unless `nullable` says so."""
    nullable: bool | Share = False
    """Null is allowed; a share is how many generated rows have it."""
    missing: Share = 0.0
    """The share of generated rows that do not have the member at all."""
    unique: bool = False
    """No two documents have the same value; a write that would is refused with 409."""
    min: float | None = None
    """The least number."""
    max: float | None = None
    """The greatest number."""
    min_length: Annotated[int, Field(ge=0)] | None = None
    """The fewest characters, or items of a list."""
    max_length: Annotated[int, Field(ge=0)] | None = None
    """The most characters, or items of a list."""
    pattern: str | None = None
    """A regular expression that all of a text must match."""
    format: FormatName | None = None
    """A shape of text that writes are held to."""
    default: Any = None
    """What a new document has where the write leaves it out; may be `${…}`, worked out at each write."""
    on_update: Any = None
    """What every later write puts here; may be `${…}`."""
    read_only: bool = False
    """Clients can't write it: what a body says is passed over."""
    write_only: bool = False
    """It is taken and never shown."""
    immutable: bool = False
    """It is given at creation and refused when a later write would change it."""
    describe: str | None = None
    """Words for people, in OpenAPI and TypeScript too."""

    @property
    def null_share(self) -> float:
        """The part of generated rows that hold null here."""
        return 0.0 if isinstance(self.nullable, bool) else self.nullable

    @property
    def accepts_null(self) -> bool:
        """Whether a write may hold null here."""
        return not self.required or self.nullable is True or self.null_share > 0


COMPOSED: Final[ContextVar[Mapping[type, Any]]] = ContextVar("COMPOSED")
"""What the two types below are while the model of a definition is composed, which is when it is known."""

if TYPE_CHECKING:
    FieldSpec = FieldRules
    CellSpec = Any
else:

    class _Spec:
        @classmethod
        def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
            return handler.generate_schema(COMPOSED.get()[cls])

    class FieldSpec(_Spec):
        """A field as written: any registered generator's model."""

    class CellSpec(_Spec):
        """A cell of a trait: that, or a plain value."""
