"""Pages of another site in a browser, against the API: they read nothing, write nothing, and nothing of it runs.

What such pages try against the control plane is in `tests/clients/test_control_security.py`, what its own pages make of
hostile texts in `tests/panel/test_injection.py`.
"""

import json
import os
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final
from urllib.parse import quote

import pytest

from tests.clients.browser import WITHOUT, find_chromium, run_browser
from tests.clients.client import FOLDER as CLIENTS
from tests.clients.client import PublishedClient
from tests.panel.payload import PAYLOADS
from tests.scorecard import Figures
from tests.server.process import Running
from tests.server.wire import Answer, ask, request

EVIL: Final = "evil.example"
JSON: Final = "Content-Type: application/json"
WAYS: Final = (
    "fetching", "opaque", "xhr", "forms", "beacons", "pings", "scripts", "frames", "popups", "streams", "sockets",
    "workers",
)  # fmt: skip
SANDBOXED: Final = ("fetching", "opaque", "forms", "streams", "sockets")
READ: Final = ("/v1/notes", "/v1/notes/1", "/app.js", "/v1/broken")
LIVE: Final = ("/v1/ticker",)
WRITTEN: Final = (
    ("POST", "/v1/touch"), ("POST", "/v1/notes"), ("PUT", "/v1/notes/1"), ("PATCH", "/v1/notes/1"),
    ("DELETE", "/v1/notes/1"), ("PUT", "/v1/notes/1/file"),
)  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[PublishedClient]:
    program = find_chromium()
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(WITHOUT)
    with run_browser(program) as one:
        yield one


class Silent(SimpleHTTPRequestHandler):
    """Hands out files and says nothing about it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so named where it is inherited
        del format, args


@pytest.fixture
def attacker() -> Iterator[int]:
    """Where pages of `evil.example` come from: on this machine, so that no browser keeps them from the rest of it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(CLIENTS / "page"))) as server:
        serving = Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        yield server.server_port
        server.shutdown()
        serving.join()


def state(victim: Running) -> tuple[bytes, str, bytes]:
    """The data, how often they have changed, and the sandboxes there are."""
    answer = victim.get("/v1/notes")
    names = [one["name"] for one in victim.control("GET", "/api/sandboxes").json]
    return answer.body, answer.headers["x-mock-at"], json.dumps(names).encode()


def test_a_page_of_another_site_reads_nothing_and_writes_nothing(
    chromium: PublishedClient, victim: Running, attacker: int, figure: Figures
) -> None:
    before = state(victim)
    api = f"http://127.0.0.1:{victim.port}"
    targets = [*(["GET", api + path] for path in READ), *([method, api + path] for method, path in WRITTEN)]
    live = [["GET", api + path] for path in LIVE]
    sockets = [["GET", f"{api}/v1/events/ws"], ["GET", f"{api}/v1/talk"]]
    page = chromium.call("open", f"http://{EVIL}:{attacker}/attack.html")
    learned = []
    for way in WAYS:
        learned += chromium.call(page, "attack", way, {"streams": live, "sockets": sockets}.get(way, targets))
    for way in SANDBOXED:
        learned += chromium.call(
            page, "attackFromSandbox", way, {"streams": live, "sockets": sockets}.get(way, targets)
        )
    assert learned == []
    assert state(victim) == before
    plane = f"http://127.0.0.1:{victim.control_port}"
    held = chromium.call(page, "attack", "openers", [["GET", plane + path] for path in ("/", "/demo", "/docs")])
    chromium.call("close", page)
    assert held == []
    figure(
        "ways of a page of another site and of a sandboxed frame to ask the API", len(WAYS) + len(SANDBOXED), least=8
    )
    figure("what they have learned or changed", len(learned), exactly=0)


def test_nothing_that_the_api_answers_runs_as_a_script(
    chromium: PublishedClient, victim: Running, figure: Figures
) -> None:
    """Frames of the API's own origin: only what is said to be a page is one, whatever is in the data."""
    box = "/~scripts"
    urls = [*urls_of_texts(victim, box), *urls_of_files(victim, box)]
    rules = {
        "page": {"match": "GET /page", "status": 200, "body": PAYLOADS[0], "content_type": "text/html"},
        "text": {"match": "GET /text", "status": 200, "body": PAYLOADS[0]},
        "untyped": {"match": "GET /notes", "query": {"_": "untyped"}, "headers": {"Content-Type": None}},
        "starred": {"match": "GET /notes", "query": {"_": "starred"}, "content_type": "*/*"},
    }
    for name, rule in rules.items():
        assert victim.switch(name, rule, "scripts").status == 201
    urls += [f"{box}/v1/text", f"{box}/v1/notes?_=untyped", f"{box}/v1/notes?_=starred"]
    page = chromium.call("open", f"http://127.0.0.1:{victim.port}/frames.html")
    ran = chromium.call(page, "ranAt", [*urls, f"{box}/v1/page"])
    chromium.call("close", page)
    victim.control("DELETE", "/api/sandboxes/scripts")
    # That one is a page by its definition's word: so a script that runs is seen.
    assert ran == [f"{box}/v1/page"]
    figure("answers with scripts in them that were shown as pages, none of which ran", len(urls), least=30)


def urls_of_texts(victim: Running, box: str) -> list[str]:
    """Where an answer has a payload in it: of its path, of its query, of its data."""
    urls = []
    for one in PAYLOADS:
        urls += [f"{box}/v1/{quote(one, safe='')}", f"{box}/v1/notes?{quote(one, safe='')}=1"]
        urls.append(created(write(victim, "POST", f"{box}/v1/notes", JSON, body=json.dumps({"text": one}).encode())))
    return [*urls, f"{box}/v1/notes", f"{box}/v1/events?since=start"]


ACTIVE: Final = (
    "text/html", "TEXT/HTML; charset=utf-7", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml",
    "text/xsl", "application/rss+xml", "multipart/x-mixed-replace; boundary=x", "text/plain", "application/json",
    "image/png", "text/css",
)  # fmt: skip
"""Types that a file may be said to be of by whoever sends it."""
PAGE: Final = f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{PAYLOADS[0]}</body></html>'
DRAWING: Final = f'<svg xmlns="http://www.w3.org/2000/svg">{PAYLOADS[0]}</svg>'
MIXED: Final = f"--x\r\nContent-Type: text/html\r\n\r\n{PAYLOADS[0]}\r\n--x--\r\n"


def urls_of_files(victim: Running, box: str) -> list[str]:
    """Where a file is that somebody sent, with scripts in it as its type would have them."""
    urls = []
    for media in ACTIVE:
        content = MIXED if "mixed" in media else DRAWING if "svg" in media else PAGE
        url = created(write(victim, "POST", f"{box}/v1/notes", JSON, body=b'{"text": "a file"}'))
        assert write(victim, "PUT", f"{url}/file", f"Content-Type: {media}", body=content.encode()).status in (200, 201)
        # Of what type it is, nobody is left to guess.
        assert victim.get(f"{url}/file").headers["x-content-type-options"] == "nosniff"
        urls.append(f"{url}/file")
    return urls


def write(victim: Running, method: str, target: str, *headers: str, body: bytes) -> Answer:
    return ask(victim.port, request(method, target, *headers, body=body))


def created(answer: Answer) -> str:
    """The path of a document that was."""
    assert answer.status == 201, answer.body
    return "/" + answer.headers["location"].split("/", 3)[3]
