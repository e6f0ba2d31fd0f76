"""The frozen values that every layer may hold: a request, an answer, a frame. No library's types."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, unquote

import orjson

from mockserver.errors import BadRequest, PayloadTooLarge
from mockserver.value import dataclass

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Document: TypeAlias = dict[str, Json]
Key: TypeAlias = int | str
"""The value of a document's id field: a row is known by it within its collection."""

MAX_DEPTH: Final = 50
"""How deep lists and objects of a body may nest."""

TARGET_BYTES: Final = 8 * 1024
"""How long an address with its query may be."""
HEAD_BYTES: Final = 32 * 1024
"""How long the headers of a request may be in all."""
BODY_BYTES: Final = 1024 * 1024
"""How long a body that holds no file may be."""

MOST_VALUES: Final = 100_000
"""How many values a body may hold beside one another: each takes time and memory that its one byte does not show."""

BODILESS: Final = frozenset({204, 205, 304})
"""The statuses of answers that have no body (RFC 9110 §15.3.5, §15.3.6, §15.4.5)."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the actions see it.

    `target` is the request target as received, without a sandbox prefix and without the query; `query` keeps order
    and repetition; header names are lower case, repeated headers are joined with `, `. `base` is the sandbox prefix
    that was before the target (`/~w3`), empty where there was none: addresses in answers begin with it. `body_bytes` is
    how long its body may be where it holds no file: a listener that lets files in can't tell one from the other.
    """

    method: str
    target: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base: str = ""
    body_bytes: int = BODY_BYTES

    def segments(self) -> tuple[str, ...]:
        """The decoded steps of the path; one slash at the end is not a step.

        *Raises* `BadRequest` for a path that is not percent-encoded UTF-8 or holds NUL.
        """
        return _steps(self.target)


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[str, ...]:
    try:
        steps = tuple(unquote(step, errors="strict") for step in path.split("/"))
    except UnicodeDecodeError:
        raise BadRequest(f"The path '{path}' is not percent-encoded UTF-8.") from None
    if any("\0" in step for step in steps):
        raise BadRequest("The path holds a NUL character.")
    return steps[1:-1] if steps[-1] == "" else steps[1:]


def exact(data: bytes) -> bytes:
    """The same bytes in no more room than they need, to be kept: orjson's come in a buffer of 4 KiB at least."""
    return bytes(memoryview(data))


def read_query(text: str) -> tuple[tuple[str, str], ...]:
    """The decoded parameters of a query string, in order, empty ones kept.

    *Raises* `BadRequest` for one that is not percent-encoded UTF-8.
    """
    try:
        return tuple(parse_qsl(text, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise BadRequest("The query string is not percent-encoded UTF-8.") from None


FORM: Final = "application/x-www-form-urlencoded"


def check_room(request: Request) -> None:
    """*Raises* `PayloadTooLarge` for a body that is longer than one without a file may be."""
    if len(request.body) > request.body_bytes:
        raise body_too_long(request.body_bytes)


def body_too_long(limit_bytes: int) -> PayloadTooLarge:
    """The refusal of a body, by its limit."""
    said = f"The request body is longer than {limit_bytes} bytes"
    return PayloadTooLarge(f"{said}: send less, or start the server with another --limit body=NUMBER.")


def read_form(request: Request) -> tuple[tuple[str, str], ...]:
    """The members of a body of the type `FORM`, in order, empty ones kept. *Raises* `BadRequest`, `PayloadTooLarge`."""
    check_room(request)
    try:
        return tuple(parse_qsl(request.body.decode(), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise BadRequest("The form is not UTF-8.") from None


_ONE_KIND: Final = bytes.maketrans(b"{}", b"[]")
_NO_MARKS: Final = bytes(byte for byte in range(256) if byte not in b'",[]{}')


def parse_json(text: bytes, what: str) -> Json:
    """The JSON of a text, which is `what` in a sentence about it. *Raises* `BadRequest` with line and column."""
    if _is_much(text):
        raise BadRequest(f"{what} holds more than {MOST_VALUES:,} values.")
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        said = error.msg.removesuffix(": line").split(": line")[0]
        raise BadRequest(f"{what} is not JSON: {said} (line {error.lineno}, column {error.colno}).") from None
    if _is_deep(text):
        raise BadRequest(f"{what} nests deeper than {MAX_DEPTH} levels.")
    return value


def _is_much(text: bytes) -> bool:
    """Whether a text holds more than `MOST_VALUES`, by its commas, or by its brackets: a list of one has no comma."""
    if max(text.count(b","), text.count(b"[") + text.count(b"{")) < MOST_VALUES:
        return False
    marks = _marks(text)
    return marks.count(b",") >= MOST_VALUES or marks.count(b"[") > MOST_VALUES


def _marks(text: bytes) -> bytes:
    """The commas and brackets of a text outside of its strings, as square ones all; in one go, JSON or not."""
    unescaped = text.replace(rb"\\", b"").replace(rb"\"", b"")
    return b"".join(unescaped.translate(_ONE_KIND, _NO_MARKS).split(b'"')[::2])


def _is_deep(text: bytes) -> bool:
    """Whether a text, which is JSON, nests deeper than `MAX_DEPTH`: by its brackets, since values are slow to walk."""
    if text.count(b"[") + text.count(b"{") <= MAX_DEPTH:
        return False
    left = _marks(text).replace(b",", b"")
    for _ in range(MAX_DEPTH):
        # Each time the innermost go.
        left = left.replace(b"[]", b"")
    return bool(left)


def as_integer(value: Json) -> Json:
    """A number without a fraction as the integer that it is in JSON Schema too; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def merged(target: Json, patch: Json) -> Json:
    """The merge patch algorithm (RFC 7396 §2)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


Done: TypeAlias = Literal["listed", "read", "created", "updated", "deleted", "accepted"]
"""The ways an action can succeed; each is a key of `statuses:` in a definition."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A window of a collection: the documents in it as the wire has them, how many there are in all, and where it is.

    `page` is set where a page was asked for by number; no `limit` means all. `cursor` is the place behind the window.
    """

    items: list[Json]
    total: int
    offset: int
    limit: int | None
    page: int | None = None
    by_cursor: bool = False
    cursor: str = ""


class Outcome(NamedTuple):
    """What an action came to: how it is written is the convention's.

    `modified` is when the one document in it was last written, where it is shown and nothing else is; `key` is its id,
    whether shown or not; `collection` and `up` are the paths of the collection it stands in and of the document above
    it. A `status` wins over the convention's for what was `done`; `message` is for conventions that have a place for
    one. Where it `is_lasting`, time alone makes no other one of it.
    """

    done: Done
    resource: str
    item: Json = None
    listed: Listed | None = None
    location: str = ""
    collection: str = ""
    up: str = ""
    modified: datetime | None = None
    key: Json = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    message: str = ""
    is_lasting: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer before it is bytes: `body` is whole, `Content-Length` is left to the server.

    `decided_by` says in a few words what decided the answer, for log and journal; `at` is the feed's cursor read
    before the data, which the server adds as the answer is sent. `came_to` is the key of `statuses:` for what it is,
    and `message` what a sentence about it says: for transports that have no status of their own. `live` is what the
    connection is held for (`realtime.session`): a `Stream` that follows, or an answer that is still `Held`. `told` is
    what the answer tells of the feed (`realtime.witness`), where it is a window of that. Where it `is_lasting`, the
    same request is answered so as long as what was read of the store is as it was and callers and clock are left alone.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    decided_by: str = ""
    at: str = ""
    came_to: str = ""
    message: str = ""
    live: object = None
    told: object = None
    is_lasting: bool = False

    def as_of(self, at: str, headers: tuple[tuple[str, str], ...]) -> "Reply":
        """The same with these headers, and with the place of the feed before its data were read."""
        return Reply(
            self.status, headers, self.body, self.decided_by, at, self.came_to, self.message, self.live, self.told,
            self.is_lasting,
        )  # fmt: skip

    def header(self, name: str) -> str | None:
        """The first header of that name, letter case aside."""
        folded = name.lower()
        return next((value for key, value in self.headers if key.lower() == folded), None)
