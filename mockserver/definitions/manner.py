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
    """The size of a page where none is asked for; all at once, unless given."""
    max: Annotated[int, Field(ge=1)] | None = None
    """The largest page; more is refused."""
    first: Annotated[int, Field(ge=0, le=1)] | None = None
    """The number of the first page: 1 or 0."""
    page: ParameterName | None = None
    """Another name for the parameter of the page's number."""
    size: ParameterName | None = None
    """Another name for that of its size."""
    limit: ParameterName | None = None
    """Another name for `limit`."""
    offset: ParameterName | None = None
    """Another name for `offset`."""
    cursor: ParameterName | None = None
    """Another name for `cursor`."""


class Names(Model):
    """Other names for the parameters of order, search and what is shown: `{sort: ordering, search: search}`.

    `sort` takes `-priority,created_at`, `sorting` `priority desc, created_at`, and `sortby` goes with `order`.
    """

    sort: ParameterName | None = None
    """Takes `-priority,created_at`."""
    sorting: ParameterName | None = None
    """Takes `priority desc, created_at`."""
    sortby: ParameterName | None = None
    """The field to order by; goes with `order`."""
    order: ParameterName | None = None
    """The direction of `sortby`."""
    search: ParameterName | None = None
    """The text to search for."""
    fields: ParameterName | None = None
    """The fields to show."""
    embed: ParameterName | None = None
    """The relations to put into the documents."""


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
    """The convention that is changed."""
    list: Any = None
    """The body of a list, with `$items`, `$total` and so on."""
    item: Any = None
    """The body of a document, with `$item`."""
    deleted: Any = None
    """The body after a deletion."""
    error: Any = None
    """The body of a problem, with `$message`, `$code` and so on."""
    invalid: Any = None
    """The body of a problem that names fields, with `$errors` or `$fields`."""
    paging: Paging = Paging()
    """Page sizes and the names of their parameters."""
    names: Names = Names()
    """Other names for the parameters of order, search and what is shown."""
    statuses: dict[StatusKey, Annotated[int, Field(ge=200, le=599)]] = {}
    """The status of each outcome, by its name."""
    codes: dict[StatusKey, Code] = {}
    """What `$code` is for each outcome."""


def check_heartbeat(value: Duration) -> Duration:
    """The time between two heartbeats, where clients and servers can bear it."""
    if value.years or not 0.05 <= value.seconds <= 3600:
        raise problem("should be between 50ms and 1h", "e.g. heartbeat: 10s")
    return value


class FeedSection(Model):
    """The feed of changes: the path of its windows below the prefix, and the time between two heartbeats (10 s)."""

    path: FeedPath = "/events"
    """Where the feed's windows are, below the prefix."""
    heartbeat: Annotated[DurationText, AfterValidator(check_heartbeat)] | None = None
    """The time between two signs of life; 10 seconds."""

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
    """The family of back ends that is spoken like, or `{like: name, …}` with changes."""
    version: PathStep | None = None
    """The version in the prefix."""
    prefix: PathPrefix | None = None
    """What all paths begin with, in place of the convention's own."""
    application: PathStep | None = None
    """The part of the prefix that names the application, in linkis."""
    paging: Paging = Paging()
    """The default and largest page."""
    case: Case | None = None
    """How names are spelt on the wire."""
    etag: EtagMode = "strong"
    """Whether documents have tags, and whether writes must name one."""
    strict: bool = True
    """Parameters and members that are not declared are refused, with the nearest name."""
    upsert: bool = False
    """PUT makes what is not there."""
    stack: bool = False
    """Failures say where they arose, in a convention with a place for it."""
    feed: FeedSection = FeedSection()
    """The feed of changes."""

    @property
    def manner(self) -> Manner:
        """The convention with its changes, whichever way it was written."""
        return self.convention if isinstance(self.convention, Manner) else Manner(like=self.convention)
