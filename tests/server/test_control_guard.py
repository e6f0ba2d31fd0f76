"""Everyone the control plane does not answer to: pages of other origins, forms, scripts, who lacks the token."""

from dataclasses import dataclass

import pytest

from tests.server.conftest import Serve
from tests.server.process import Running
from tests.server.test_control import JSON, RESET, is_problem, resets
from tests.server.wire import Wire, ask, request

ORIGINS = (
    "http://evil.example", "null", "Null", "", " ", "http://localhost:3000", "http://127.0.0.1", "https://localhost",
    "http://localhost.evil.example", "http://evil.example#http://localhost", "http://user@localhost",
    "http://localhost/", "http://localhost, http://localhost", "localhost", "//localhost", "http://", "://", "file://",
    "http://[::1", "http://[localhost]", "http://[::1]", "http://[fe80::1%25lo]", "http://0x7f.1", "http://2130706433",
    "http://192.168.1.5", "http://192.168.1.5:8001", "http://127.0.0.1.nip.io", "http://localhost:99999",
    "http://localhost:port", "http://loc alhost", "http://localh\xf6st", "\xff\xfe",
    "chrome-extension://abcdefgh", "data:text/html,x", "javascript:1", "http://" + "a" * 5000, "%00", "http://%6cocalhost",
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """A POST that would change something, and what it gets."""

    headers: tuple[str, ...]
    body: bytes
    status: int


SENT = [
    Sent((JSON,), b"{}", 200),
    Sent((), b"", 200),
    Sent(("Content-Type: application/json; charset=utf-8",), b"{}", 200),
    Sent(('Content-Type: Application/JSON;charset="UTF-8"',), b"{}", 200),
    Sent(("Content-Type: application/json; charset",), b"{}", 200),
    Sent(("Content-Type: application/json; charset=utf-16",), b"{}", 415),
    Sent(("Content-Type: application/json; charset=latin-1",), b"{}", 415),
    Sent(("Content-Type: text/plain",), b"{}", 415),
    Sent(("Content-Type: text/plain; application/json",), b"{}", 415),
    Sent(("Content-Type: text/plain; charset=application/json",), b"{}", 415),
    Sent(("Content-Type: application/json, text/plain",), b"{}", 415),
    Sent(("Content-Type: application/x-www-form-urlencoded",), b"a=b", 415),
    Sent(("Content-Type: multipart/form-data; boundary=x",), b"--x--", 415),
    Sent(("Content-Type: application/jsonp",), b"{}", 415),
    Sent(("Content-Type: application/merge-patch+json",), b"{}", 415),
    Sent(("Content-Type: ",), b"{}", 415),
    Sent(("Content-Type: text/plain",), b"", 415),
    Sent((), b"{}", 415),
    Sent(("Transfer-Encoding: chunked",), b"2\r\n{}\r\n0\r\n\r\n", 415),
    Sent(("Transfer-Encoding: chunked", JSON), b"2\r\n{}\r\n0\r\n\r\n", 200),
    Sent((JSON, "Origin: http://localhost"), b"{}", 200),
    Sent((JSON, "Origin: HTTP://LOCALHOST"), b"{}", 200),
    *(Sent((JSON, f"Origin: {origin}"), b"{}", 403) for origin in ORIGINS),
    *(Sent((JSON, f"Sec-Fetch-Site: {site}"), b"{}", 403) for site in ("cross-site", "same-site", "", "NONE", "x")),
    *(Sent((JSON, f"Sec-Fetch-Site: {site}"), b"{}", 200) for site in ("same-origin", "none")),
    Sent((JSON, "Sec-Fetch-Site: same-origin", "Origin: null"), b"{}", 403),
    Sent((JSON, "Sec-Fetch-Site: same-origin", "Origin: http://localhost"), b"{}", 200),
    # A page that is led here by a link may be shown; nobody changes anything by following one.
    Sent((JSON, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"), b"{}", 403),
]


@pytest.mark.parametrize("sent", SENT, ids=repr)
def test_no_other_page_changes_anything(server: Running, sent: Sent) -> None:
    before = resets(server)
    answer = server.control(*RESET, *sent.headers, body=sent.body)
    assert answer.status == sent.status, answer.body
    assert sent.status == 200 or is_problem(answer, sent.status)
    assert (resets(server) == before) == (sent.status != 200)


def test_an_origin_is_ours_only_together_with_the_host_it_names(server: Running) -> None:
    for host in ("127.0.0.1", f"127.0.0.1:{server.control_port}", "[::1]:8001", "app.localhost"):
        for origin, status in ((f"http://{host}", 200), ("http://localhost", 403), (f"https://{host}", 403)):
            data = request("POST", "/api/reset", JSON, f"Origin: {origin}", body=b"{}", host=host)
            assert ask(server.control_port, data).status == status, (host, origin)


def test_two_origins_are_nobodys(server: Running) -> None:
    headers = (JSON, "Origin: http://localhost", "Origin: http://evil.example")
    assert server.control(*RESET, *headers, body=b"{}").status in {400, 403}


@pytest.mark.parametrize("path", ["/api/status", "/api/clock", "/api/openapi.json", "/openapi.json", "/health"])
@pytest.mark.parametrize(
    "headers",
    [
        *(("Origin: " + origin,) for origin in ("http://evil.example", "null", "http://192.168.1.5")),
        ("Sec-Fetch-Site: cross-site",),
        ("Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"),
        ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"),
        ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"),
        ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: style"),
        ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"),
        ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: object"),
        ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: websocket", "Sec-Fetch-Dest: websocket"),
    ],
    ids=" ".join,
)
def test_no_other_page_reads_anything(server: Running, path: str, headers: tuple[str, ...]) -> None:
    assert is_problem(server.control("GET", path, *headers), 403)


def test_a_link_from_elsewhere_leads_to_pages_but_not_into_the_api(server: Running) -> None:
    link = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")
    assert server.control("GET", "/openapi.json", *link).status == 200
    assert server.control("GET", "/openapi.json", *link, "Origin: http://evil.example").status == 403
    assert server.control("GET", "/api/status", *link).status == 403


def test_no_get_has_an_effect(server: Running) -> None:
    before = resets(server)
    document = server.control("GET", "/api/openapi.json").json
    for path in document["paths"]:
        if "stream" not in path:
            assert server.control("GET", path.replace("{", "").replace("}", "")).status in {200, 304, 400, 404, 405}
    assert resets(server) == before


def test_it_speaks_no_cors_to_anybody(server: Running) -> None:
    for method, target in [("GET", "/health"), ("GET", "/nope"), ("OPTIONS", "/health"), ("PUT", "/api/clock")]:
        for origin in ("http://localhost:3000", f"http://localhost:{server.control_port}", "null"):
            headers = server.control(method, target, f"Origin: {origin}", "Access-Control-Request-Method: PUT").headers
            assert not [name for name in headers if name.startswith("access-control")]
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert headers["cross-origin-opener-policy"] == "same-origin"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-content-type-options"] == "nosniff"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert headers["cache-control"] == "no-store"


def test_what_was_refused_leaves_the_connection_in_order(server: Running) -> None:
    with Wire(server.control_port) as wire:
        wire.send(request("POST", "/api/reset", "Content-Type: text/plain", body=b"x" * 100))
        assert wire.read().status == 415
        wire.send(request("GET", "/health"))
        assert wire.read().status == 200


def test_a_token_is_asked_for_wherever_something_can_be_done(serve: Serve) -> None:
    """Who says what for one is the matrix of `tests/reliability/test_tokens.py`."""
    server = serve(token="sesame")  # noqa: S106
    for header, status in (("X-Nothing: 1", 401), ("Authorization: Bearer sesame", 200)):
        answer = server.control("POST", "/api/reset", header)
        assert answer.status == status
        assert answer.headers.get("www-authenticate", "Bearer").startswith("Bearer")
        assert ("www-authenticate" in answer.headers) == (status == 401)
    assert server.control("GET", "/health").status == 200
