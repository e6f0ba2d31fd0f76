"""Every condition the server can answer with, one class each, and what a definition can have wrong with it.

Knows nothing of HTTP libraries or conventions: a convention decides how a condition looks on the wire.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from heapq import nsmallest
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar, Final

from mockserver.value import dataclass

_MOST_COMPARED: Final = 60
"""Of more names than these, those alike in length and letters are compared: each takes long."""
_LONGEST_WORD: Final = 200


def nearest(word: str, known: Iterable[str], least: float = 0.6) -> str | None:
    """The known name closest to a mistyped one, letter case aside, or nothing when none is as close as `least`."""
    folded, by_folded = word.casefold()[:_LONGEST_WORD], {name.casefold(): name for name in known}
    likely: Iterable[str] = by_folded
    if len(by_folded) > _MOST_COMPARED:
        letters = set(folded)
        likely = nsmallest(
            _MOST_COMPARED, by_folded, lambda name: abs(len(name) - len(folded)) - len(letters.intersection(name))
        )
    found = get_close_matches(folded, likely, n=1, cutoff=least)
    return by_folded[found[0]] if found else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """A sentence for a hint: the nearest known name, or the whole choice when it is small enough to read."""
    names = sorted({*known})
    close = nearest(word, names)
    if close is not None:
        return f"did you mean '{close}'?"
    if not names:
        return ""
    shown = ", ".join(names[:12])
    return f"known here: {shown}{', …' if len(names) > 12 else ''}"


def sentence(text: str) -> str:
    """A text that ends as a sentence does."""
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one value of a request.

    `pointer` is an RFC 6901 JSON pointer into the body in the spelling of the wire (`/chip/code`), or empty when
    `parameter` names a query parameter or header instead. `detail` continues a sentence that begins with the
    field's name: "is required".
    """

    detail: str
    pointer: str = ""
    parameter: str = ""

    @property
    def name(self) -> str:
        """What a reader would call the place: the parameter, the pointer with dots, or the body where it is whole."""
        return self.parameter or self.pointer.removeprefix("/").replace("/", ".") or "body"


class Problem(Exception):
    """A request that ends in something other than its result.

    `slug` is the key of `statuses:` in a definition where there is one; `status` is the plain HTTP status a
    convention starts from; `close_code` ends a socket on which the condition is final (RFC 6455 §7.4).
    """

    slug: str = "server_error"
    status: int = 500
    title: str = "Internal Server Error"
    close_code: ClassVar[int] = 1011
    is_exact: bool = False
    """Whether the status is the one that is meant, whatever a convention or a definition has for the condition."""

    def __init__(
        self,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        details: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.details = details
        """Where a definition has its own words: more of them, which may be none. Else nothing."""


class ServerError(Problem):
    """Our fault: the request may have been right."""


class BadRequest(Problem):
    """The request can't be read: broken JSON, an unknown or impossible parameter."""

    slug, status, title, close_code = "bad_request", 400, "Bad Request", 1008


class NotFound(Problem):
    """The route exists; the document does not."""

    slug, status, title, close_code = "not_found", 404, "Not Found", 1008


class UnknownPath(Problem):
    """No route has this path."""

    slug, status, title, close_code = "unknown_path", 404, "Not Found", 1008


class Gone(Problem):
    """The document was there and never comes back."""

    slug, status, title, close_code = "gone", 410, "Gone", 1008


class MethodNotAllowed(Problem):
    """The path exists, this method on it does not; `headers` carries `Allow`."""

    slug, status, title, close_code = "method_not_allowed", 405, "Method Not Allowed", 1008


class NotAcceptable(Problem):
    """`Accept` admits nothing that can be written."""

    slug, status, title, close_code = "not_acceptable", 406, "Not Acceptable", 1008


class RequestTimeout(Problem):
    """The client was too slow in sending its request."""

    slug, status, title, close_code = "request_timeout", 408, "Request Timeout", 1008


class Conflict(Problem):
    """The write contradicts what is stored: a taken value, a refused transition, a reference that restricts."""

    slug, status, title, close_code = "conflict", 409, "Conflict", 1008


class PreconditionFailed(Problem):
    """`If-Match` or its relatives do not hold."""

    slug, status, title, close_code = "precondition_failed", 412, "Precondition Failed", 1008


class PayloadTooLarge(Problem):
    """The body is longer than the limit."""

    slug, status, title, close_code = "payload_too_large", 413, "Content Too Large", 1009


class UriTooLong(Problem):
    """The request target is longer than the limit."""

    slug, status, title, close_code = "uri_too_long", 414, "URI Too Long", 1008


class UnsupportedMediaType(Problem):
    """The body is of a type the action can't read."""

    slug, status, title, close_code = "unsupported_media_type", 415, "Unsupported Media Type", 1003


class RangeNotSatisfiable(Problem):
    """The file has none of the bytes asked for; `headers` carries `Content-Range` with its length."""

    slug, status, title, close_code = "range_not_satisfiable", 416, "Range Not Satisfiable", 1008


class Misdirected(Problem):
    """`Host` names somebody else: a page elsewhere reached us by DNS rebinding, or a proxy is set up wrongly."""

    slug, status, title, close_code = "misdirected", 421, "Misdirected Request", 1008


class Invalid(Problem):
    """The body was understood and breaks the rules of its fields."""

    slug, status, title, close_code = "invalid", 422, "Unprocessable Content", 1008


class UpgradeRequired(Problem):
    """Only a WebSocket is to be had here; `headers` carries `Upgrade`."""

    slug, status, title, close_code = "upgrade_required", 426, "Upgrade Required", 1008


class PreconditionRequired(Problem):
    """`etag: required` and no `If-Match`."""

    slug, status, title, close_code = "precondition_required", 428, "Precondition Required", 1008


class HeadersTooLarge(Problem):
    """The header block is longer than the limit."""

    slug, status, title, close_code = "headers_too_large", 431, "Request Header Fields Too Large", 1008


class Unavailable(Problem):
    """Not now: there is no room, or the server is about to stop."""

    slug, status, title, close_code = "unavailable", 503, "Service Unavailable", 1013


class InsufficientStorage(Problem):
    """The write can't be kept beyond the process, as was asked for, and so is not made (RFC 4918 §11.5)."""

    slug, status, title, close_code = "insufficient_storage", 507, "Insufficient Storage", 1013


class NotImplementedMethod(Problem):
    """A method or transfer coding this server does not know at all."""

    slug, status, title, close_code = "not_implemented", 501, "Not Implemented", 1011


class Unauthenticated(Problem):
    """No credentials, or wrong or expired ones; `headers` carries `WWW-Authenticate`."""

    slug, status, title, close_code = "unauthenticated", 401, "Unauthorized", 4401


class LoginFailed(Problem):
    """The name or the password at a login is wrong."""

    slug, status, title, close_code = "login_failed", 401, "Unauthorized", 4401


class Forbidden(Problem):
    """Known, and not permitted."""

    slug, status, title, close_code = "forbidden", 403, "Forbidden", 4403


_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""Phrases by status; those that RFC 9110 changed are not known to older Pythons."""


def phrase_of(status: int) -> str:
    """The reason phrase of a status (RFC 9110 §15), empty for one that has none."""
    return _PHRASES.get(status, "")


class Refused(Problem):
    """A refusal of the definition's own, with a status that no other condition has."""

    slug, status, title, close_code = "refused", 400, "Bad Request", 1008


_OWN_WORDS: tuple[type[Problem], ...] = (
    ServerError, BadRequest, Unauthenticated, Forbidden, NotFound, Conflict, Gone, PreconditionFailed, Invalid,
    PreconditionRequired,
)  # fmt: skip


def problem_of(
    status: int, detail: str, errors: Sequence[FieldError], headers: Mapping[str, str], details: str
) -> Problem:
    """The condition that has a status, in a definition's own words; `detail` may be empty."""
    kind = next((one for one in _OWN_WORDS if one.status == status), None)
    title = phrase_of(status) or "Error"
    problem = (kind or Refused)(detail or f"{title}.", errors, headers, details)
    if kind is None:
        problem.status, problem.title = status, title
        problem.slug = "too_many" if status == HTTPStatus.TOO_MANY_REQUESTS else Refused.slug
    return problem


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a definition file; line and column count from 1, the column in characters."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class DefinitionProblem:
    """One thing wrong with a definition: where, what, and what to do about it.

    `path` is the dotted way to the value (`resources.animals.fields.zoo_id`); `line` is the text of the line.
    """

    position: Position
    path: str
    problem: str
    hint: str = ""
    line: str = ""


LIMIT_PROBLEMS = 100
"""So many of one definition are told; looking for more would take as long as there are."""


class DefinitionError(Exception):
    """A definition that can't be served, with every problem found in it, in the order of the files.

    Of more than `LIMIT_PROBLEMS`, the first that were found.
    """

    def __init__(self, problems: Sequence[DefinitionProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{p.position}: {p.problem}" for p in self.problems))


class DatabaseError(Exception):
    """A database that can't be served from: which file, what is wrong with it, and what to do about that."""

    def __init__(self, path: Path, problem: str, hint: str) -> None:
        super().__init__(f"{path} {problem}; {hint}")
        self.path = path
        self.problem = problem
        self.hint = hint


class GenerationError(Exception):
    """Values that the rules of a field do not allow to exist; `path` is the dotted way to the field."""

    def __init__(self, path: str, problem: str, hint: str = "") -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem
        self.hint = hint
