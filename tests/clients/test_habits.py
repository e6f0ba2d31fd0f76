"""What `docs/failures.md` says of browsers: they send requests again, and have few connections to a host and port."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from threading import Thread
from typing import Final

import pytest

from tests.clients.lab import SHORT_MS, Lab, exchange
from tests.server.wire import ask, request

TIMES: Final = 3
CONNECTIONS: Final = 6
LISTENING: Final = "open, hello, #1, #2, #3, stays open"
TALKING: Final = "open, hello, #1, #2, #3, reply, stays open"
SANDBOX: Final = "habits"
OTHER: Final = "habits-of-others"


class Forgetful(BaseHTTPRequestHandler):
    """Answers the first request on every connection, and ends it at the second."""

    protocol_version = "HTTP/1.1"
    server: "Server"
    _is_used = False

    def setup(self) -> None:
        super().setup()
        self.server.connections.append(self.connection)

    def do_OPTIONS(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.server.posts += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.close_connection = self._is_used
        if not self._is_used:
            self._answer()

    def _answer(self) -> None:
        self._is_used = True
        self.send_response(200)
        for name in ("Origin", "Headers", "Methods"):
            self.send_header(f"Access-Control-Allow-{name}", "*")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


class Server(ThreadingHTTPServer):
    """`posts` is how often one has arrived."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Forgetful)
        self.posts = 0
        self.connections: list[socket] = []


@contextmanager
def forgetful() -> Iterator[Server]:
    with Server() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            for connection in server.connections:
                with suppress(OSError):
                    connection.shutdown(SHUT_RDWR)


def test_a_browser_sends_again_where_a_used_connection_ends(lab: Lab) -> None:
    with forgetful() as server:
        post = exchange("fetch", f"http://127.0.0.1:{server.server_port}", "POST")
        for _ in range(TIMES):
            assert lab.observe("chromium", post) == ["200"]
        assert server.posts > TIMES


@pytest.mark.parametrize("platform", ["chromium", "node"])
@pytest.mark.parametrize("effect", [{"reset": "connect"}, {"empty": True}, {"reset": "connect", "commit": True}])
def test_nothing_is_sent_again_while_a_rule_breaks_connections(
    lab: Lab, platform: str, effect: dict[str, object]
) -> None:
    url = lab.root(SANDBOX)
    warm = lab.observe(platform, *[exchange("fetch", url)] * CONNECTIONS)
    with lab.armed({"match": "POST *", **effect}, SANDBOX):
        seen = lab.observe(platform, *[exchange("fetch", url, "POST")] * CONNECTIONS)
        journal = lab.server.control("GET", f"/api/requests?sandbox={SANDBOX}&method=POST").json
        total = lab.server.get(f"/~{SANDBOX}/v1/zoos").headers["x-total-count"]
    assert warm == ["200"] * CONNECTIONS
    assert {outcome.split()[0] for outcome in seen} == {"TypeError"}
    assert [entry["status"] for entry in journal] == [0] * CONNECTIONS
    assert int(total) == 5 + (CONNECTIONS if "commit" in effect else 0)


def test_a_write_that_was_lost_is_sent_again_safely_with_its_key(lab: Lab) -> None:
    headers = ("Content-Type: application/json", "Idempotency-Key: one")
    target = f"/~{SANDBOX}/v1/zoos"
    post = request("POST", target, *headers, body=json.dumps({"name": "Nora"}).encode())
    with lab.armed({"match": "POST *", "times": 1, "commit": True, "reset": "connect"}, SANDBOX):
        with pytest.raises(ConnectionResetError):
            ask(lab.server.port, post)
        assert ask(lab.server.port, post).status == 201
        assert lab.server.get(target).headers["x-total-count"] == "6"


@pytest.mark.parametrize(("by", "well"), [("fetch", "200"), ("EventSource", LISTENING)])
def test_six_requests_that_hang_keep_others_waiting_but_not_those_to_another_port(lab: Lab, by: str, well: str) -> None:
    with lab.armed({"match": "GET *", "hang": True}, SANDBOX):
        hanging = [exchange(by, lab.root(SANDBOX), head_ms=3 * SHORT_MS)] * CONNECTIONS
        behind = exchange(by, lab.root(OTHER), head_ms=SHORT_MS)
        aside = exchange(by, f"http://127.0.0.1:{lab.elsewhere.port}", patience_ms=SHORT_MS)
        seen = lab.observe("chromium", *hanging, behind, aside)
        assert seen == [*["pending"] * CONNECTIONS, "pending", well]
    assert lab.observe("chromium", {**aside, "url": lab.root(OTHER)}) == [well]


def test_a_handshake_that_hangs_keeps_others_waiting_but_not_those_to_another_port(lab: Lab) -> None:
    with lab.armed({"match": "WS *", "hang": True}, SANDBOX):
        hanging = exchange("WebSocket", lab.root(SANDBOX), head_ms=3 * SHORT_MS)
        behind = exchange("WebSocket", lab.root(OTHER), head_ms=SHORT_MS)
        aside = exchange("WebSocket", f"http://127.0.0.1:{lab.elsewhere.port}", patience_ms=SHORT_MS)
        plain = exchange("fetch", lab.root(OTHER))
        seen = lab.observe("chromium", hanging, behind, aside, plain)
        assert seen == ["pending", "pending", TALKING, "200"]
