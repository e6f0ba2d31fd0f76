"""The section `faults` as it is declared: what a rule is for, when it acts, how long it lives, and keys of kinds."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, Field, PlainValidator, Tag, WithJsonSchema, create_model
from pydantic.fields import FieldInfo
from pydantic_core import PydanticKnownError

from mockserver.definitions.field import MAX_INTEGER, Model
from mockserver.definitions.name import NAME, is_name
from mockserver.definitions.pattern import RoutePattern, routes_of
from mockserver.definitions.quantity import Duration, Share, WaitText
from mockserver.definitions.union import one_of_shapes, problem
from mockserver.faults.fault import DAY_S, USUAL_PRIORITY
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Direction
from mockserver.faults.parameter import TOKEN
from mockserver.faults.route import SOCKET, FaultRoutes
from mockserver.realtime.channel.span import Span, SpanText

MOST_FAULTS: Final = 100
"""How many faults a definition may have."""
_MOST_LETTERS: Final = 1000
_NEVER: Final = frozenset("\r\n\0")
_EXPECTED: Final[dict[str, Any]] = {"anyOf": [{"type": ["string", "integer"]}, {"const": True}]}


def _fault_name(value: str) -> str:
    if not is_name(value):
        raise PydanticKnownError("string_pattern_mismatch", {"pattern": NAME})
    return value


def _within_a_day(value: Duration) -> Duration:
    if value.years or not 0 < value.seconds <= DAY_S:
        raise problem("should be longer than 0s and at most 24h")
    return value


def _span_within_a_day(value: Span) -> Span:
    if value.most_s > DAY_S:
        raise problem("should be at most 24h")
    return value


def _pattern(value: str) -> str:
    if not 1 <= len(value) <= _MOST_LETTERS:
        raise problem(f"should have 1 to {_MOST_LETTERS} letters, not {len(value)}")
    other = next((one for one in value if one not in "FS"), None)
    if other is not None:
        raise problem(f"should have no other letters than F and S, and has {other!r}", "F fails, S succeeds: FFS")
    return value


def _expected(value: Any) -> str | None:
    if value is True:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise problem("should be a text, or true where any will do")
    if not _NEVER.isdisjoint(value):
        raise problem("holds a line end or NUL, which no request has there")
    return value


def _names_of_headers(value: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in value:
        if re.fullmatch(TOKEN, name) is None:
            raise problem(f"{name!r} can't be the name of a header", "letters, digits and -")
    return value


def _names_of_parameters(value: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in value:
        if not name or not _NEVER.isdisjoint(name):
            raise problem(f"{name!r} can't be a name there")
    return value


FaultName: TypeAlias = Annotated[str, AfterValidator(_fault_name), WithJsonSchema({"type": "string", "pattern": NAME})]
_Names: TypeAlias = Annotated[
    Annotated[str, Tag("text")] | Annotated[list[str], Field(min_length=1, max_length=100), Tag("list")],
    one_of_shapes("should be a name, or a list of them"),
]
_Expected: TypeAlias = Annotated[
    dict[
        str,
        Annotated[Any, PlainValidator(_expected), WithJsonSchema(_EXPECTED)],
    ],
    Field(min_length=1, max_length=100),
]
_Headers: TypeAlias = Annotated[
    _Expected,
    AfterValidator(_names_of_headers),
    Field(json_schema_extra={"propertyNames": {"pattern": f"^{TOKEN}$"}}),
]
_Query: TypeAlias = Annotated[_Expected, AfterValidator(_names_of_parameters)]
_Count: TypeAlias = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
_Pattern: TypeAlias = Annotated[
    str, AfterValidator(_pattern), WithJsonSchema({"type": "string", "pattern": f"^[FS]{{1,{_MOST_LETTERS}}}$"})
]
_Window: TypeAlias = Annotated[WaitText, AfterValidator(_within_a_day)]


class _FaultBase(Model):
    """A failure to switch on: `match` keys say for what, `when` keys how often, and keys of kinds what happens.

    A `preset` is a shipped one in place of all that, but for `times`. `ttl` is how long it stays on once it is.
    """

    match: FaultRoutes | None = None
    """The route or routes it is about; `WS *` is sockets, and requests and sockets unless given."""
    resource: _Names | None = None
    """The resources it is about."""
    header: _Headers | None = None
    """Headers that a request must have."""
    query: _Query | None = None
    """Parameters that a request must have."""
    user: _Names | None = None
    """Who must be asking."""
    event: _Names | None = None
    """The topics of messages it is about."""
    direction: Direction | None = None
    """`in` for messages of the client, `out` for those of the server."""

    skip: Annotated[int, Field(ge=0, le=MAX_INTEGER)] = 0
    """The first so many are passed over."""
    times: _Count | None = None
    """How often at most."""
    every: _Count = 1
    """Each so-manieth."""
    probability: Share = 1.0
    """The share of those it happens to, drawn from the seed."""
    pattern: _Pattern | None = None
    """`FFS`: fail, fail, succeed, and again."""
    after: Annotated[SpanText, AfterValidator(_span_within_a_day)] | None = None
    """From so long after it is switched on; for connections, after they stand."""
    lasts: Annotated[_Window | None, Field(alias="for")] = None
    """For so long."""
    repeat: _Window | None = None
    """The window of `after` and `for` comes again so often."""
    ramp: _Window | None = None
    """The probability grows from nothing for so long."""

    enabled: bool = True
    """Whether it is on from the beginning."""
    ttl: _Window | None = None
    """How long it stays on once it is."""
    priority: Annotated[int, Field(ge=0, le=1_000_000)] = USUAL_PRIORITY
    """Of two that would end an exchange the smaller number decides."""
    commit: bool = False
    """The write is done before the failure."""
    describe: str | None = None
    """Words for people."""
    preset: str | None = None
    """A shipped fault in place of all that."""

    @property
    def routes(self) -> tuple[RoutePattern, ...]:
        """The routes of requests."""
        return tuple(one for one in self._all_routes if one.method != SOCKET)

    @property
    def sockets(self) -> tuple[RoutePattern, ...]:
        """The routes of sockets."""
        return tuple(one for one in self._all_routes if one.method == SOCKET)

    @property
    def _all_routes(self) -> tuple[RoutePattern, ...]:
        return () if self.match is None else routes_of(self.match)


def _key(name: str, one: FieldInfo) -> str:
    return one.alias or name


def keys_of(kind: type[Kind]) -> tuple[str, ...]:
    """The keys of a kind as they are written, its own among them."""
    return tuple(_key(name, one) for name, one in kind.model_fields.items())


KINDS: Final[Mapping[str, type[Kind]]] = dict(kinds.items())
OWNERS: Final[Mapping[str, tuple[str, ...]]] = {
    key: tuple(name for name, kind in KINDS.items() if key in keys_of(kind))
    for key in dict.fromkeys(key for kind in KINDS.values() for key in keys_of(kind))
}
"""The kinds that have a key; one that is called as the key is the first."""
BASE_KEYS: Final = tuple(_key(name, one) for name, one in _FaultBase.model_fields.items())
BESIDE_PRESET: Final = ("enabled", "ttl", "priority", "describe", "times")
"""Keys that may stand beside `preset`."""


def _keys_of_kinds() -> dict[str, Any]:
    """The keys of all kinds, none of which has to be there."""
    found: dict[str, Any] = {}
    for name, kind in KINDS.items():
        for field, one in kind.model_fields.items():
            if field not in found or field == name:
                declared = Field(default_factory=lambda: None, alias=one.alias, description=one.description)
                found[field] = (one.rebuild_annotation(), declared)
    return found


if TYPE_CHECKING:
    FaultSection = _FaultBase
else:
    FaultSection = create_model("FaultSection", __base__=_FaultBase, **_keys_of_kinds())
    FaultSection.__doc__ = _FaultBase.__doc__


def kinds_in(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds that the keys of a rule call for, in the order in which they are written."""
    found = [
        name
        for key in given
        for name in OWNERS.get(key, ())
        if key == name or (key in KINDS[name].heralds and name not in given)
    ]
    return tuple(dict.fromkeys(found))
