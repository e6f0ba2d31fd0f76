"""The core sections of a definition, checked: the API's manner, and the resources with their rows.

Other layers register the models of their own sections (`compose`); no section is described twice.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from mockserver.definitions.caching import CacheControl
from mockserver.definitions.field import CellSpec, FieldSpec, Model
from mockserver.definitions.quantity import Instant, Share

Case = Literal["as_is", "camel", "snake"]
EtagMode = Literal["off", "strong", "required"]
Verb = Literal["list", "get", "create", "replace", "update", "delete", "restore"]
Deletion = Literal["hard", "soft", "gone"]
StatusKey = Literal[
    "listed", "read", "created", "updated", "deleted", "accepted", "bad_request", "unauthenticated", "login_failed",
    "forbidden", "not_found", "gone", "conflict", "precondition_failed", "precondition_required", "invalid",
    "too_many", "server_error",
]  # fmt: skip

MAX_ROWS = 200_000
_DEFAULT_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[^\s.\[\]/~,\x00-\x1f]{1,64}$")]


def problem(text: str, hint: str = "") -> PydanticCustomError:
    """An error for a validator to raise, with a hint what to do about it."""
    return PydanticCustomError("definition", "{text}", {"text": text, "hint": hint})


_STEP = r"[A-Za-z0-9._-][A-Za-z0-9._~-]{0,63}"


def _path(pattern: str, expected: str) -> Any:
    """A part of a path; one that begins with `~` would be taken for a sandbox's."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise problem(f"should be {expected}, not '{text}'")
        return text

    return Annotated[str, AfterValidator(check), WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})]


PathStep: Any = _path(_STEP, "one step of a path: letters, digits, . _ - and no slash")
PathPrefix: Any = _path(rf"(/{_STEP})*/?", "a path that begins with / and has steps of letters, digits, . _ -")


def shape_of(value: Any) -> str:
    """The YAML shape of a value: the tag that picks the arm of a union, so that one arm's errors are shown."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, dict | Model):
        return "mapping"
    return {list: "list", str: "text", int: "number", float: "number"}.get(type(value), "nothing")


def one_of_shapes(problem: str) -> Discriminator:
    """A discriminator by `shape_of`, with one sentence for everything else."""
    return Discriminator(shape_of, custom_error_type="shape", custom_error_message=problem)


ParameterName: Any = _path(r"[^\s&=#\x00-\x1f]{1,64}", "the name of a query parameter")

Code = Annotated[
    Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1), Tag("number")] | Annotated[str, Tag("text")],
    one_of_shapes("should be a code: a whole number or a text"),
]


class Paging(Model):
    """The default and largest page, and other names for the parameters that choose it.

    `default: null` means no window unless asked for. The further keys rename parameters: `{page: p, size: ps}`. Where
    `page` has a name, lists are pages with a number, and `first` is that of the first one.
    """

    default: Annotated[int, Field(ge=1)] | None = None
    max: Annotated[int, Field(ge=1)] | None = None
    first: Annotated[int, Field(ge=0, le=1)] | None = None
    page: ParameterName | None = None
    size: ParameterName | None = None
    limit: ParameterName | None = None
    offset: ParameterName | None = None
    cursor: ParameterName | None = None


class Names(Model):
    """Other names for the parameters of order, search and what is shown: `{sort: ordering, search: search}`.

    `sort` takes `-priority,created_at`, `sorting` `priority desc, created_at`, and `sortby` goes with `order`.
    """

    sort: ParameterName | None = None
    sorting: ParameterName | None = None
    sortby: ParameterName | None = None
    order: ParameterName | None = None
    search: ParameterName | None = None
    fields: ParameterName | None = None
    embed: ParameterName | None = None


class Manner(Model):
    """A convention with changes: `like` names it, the rest says what is different.

    `list`, `item`, `deleted`, `error` and `invalid` are templates of the body; a deletion without one of its own has
    that of an item, and a problem that names fields or parameters that of an error. In them a string that is `$item`,
    `$path`, `$status`, `$code` or `$message` stands for that value; in a list also `$items`, `$total`, `$count` (how
    many of them are here), `$page`, `$size`, `$pages`, `$offset`, and the addresses `$first`, `$prev`, `$next` and
    `$last`; in a problem also `$title`, `$details`, `$errors` (`[{field, message}]`) and `$fields`
    (`{field: [message]}`). `$$` at the beginning of a string is a `$`. `codes` are what `$code` is, by the keys of
    `statuses`; without any it is the condition's name.
    """

    like: str
    list: Any = None
    item: Any = None
    deleted: Any = None
    error: Any = None
    invalid: Any = None
    paging: Paging = Paging()
    names: Names = Names()
    statuses: dict[StatusKey, Annotated[int, Field(ge=200, le=599)]] = {}
    codes: dict[StatusKey, Code] = {}


class ApiSection(Model):
    """How the API is spoken: convention, prefix, paging, spelling of names, conditional requests, strictness."""

    convention: Annotated[
        Annotated[str, Tag("text")] | Annotated[Manner, Tag("mapping")],
        one_of_shapes("should be the name of a convention, or {like: name, …}"),
    ] = "rest"
    version: PathStep | None = None
    prefix: PathPrefix | None = None
    application: PathStep | None = None
    paging: Paging = Paging()
    case: Case | None = None
    etag: EtagMode = "strong"
    strict: bool = True
    upsert: bool = False

    @property
    def manner(self) -> Manner:
        """The convention with its changes, whichever way it was written."""
        return self.convention if isinstance(self.convention, Manner) else Manner(like=self.convention)


RowCount = Annotated[int, Field(ge=0, le=MAX_ROWS)]


class PerParent(Model):
    """So many children for each row of another resource: a number, `[min, max]`, or weights of numbers."""

    per: str
    each: Annotated[
        Annotated[RowCount, Tag("number")]
        | Annotated[list[RowCount], Field(min_length=2, max_length=2), Tag("list")]
        | Annotated[dict[RowCount, Annotated[float, Field(ge=0)]], Field(min_length=1), Tag("mapping")],
        one_of_shapes("should be a number, [min, max], or weights like {2: 30, 5: 70}"),
    ] = 3


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

    count: (
        Annotated[
            Annotated[RowCount, Tag("number")] | Annotated[PerParent, Tag("mapping")],
            one_of_shapes("should be a number, or {per: resource, each: …}"),
        ]
        | None
    ) = None
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
