"""The routes that a fault may be for: those of requests as elsewhere in a definition, and `WS /path` for sockets."""

from typing import Annotated, Any, Final, TypeAlias

from pydantic import Field, PlainValidator, Tag, WithJsonSchema

from mockserver.definitions.pattern import ANY, METHODS, RoutePattern, parse_pattern
from mockserver.definitions.union import one_of_shapes, problem
from mockserver.errors import suggestion

SOCKET: Final = "WS"
"""Stands for the method where a route means the handshakes of sockets, and what comes after them."""


def parse_route(value: Any) -> RoutePattern:
    """*Raises* `PydanticCustomError` with the spelling expected."""
    words = value.split() if isinstance(value, str) else []
    if len(words) != 2:
        raise problem("should be a route like GET /animals/:id or WS *", "a method and a path, or ANY *")
    method, path = words
    if method not in (*METHODS, ANY, SOCKET):
        raise problem(f"'{method}' is no method", suggestion(method, (*METHODS, ANY, SOCKET)))
    if "?" in path:
        raise problem(f"'{path}' has a query, and a route has none", "say it with 'query': {name: true}")
    pattern = parse_pattern(f"{ANY if method == SOCKET else method} {path}")
    return RoutePattern(method, pattern.steps)


FaultRoute: TypeAlias = Annotated[
    RoutePattern,
    PlainValidator(parse_route),
    WithJsonSchema({"type": "string", "description": "a route: GET /animals/:id, ANY *, WS * for sockets"}),
]

FaultRoutes: TypeAlias = Annotated[
    Annotated[FaultRoute, Tag("text")] | Annotated[list[FaultRoute], Field(min_length=1, max_length=100), Tag("list")],
    one_of_shapes("should be a route like POST /orders or WS *, or a list of them"),
]
"""One route or several."""
