"""Peers on the network and on this machine: where it listens, whom a token lets in, and what is there for nobody."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from statistics import median
from time import monotonic, thread_time
from typing import Final, NamedTuple

import pytest
from flask import Flask
from flask import request as flask_request

from mockserver.errors import Unauthenticated
from mockserver.server.guard import Guard
from tests.live import started
from tests.reliability.stranger import FOLDER, listening
from tests.scorecard import Figures
from tests.server.process import Running, await_ready, end, launch
from tests.server.wire import Wire, ask, request

DEFINITION: Final = str(FOLDER / "victim.yaml")
ANYWHERE: Final = "0.0.0.0"  # noqa: S104
SESAME: Final = "sesame-7c1f2e4a"


class Served(NamedTuple):
    """A server, and the token that it asks for."""

    server: Running
    token: str
    is_asked: bool


@pytest.fixture(scope="module")
def served(victim: Running) -> Iterator[dict[str, Served]]:
    """One server for each way to listen, by its host."""
    with ExitStack() as stack:
        found = {"localhost": Served(victim, SESAME, is_asked=False)}
        hosts = [ANYWHERE, *(["::"] if socket.has_dualstack_ipv6() else [])]
        for host in hosts:
            more = ("--allow-request-faults",) if host == "::" else ()
            server = stack.enter_context(started(DEFINITION, "--no-watch", "--host", host, *more))
            assert server.process.stderr is not None
            warning = server.process.stderr.readline()
            assert "Others can reach this server" in warning
            found[host] = Served(server, warning.split()[-1], is_asked=True)
        yield found


# Where it listens


def test_by_itself_it_listens_on_loopback_and_nowhere_else(served: dict[str, Served], figure: Figures) -> None:
    server = served["localhost"].server
    ports = {server.port, server.control_port}
    found = listening(server)
    assert {port for _, port in found} == ports
    beyond = {address for address, _ in found} - {"127.0.0.1", "::1"}
    figure("addresses beyond loopback that it listens on by itself", len(beyond), exactly=0)
    # Another address of the same machine: whoever is elsewhere gets no further.
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=5)


def test_told_to_it_listens_everywhere_and_says_so(served: dict[str, Served]) -> None:
    for host in served.keys() - {"localhost"}:
        server, token, _ = served[host]
        assert listening(server) == {(host, server.port), (host, server.control_port)}
        assert len(token) >= 43
        assert token not in "".join(server.before)
    assert len({one.token for one in served.values()}) == len(served)


def test_beyond_loopback_no_request_asks_for_faults_unless_it_may(served: dict[str, Served]) -> None:
    asked = {"localhost": 503, ANYWHERE: 200, "::": 503}
    for host in served.keys() & asked.keys():
        server = served[host].server
        for answer in (server.get("/v1/notes", "Prefer: code=503"), server.get("/v1/notes?__code=503")):
            assert answer.status == asked[host], host
            assert ("preference-applied" in answer.headers) == (asked[host] == 503)


# Whom a token lets in


GIVEN: Final = {
    "": 401,
    "Authorization: Bearer {token}": 200,
    "authorization: bEARER   {token}": 200,
    "Authorization: Bearer wrong": 401,
    "Authorization: Bearer": 401,
    "Authorization: {token}": 401,
    "Authorization: Basic {token}": 401,
    "Authorization: Token {token}": 401,
    "Authorization: Bearer {token}x": 401,
    "Authorization: Bearer x{token}": 401,
    "Authorization: Bearer {token}, Bearer {token}": 401,
    "Authorization: Bearer\t{token}": 401,
    "Authorization: Bearer \xff\xfe": 401,
    "X-Token: {token}": 401,
    "Cookie: token={token}; mockserver.token={token}": 401,
    "Referer: http://localhost/?token={token}": 401,
    "?token={token}&access_token={token}": 401,
}
"""What may be said for a token, in a header or in the query, with what it gets where one is asked for."""
HOSTS: Final = {"localhost": 200, "127.0.0.1:8001": 200, "192.168.1.5": 200, "evil.example": 421}
SITES: Final = {"": 200, "same-origin": 200, "none": 200, "same-site": 403, "cross-site": 403}
ORIGINS: Final = {"": 200, "http://{host}": 200, "null": 403, "http://evil.example": 403, "http://localhost:1": 403}
A_FEW: Final = 7
"""No number of values is a multiple of it, so that all of them meet."""


def try_cells(one: Served, step: int) -> int:
    """Each combination at one server that is so many after another, over one connection; how many there are."""
    cells = [*product(HOSTS, SITES, ORIGINS, GIVEN)][::step]
    with Wire(one.server.control_port) as wire:
        for host, site, origin, given in cells:
            query, line = (given, "") if given.startswith("?") else ("", given)
            lines = [line, f"Sec-Fetch-Site: {site}" if site else "", f"Origin: {origin}" if origin else ""]
            said = [text.format(token=one.token, host=host) for text in lines if text]
            wire.send(request("GET", f"/api/clock{query.format(token=one.token)}", *said, host=host))
            answer = wire.read()
            # Where none is asked for there are no such parameters.
            usual = 400 if query else 200
            reasons = HOSTS[host], ORIGINS[origin], SITES[site], GIVEN[given] if one.is_asked else usual
            assert answer.status == next((status for status in reasons if status != 200), 200), (host, said, query)
            assert one.token.encode() not in answer.body
    return len(cells)


def test_whoever_has_the_token_gets_in_where_no_page_elsewhere_sends_them(
    served: dict[str, Served], figure: Figures, *, is_thorough: bool
) -> None:
    step = 1 if is_thorough else A_FEW
    tried = sum(try_cells(one, step) for one in served.values())
    figure("cells of the token matrix: where it listens, Host, Origin, Sec-Fetch-Site, what is said", tried, least=700)


def test_a_token_is_compared_in_a_time_that_tells_nothing(figure: Figures) -> None:
    token = "a" * 1_000_000
    guard, app = Guard(token), Flask(__name__)

    def refuse(given: str) -> float:
        with app.test_request_context("/api/x", headers={"Authorization": f"Bearer {given}"}):
            start = thread_time()
            with pytest.raises(Unauthenticated):
                guard.verify(flask_request)
            return thread_time() - start

    early, late = ["b" + token[1:]] * 15, [token[:-1] + "b"] * 15
    taken = [(refuse(first), refuse(last)) for first, last in zip(early, late, strict=True)]
    ratio = median(last for _, last in taken) / median(first for first, _ in taken)
    figure("time to refuse a token of 1 MB wrong at its end, by that of one wrong at its beginning", ratio, most=2)


def test_a_token_that_was_given_is_in_no_answer_log_or_record(figure: Figures) -> None:
    with started(DEFINITION, "--no-watch", "--token", SESAME) as server:
        assert try_cells(Served(server, SESAME, is_asked=True), A_FEW)
        right, said = f"Authorization: Bearer {SESAME}", []
        for port in (server.port, server.control_port):
            for target in ("/v1/notes", "/api/status", "/api/nothing", f"/api/status?token={SESAME}", "/api/a%ff"):
                for line in (
                    right,
                    f"Cookie: token={SESAME}",
                    f"X-Token: {SESAME}",
                    f"Authorization: Bearer {SESAME}x",
                ):
                    answer = ask(port, request("GET", target, line))
                    said.append(f"{answer.headers} {answer.body.decode()}")
        for path in ("/api/requests", "/api/status", "/api/definition", "/api/snapshots", "/openapi.json", "/"):
            shown = server.control("GET", path, right)
            assert shown.status == 200
            # A page that knew it from its address would tell it to whom it leads to.
            assert shown.headers["referrer-policy"] == "no-referrer"
            said.append(f"{shown.headers} {shown.body.decode()}")
        server.process.terminate()
        out, errors = server.process.communicate(timeout=10)
    assert "/v1/notes" in out
    found = [one for one in (*said, out, errors, *server.before) if SESAME in one]
    assert found == []
    figure("places where the token is found again: answers, journal, log, errors, pages", len(found), exactly=0)


# What is never there


def test_no_debugger_is_there_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"FLASK_DEBUG": "1", "FLASK_ENV": "development", "WERKZEUG_DEBUG_PIN": "off"}.items():
        monkeypatch.setenv(name, value)
    process = launch({"log": "quiet"})
    try:
        server = await_ready(process)
        debugger = "__debugger__=yes&cmd=resource&f=debugger.js"
        failed = [
            server.get("/boom"),
            server.get(f"/boom?{debugger}"),
            server.control("GET", f"/api/nothing?{debugger}"),
        ]
        failed += [server.control("GET", f"/console?{debugger}"), server.control("PUT", "/api/status", body=b"{")]
        assert [answer.status for answer in failed] == [500, 500, 404, 404, 415]
        for answer in failed:
            assert "json" in answer.headers["content-type"]
            assert not re.search(rb"Traceback|debugger.?[Jj][Ss]\b|SECRET|File \"", answer.body), answer.body
        # And nobody watches the code beside it.
        assert {port for _, port in listening(server)} == {server.port, server.control_port}
        assert Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii") == ""
    finally:
        end(process)


CONTROLLER: Final = """
import socket, sys
sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
sock.sendall(sys.argv[2].encode())
assert sock.recv(65536).startswith(b"HTTP/1.1 20")
print("set", flush=True)
sock.recv(1)
"""
"""Switches a fault on, and would switch it off some time."""


def test_a_fault_ends_though_whoever_set_it_was_killed(
    served: dict[str, Served], figure: Figures, *, is_thorough: bool
) -> None:
    server, ttl_s = served["localhost"].server, 2.0 if is_thorough else 0.3
    body = json.dumps({"match": "GET /notes", "status": 503, "ttl": f"{ttl_s * 1000:.0f}ms"}).encode()
    sent = request("PUT", "/api/faults/forgotten", "Content-Type: application/json", body=body).decode()
    controller = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", CONTROLLER, str(server.control_port), sent],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert controller.stdout is not None
        assert controller.stdout.readline() == "set\n"
        set_at = monotonic()
        controller.send_signal(signal.SIGKILL)
    finally:
        controller.kill()
        controller.communicate()
    assert server.get("/v1/notes").status == 503
    while server.get("/v1/notes").status == 503:
        assert monotonic() - set_at < ttl_s + 10
    # A busy machine is late with everything: the rule is for the record, and otherwise only that it ends at all.
    most = ttl_s + (0.25 if is_thorough else 10)
    figure(
        f"a rule with a ttl of {ttl_s:g} s, its controller killed: normal again after",
        monotonic() - set_at,
        "s",
        most=most,
    )
