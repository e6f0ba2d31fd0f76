"""Every limit just below, at and just above, on a real server: the answer, what it takes, and who waits for it."""

import json
import resource
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from time import monotonic, sleep
from typing import Any, Final

import pytest

from mockserver.definitions.reader import LIMIT_DEPTH
from mockserver.definitions.source import EXTENT, parse_source
from mockserver.errors import DefinitionError
from mockserver.server.assemble import AssembledService, override, prepare
from tests.client import direct
from tests.live import ROOT, started
from tests.reliability import greedy
from tests.reliability.footprint import MIB, Memory, Neighbour
from tests.scorecard import Figures
from tests.server.process import Running
from tests.server.socket.raw import BINARY, CLOSE, FIN, RSV1, TEXT, Raw, frame, more, text
from tests.server.wire import Answer, Wire, ask, request

DEFINITION: Final = ROOT / "tests/reliability/limit_service.yaml"
ANIMALS: Final = "/v1/animals"
NOTES: Final = "/v1/notes"
JSON: Final = "Content-Type: application/json"
PNG: Final = "Content-Type: image/png"
FORM: Final = "Content-Type: multipart/form-data; boundary=B"
DEFLATE: Final = "Sec-WebSocket-Extensions: permessage-deflate"
MOST_MB: Final = 16
MOST_SERVED_MB: Final = 64
"""What is served is a document of a mebibyte at most, and is kept as one; refusing it has the smaller bound."""
WAIT_MS: Final = 250
WAIT_SHORT_MS: Final = 750
"""In the short variant, where machines are busy: processor time varies with that too, if by far less than time does."""
SHARE: Final = 4
"""One in so many of what is made to take long is sent in the short variant."""
ANSWER_S: Final = 30.0


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with started(str(DEFINITION), "--log", "quiet") as running:
        # What is imported or remembered by the first requests of a kind is nobody's excess.
        for target in ("/v1/animals?sort=name", "/v1/animals?q=a", "/v1/animals?weight_gte=3&embed=zoo", "/nowhere"):
            running.get(target)
        running.control("GET", "/api/status")
        for path in ("/v1/animals", "/v1/notes"):
            ask(running.port, request("POST", path, JSON, body=b'[{"id":1}]'))
            ask(running.port, request("POST", path, JSON, body=b'{"name":"' + b"a" * (MIB - 100) + b'"}'))
        yield running


@pytest.fixture
def memory(server: Running) -> Memory:
    assert server.control("POST", "/api/reset").status == 200
    return Memory(server.process.pid)


def send_over(port: int, data: bytes) -> Answer:
    """The answer to a request of which the server may refuse the rest."""
    with Wire(port, timeout_s=ANSWER_S) as wire:
        with suppress(BrokenPipeError, ConnectionResetError):
            wire.send(data)
        answer = wire.read()
        return wire.read() if answer.status == 100 else answer


def verify_said(answer: Answer) -> None:
    """A success, or a refusal in a sentence that is not about us."""
    assert answer.status < 500, answer
    if answer.status >= 400:
        assert " " in answer.json["detail"], answer


# Requests.


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (body[:1000], body[1000:])) + b"0\r\n\r\n"


def text_of(size: int) -> bytes:
    """A document of so many bytes."""
    return b'{"text":"' + b"a" * (size - 11) + b'"}'


def posted(body: bytes, *headers: str, path: str = ANIMALS) -> bytes:
    return request("POST", path, JSON, *headers, body=body)


def deep(levels: int) -> bytes:
    return greedy.in_field("anything", greedy.in_field("a", b"[" * (levels - 2) + b"]" * (levels - 2)))


HEADERS_ROOM: Final = 32 * 1024 - len("Host: localhost\r\nX-A: \r\n")
TARGET_ROOM: Final = 8 * 1024 - len("/v1/zoos?_=")
REQUESTS: Final[dict[str, tuple[int, Callable[[int], bytes]]]] = {
    "body": (413, lambda over: posted(text_of(MIB + over), path=NOTES)),
    "chunks": (413, lambda over: posted(chunked(text_of(MIB + over)), "Transfer-Encoding: chunked", path=NOTES)),
    "announced": (413, lambda over: posted(text_of(MIB + over), "Expect: 100-continue", path=NOTES)),
    "headers": (431, lambda over: request("GET", "/v1/zoos", "X-A: " + "a" * (HEADERS_ROOM + over))),
    "URL": (414, lambda over: request("GET", "/v1/zoos?_=" + "a" * (TARGET_ROOM + over))),
    "page": (400, lambda over: request("GET", f"/v1/animals?limit={100 + over}")),
    "documents": (413, lambda over: posted(greedy.counted("{}", 5_000 + over), path=NOTES)),
    "values": (400, lambda over: posted(greedy.in_field("tags", greedy.counted('""', 100_000 + over)))),
    "depth": (400, lambda over: posted(deep(50 + over))),
    "file": (413, lambda over: request("PUT", "/v1/animals/1/photo", PNG, body=b"a" * (MIB + over))),
}


def test_a_request_of_exactly_a_limit_is_served_and_one_beyond_takes_no_memory(
    server: Running, memory: Memory, figure: Figures
) -> None:
    peaks: list[float] = []
    for name, (refused, make) in REQUESTS.items():
        for over in (-1, 0, 1):
            with memory.peak_above(peaks if over > 0 else []):
                answer = send_over(server.port, make(over))
            verify_said(answer)
            assert (answer.status == refused) is (over > 0), (name, over, answer)
    figure("limits of a request, each at -1, 0 and +1", len(REQUESTS), least=10)
    figure("most memory that a request beyond a limit takes", max(peaks), "MiB", most=MOST_MB)


SIZES: Final = ("1000000000", "-1", "9223372036854775808", "%D9%A3", "1e3", "0x10", "9" * 4000)
OPEN_ENDED: Final = ("simple-rest", "json-server")
"""They have no largest page unless a definition gives them one: the peers have none."""
PARAMETERS: Final = {
    "rest": "limit", "abp": "maxResultCount", "linkis": "pageSize", "simple-rest": "limit", "json-server": "_limit",
}  # fmt: skip


@pytest.mark.parametrize("convention", PARAMETERS)
def test_no_convention_has_a_page_of_a_size_that_is_none(convention: str) -> None:
    paging = "api: {paging: {default: 20, max: 100}}" if convention in OPEN_ENDED else ""
    source = parse_source(f"{{resources: {{zoos: {{count: 3}}}}, {paging}}}", "zoos.yaml")
    service = AssembledService(prepare(source, override(source, None, convention)))
    client, prefix = direct(service.default), next(iter(service.default.api.router.homes().values()))
    for size in SIZES:
        answer = client.get(f"{prefix}?{PARAMETERS[convention]}={size}")
        assert answer.status == 400, (size, answer)
        assert PARAMETERS[convention].encode() in answer.body


# What takes long.


def test_whatever_is_sent_is_answered_and_nobody_else_waits_for_it(
    server: Running, memory: Memory, figure: Figures, *, is_thorough: bool
) -> None:
    """As documents, forms, queries, commands over a socket, and all that the control plane reads."""
    peaks: list[float] = []
    api, control = server.port, server.control_port
    sent = [
        *((f"document: {name}", api, posted(body)) for name, body in greedy.BODIES.items()),
        *((f"form: {name}", api, request("POST", ANIMALS, FORM, body=body)) for name, body in greedy.FORMS.items()),
        *((f"query: {name}", api, request("GET", f"{ANIMALS}?{query}")) for name, query in greedy.QUERIES.items()),
        *((f"{name}", control, data) for name, data in controls().items()),
    ]
    asked = list(commands().items())
    if not is_thorough:
        sent, asked = sent[::SHARE], asked[::SHARE]
    with Neighbour(server) as neighbour:
        for neighbour.case, port, data in sent:
            with memory.peak_above(peaks):
                verify_said(send_over(port, data))
        for neighbour.case, command in asked:
            with memory.peak_above(peaks):
                answer_command(server, command)
    figure("requests, forms, queries and commands made to take much", len(peaks), least=30)
    figure("most memory that one of them takes", max(peaks), "MiB", most=MOST_SERVED_MB)
    most_ms = WAIT_MS if is_thorough else WAIT_SHORT_MS
    figure("processor time for any of them until a GET beside it is answered", neighbour.worst_ms, "ms", most=most_ms)


def commands() -> dict[str, dict[str, Any]]:
    """Commands as they are sent over the socket of the feed."""
    named = {name: {"method": method} for name, method in greedy.COMMANDS.items()}
    data = {
        f"data: {name}": {"method": "/sys/subscribe" if "topics" in name else "/v1/animals", "data": data}
        for name, data in greedy.COMMAND_DATA.items()
    }
    written = {
        f"written: {name}": {"method": "POST /v1/animals", "data": json.loads(greedy.BODIES[name])}
        for name in ("60,000 keys", "5,000 documents", "5,001 documents", "a long list of errors")
    }
    return {**named, **data, **written}


def answer_command(server: Running, command: dict[str, Any]) -> None:
    with Raw(server.port, "/v1/events/ws") as raw:
        raw.sock.settimeout(ANSWER_S)
        raw.hear()
        raw.send(text(json.dumps({**command, "websocketTag": "t"})))
        said = json.loads(raw.hear())
        assert said["websocketTag"] == "t"
        assert said["message"]
        assert said["status"] in (0, 1, 2), said["message"][:200]


CONTROL: Final = (
    "PUT /api/faults/greedy", "PATCH /api/faults/held", "PUT /api/definition?check=1", "POST /api/events",
    "POST /api/requests/count", "POST /api/requests/search", "POST /api/reset", "PUT /api/clock", "PUT /api/scenario",
    "POST /api/data/notes",
)  # fmt: skip


def controls() -> dict[str, bytes]:
    """Bodies for whatever reads one on the control plane; definitions that are wide have a test of their own."""
    deep = ("10,000 objects", "51 deep in a field", "1e400", "empty lists")
    wide = ("60,000 keys", "99,000 empty lists")
    made = {}
    for operation in CONTROL:
        method, _, target = operation.partition(" ")
        for name in deep if "definition" in operation else (*deep, *wide):
            made[f"{operation}: {name}"] = request(method, target, JSON, body=greedy.BODIES[name])
    return made


def test_while_a_definition_is_checked_others_are_answered(
    server: Running, figure: Figures, *, is_thorough: bool
) -> None:
    """In a thread; what that holds the interpreter for in one piece, everybody waits for."""
    keys = {f"k{n}": n for n in range(60_000 if is_thorough else 6_000)}
    asked = request("PUT", "/api/definition?check=1", JSON, body=json.dumps({"resources": keys}).encode())
    with Neighbour(server) as neighbour:
        answer = send_over(server.control_port, asked)
    assert answer.status == 422
    assert len(answer.json["errors"]) <= 100
    figure("processor time until a GET is answered beside a check of a definition", neighbour.worst_ms, "ms", most=1000)


# Sockets.


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def framings(size: int) -> dict[str, bytes]:
    """A message of so many bytes: whole, in pieces, and compressed."""
    data = b"a" * size
    pieces = [data[at : at + 100_000] for at in range(0, size, 100_000)]
    between = b"".join(more(piece) for piece in pieces[1:-1])
    return {
        "whole": frame(FIN | TEXT, data),
        "in pieces": frame(TEXT, pieces[0]) + between + more(pieces[-1], last=True),
        "compressed": frame(FIN | RSV1 | TEXT, deflated(data)),
    }


def hear_back(server: Running, data: bytes) -> tuple[int, int]:
    """The opcode that comes back over an echo, and its length or close code."""
    with Raw(server.port, "/v1/telling", DEFLATE) as raw:
        raw.sock.settimeout(ANSWER_S)
        with suppress(BrokenPipeError, ConnectionResetError):
            raw.send(data)
        got = raw.read()
        return got.opcode, got.code


def test_a_message_of_exactly_the_limit_is_taken_and_one_beyond_takes_no_memory(
    server: Running, memory: Memory, figure: Figures
) -> None:
    peaks: list[float] = []
    for over in (-1, 0, 1):
        for name, data in framings(MIB + over).items():
            with memory.peak_above(peaks if over > 0 else []):
                opcode, code = hear_back(server, data)
            assert (opcode, code)[: 1 if over <= 0 else 2] == ((TEXT,) if over <= 0 else (CLOSE, 1009)), (name, over)
    figure("most memory that a message beyond the limit takes", max(peaks), "MiB", most=MOST_MB)


def inflating(size_mib: int) -> bytes:
    """A message that would be so long; compressed piece by piece alike, so that making it takes no time."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = packer.compress(b"\0" * 10 * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    return (piece * (size_mib // 10))[:-4]


def test_what_would_inflate_to_200_mib_is_not_inflated(server: Running, memory: Memory, figure: Figures) -> None:
    bomb = inflating(200)
    piece = len(bomb) // 40
    parts = [bomb[at : at + piece] for at in range(0, len(bomb), piece)]
    peaks: list[float] = []
    with Neighbour(server) as neighbour, memory.peak_above(peaks):
        for data in (
            frame(FIN | RSV1 | BINARY, bomb),
            frame(FIN | RSV1 | TEXT, bomb),
            frame(RSV1 | BINARY, parts[0]) + b"".join(more(part) for part in parts[1:-1]) + more(parts[-1], last=True),
        ):
            assert hear_back(server, data) == (CLOSE, 1009)
    figure("memory for 204 KB that would inflate to 200 MiB", peaks[0], "MiB", most=MOST_MB)
    figure("processor time for them", neighbour.worst_ms, "ms", most=WAIT_SHORT_MS)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_no_request_body_is_inflated(server: Running, coding: str) -> None:
    body = zlib.compress(b"0" * 10 * MIB)
    for method, path, kind in (("POST", "/v1/animals", JSON), ("PUT", "/v1/animals/1/photo", PNG)):
        answer = ask(server.port, request(method, path, kind, f"Content-Encoding: {coding}", body=body))
        assert answer.status == 415
        assert "send it as it is" in answer.json["detail"]


def test_who_never_reads_is_let_go(server: Running, memory: Memory, figure: Figures) -> None:
    """What is echoed waits first with the system, then with us as far as the limit; `test_queue.py` has the 1013."""
    peaks: list[float] = []
    with Raw(server.port, "/v1/echo") as raw, memory.peak_above(peaks):
        assert len(server.control("GET", "/api/sockets").json) == 1
        raw.sock.settimeout(0.3)
        with suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
            for _ in range(200):
                raw.send(frame(FIN | TEXT, b"a" * 100_000))
        deadline = monotonic() + ANSWER_S
        while server.control("GET", "/api/sockets").json:
            assert monotonic() < deadline, "it is still open"
            sleep(0.02)
    figure("memory for a client that never reads", peaks[0], "MiB", most=MOST_MB)


def open_sockets(server: Running, most: int, stack: ExitStack) -> Answer:
    """As many as there may be, and the answer to one more."""
    for _ in range(most):
        stack.enter_context(Raw(server.port, "/v1/telling"))
    upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    return server.get("/v1/telling", *upgrade, key)


def test_sockets_are_opened_up_to_the_limit(figure: Figures, *, is_thorough: bool) -> None:
    most = 5_000 if is_thorough else 50
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    options = () if is_thorough else ("--limit", f"sockets={most}")
    try:
        with started(str(DEFINITION), "--log", "quiet", *options) as server, ExitStack() as stack:
            refused = open_sockets(server, most, stack)
            assert refused.status == 503
            assert f"{most} sockets" in refused.json["detail"]
            assert "--limit sockets=" in refused.json["detail"]
            assert server.get("/v1/zoos/1").status == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    figure("sockets open at once before the next is refused", most, least=most)


# What is kept.


def held(server: Running) -> int:
    return int(server.control("GET", "/api/status").json["held"]["held"])


def hang(server: Running, sandbox: str, stack: ExitStack) -> None:
    wire = stack.enter_context(Wire(server.port))
    wire.send(request("GET", f"/~{sandbox}/v1/notes"))


def await_held(server: Running, count: int) -> None:
    deadline = monotonic() + ANSWER_S
    while held(server) < count:
        assert monotonic() < deadline
        sleep(0.005)


def test_64_of_a_sandbox_and_256_in_all_are_held(server: Running, memory: Memory, figure: Figures) -> None:
    peaks: list[float] = []
    sandboxes = [f"h{number}" for number in range(4)]
    for sandbox in (*sandboxes, "h4"):
        switched = request("PATCH", f"/api/faults/held?sandbox={sandbox}", JSON, body=b'{"enabled":true}')
        assert ask(server.control_port, switched).status == 200
    with memory.peak_above(peaks), ExitStack() as stack:
        for number, sandbox in enumerate(sandboxes, 1):
            for _ in range(64):
                hang(server, sandbox, stack)
            await_held(server, 64 * number)
            skipped = server.get(f"/~{sandbox}/v1/notes")
            assert (skipped.status, skipped.headers["x-mock-fault-overflow"]) == (200, "held")
        beyond = server.get("/~h4/v1/notes")
        assert (beyond.status, beyond.headers["x-mock-fault-overflow"]) == (200, "held")
        assert held(server) == 256
        fault = server.control("GET", "/api/faults/held?sandbox=h0").json
        assert fault["overflow"] == 1
        for sandbox in (*sandboxes, "h4"):
            assert server.control("DELETE", f"/api/sandboxes/{sandbox}").status == 204
    figure("memory for 256 held requests and five more", peaks[0], "MiB", most=MOST_MB)


def test_the_journal_has_the_newest_and_grows_no_more(figure: Figures, *, is_thorough: bool) -> None:
    """Ten times as many requests as it holds, each with a body as long as an entry may be."""
    ring = 1_000 if is_thorough else 50
    options = () if is_thorough else ("--limit", f"journal={ring}")
    with started(str(DEFINITION), "--log", "quiet", *options) as server:
        memory, peaks = Memory(server.process.pid), list[float]()
        data = b"".join(request("GET", "/nowhere", JSON, body=b"%08d" % n + b"a" * 8 * 1024) for n in range(50))

        def fill(times: int) -> None:
            with Wire(server.port, timeout_s=ANSWER_S) as wire:
                for _ in range(times * ring // 50):
                    wire.send(data)
                    assert [wire.read().status for _ in range(50)] == [404] * 50

        fill(2)
        with memory.peak_above(peaks):
            fill(8)
        numbers = [entry["number"] for entry in server.control("GET", f"/api/requests?limit={ring * 2}").json]
    assert numbers == list(range(9 * ring + 1, 10 * ring + 1))
    figure("memory for ten times as many requests as the journal holds", peaks[0], "MiB", most=MOST_MB)


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_the_feed_has_a_thousand_events_of_a_topic(server: Running, memory: Memory, over: int) -> None:
    body = greedy.counted('{"text":"a"}', 1_000 + over)
    assert ask(server.port, posted(body, path=NOTES)).status == 201
    told = server.get("/v1/events?topics=notes&since=start").json
    if over <= 0:
        assert (len(told["events"]), told["gap"]) == (1_000 + over, None)
    else:
        assert (told["events"], told["gap"]["reason"]) == ([], "trimmed")


@pytest.mark.parametrize("over", [-1, 1])
def test_the_feed_has_the_events_of_ten_minutes(server: Running, memory: Memory, over: int) -> None:
    assert ask(server.port, posted(b"{}", path=NOTES)).status == 201
    later = json.dumps({"advance": f"{600 + over}s"}).encode()
    assert ask(server.control_port, request("PUT", "/api/clock", JSON, body=later)).status == 200
    told = server.get("/v1/events?topics=notes&since=start").json
    assert (told["gap"] is None) is (over < 0)


def test_the_longest_idle_sandbox_makes_room(server: Running, memory: Memory, figure: Figures) -> None:
    peaks: list[float] = []
    for number in range(256):
        assert server.get(f"/~s{number}/v1/notes").status == 200
    server.get("/~s0/v1/notes")
    with memory.peak_above(peaks):
        assert server.get("/~one-more/v1/notes").status == 200
    names = {sandbox["name"] for sandbox in server.control("GET", "/api/sandboxes").json}
    assert len(names) == 257
    assert "s0" in names
    assert "s1" not in names
    figure("memory for a sandbox beyond 256", peaks[0], "MiB", most=MOST_MB)


LIMITS: Final = {
    "definition": "2MiB", "aliases": "101", "body": "1KiB", "frame": "2KiB", "documents": "3",
    "feed": "3", "feed-bytes": "1200", "feed-minutes": "1",
}  # fmt: skip


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a definition beyond what it could be, and other limits."""
    path = tmp_path_factory.mktemp("large") / "large.yaml"
    many = "[&a 1" + ", *a" * (EXTENT.aliases + 1) + "]"
    written = (
        f"resources: {{pets: {{count: 0, fields: {{text: word, many: {{value: {{is: {many}}}, type: object}}}}}}}}\n#"
    )
    path.write_text(written + "x" * EXTENT.size_bytes)
    options = [word for name, value in LIMITS.items() for word in ("--limit", f"{name}={value}")]
    with started(str(path), "--log", "quiet", *options) as running:
        yield running


def pets(server: Running, body: bytes) -> Answer:
    return send_over(server.port, posted(body, path="/pets"))


def pet(size: int) -> bytes:
    return b'{"many":{},"text":"' + b"a" * (size - 21) + b'"}'


def gap(server: Running, since: str) -> str | None:
    told = server.get(f"/events?topics=pets&since={since}").json["gap"]
    return None if told is None else str(told["reason"])


def test_what_a_limit_is_set_to_is_what_is_taken(strict: Running) -> None:
    assert strict.control("POST", "/api/reset").status == 200
    assert pets(strict, pet(1024)).status == 201
    beyond = (
        (413, "body", pets(strict, pet(1025))),
        (413, "body", send_over(strict.control_port, posted(pet(1025), path="/api/events"))),
    )
    assert [pets(strict, b"{}").status for _ in range(2)] == [201, 201]
    for status, name, answer in (*beyond, (409, "documents", pets(strict, b"{}"))):
        assert (answer.status, f"--limit {name}=" in answer.json["detail"]) == (status, True), answer


@pytest.mark.parametrize("over", [0, 1])
def test_a_frame_is_as_long_as_is_allowed(strict: Running, over: int) -> None:
    with Raw(strict.port, "/events/ws") as raw:
        raw.hear()
        raw.send(frame(FIN | TEXT, b'{"method":"' + b"a" * (2048 + over - 13) + b'"}'))
        got = raw.read()
    if over:
        assert (got.opcode, got.code) == (CLOSE, 1009)
        assert "--limit frame=" in got.reason
    else:
        assert got.opcode == TEXT


def test_the_feed_is_as_long_as_is_allowed(strict: Running) -> None:
    assert strict.control("POST", "/api/reset").status == 200
    before = strict.get("/events?since=now").json["at"]
    assert [pets(strict, b'{"many":{}}').status for _ in range(3)] == [201] * 3
    assert gap(strict, before) is None
    assert ask(strict.port, request("DELETE", "/pets/1")).status == 204
    assert gap(strict, before) == "trimmed", "four events"
    before = strict.get("/events?since=now").json["at"]
    assert pets(strict, pet(1000)).status == 201
    assert gap(strict, before) is None
    assert ask(strict.port, request("PATCH", "/pets/4", JSON, body=b'{"many":{"b":1}}')).status == 201
    assert gap(strict, before) == "trimmed", "two events of a kilobyte each"
    before = strict.get("/events?since=now").json["at"]
    assert ask(strict.port, request("DELETE", "/pets/2")).status == 204
    assert gap(strict, before) is None
    assert ask(strict.control_port, request("PUT", "/api/clock", JSON, body=b'{"advance":"60s"}')).status == 200
    assert gap(strict, before) == "trimmed", "a minute ago"


# Definitions.


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_a_definition_of_exactly_a_limit_is_read(over: int) -> None:
    inner = LIMIT_DEPTH - 5 + over
    texts = {
        "1 MiB": "resources: {zoos: {}}\n#" + "a" * (EXTENT.size_bytes - 24 + over) + "\n",
        "aliases": "resources: {zoos: {rows: [&a {name: a}" + ", *a" * (EXTENT.aliases + over) + "]}}",
        "levels": f"resources: {{zoos: {{rows: [{{name: {'[' * inner}{']' * inner}}}]}}}}",
    }
    for name, written in texts.items():
        said = ""
        try:
            parse_source(written, "x.yaml")
        except DefinitionError as error:
            said = error.problems[0].problem
        assert bool(said) is (over > 0), (name, said)


@pytest.mark.parametrize("over", [0, 1])
def test_a_resource_has_at_most_200_000_documents(over: int) -> None:
    """`tests/store/test_store.py` has what writes may add."""
    written = f"resources: {{zoos: {{count: {200_000 + over}, fields: {{id: {{seq: 1}}}}}}}}"
    if over > 0:
        with pytest.raises(DefinitionError, match="200000"):
            prepare(parse_source(written, "x.yaml"))
        return
    client = direct(AssembledService(prepare(parse_source(written, "x.yaml"))).default)
    assert client.delete("/zoos/7").status == 204
    assert client.post("/zoos", {}).status == 201
    full = client.post("/zoos", {})
    assert full.status == 409
    assert "200,000" in full.json["detail"]
