"""Pages that are not ours, as bytes: under which names and from which origins they are answered, read and write.

What real pages try in a browser is in `test_pages`, whom a token lets in in `test_tokens`.
"""

import json
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from mockserver.server.cors import EXPOSED
from tests.reliability.stranger import connections, read_table
from tests.scorecard import Figures
from tests.server.process import Running
from tests.server.socket.raw import UPGRADE, handshake
from tests.server.wire import Answer, Wire, ask, request

JSON: Final = "Content-Type: application/json"
OURS: Final = b"of ours alone"
STREAM: Final = "Accept: text/event-stream"


# Hosts


def openings(server: Running) -> list[tuple[int, bytes, int]]:
    """Every way in, with what a host of ours gets: port, request without its host, status."""
    socket = "\r\n".join(UPGRADE)
    api, control = server.port, server.control_port
    ways = [
        (api, "GET /v1/notes", "", 200),
        (api, "GET /app.js", "", 200),
        (api, "GET /v1/nothing", "", 404),
        (api, "GET /v1/broken", "", 503),
        (api, "GET /v1/events/ws", socket, 101),
        (api, "GET /v1/talk", socket, 101),
        (api, "GET /v1/events/sse", STREAM, 200),
        (api, "GET /v1/ticker", STREAM, 200),
        (control, "GET /", "", 200),
        (control, "GET /panel/app.js", "", 200),
        (control, "GET /health", "", 200),
        (control, "GET /api/status", "", 200),
        (control, "GET /api/stream", STREAM, 200),
        (control, "POST /api/reset", "", 200),
        (control, "GET /api/stream", socket, 400),  # there are no sockets of the control plane
    ]
    return [(port, f"{line} HTTP/1.1\r\n{more}".rstrip().encode(), status) for port, line, more, status in ways]


def under(data: bytes, *lines: str) -> bytes:
    return b"".join([data, *(f"\r\n{line}".encode("latin-1") for line in lines), b"\r\n\r\n"])


def test_only_under_names_of_its_own_is_anybody_answered(victim: Running, figure: Figures) -> None:
    ways, wrong, asked = openings(victim), [], 0
    for port, data, usual in ways:
        for verdict, hosts in read_table("hosts", PORT=port).items():
            for host in hosts:
                answer = ask(port, under(data, f"Host: {host}"), head_only=verdict == 200)
                asked += 1
                if answer.status != (usual if verdict == 200 else verdict) or OURS in answer.body:
                    wrong.append((data, host, answer.status))
    assert wrong == []
    figure("hosts, each at every way in", sum(map(len, read_table("hosts").values())), least=25)
    figure("ways in: documents, files, sockets, streams, pages, control", len(ways), least=6)
    figure("requests under all hosts at all ways in", asked)
    figure("requests under all hosts that were answered otherwise than they should be", len(wrong), exactly=0)
    assert victim.get("/v1/notes").status == 200


# Origins


MATRIX: Final = (
    ("plain", "/v1/notes/1", {"GET": 200, "PATCH": 201, "POST": 405, "OPTIONS": 204}),
    ("faulted", "/v1/broken", {"GET": 503, "PATCH": 503, "POST": 503, "OPTIONS": 204}),
    ("missing", "/v1/nothing", {"GET": 404, "PATCH": 404, "POST": 404, "OPTIONS": 204}),
    ("of a file", "/app.js", {"GET": 200, "HEAD": 200, "PATCH": 404, "POST": 404}),
    ("without an answer of the API", "/v1/notes?a=%ff", {"GET": 400, "POST": 400}),
    ("of a stream", "/v1/events/sse", {"GET": 200}),
    ("of a channel", "/v1/ticker", {"GET": 200}),
)
"""Sorts of answers: where they are had, and their status by the method."""
KEPT: Final = ("plain", "of a file")
"""Those that may be given again."""


def origins(server: Running) -> list[tuple[str, bool]]:
    table = read_table("origins", PORT=server.port, PANEL=server.control_port)
    return [(origin, verdict == "admitted") for verdict, those in table.items() for origin in those]


def cors_of(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def granted(origin: str) -> dict[str, str]:
    return {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": EXPOSED,
    }


def test_every_sort_of_answer_says_who_may_read_it_and_nobody_else(victim: Running, figure: Figures) -> None:
    cells = 0
    for (sort, target, statuses), (origin, admitted) in product(MATRIX, origins(victim)):
        for method, status in statuses.items():
            if method == "OPTIONS":
                continue
            sent = request(method, target, f"Origin: {origin}", JSON, body=b"{}" if method == "PATCH" else b"")
            # A second one like it is answered from what was kept of the first.
            times = 2 if method == "GET" and sort in KEPT else 1
            for answer in (ask(victim.port, sent, head_only=True) for _ in range(times)):
                assert answer.status == status, (sort, method, origin)
                assert cors_of(answer) == (granted(origin) if admitted else {}), (sort, method, origin)
                assert answer.headers["vary"].split(", ")[0] == "Origin"
                cells += 1
    figure("origins, each at every sort of answer", len(origins(victim)), least=12)
    figure("cells of the CORS matrix, each word for word", cells, least=12 * 4 * 3)


def test_preflights_grant_what_is_asked_to_whoever_may_ask_and_nothing_to_others(victim: Running) -> None:
    asked = ("Access-Control-Request-Method: PATCH", "Access-Control-Request-Headers: x-csrf")
    for (_, target, statuses), (origin, admitted) in product(MATRIX, origins(victim)):
        if "OPTIONS" in statuses:
            answer = ask(victim.port, request("OPTIONS", target, f"Origin: {origin}", *asked))
            said = cors_of(answer)
            assert answer.status == 204
            assert bool(said) == admitted, origin
            assert said.get("access-control-allow-origin", origin) == origin
            assert said.get("access-control-allow-headers", "x-csrf") == "x-csrf"


def test_no_socket_opens_to_a_page_that_may_not_read(victim: Running, figure: Figures) -> None:
    opened = []
    for origin, admitted in origins(victim):
        for target in ("/v1/events/ws", "/v1/talk", "/~w1/v1/events/ws"):
            with Wire(victim.port) as wire:
                wire.send(handshake(target, *UPGRADE, f"Origin: {origin}"))
                answer = wire.read(head_only=admitted)
                assert answer.status == (101 if admitted else 403), (origin, target)
                assert admitted or (OURS not in answer.body and cors_of(answer) == {})
            opened += [] if admitted or answer.status != 101 else [origin]
    assert ask(victim.port, handshake("/v1/talk", *UPGRADE), head_only=True).status == 101
    figure("sockets opened to pages of other origins, null among them", len(opened), exactly=0)


@pytest.mark.parametrize(
    ("line", "said", "status"),
    [
        # Forms, beacons and what else asks no question before it writes.
        ("POST /v1/touch", "http://evil.example cross-site empty", 403),
        ("POST /v1/touch", "null cross-site iframe", 403),
        ("POST /v1/touch", "- cross-site document", 403),
        ("DELETE /v1/notes/1", "http://evil.example cross-site empty", 403),
        ("PUT /~w1/v1/notes/1", "http://evil.example cross-site empty", 403),
        ("POST /app.js", "http://evil.example cross-site empty", 403),
        # 127.0.0.1 and localhost are two sites.
        ("POST /v1/touch", "http://127.0.0.1:3000 cross-site empty", 201),
        ("POST /v1/touch", "https://app.example.org cross-site empty", 201),
        ("POST /v1/touch", "http://localhost:3000 same-site empty", 201),
        ("POST /v1/touch", "- none document", 201),
        # What a development server in between passes on is of a page of its own.
        ("POST /v1/touch", "http://192.168.1.5:5173 same-origin empty", 201),
        # Scripts, which run in whose page they are.
        ("GET /app.js", "- cross-site script", 403),
        ("GET /v1/notes", "- cross-site script", 403),
        ("GET /app.js", "http://evil.example cross-site script", 403),
        ("GET /app.js", "http://127.0.0.1:3000 cross-site script", 200),
        ("GET /app.js", "@http://127.0.0.1:3000 cross-site script", 200),
        ("GET /app.js", "@http://127.0.0.1.evil.example cross-site script", 403),
        ("GET /app.js", "@http://127.0.0.1@evil.example cross-site script", 403),
        ("GET /app.js", "- same-site script", 200),
        ("GET /v1/notes", "- cross-site image", 200),
        ("GET /v1/notes", "- cross-site document", 200),
    ],
)
def test_pages_of_other_sites_write_nothing_and_run_nothing_of_ours(
    victim: Running, line: str, said: str, status: int
) -> None:
    """Of each request its origin, or `-`, and what browsers say of it: of how near a site, and for what it is.

    Behind `@` it is that of the page it refers to.
    """
    method, target = line.split()
    origin, site, purpose = said.split()
    page = f"Referer: {origin[1:]}/a" if origin.startswith("@") else f"Origin: {origin}"
    lines = [f"Sec-Fetch-Site: {site}", f"Sec-Fetch-Dest: {purpose}", page]
    before = victim.get("/v1/notes", "X-Before: 1").body
    answer = ask(victim.port, request(method, target, *(lines[:2] if origin == "-" else lines)))
    assert answer.status == status
    if status == 403:
        assert "another site" in answer.json["detail"]
        assert victim.get("/v1/notes", "X-After: 1").body == before


# Whom it asks itself


ELSEWHERE: Final = "http://127.0.0.1:9/latest/meta-data"
REACHING: Final = {
    "mock": 1,
    "name": ELSEWHERE,
    "resources": {
        "pages": {
            "fields": {
                "url": {"value": ELSEWHERE, "type": "string"},
                "again": {"computed": "url ~ '/x'"},
                "picture": {"image": [9, 9]},
                "file": {"file": {}},
            },
            "rows": [{"id": 1, "url": "http://[::ffff:127.0.0.1]:9/"}, {"id": 2, "url": "file:///etc/passwd"}],
        }
    },
    "actions": {
        "hop": {"route": "GET /hop", "query": {"to": "word"},
                "reply": {"status": 302, "bare": True, "headers": {"Location": "${query.to}"}}},
    },
    "faults": {"away": {"match": "GET /away", "status": 302, "headers": {"Location": ELSEWHERE}}},
}  # fmt: skip
"""A definition with addresses wherever one can be written, of what would be on this machine or beside it."""


def test_it_asks_nobody_for_anything_whatever_it_is_given(victim: Running, audit: Path, figure: Figures) -> None:
    before = victim.control("GET", "/api/definition").json
    body = json.dumps(REACHING).encode()
    assert victim.control("PUT", "/api/definition", JSON, body=body).status == 200
    try:
        asked = [
            victim.get("/pages"), victim.get("/pages/1/picture"), victim.get("/away", "Host: 2130706433:9", host=""),
            victim.get(f"/hop?to={ELSEWHERE}"), victim.get(f"/pages?url={ELSEWHERE}&embed=url"),
            victim.get("/pages", f"Referer: {ELSEWHERE}", f"X-Forwarded-Host: {ELSEWHERE}", "Forwarded: host=[::1]:9"),
            ask(victim.port, request("GET", f"{ELSEWHERE}", host="127.0.0.1:9")),
            ask(victim.port, request("CONNECT", "/pages", host="127.0.0.1:9")),
            ask(victim.port, request("POST", "/pages", JSON, body=json.dumps({"url": ELSEWHERE}).encode())),
            ask(victim.port, request("POST", "/pages", JSON, body=json.dumps({"file": ELSEWHERE}).encode())),
            *(victim.control("GET", path) for path in ("/openapi.json", "/docs", "/demo", "/api/routes", "/api/data")),
            victim.control("PUT", "/api/definition", JSON, body=json.dumps(ELSEWHERE).encode()),
            victim.control("PUT", f"/api/definition?url={ELSEWHERE}&check=1", JSON, body=body),
            victim.control("POST", "/api/events", JSON, body=json.dumps({"topic": "x", "data": ELSEWHERE}).encode()),
        ]  # fmt: skip
        assert {answer.status for answer in asked} >= {200, 201, 302, 400}
        assert all(answer.status < 500 for answer in asked)
    finally:
        assert victim.control("PUT", "/api/definition", JSON, body=json.dumps(before).encode()).status == 200
    figure("addresses that the server itself has asked for anything", len(connections(audit)), exactly=0)
