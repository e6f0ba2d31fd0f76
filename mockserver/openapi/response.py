"""The answers of operations: what went well in its envelope, and every problem under the status it is answered with."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from mockserver.errors import Problem
from mockserver.openapi.component import Schema
from mockserver.openapi.envelope import Envelope, place_of, problem_envelope
from mockserver.openapi.inference import infer
from mockserver.openapi.subject import Subject
from mockserver.value import dataclass

_HEADERS: Final[Mapping[str, Schema]] = {
    "Allow": {"description": "The methods there are.", "schema": {"type": "string"}},
    "Cache-Control": {"description": "How the answer may be kept.", "schema": {"type": "string"}},
    "Content-Range": {
        "description": "The places of the documents, and how many there are.", "schema": {"type": "string"},
    },
    "ETag": {
        "description": "Recognises the answer: for If-None-Match, and If-Match at a write.",
        "schema": {"type": "string", "pattern": '^"[^"]*"$'},
    },
    "Last-Modified": {"description": "When the document was last written.", "schema": {"type": "string"}},
    "Link": {"description": "The pages around this one (RFC 8288).", "schema": {"type": "string"}},
    "Location": {
        "description": "Where the new document is.", "schema": {"type": "string", "format": "uri-reference"},
    },
    "Retry-After": {"description": "After how many seconds to ask again.", "schema": {"type": "integer", "minimum": 0}},
    "WWW-Authenticate": {"description": "How to log in.", "schema": {"type": "string"}},
    "X-Total-Count": {
        "description": "How many documents there are in all.", "schema": {"type": "integer", "minimum": 0},
    },
}  # fmt: skip
_ALWAYS: Final[Mapping[str, str]] = {"unauthenticated": "WWW-Authenticate", "too_many": "Retry-After"}


@dataclass(frozen=True, slots=True)
class Responses:
    """Refers to the responses of one API."""

    subject: Subject

    def header(self, name: str, *, always: bool) -> Schema:
        """A header, described once and marked where every answer has it."""
        described = _HEADERS.get(name, {"description": name, "schema": {"type": "string"}})
        key, wish = (name, always), name if always else f"{name}-where-known"
        return self.subject.components.refer(
            "headers", key, wish, lambda: {**described, "required": True} if always else dict(described)
        )

    def success(self, said: str, envelope: Envelope, body: Schema | None, headers: Mapping[str, bool]) -> Schema:
        """The response of an action that succeeded; `body` is its schema."""
        names = {**envelope.headers, **headers}
        found: Schema = {"description": said}
        if names:
            found["headers"] = {name: self.header(name, always=always) for name, always in names.items()}
        if body is not None and envelope.has_body:
            found["content"] = {envelope.media_type: {"schema": body}}
        return found

    def not_modified(self) -> Schema:
        """The response to a read of what has not changed."""
        headers = {"ETag": self.header("ETag", always=True)}
        make = {"description": "It has not changed: the copy at hand is good.", "headers": headers}
        return self.subject.components.refer("responses", "304", "NotModified", lambda: make)

    def all(self, answers: Mapping[str, Schema], kinds: Iterable[type[Problem]]) -> dict[str, Schema]:
        """What goes well and what can go wrong, in the order of statuses.

        Conditions that share a status are in one response; one that means both has the bodies of both.
        """
        shared: dict[str, list[type[Problem]]] = {}
        for kind in dict.fromkeys(kinds):
            shared.setdefault(str(self.subject.convention.status_of(kind.slug, kind.status)), []).append(kind)
        found = dict(answers)
        for status, some in shared.items():
            found[status] = self._both(answers[status], some) if status in answers else self._shared(some)
        return dict(sorted(found.items()))

    def _both(self, answer: Schema, kinds: Sequence[type[Problem]]) -> Schema:
        problem = self._described(kinds)
        content = {**answer.get("content", {}), **problem["content"]}
        for media in problem["content"].keys() & answer.get("content", {}).keys():
            content[media] = {"schema": {"anyOf": [answer["content"][media]["schema"], self.problem()]}}
        headers = {**answer.get("headers", {}), **problem.get("headers", {})}
        return {
            **answer,
            "description": f"{answer['description']} Or: {problem['description']}",
            "headers": {name: self.header(name, always=False) for name in headers},
            "content": content,
        }

    def _shared(self, kinds: Sequence[type[Problem]]) -> Schema:
        wish = "Or".join(kind.__name__ for kind in kinds)
        key = tuple(kind.slug for kind in kinds)
        return self.subject.components.refer("responses", key, wish, lambda: self._described(kinds))

    def _described(self, kinds: Sequence[type[Problem]]) -> Schema:
        content = {"schema": self.problem(), "example": self._example(kinds[0])}
        media = {problem_envelope(self.subject.convention, kind).media_type for kind in kinds}
        found: Schema = {
            "description": " Or: ".join(_said(kind) for kind in kinds),
            "content": dict.fromkeys(sorted(media), content),
        }
        headers = [_ALWAYS[kind.slug] for kind in kinds if kind.slug in _ALWAYS]
        if headers:
            found["headers"] = {name: self.header(name, always=len(kinds) == 1) for name in headers}
        return found

    def problem_response(self, said: str, kind: type[Problem]) -> Schema:
        """The response of a problem in a definition's own words."""
        media = problem_envelope(self.subject.convention, kind).media_type
        return {"description": said, "content": {media: {"schema": self.problem()}}}

    def problem(self) -> Schema:
        """The body of a problem, whichever it is."""
        kinds: list[type[Problem]] = [Problem, *Problem.__subclasses__()]
        bodies = (one.body for kind in kinds for one in problem_envelope(self.subject.convention, kind).written)
        return self.subject.components.schema("problem", "Problem", lambda: infer(bodies, {}))

    def _example(self, kind: type[Problem]) -> Schema:
        status = self.subject.convention.status_of(kind.slug, kind.status)
        written = self.subject.convention.write_problem(
            kind(_said(kind)), status, place_of(self.subject.convention, "/")
        )
        return written.body  # type: ignore[return-value] # a problem's body is an object


def _said(kind: type[Problem]) -> str:
    """What a condition is, in its own sentence."""
    return (kind.__doc__ or kind.title).split("\n")[0].split("; `")[0].rstrip(".") + "."
