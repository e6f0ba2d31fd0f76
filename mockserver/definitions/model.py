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
"""So many rows may be generated of a resource, and so many may be created."""
MAX_FILE_ROWS = 500_000
"""So many a resource may have whose rows a database file brings."""
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
    """The resource of the parents; a reference to it is filled in."""
    each: Annotated[
        Annotated[RowCount, Tag("number")]
        | Annotated[list[RowCount], Field(min_length=2, max_length=2), Tag("list")]
        | Annotated[dict[RowCountKey, Annotated[float, Field(ge=0)]], Field(min_length=1), Tag("mapping")],
        one_of_shapes("should be a number, [min, max], or weights like {2: 30, 5: 70}"),
    ] = 3
    """How many for each parent: a number, `[min, max]`, or weights like `{2: 30, 5: 70}`."""


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
    """The field that has the state."""
    moves: dict[str | int, list[State]]
    """For each state, those that may follow it; others are refused with 409."""
    initial: Annotated[list[State], Field(min_length=1)] | None = None
    """The states in which a new document may begin; any, unless given."""


class ResourceSection(Model):
    """One kind of document: how many, of what fields, and how its collection behaves.

    `traits` are named bundles of cells, each a plain value or a mapping with a generator (`{date: [-30d, -1d]}`; an
    object that looks like one is written `{value: …}`). `mix` says which share of the generated rows has a trait: every
    trait is drawn by itself, so a row may have several, shares need not add up to 1, and where two name one cell the
    trait declared later wins. A row in `rows` has those of its `_traits`. A `singleton` is one document.
    """

    count: Count | None = None
    """How many rows are generated: a number, or `{per: parents, each: …}`; 10, or none beside `rows`."""
    fields: dict[FieldName, FieldSpec] = {}
    """The fields by name, each a Faker provider or a generator with rules."""
    rows: list[dict[str, Any]] = []
    """Rows written by hand; one whose id a generated row has replaces the cells it names."""
    traits: dict[Name, dict[FieldName, CellSpec]] = {}
    """Named bundles of cells that a share of the rows, or a row with `_traits`, has instead."""
    mix: dict[str, Share] = {}
    """The share of generated rows that has each trait."""
    states: States | None = None
    """A field that moves along listed ways alone."""
    sort: str | None = None
    """The order of lists that are not asked for in another: `-priority,name`."""
    search: list[str] | None = None
    """The fields that `q` looks through; all texts, unless given."""
    delete: Deletion = "hard"
    """What deletion does: `hard` removes, `soft` can be restored (404 after), `gone` answers 410 after."""
    methods: list[Verb] | None = None
    """The verbs there are; all, unless given."""
    singleton: bool = False
    """One document at the path itself, and no list."""
    upsert: bool | None = None
    """PUT makes a document that is not there; as the API has it, unless given."""
    application: PathStep | None = None
    """The part of the path that names the application, in linkis."""
    cache_control: CacheControl | None = None
    """The header `Cache-Control` of reads."""
    describe: str | None = None
    """Words for people, in documents made from the definition."""

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
    """The version of the format."""
    name: str = "Mock"
    """What is served, for people."""
    describe: str | None = None
    """More words on it."""
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1
    """What all values are drawn from: the same file and seed give the same bytes anywhere, on any day."""
    locale: Annotated[
        Annotated[str, Tag("text")] | Annotated[list[str], Field(min_length=1, max_length=100), Tag("list")],
        one_of_shapes("should be a locale like en_US, or a list of them"),
    ] = "en_US"
    """The language of names, places and texts, or several to draw from."""
    clock: Instant = _DEFAULT_CLOCK
    """The moment that is now for generated dates, and where the running clock begins."""
    freeze: bool = False
    """The running clock stands still at `clock`."""
    api: ApiSection = ApiSection()
    """How the API is spoken."""
    resources: dict[Name, ResourceSection] = {}
    """The collections by name."""

    @property
    def locales(self) -> tuple[str, ...]:
        """The locales values are drawn in."""
        return (self.locale,) if isinstance(self.locale, str) else tuple(self.locale)
