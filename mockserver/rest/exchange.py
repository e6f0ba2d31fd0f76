"""Outcomes and problems to replies: the convention writes them, tags and addresses are added. Decides nothing else."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlencode

import orjson

from mockserver.conventions.base import Headers, Place, Written
from mockserver.conventions.styled import Styled
from mockserver.definitions.manner import EtagMode
from mockserver.errors import Problem
from mockserver.messages import Outcome, Reply, Request
from mockserver.query.parameters import ACCESS_TOKEN
from mockserver.query.spelling import Role
from mockserver.rest.conditional import State, check_read, check_write, entity_tag, is_not_modified

_REVALIDATE: Final = "no-cache"


class Writer:
    """Writes the answers of one API in its convention."""

    __slots__ = ("_convention", "_etag", "_roles", "_turning")

    def __init__(self, convention: Styled, etag: EtagMode) -> None:
        self._convention = convention
        self._etag = etag
        self._turning: Mapping[str, str] = convention.spelling.turning()
        self._roles: Mapping[str, Role] = convention.spelling.roles()

    def refuse(self, request: Request, problem: Problem) -> Reply:
        """A problem as the convention writes it."""
        status = problem.status if problem.is_exact else self._convention.status_of(problem.slug, problem.status)
        written = self._convention.write_problem(problem, status, self._place(request))
        return _reply(
            written,
            _bytes(written),
            tuple(problem.headers.items()),
            f"{problem.slug}: {problem.detail}",
            came_to=problem.slug,
            message=problem.detail,
        )

    def write(self, request: Request, outcome: Outcome, decided: str) -> Reply:
        """An outcome as the convention writes it, without a tag."""
        written = self._written(request, outcome)
        return _reply(written, _bytes(written), (), decided, came_to=outcome.done, message=outcome.message)

    def write_read(self, request: Request, outcome: Outcome, decided: str, caching: str | None = None) -> Reply:
        """What was read, or that it has not changed since. *Raises* `PreconditionFailed`, `BadRequest`."""
        written = self._written(request, outcome)
        body, lasting = _bytes(written), outcome.is_lasting
        said: Headers = () if caching is None else (("Cache-Control", caching),)
        if self._etag != "off":
            state = State(entity_tag(body), outcome.modified)
            check_read(request, state)
            said = (*state.headers(), ("Cache-Control", caching or _REVALIDATE))
            if is_not_modified(request, state):
                return Reply(304, (*written.headers, *said), decided_by=f"{decided} not modified", is_lasting=lasting)
        return _reply(
            written, body, said, decided, came_to=outcome.done, message=outcome.message, is_lasting=lasting
        )  # fmt: skip

    def write_change(self, request: Request, outcome: Outcome, decided: str) -> Reply:
        """What was written, with the tag that a read at `request` will have then."""
        if outcome.done == "deleted":
            return self.write(request, outcome, decided)
        return self._write_tagged(request, outcome, request.target, decided)

    def write_creation(self, request: Request, target: str, outcome: Outcome, decided: str) -> Reply:
        """What was created: where it is, and the tag it will be read with there. `target` is its path."""
        located = outcome._replace(location=origin_of(request) + target)
        return self._write_tagged(request, located, target, decided)

    def _write_tagged(self, request: Request, outcome: Outcome, target: str, decided: str) -> Reply:
        """The reply to a write, with the tag that what was written is read with at the path `target`."""
        written = self._written(request, outcome)
        body = _bytes(written)
        tag: Headers = ()
        if self._etag != "off":
            read = self._written(request, outcome._replace(done="read", location="", status=None, headers=()), target)
            shown = body if written.has_body and read.has_body and read.body is written.body else _bytes(read)
            tag = State(entity_tag(shown), outcome.modified).headers()
        return _reply(written, body, tag, decided, came_to=outcome.done, message=outcome.message)

    def check_write(self, request: Request, outcome: Outcome) -> None:
        """Whether a write to what reads as this outcome may go on. *Raises* as `conditional.check_write`."""
        state = State(entity_tag(_bytes(self._written(request, outcome))), outcome.modified)
        check_write(request, state, self._etag)

    def _written(self, request: Request, outcome: Outcome, target: str = "") -> Written:
        """The outcome as the convention writes it; `target` is the path it stands at, unless that was asked for."""
        status = outcome.status or self._convention.status_of(outcome.done, 200)
        place = self._place(request, target) if outcome.listed is None else self._list_place(request)
        written = self._convention.write(outcome, status, place)
        return written._replace(headers=(*written.headers, *outcome.headers)) if outcome.headers else written

    def _place(self, request: Request, target: str = "") -> Place:
        return Place(target or request.target, _Turning(request), origin=origin_of(request))

    def _list_place(self, request: Request) -> Place:
        """The place of a list, whose pages are turned with the parameters that the request has."""
        roles = ((self._roles.get(name.casefold()), name) for name, _ in request.query)
        used: dict[str, str] = {role: name for role, name in roles if role is not None}
        names, is_sized = {**self._turning, **used}, "limit" in used or "size" in used
        first = self._convention.paging.first
        return Place(request.target, _Turning(request), names, is_sized, first, origin_of(request))


class _Turning:
    """Makes addresses of other pages of the list that a request is for."""

    __slots__ = ("_beginning", "_changed", "_request")

    def __init__(self, request: Request) -> None:
        self._request = request
        self._changed: tuple[str, ...] | None = None
        self._beginning = ""

    def __call__(self, changes: Mapping[str, str]) -> str:
        """The address with some parameters changed."""
        if (names := tuple(changes)) != self._changed:
            self._changed, self._beginning = names, self._begin(names)
        return self._beginning + "&".join([_pair(*pair) for pair in changes.items()])

    def _begin(self, changed: Sequence[str]) -> str:
        """What of the address is the same for every page."""
        request = self._request
        # Whoever asks has the token, and nobody else is to read it in an answer.
        kept = [f"{_pair(*pair)}&" for pair in request.query if pair[0] not in changed and pair[0] != ACCESS_TOKEN]
        return f"{origin_of(request)}{request.target}?{''.join(kept)}"


@lru_cache(maxsize=1024)
def _pair(name: str, value: str) -> str:
    """One parameter of a query."""
    return urlencode([(name, value)])


def origin_of(request: Request) -> str:
    """What addresses in answers begin with: the origin a request was sent to, where it says, and its sandbox prefix."""
    host = request.headers.get("host", "")
    return f"http://{host}{request.base}" if host else request.base


def varying(headers: Headers, names: Sequence[str]) -> Headers:
    """The headers of a reply, saying that it depends on these of a request too (RFC 9110 §12.5.5)."""
    if not names:
        return headers
    said = [value for name, value in headers if name.lower() == "vary"]
    others = [pair for pair in headers if pair[0].lower() != "vary"] if said else headers
    return (*others, ("Vary", ", ".join((*said, *names))))


def below(target: str, *steps: object) -> str:
    """The path so many steps below another."""
    return "/".join((target.rstrip("/"), *(quote(str(step), safe="") for step in steps)))


def _bytes(written: Written) -> bytes:
    return orjson.dumps(written.body) if written.has_body else b""


def _reply(  # noqa: PLR0913 - what a reply is made of
    written: Written,
    body: bytes,
    added: Headers,
    decided: str,
    *,
    came_to: str,
    message: str,
    is_lasting: bool = False,
) -> Reply:
    """The reply of these bytes, with headers beside the convention's."""
    typed = (("Content-Type", written.media_type),) if written.has_body else ()
    return Reply(
        written.status,
        (*typed, *written.headers, *added),
        body,
        decided,
        came_to=came_to,
        message=message,
        is_lasting=is_lasting,
    )
