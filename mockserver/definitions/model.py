"""The core sections of a definition, checked: the whole of it, and the resources with their rows.

Other layers register the models of their own sections (`compose`); no section is described twice.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, StringConstraints, Tag

from mockserver.definitions.caching import CacheControl
from mockserver.definitions.field import CellSpec, FieldSpec, Model
from mockserver.definitions.manner import ApiSection, PathStep
from mockserver.definitions.quantity import Instant, Share
from mockserver.definitions.union import one_of_shapes

Verb = Literal["list", "get", "create", "replace", "update", "delete", "restore"]
Deletion = Literal["hard", "soft", "gone"]

MAX_ROWS = 200_000
_DEFAULT_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[^\s.\[\]/~,\x00-\x1f]{1,64}$")]
RowCount = Annotated[int, Field(ge=0, le=MAX_ROWS)]


def _read_digits(key: Any) -> Any:
    return (
        int(key)
        if isinstance(key, str) and key.isascii() and key.isdecimal() and len(key) <= len(str(MAX_ROWS))
        else key
    )


RowCountKey = Annotated[RowCount, BeforeValidator(_read_digits)]
"""A number of rows as a key, which JSON has as text only."""


class PerParent(Model):
    """So many children for each row of another resource: a number, `[min, max]`, or weights of numbers."""

    per: str
    each: Annotated[
        Annotated[RowCount, Tag("number")]
        | Annotated[list[RowCount], Field(min_length=2, max_length=2), Tag("list")]
        | Annotated[dict[RowCountKey, Annotated[float, Field(ge=0)]], Field(min_length=1), Tag("mapping")],
        one_of_shapes("should be a number, [min, max], or weights like {2: 30, 5: 70}"),
    ] = 3


Count = Annotated[
    Annotated[RowCount, Tag("number")] | Annotated[PerParent, Tag("mapping")],
    one_of_shapes("should be a number, or {per: resource, each: …}"),
]
"""How many rows there are."""

State = Annotated[
    Annotated[str, Tag("text")] | Annotated[int, Tag("number")],
    one_of_shapes("should be a state: text or a whole number"),
]


class States(Model):
    """A field whose value moves along listed ways alone: `moves` names, for each state, those that may follow it.

    There is no way out of a state that `moves` does not name. A new document begins in any state, or in one of
    `initial` where that is given.
    """

    field: str
    moves: dict[str | int, list[State]]
    initial: Annotated[list[State], Field(min_length=1)] | None = None


class ResourceSection(Model):
    """One kind of document: how many, of what fields, and how its collection behaves.

    `traits` are named bundles of cells, each a plain value or a mapping with a generator (`{date: [-30d, -1d]}`; an
    object that looks like one is written `{value: …}`). `mix` says which share of the generated rows has a trait: every
    trait is drawn by itself, so a row may have several, shares need not add up to 1, and where two name one cell the
    trait declared later wins. A row in `rows` has those of its `_traits`. A `singleton` is one document.
    """

    count: Count | None = None
    fields: dict[FieldName, FieldSpec] = {}
    rows: list[dict[str, Any]] = []
    traits: dict[Name, dict[FieldName, CellSpec]] = {}
    mix: dict[str, Share] = {}
    states: States | None = None
    sort: str | None = None
    search: list[str] | None = None
    delete: Deletion = "hard"
    methods: list[Verb] | None = None
    singleton: bool = False
    upsert: bool | None = None
    application: PathStep | None = None
    cache_control: CacheControl | None = None
    describe: str | None = None

    @property
    def sort_steps(self) -> list[str]:
        """The steps of `sort`, each a field with `-` before it where it descends."""
        return [step.strip() for step in (self.sort or "").split(",") if step.strip()]

    @property
    def row_count(self) -> "int | PerParent":
        """The count in force: explicit rows alone mean no generated ones."""
        if self.singleton:
            return 0 if self.rows else 1
        if self.count is not None:
            return self.count
        return 0 if self.rows else 10


class CoreDefinition(Model):
    """A whole definition without the sections of other layers; `field_union` is what a field may be, once composed."""

    field_union: ClassVar[Any] = None

    mock: Literal[1] = 1
    name: str = "Mock"
    describe: str | None = None
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1
    locale: Annotated[
        Annotated[str, Tag("text")] | Annotated[list[str], Field(min_length=1), Tag("list")],
        one_of_shapes("should be a locale like en_US, or a list of them"),
    ] = "en_US"
    clock: Instant = _DEFAULT_CLOCK
    freeze: bool = False
    api: ApiSection = ApiSection()
    resources: dict[Name, ResourceSection] = {}

    @property
    def locales(self) -> tuple[str, ...]:
        """The locales values are drawn in."""
        return (self.locale,) if isinstance(self.locale, str) else tuple(self.locale)
