"""Which pages may read what, beside the matrix of `tests/reliability/test_origins.py`; preflights meet nothing."""

from itertools import product

import pytest

from mockserver.server.cors import EXPOSED, OriginList
from tests.server.process import Running
from tests.server.wire import ask, request

ANSWERS = ["/status/204", "/boom", "/echo?a=%ff", "/" + "a" * 9000]
CORS = {"access-control-allow-origin", "access-control-allow-credentials", "access-control-expose-headers"}


@pytest.mark.parametrize(("origin", "admitted"), [("http://localhost:3000", True), ("http://evil.example", False)])
def test_what_breaks_and_what_is_refused_says_who_may_read_it(server: Running, origin: str, *, admitted: bool) -> None:
    for method, target in product(("GET", "POST", "DELETE", "OPTIONS"), ANSWERS):
        headers = ask(server.port, request(method, target, f"Origin: {origin}")).headers
        assert "Origin" in headers["vary"].split(", ")
        if admitted:
            assert headers["access-control-allow-origin"] == origin
            assert headers["access-control-allow-credentials"] == "true"
            assert headers["access-control-expose-headers"] == EXPOSED
        else:
            assert not CORS & headers.keys()


@pytest.mark.parametrize(("host", "status"), [("evil.example", 421), ("a b", 400)])
def test_a_refused_request_says_it_too(server: Running, host: str, status: int) -> None:
    answer = server.get("/echo", "Origin: http://localhost:3000", f"Host: {host}", host="")
    assert answer.status == status
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"


def test_an_answer_without_origin_still_varies_by_it(server: Running) -> None:
    assert server.get().headers["vary"] == "Origin"
    assert server.get("/status/200").headers["vary"] == "Origin, Accept"


def preflight(server: Running, *headers: str, origin: str = "http://localhost:3000") -> dict[str, str]:
    answer = ask(server.port, request("OPTIONS", "/boom", f"Origin: {origin}", *headers))
    assert answer.status == 204
    assert answer.body == b""
    return answer.headers


def test_a_preflight_is_granted_what_it_asks_without_meeting_the_api(server: Running) -> None:
    headers = preflight(
        server, "Access-Control-Request-Method: PATCH", "Access-Control-Request-Headers: x-csrf, Abp.TenantId"
    )
    assert headers["access-control-allow-headers"] == "x-csrf, Abp.TenantId"
    assert headers["access-control-allow-methods"] == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    assert int(headers["access-control-max-age"]) > 0
    assert headers["vary"] == "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    assert "content-type" not in headers
    assert "access-control-allow-private-network" not in headers


def test_a_preflight_may_ask_for_a_method_of_its_own_and_for_the_private_network(server: Running) -> None:
    headers = preflight(server, "Access-Control-Request-Method: BREW", "Access-Control-Request-Private-Network: true")
    assert headers["access-control-allow-methods"].endswith(", BREW")
    assert headers["access-control-allow-private-network"] == "true"


def test_a_foreign_preflight_is_granted_nothing(server: Running) -> None:
    for origin in ("http://evil.example", "null"):
        headers = preflight(server, "Access-Control-Request-Method: PATCH", origin=origin)
        assert not [name for name in headers if name.startswith("access-control")]


def test_header_names_that_are_none_are_not_echoed(server: Running) -> None:
    asked = "Access-Control-Request-Headers: x-ok, <script>"
    headers = preflight(server, "Access-Control-Request-Method: GET", asked)
    assert "access-control-allow-headers" not in headers


def test_options_without_a_question_is_the_apis(server: Running) -> None:
    assert ask(server.port, request("OPTIONS", "/echo", "Origin: http://localhost:1")).json["method"] == "OPTIONS"


def test_our_own_pages_may_read_it_under_the_host_that_they_come_from(server: Running) -> None:
    host, page = "mock.example", f"http://mock.example:{server.control_port}"
    for name in (host, f"{host}:{server.port}", "MOCK.example"):
        headers = ask(server.port, request("GET", "/echo", f"Origin: {page}", host=name)).headers
        assert headers["access-control-allow-origin"] == page
    for origin, name in (
        (page, "127.0.0.1"),
        (f"http://mock.example:{server.port + 1}", host),
        (f"https://mock.example:{server.control_port}", host),
        (f"http://evil.example:{server.control_port}", host),
    ):
        headers = ask(server.port, request("GET", "/echo", f"Origin: {origin}", host=name)).headers
        assert not CORS & headers.keys()


@pytest.mark.parametrize(
    ("port", "page", "admitted"),
    [
        (80, "http://mock.example", True),
        (80, "http://mock.example:80", False),
        (8001, "http://mock.example", False),
        (0, "http://mock.example", False),
        (0, "http://mock.example:0", False),
    ],
)
def test_our_own_pages_are_told_by_the_port_as_browsers_write_it(port: int, page: str, *, admitted: bool) -> None:
    assert OriginList().with_pages(port).admits(page, "mock.example:8000") is admitted


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://App.example.org/", "https://app.example.org"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("file://", "file://"),
    ],
)
def test_an_origin_may_be_allowed_as_it_is_written_and_apps_have_others(text: str, origin: str) -> None:
    assert OriginList([text]).admits(origin, "localhost")
    assert not OriginList().admits(origin, "localhost")


@pytest.mark.parametrize(
    "text", ["*", "null", "file:///", "file:/", "app.example.org", "https://a/b", "https://*.example.org", ""]
)
def test_what_is_no_origin_can_not_be_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="is not an origin"):
        OriginList([text])
