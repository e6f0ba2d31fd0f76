"""Outcomes and problems to replies: the convention writes them, tags and addresses are added. Decides nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote, urlencode

import orjson

from mockserver.conventions.base import Place, Written
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
        headers = (*written.headers, *problem.headers.items())
        decided = f"{problem.slug}: {problem.detail}"
        return replace(_reply(replace(written, headers=headers), decided), came_to=problem.slug, message=problem.detail)

    def write(self, request: Request, outcome: Outcome, decided: str) -> Reply:
        """An outcome as the convention writes it, without a tag."""
        reply = _reply(self._written(request, outcome), decided)
        return replace(reply, came_to=outcome.done, message=outcome.message)

    def write_read(self, request: Request, outcome: Outcome, decided: str, caching: str | None = None) -> Reply:
        """What was read, or that it has not changed since. *Raises* `PreconditionFailed`, `BadRequest`."""
        reply = self.write(request, outcome, decided)
        if self._etag == "off":
            return reply if caching is None else replace(reply, headers=(*reply.headers, ("Cache-Control", caching)))
        state = State(entity_tag(reply.body), outcome.modified)
        check_read(request, state)
        headers = (*reply.headers, *state.headers(), ("Cache-Control", caching or _REVALIDATE))
        if is_not_modified(request, state):
            kept = tuple(header for header in headers if header[0] != "Content-Type")
            return Reply(304, kept, decided_by=f"{decided} not modified")
        return replace(reply, headers=headers)

    def write_change(self, request: Request, outcome: Outcome, decided: str) -> Reply:
        """What was written, with the tag that a read at `request` will have then."""
        reply = self.write(request, outcome, decided)
        return reply if outcome.done == "deleted" else self._tagged(reply, request, outcome)

    def write_creation(self, request: Request, target: str, outcome: Outcome, decided: str) -> Reply:
        """What was created: where it is, and the tag it will be read with there. `target` is its path."""
        located = replace(outcome, location=origin_of(request) + target)
        return self._tagged(self.write(request, located, decided), replace(request, target=target), outcome)

    def _tagged(self, reply: Reply, request: Request, outcome: Outcome) -> Reply:
        """The reply to a write, with the tag that `request` would read what was written with."""
        if self._etag == "off":
            return reply
        read = self._written(request, replace(outcome, done="read", location="", status=None, headers=()))
        return replace(reply, headers=(*reply.headers, *State(entity_tag(_bytes(read)), outcome.modified).headers()))

    def check_write(self, request: Request, outcome: Outcome) -> None:
        """Whether a write to what reads as this outcome may go on. *Raises* as `conditional.check_write`."""
        state = State(entity_tag(_bytes(self._written(request, outcome))), outcome.modified)
        check_write(request, state, self._etag)

    def _written(self, request: Request, outcome: Outcome) -> Written:
        status = outcome.status or self._convention.status_of(outcome.done, 200)
        origin, place = origin_of(request), self._place(request)
        if outcome.collection or outcome.up:
            collection, up = (origin + path if path else "" for path in (outcome.collection, outcome.up))
            place = replace(place, collection=collection, up=up)
        written = self._convention.write(outcome, status, place)
        return replace(written, headers=(*written.headers, *outcome.headers)) if outcome.headers else written

    def _place(self, request: Request) -> Place:
        used: dict[str, str] = {
            self._roles[name.casefold()]: name for name, _ in request.query if name.casefold() in self._roles
        }

        def link(changes: Mapping[str, str]) -> str:
            # Whoever asks has the token, and nobody else is to read it in an answer.
            kept = [(name, value) for name, value in request.query if name not in (*changes, ACCESS_TOKEN)]
            return f"{origin_of(request)}{request.target}?{urlencode([*kept, *changes.items()])}"

        names, is_sized = {**self._turning, **used}, "limit" in used or "size" in used
        return Place(request.target, link, names, is_sized, first=self._convention.paging.first)


def origin_of(request: Request) -> str:
    """What addresses in answers begin with: the origin a request was sent to, where it says, and its sandbox prefix."""
    host = request.headers.get("host", "")
    return f"http://{host}{request.base}" if host else request.base


def varying(reply: Reply, names: Sequence[str]) -> Reply:
    """The reply, saying that it depends on these headers of a request too (RFC 9110 §12.5.5)."""
    if not names:
        return reply
    said = [value for name, value in reply.headers if name.lower() == "vary"]
    others = [pair for pair in reply.headers if pair[0].lower() != "vary"]
    return replace(reply, headers=(*others, ("Vary", ", ".join((*said, *names)))))


def below(target: str, *steps: object) -> str:
    """The path so many steps below another."""
    return "/".join((target.rstrip("/"), *(quote(str(step), safe="") for step in steps)))


def _bytes(written: Written) -> bytes:
    return orjson.dumps(written.body) if written.has_body else b""


def _reply(written: Written, decided: str) -> Reply:
    if not written.has_body:
        return Reply(written.status, written.headers, decided_by=decided)
    headers = (("Content-Type", written.media_type), *written.headers)
    return Reply(written.status, headers, _bytes(written), decided)
