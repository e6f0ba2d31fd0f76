"""The pages of the control plane and their files as they are served: what each may do, and what is not handed out."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

import pytest

from mockserver.server.control.page import PAGES
from tests.live import ROOT
from tests.server.conftest import Serve
from tests.server.process import Running
from tests.server.test_control import is_problem
from tests.server.wire import Answer, Wire, ask, request

PANEL: Final = ROOT / "mockserver" / "panel"
LINK: Final = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")
SCRIPT: Final = "text/javascript; charset=utf-8"


def policy_of(name: str, api: str) -> str:
    """The policy of a page, word for word; the map of imports is as a browser counts it: all between the tags."""
    text = (PANEL / name).read_text(encoding="utf-8")
    digests = [
        b64encode(sha256(inline.encode()).digest()).decode() for inline in re.findall(r"p\">(.*?)</s", text, re.S)
    ]
    trusted = [] if name == "docs.html" else ["require-trusted-types-for 'script'"]
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *(f"'sha256-{digest}'" for digest in digests)]),
            "style-src 'self'",
            f"img-src 'self' data: http://{api}",
            f"connect-src 'self' http://{api} ws://{api}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            *trusted,
        ]
    )


def get(server: Running, target: str, *headers: str, host: str = "localhost") -> Answer:
    return ask(server.control_port, request("GET", target, *headers, host=host))


@pytest.mark.parametrize(("path", "name"), PAGES.items())
def test_a_page_says_all_that_it_may_do(server: Running, path: str, name: str) -> None:
    answer = get(server, f"{path}?sandbox=w3")
    assert answer.status == 200
    assert answer.body == (PANEL / name).read_bytes()
    said = {name: answer.headers[name] for name in answer.headers if name not in {"date", "etag", "content-length"}}
    assert said == {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-cache",
        "content-security-policy": policy_of(name, f"localhost:{server.port}"),
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
    }


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("127.0.0.1:8001", "127.0.0.1"),
        ("LOCALHOST:1", "localhost"),
        ("app.localhost", "app.localhost"),
        ("mock.example:8001", "mock.example"),
        ("[::1]:8001", "*"),
        ("localhost.", "*"),
        ("my_app.localhost:8001", "*"),
    ],
)
def test_a_page_may_ask_the_api_at_the_host_that_it_came_from(server: Running, host: str, named: str) -> None:
    policy = get(server, "/", host=host).headers["content-security-policy"]
    assert policy == policy_of("index.html", f"{named}:{server.port}")


@pytest.mark.parametrize(("host", "status"), [("evil.example", 421), ("a;b", 400), ("localhost:99999", 400)])
@pytest.mark.parametrize("path", ["/", "/panel/app.js"])
def test_no_page_is_shown_under_the_name_of_somebody_else(server: Running, path: str, host: str, status: int) -> None:
    assert is_problem(get(server, path, host=host), status)


@pytest.mark.parametrize("path", ["/", "/panel/app.js", "/panel/style/base.css", "/panel/icon.svg"])
def test_what_is_kept_is_asked_about_and_not_sent_again(server: Running, path: str) -> None:
    first = get(server, path)
    assert (first.status, first.headers["cache-control"]) == (200, "no-cache")
    tag = first.headers["etag"]
    with Wire(server.control_port) as wire:
        for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            wire.send(request("GET", path, f"If-None-Match: {given}"))
            again = wire.read(head_only=True)
            assert (again.status, again.headers["etag"], again.body) == (304, tag, b"")
        wire.send(request("GET", path, 'If-None-Match: "other"', "Accept-Encoding: gzip, br", "Range: bytes=0-9"))
        assert wire.read().body == first.body  # nothing is compressed, nothing is sent in parts
        wire.send(request("HEAD", path))
        head = wire.read(head_only=True)
        assert (head.status, head.headers["content-length"]) == (200, str(len(first.body)))
        assert head.headers.get("content-security-policy") == first.headers.get("content-security-policy")


def test_a_page_that_may_do_something_else_is_another_page(server: Running) -> None:
    """A browser that keeps the page of an earlier server is not told that it is the same with the old policy."""
    tag = get(server, "/").headers["etag"]
    assert get(server, "/", f"If-None-Match: {tag}", host="app.localhost").status == 200
    file = get(server, "/panel/app.js").headers["etag"]
    assert get(server, "/panel/app.js", f"If-None-Match: {file}", host="app.localhost").status == 304


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("app.js", SCRIPT),
        ("views/requests.js", SCRIPT),
        ("vendor/swagger-ui/swagger-ui-bundle.js", SCRIPT),
        ("style/base.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_a_file_is_sent_as_it_stands(server: Running, name: str, media: str) -> None:
    answer = get(server, f"/panel/{name}")
    assert (answer.status, answer.headers["content-type"]) == (200, media)
    assert answer.body == (PANEL / name).read_bytes()
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "", "nothing.js", "style", "style/", "app.js/", "app.js/x.js", "app", ".js", "APP.JS", "app.js%20", "app.js.",
        # Out of the folder, in every spelling.
        "../errors.py", "../panel/app.js", "..%2fpanel%2fapp.js", "%2e%2e/panel/app.js", "%2e%2e%2fpanel%2fapp.js",
        "..%5cpanel%5capp.js", "style/../app.js", "./app.js", "style//base.css", "/app.js", "/etc/passwd",
        "%2fetc%2fpasswd", "%2e%2e/%2e%2e/pyproject.toml", "....//app.js", "c:/app.js", "app.js:x.js", "%00.js",
        "app.js%00.css", "%ff.js",
        "caf%C3%A9.js", "%0d%0aSet-Cookie:%20a=b.js",
        # Files that are there and for nobody.
        "__init__.py", "vendor/README.md", "vendor/SHA256SUMS", "vendor/htm.LICENSE",
        # Pages, which are without their policy here.
        "index.html", "demo.html", "docs.html",
        # Longer than a file system takes.
        f"{'a' * 300}.js", f"{'a/' * 2_500}a.js",
    ],
    ids=lambda name: name[:30],
)  # fmt: skip
def test_no_other_file_is_sent(server: Running, name: str) -> None:
    assert is_problem(get(server, f"/panel/{name}"), 404)


def test_a_link_from_elsewhere_leads_to_a_page_and_nothing_else_does(server: Running) -> None:
    for path in PAGES:
        assert get(server, path, *LINK).status == 200
        frame = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe")
        assert is_problem(get(server, path, *frame), 403)
    for asked in ("script", "style", "image"):
        headers = ("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", f"Sec-Fetch-Dest: {asked}")
        assert is_problem(get(server, "/panel/app.js", *headers), 403)


@pytest.mark.parametrize("path", ["/", "/panel/app.js"])
def test_pages_are_only_read(server: Running, path: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = server.control(method, path)
        assert is_problem(answer, 405)
        assert answer.headers["allow"] == "GET, HEAD"


def test_what_asks_for_the_token_is_there_without_it(serve: Serve) -> None:
    """Nothing in the files is secret, and a browser can't say a token as it loads them."""
    server = serve(token="sesame")  # noqa: S106
    for path in (*PAGES, "/panel/app.js", "/panel/icon.svg"):
        assert server.control("GET", path).status == 200
    assert is_problem(server.control("GET", "/api/status"), 401)
