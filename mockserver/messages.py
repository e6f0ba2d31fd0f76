"""The frozen values that every layer may hold: a request, an answer, a frame. No library's types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import unquote

from mockserver.errors import BadRequest

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
Document: TypeAlias = dict[str, Json]
Key: TypeAlias = int | str
"""The value of a document's id field: a row is known by it within its collection."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the actions see it.

    `target` is the request target as received, without a sandbox prefix and without the query; `query` keeps order
    and repetition; header names are lower case, repeated headers are joined with `, `.
    """

    method: str
    target: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def segments(self) -> tuple[str, ...]:
        """The decoded steps of the path; one slash at the end is not a step.

        *Raises* `BadRequest` for a path that is not percent-encoded UTF-8 or holds NUL.
        """
        try:
            steps = tuple(unquote(step, errors="strict") for step in self.target.split("/"))
        except UnicodeDecodeError:
            raise BadRequest(f"The path '{self.target}' is not percent-encoded UTF-8.") from None
        if any("\0" in step for step in steps):
            raise BadRequest("The path holds a NUL character.")
        return steps[1:-1] if steps[-1] == "" else steps[1:]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer before it is bytes: `body` is whole, `Content-Length` is left to the server.

    `decided_by` says in a few words what decided the answer, for log and journal; `at` is the feed's cursor read
    before the data, which the server adds as the answer is sent.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    decided_by: str = ""
    at: str = ""

    def header(self, name: str) -> str | None:
        """The first header of that name, letter case aside."""
        folded = name.lower()
        return next((value for key, value in self.headers if key.lower() == folded), None)
