"""What rules are for: every key of a match, alone and together."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import Unauthenticated
from mockserver.faults.matching import Matching, is_like
from mockserver.faults.occasion import Occasion
from tests.faults.box import fault_of, handshake, message, request, socket, stream


def matching(text: str) -> Matching:
    """The match of a rule with these keys."""
    return fault_of(text).rules[0].match


@pytest.mark.parametrize(
    ("match", "takes"),
    [
        ("ANY *", "GET POST"),
        ("GET *", "GET HEAD"),
        ("POST *", "POST"),
        ("GET /animals/:id", "GET HEAD"),
        ("GET /animals/*", "GET HEAD"),
        ("GET /zoos/:id", ""),
        ("GET /animals", ""),
        ("[POST *, ANY /animals/:x]", "GET HEAD POST"),
        ("[WS *, POST *]", "POST"),
    ],
)
def test_a_request_has_one_of_the_routes(match: str, takes: str) -> None:
    rule = matching(f"{{match: {match}, status: 503}}")
    found = [method for method in ("GET", "HEAD", "POST") if rule.takes(request(method=method))]
    assert set(takes.split()) <= set(found)
    assert takes == "GET POST" or found == takes.split()


def test_a_socket_has_one_of_its_own_routes() -> None:
    rule = matching("{match: [WS /events/ws, GET /animals], drop: true}")
    assert rule.takes(socket("/events/ws"))
    assert not rule.takes(socket("/events/other"))
    assert matching("{match: WS *, drop: true}").takes(socket("/anything/at/all"))
    assert matching("{match: 'WS /rooms/:id', refuse: 503}").takes(handshake("/rooms/7"))
    assert matching("{match: GET /events/sse, drop: true}").takes(stream())


def test_any_spelling_of_a_path_will_do() -> None:
    rule = matching("{match: GET /zoos/1/animals, status: 503}")
    both = Occasion("request", "http", request().request, (("animals",), ("zoos", "1", "animals")))
    assert rule.takes(both)


@pytest.mark.parametrize(
    ("keys", "occasion", "takes"),
    [
        ("resource: animals", request(resource="animals"), True),
        ("resource: [zoos, animals]", request(resource="animals"), True),
        ("resource: animals", request(), False),
        ("header: {X-Team: red}", request(headers={"x-team": "red"}), True),
        ("header: {x-team: red}", request(headers={"x-team": "Red"}), False),
        ("header: {X-TEAM: true}", request(headers={"x-team": "any"}), True),
        ("header: {x-team: true}", request(), False),
        ("header: {x-a: 1, x-b: true}", request(headers={"x-a": "1", "x-b": ""}), True),
        ("header: {x-a: 1, x-b: true}", request(headers={"x-a": "1"}), False),
        ("query: {page: 2}", request(query=(("page", "2"),)), True),
        ("query: {page: 2}", request(query=(("page", "1"), ("page", "2"))), True),
        ("query: {page: 2}", request(query=(("Page", "2"),)), False),
        ("query: {page: true}", request(query=(("page", ""),)), True),
        ("query: {page: true}", request(), False),
        ("user: ada", request(user=lambda: "ada"), True),
        ("user: [bob, ada]", request(user=lambda: "ada"), True),
        ("user: ada", request(user=lambda: "bob"), False),
        ("user: ada", request(), False),
        ("resource: animals, user: ada", request(resource="animals", user=lambda: "bob"), False),
    ],
)
def test_all_that_is_named_agrees(keys: str, occasion: Occasion, *, takes: bool) -> None:
    assert matching(f"{{{keys}, status: 503}}").takes(occasion) is takes


def test_nobody_is_asked_who_it_is_where_that_does_not_matter() -> None:
    def user() -> str:
        raise AssertionError

    assert matching("{match: GET *, status: 503}").takes(request(user=user))
    assert not matching("{user: ada, match: POST *, status: 503}").takes(request(user=user))


def test_somebody_who_can_not_be_told_is_nobody() -> None:
    def user() -> str:
        raise Unauthenticated("Who are you?")

    assert not matching("{user: ada, status: 503}").takes(request(user=user))


@pytest.mark.parametrize(
    ("keys", "occasion", "takes"),
    [
        ("event: animals", message("animals", "/animals/1"), True),
        ("event: /animals/1", message("animals", "/animals/1"), True),
        ("event: animals.*", message("animals", "animals.created"), True),
        ("event: [zoos, 'anim*']", message("animals"), True),
        ("event: zoos", message("animals"), False),
        ("event: animals", message(), False),
        ("direction: in", message("animals"), False),
        ("direction: in", message("animals", direction="in"), True),
        ("direction: out", message("animals"), True),
        ("direction: in, event: zoos", message("animals", direction="in"), False),
    ],
)
def test_messages_are_told_apart(keys: str, occasion: Occasion, *, takes: bool) -> None:
    assert matching(f"{{match: WS *, {keys}, lose: true}}").takes(occasion) is takes


@pytest.mark.parametrize(
    ("keys", "takes_all"),
    [
        ("", True),
        ("match: ANY *, ", True),
        ("match: [GET *, ANY *], ", True),
        ("match: GET *, ", False),
        ("match: ANY /a, ", False),
        ("resource: animals, ", False),
        ("header: {a: b}, ", False),
        ("query: {a: b}, ", False),
        ("user: ada, ", False),
    ],
)
def test_a_rule_for_every_request_is_known(keys: str, *, takes_all: bool) -> None:
    assert matching(f"{{{keys}status: 503}}").takes_every_request is takes_all


@given(text=st.text("ab.*", max_size=8), glob=st.text("ab.*", max_size=6))
def test_a_star_is_any_characters(text: str, glob: str) -> None:
    expression = ".*".join(re.escape(part) for part in glob.split("*"))
    assert is_like(text, glob) is (re.fullmatch(expression, text) is not None)


def test_many_stars_take_no_time() -> None:
    assert not is_like("a" * 10_000, "a*" * 500 + "b")
