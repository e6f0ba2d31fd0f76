"""What is said of each route of the control plane: its parameters, its body, its answers.

A route can't be added without it, and the document that describes the plane is made of nothing else.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final, Literal, TypeAlias

from mockserver.definitions.name import NAME
from mockserver.value import dataclass

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema (2020-12)."""

TEXT: Final[Schema] = {"type": "string"}
FILLED: Final[Schema] = {"type": "string", "minLength": 1}
NAMED: Final[Schema] = {"type": "string", "pattern": NAME}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
NUMBER: Final[Schema] = {"type": "number"}
FLAG: Final[Schema] = {"type": "boolean"}
MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
MAYBE_NUMBER: Final[Schema] = {"type": ["number", "null"]}
ANYTHING: Final[Schema] = {}
TEXTS: Final[Schema] = {"type": "array", "items": TEXT}
INSTANT: Final[Schema] = {"type": "string", "format": "date-time"}


@dataclass(frozen=True, slots=True)
class Shape:
    """A schema with a name of its own in the document: an object with these members.

    Those in `optional` may be missing, and others may be there where it is `open`; at least `least` members have to
    be there, and at most `most`.
    """

    name: str
    members: Mapping[str, "Schema | Shape | Rows"]
    optional: frozenset[str] = frozenset()
    open: bool = False
    describe: str = ""
    least: int = 0
    most: int | None = None

    @property
    def needs_any(self) -> bool:
        """Whether an empty object is none."""
        return self.least > 0 or not self.optional.issuperset(self.members)


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of one shape."""

    of: Shape


DOCUMENT: Final = Shape("Document", {"openapi": TEXT}, open=True)
"""An OpenAPI document."""

Described: TypeAlias = Schema | Shape | Rows


@dataclass(frozen=True, slots=True)
class Parameter:
    """One that a request may carry in its query or headers; a name that ends in `.*` is all that begin so.

    `*` is whatever else there is.
    """

    name: str
    describe: str
    schema: Schema
    where: Literal["query", "header"] = "query"
    many: bool = False
    """Whether it may stand several times."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One way a request is answered that went well; without `content` it has no body."""

    describe: str
    content: Described | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = "application/json"


NOTHING: Final[Schema] = {"type": "object", "maxProperties": 0}
"""A body with nothing in it."""

SANDBOX: Final = Parameter(
    "sandbox",
    "The sandbox that is meant; the one called `default` without it. An effect on a name that is new begins it.",
    NAMED,
)

NARROWING: Final = Parameter("sandbox", "Only what is in this sandbox; all without it.", SANDBOX.schema)
EVERY: Final = Parameter(
    "sandbox", "The sandbox that is meant; `*` is all there are.", {"anyOf": [{"const": "*"}, SANDBOX.schema]}
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path: what it does, what it takes, what comes back.

    `problems` are the statuses beside those that any request can be refused with; `body` is what may be sent.
    """

    summary: str
    answers: Mapping[int, Answer]
    parameters: tuple[Parameter, ...] = (SANDBOX,)
    body: Described | None = None
    problems: tuple[int, ...] = ()

    def names(self) -> dict[str, bool]:
        """The parameters of the query, and whether each may stand several times."""
        return {one.name: one.many for one in self.parameters if one.where == "query"}


def answer(describe: str, content: Described | None = None, **headers: str) -> dict[int, Answer]:
    """The one way a request goes well: 200 with a body, 204 without."""
    return {200 if content is not None else 204: Answer(describe, content, headers)}
