"""How a convention wraps documents and problems, found by having it write some: none has to describe itself."""

from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.conventions.base import Place, Written
from mockserver.conventions.styled import Styled
from mockserver.errors import FieldError, Problem
from mockserver.messages import Done, Json, Listed, Outcome
from mockserver.openapi.component import Schema
from mockserver.openapi.inference import ANY_NAME, ITEM, find, infer
from mockserver.value import dataclass

_FLAWS: Final[tuple[tuple[FieldError, ...], ...]] = (
    (),
    (FieldError("is wrong", pointer=f"/{ANY_NAME}"),),
    (FieldError("is wrong", parameter=ANY_NAME), FieldError("is wrong", pointer=f"/{ANY_NAME}/code")),
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Answers of one kind, as written around `ITEM`."""

    status: int
    written: Sequence[Written]

    @property
    def has_body(self) -> bool:
        """Whether there is anything to describe."""
        return self.written[0].has_body

    @property
    def media_type(self) -> str:
        """The type of the bodies."""
        return self.written[0].media_type

    @property
    def headers(self) -> dict[str, bool]:
        """The headers the convention adds, with whether they are on every answer."""
        names = [{name for name, _ in one.headers} for one in self.written]
        every = dict.fromkeys(name for one in self.written for name, _ in one.headers)
        return {name: all(name in found for found in names) for name in every}

    def schema(self, item: Schema) -> Schema:
        """The schema of the bodies, around that of a document."""
        return infer((one.body for one in self.written), item)

    def way_to(self, step: str) -> str | None:
        """The JSON pointer to a member of the document in it; nothing where no document is."""
        found = find(self.written[0].body)
        return None if found is None else "".join(f"/{one}" for one in (*found, step))


def place_of(convention: Styled, path: str, origin: str = "http://localhost") -> Place:
    """Where an answer would stand that nobody asked for."""
    return Place(
        path,
        lambda changes: f"{origin}{path}?" + "&".join(f"{name}={value}" for name, value in changes.items()),
        convention.spelling.turning(),
    )


def done_envelope(
    convention: Styled, done: Done, resource: str, item: Json = ITEM, status: int | None = None
) -> Envelope:
    """The answer to an action on one document, or on many where `item` is a list; a `status` wins over the usual."""
    status = status or convention.status_of(done, 200)
    location = "http://localhost/probe/1" if done == "created" and item == ITEM else ""
    outcome = Outcome(done, resource, item, location=location, key=1)
    return Envelope(status, [convention.write(outcome, status, place_of(convention, "/probe"))])


def list_envelope(convention: Styled, resource: str) -> Envelope:
    """The answers to a list: windows of every kind, at the beginning, in the middle, and empty."""
    status = convention.status_of("listed", 200)
    place = place_of(convention, "/probe")
    outcomes = (Outcome("listed", resource, listed=listed) for listed in _windows())
    return Envelope(status, [convention.write(outcome, status, place) for outcome in outcomes])


def _windows() -> Iterator[Listed]:
    yield Listed([ITEM, ITEM], 9, 2, 2)
    yield Listed([ITEM, ITEM], 9, 0, 2, 1)
    yield Listed([ITEM], 9, 8, 2, 5)
    yield Listed([], 0, 0, 20)
    yield Listed([ITEM], 1, 0, None)
    yield Listed([ITEM], 3, 0, 1, by_cursor=True, cursor="WzEsMV0")
    yield Listed([ITEM], 3, 2, 1, by_cursor=True, cursor="WzMsM10")


def problem_envelope(convention: Styled, kind: type[Problem]) -> Envelope:
    """The answers to a condition, with and without flaws of values."""
    status = convention.status_of(kind.slug, kind.status)
    place = place_of(convention, "/probe")
    problems = [*(kind("The thing is not so.", errors) for errors in _FLAWS), kind("It is not.", details="Not at all.")]
    return Envelope(status, [convention.write_problem(problem, status, place) for problem in problems])
