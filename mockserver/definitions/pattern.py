"""Patterns of routes as definitions write them: `GET /animals/:id`, `ANY *`. Knows nothing of what they lead to."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, TypeAlias

from pydantic import PlainValidator, Tag, WithJsonSchema

from mockserver.definitions.union import one_of_shapes, problem
from mockserver.errors import suggestion
from mockserver.value import dataclass

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Every method a route can have, in the order they are listed."""
ANY: Final = "ANY"
_PATTERN = re.compile(r"(\S+)\s+(\S+)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REST: Final = "*"


def is_literal(step: str) -> bool:
    """Whether a step of a pattern is met by itself alone."""
    return step[0] != ":" and step != _REST


@dataclass(frozen=True, slots=True)
class RoutePattern:
    """A method and the steps of a path below the prefix.

    `:name` is one step and gives it that name, `*` is one step too, and at the end of a path one or more. `* ` alone is
    every path; `GET` means HEAD as well, `ANY` every method.
    """

    method: str
    steps: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def path(self) -> str:
        """The path as it is written."""
        return _REST if self.is_everything else "/" + "/".join(self.steps)

    @property
    def is_everything(self) -> bool:
        """Whether every path matches."""
        return self.steps == (_REST,)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its parameters, in their order."""
        return tuple(step[1:] for step in self.steps if step[0] == ":")

    @property
    def specificity(self) -> tuple[int, ...]:
        """What to order patterns by, the closest first: literal steps before parameters before the rest."""
        return tuple({":": 1, _REST: 2}.get(step[0], 0) for step in self.steps)

    def takes(self, method: str) -> bool:
        """Whether it means requests of this method."""
        return self.method in (ANY, method) or (self.method == "GET" and method == "HEAD")

    def match(self, steps: Sequence[str]) -> Mapping[str, str] | None:
        """The parameters in the steps of a path below the prefix; nothing where it is another path."""
        if self.is_everything:
            return {}
        open_ended = self.steps[-1:] == (_REST,)
        if len(steps) < len(self.steps) or (len(steps) > len(self.steps) and not open_ended):
            return None
        found: dict[str, str] = {}
        for pattern, step in zip(self.steps, steps, strict=False):
            if pattern[0] == ":":
                found[pattern[1:]] = step
            elif pattern not in (step, _REST):
                return None
        return found


def parse_pattern(text: Any) -> RoutePattern:
    """*Raises* `PydanticCustomError` with the spelling expected."""
    if isinstance(text, RoutePattern):
        return text
    found = _PATTERN.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise problem("should be a route like GET /animals/:id", "a method and a path, or ANY *")
    method, path = found.groups()
    if method not in (*METHODS, ANY):
        raise problem(f"'{method}' is no method", suggestion(method, (*METHODS, ANY)))
    if path == _REST:
        return RoutePattern(method, (_REST,))
    steps = tuple(path.removesuffix("/").split("/")[1:])
    if not path.startswith("/") or not steps or "" in steps:
        raise problem(f"'{path}' should be a path like /animals/:id", "it begins with / and has no empty steps")
    names = [step[1:] for step in steps if step[0] == ":"]
    wrong = next((name for name in names if _NAME.fullmatch(name) is None), None)
    if wrong is not None:
        raise problem(f"':{wrong}' is no name of a parameter", "letters, digits and _")
    if len(set(names)) < len(names):
        raise problem(f"'{path}' gives two parameters one name")
    return RoutePattern(method, steps)


RouteText: TypeAlias = Annotated[
    RoutePattern,
    PlainValidator(parse_pattern),
    WithJsonSchema({"type": "string", "description": "a route relative to the prefix: GET /animals/:id, ANY *"}),
]
"""A route as a definition writes it."""

Routes: TypeAlias = Annotated[
    Annotated[RouteText, Tag("text")] | Annotated[list[RouteText], Tag("list")],
    one_of_shapes("should be a route like POST /orders, or a list of them"),
]
"""One route or several."""


def routes_of(value: RoutePattern | list[RoutePattern]) -> tuple[RoutePattern, ...]:
    """One route or several, as several."""
    return tuple(value) if isinstance(value, list) else (value,)


@dataclass(frozen=True, slots=True)
class Claim:
    """A route that is taken below some prefixes: `said` names by what, `where` is its place in the definition."""

    route: RoutePattern
    prefixes: Sequence[str]
    said: str
    where: tuple[str | int, ...]

    def is_at(self, steps: Sequence[str], prefix: str) -> bool:
        """Whether it is the very path of these steps below a prefix."""
        path = (*prefix.split("/")[1:], *steps)
        return any((*own.split("/")[1:], *self.route.steps) == path for own in self.prefixes)
