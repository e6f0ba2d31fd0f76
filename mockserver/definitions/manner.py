"""The section `api`: which convention is spoken, and what a definition has otherwise in it."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Tag, WithJsonSchema

from mockserver.definitions.field import Model
from mockserver.definitions.quantity import Duration, DurationText
from mockserver.definitions.union import one_of_shapes, problem

Case = Literal["as_is", "camel", "snake"]
EtagMode = Literal["off", "strong", "required"]
StatusKey = Literal[
    "listed", "read", "created", "updated", "deleted", "accepted", "bad_request", "unauthenticated", "login_failed",
    "forbidden", "not_found", "gone", "conflict", "precondition_failed", "precondition_required", "invalid",
    "too_many", "server_error",
]  # fmt: skip

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
FeedPath: Any = _path(rf"(/{_STEP})+", "a path like /events: it begins with / and has steps of letters, digits, . _ -")
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


def check_heartbeat(value: Duration) -> Duration:
    """The time between two heartbeats, where clients and servers can bear it."""
    if value.years or not 0.05 <= value.seconds <= 3600:
        raise problem("should be between 50ms and 1h", "e.g. heartbeat: 10s")
    return value


class FeedSection(Model):
    """The feed of changes: the path of its windows below the prefix, and the time between two heartbeats (10 s)."""

    path: FeedPath = "/events"
    heartbeat: Annotated[DurationText, AfterValidator(check_heartbeat)] | None = None

    @property
    def beat_s(self) -> float:
        """The seconds between two heartbeats."""
        return 10.0 if self.heartbeat is None else self.heartbeat.seconds


class ApiSection(Model):
    """How the API is spoken: convention, prefix, paging, spelling of names, conditional requests, strictness, feed.

    With `stack` a failure says where it arose, in a convention that has a place for that.
    """

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
    stack: bool = False
    feed: FeedSection = FeedSection()

    @property
    def manner(self) -> Manner:
        """The convention with its changes, whichever way it was written."""
        return self.convention if isinstance(self.convention, Manner) else Manner(like=self.convention)
