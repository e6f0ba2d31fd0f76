"""Routes that faults are for: those of requests, and those of sockets."""

import pytest
from pydantic_core import PydanticCustomError

from mockserver.faults.route import parse_route


@pytest.mark.parametrize(
    "text", ["GET /animals/:id", "ANY *", "WS *", "WS /events/ws", "WS /rooms/:room/*", "OPTIONS /a"]
)
def test_a_route_is_told_as_it_is_written(text: str) -> None:
    assert str(parse_route(text)) == text
    assert parse_route(parse_route(f"  {text.replace(' ', '   ')} ").__str__()) == parse_route(text)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("WS", "should be a route"),
        ("", "should be a route"),
        (5, "should be a route"),
        (None, "should be a route"),
        ("GET /a /b", "should be a route"),
        ("ws *", "'ws' is no method"),
        ("WSS *", "'WSS' is no method"),
        ("WS events", "should be a path"),
        ("WS /a//b", "should be a path"),
        ("WS /:a/:a", "two parameters one name"),
    ],
)
def test_what_is_none_is_refused(value: object, said: str) -> None:
    with pytest.raises(PydanticCustomError, match=said):
        parse_route(value)
