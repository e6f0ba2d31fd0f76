"""Answers that are given again: the same bytes as if they were not, whatever happened in between."""

import json
import re
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.definitions.source import parse_source
from mockserver.errors import Problem
from mockserver.faults.load import read_fault
from mockserver.messages import Request
from mockserver.server.assemble import AssembledService, Prepared, prepare
from mockserver.server.cors import OriginList
from mockserver.server.fault.interference import Interference
from mockserver.server.front import Front
from mockserver.server.head import find_framing, parse_head
from mockserver.server.limits import Limits
from mockserver.server.log import ExchangeLog
from mockserver.server.prepared import PreparedAnswers
from mockserver.server.request import make_request
from mockserver.server.socket.register import Sockets
from mockserver.server.whole import Whole
from tests.live import started
from tests.server.fixture_service import FixtureService
from tests.server.process import Running
from tests.server.wire import Wire, request

TEXT: Final = """
mock: 1
name: kept
clock: 2026-01-01T00:00:00Z
freeze: true
auth:
  public: [GET /notes]
  users:
    ada: {password: lovelace, token: ada-token, roles: [admin], claims: {state: closed}}
    bob: {password: builder, token: bob-token, roles: [user], claims: {state: open}}
  rules:
    - {route: "GET /notes/*", where: state == user.state}
    - {route: [ANY /owners, "ANY /owners/*"], roles: [admin]}
resources:
  owners:
    count: 4
    fields:
      id: {seq: 1}
      name: {faker: first_name}
  notes:
    count: 12
    sort: text
    fields:
      id: {seq: 1}
      owner_id: {ref: owners, on_delete: cascade}
      text: {faker: word}
      state: {enum: [open, closed]}
      size: {int: [0, 5]}
"""


@cache
def read(text: str) -> Prepared:
    return prepare(parse_source(text, "kept.yaml"))


@dataclass
class Side:
    """One server, without its listener: what would go out, byte for byte."""

    prepared: PreparedAnswers
    service: Any = field(default_factory=lambda: AssembledService(read(TEXT)))
    front: Front = field(init=False)
    given_again: int = 0

    def __post_init__(self) -> None:
        limits, log = Limits(), ExchangeLog("quiet")
        self.front = Front(
            self.service, OriginList(), log, Sockets(limits, log), interference=Interference(limits),
            prepared=self.prepared,
        )  # fmt: skip

    def ask(self, raw: bytes, body: bytes = b"") -> bytes:
        kept = self.front.recall(raw, 0.0)
        if kept is not None:
            self.given_again += 1
            return spelled(kept.whole)
        head = parse_head(raw, Limits())
        framing = find_framing(head)
        is_plain = framing.keeps_alive and not framing.has_body
        known = {"mockserver.socket": None}
        found = self.front.answer(make_request(head, body), head.query, known, raw if is_plain else b"")
        if isinstance(found, Whole):
            return spelled(found)
        return f"{found.status}{found.headers}".encode() + found.get_data()

    @property
    def journals(self) -> list[dict[str, Any]]:
        shown = [entry.to_json() for instance in self.service.instances() for entry in instance.journal]
        return [{name: value for name, value in one.items() if name not in ("at", "duration_ms")} for one in shown]


def spelled(whole: Whole) -> bytes:
    """As it would be sent; an epoch is not the same in any two lives of a feed."""
    return re.sub(rb"X-Mock-At: [0-9a-z]+\.", b"X-Mock-At: EPOCH.", whole.head(b"now", b"")) + whole.body


_BROWSER: Final = """ HTTP/1.1
Host: localhost:4010
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36
Accept: application/json, text/plain, */*
Accept-Language: en-US,en;q=0.9,de;q=0.8
Referer: http://localhost:5173/list?page=3
Origin: http://localhost:5173
Authorization: Bearer ada-token""".replace("\n", "\r\n")

TARGETS: Final = (
    "/notes", "/notes/1", "/notes/2", "/notes/13", "/notes/1?fields=text", "/notes?state=open", "/notes?state=closed",
    "/notes?sort=-size,text&limit=5", "/notes?state=open&sort=-size&page=2&limit=2", "/notes?q=a",
    "/notes?embed=owner", "/notes/1?embed=owner", "/notes?size[gte]=3&limit=3", "/notes?owner_id=1", "/owners",
    "/owners/1", "/owners/1/notes", "/owners?embed=notes", "/nowhere", "/notes?limit=x", "/notes?cursor=&limit=4",
    "/whoami",
)  # fmt: skip
SENDERS: Final = ("", "ada-token", "ada-token", "bob-token", "bob-token", "wrong-token", "LOGIN")
HEADERS: Final = (
    "", "", "", "", "Accept-Encoding: gzip", "Origin: http://localhost:5173", "Origin: https://evil.example",
    "If-None-Match: TAG",
    "If-Modified-Since: Thu, 01 Jan 2026 00:00:30 GMT", 'If-Match: "other"', "Accept: text/html", "Prefer: code=503",
    "X-Mock-Sandbox: w1", "Cookie: mock_sandbox=w2", "Cache-Control: no-cache",
)  # fmt: skip

reads = st.tuples(
    st.just("read"),
    st.sampled_from(("GET", "GET", "GET", "HEAD")),
    st.sampled_from(("", "", "/~w1", "/~w2")),
    st.sampled_from(TARGETS),
    st.sampled_from(SENDERS),
    st.sampled_from(HEADERS),
)
documents = st.fixed_dictionaries({
    "owner_id": st.integers(1, 4),
    "text": st.sampled_from(("a", "b", "öl")),
    "state": st.sampled_from(("open", "closed")),
    "size": st.integers(0, 5),
})  # fmt: skip
WRITTEN: Final = ("/notes/1", "/notes/2", "/notes/5", "/~w1/notes/1")
writes = st.one_of(
    st.tuples(st.just("write"), st.just("POST"), st.sampled_from(("/notes", "/~w1/notes")), documents),
    st.tuples(st.just("write"), st.sampled_from(("PATCH", "PUT")), st.sampled_from(WRITTEN), documents),
    st.tuples(st.just("write"), st.just("DELETE"), st.sampled_from((*WRITTEN, "/owners/1")), st.none()),
    st.tuples(st.just("write"), st.just("PATCH"), st.just("/owners/1"), st.just({"name": "Ida"})),
)
CHANGES: Final = (
    "fault on", "fault off", "advance", "back", "reset", "reset w1", "end w1", "login", "logout", "save", "restore",
    "reload",
)  # fmt: skip
changes = st.tuples(st.just("change"), st.sampled_from(CHANGES))
steps = st.integers(0, 9).flatmap(lambda draw: reads if draw < 6 else writes if draw < 9 else changes)


class Pair:
    """The same asked of two servers, of which one keeps what it has answered."""

    def __init__(self) -> None:
        self.keeping, self.plain = Side(PreparedAnswers()), Side(PreparedAnswers(limit_bytes=0))
        self.login = "none-yet"
        self.tag = '"none"'

    def do(self, step: tuple[Any, ...]) -> None:
        kind, *told = step
        getattr(self, kind)(*told)

    def read(self, method: str, prefix: str, target: str, sender: str, header: str) -> None:
        lines = [f"{method} {prefix}{target} HTTP/1.1", "Host: localhost"]
        if sender:
            lines.append(f"Authorization: Bearer {self.login if sender == 'LOGIN' else sender}")
        if header:
            lines.append(header.replace("TAG", self.tag))
        raw = "\r\n".join(lines).encode()
        # Twice: the second time one of them need not look.
        for _ in range(2):
            self._compare(raw)

    def write(self, method: str, target: str, document: dict[str, Any] | None) -> None:
        body = b"" if document is None else json.dumps(document).encode()
        raw = (
            f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ada-token\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}"
        ).encode()
        self._compare(raw, body)

    def _compare(self, raw: bytes, body: bytes = b"") -> None:
        found = self.keeping.ask(raw, body)
        assert found == self.plain.ask(raw, body), raw
        assert b" 500 " not in found[:20]
        tag = re.search(rb"ETag: (\"[^\"]+\")", found)
        self.tag = tag[1].decode() if tag else self.tag

    def change(self, what: str) -> None:
        if what == "login":
            answer = Request("POST", "/login", headers={"content-type": "application/json"},
                             body=b'{"username": "bob", "password": "builder"}')  # fmt: skip
            said = [side.service.default.handle(answer) for side in self._sides]
            assert said[0].body == said[1].body
            found = json.loads(said[0].body)
            self.login = str(next((value for value in found.values() if isinstance(value, str)), self.login))
            return
        for side in self._sides:
            _change(side.service, what)

    @property
    def _sides(self) -> tuple[Side, Side]:
        return self.keeping, self.plain


def _change(service: AssembledService, what: str) -> None:
    one = service.default
    down = read_fault("down", {"match": "GET /notes", "status": 503}, {})
    changes: dict[str, Callable[[], object]] = {
        "fault on": lambda: one.faults.put("down", down),
        "fault off": one.off,
        "advance": lambda: one.clock.advance(1801),
        "back": lambda: one.clock.set(one.clock.now().replace(year=2025)),
        "reset": lambda: one.reset(()),
        "reset w1": lambda: service.enter("w1").reset(("data",)),
        "end w1": lambda: service.end(service.enter("w1").name),
        "logout": lambda: one.handle(Request("POST", "/logout", headers={"authorization": "Bearer bob-token"})),
        "save": lambda: one.save("s"),
        "restore": lambda: one.restore("s"),
        "reload": lambda: _reload(service),
    }
    try:
        changes[what]()
    except Problem as problem:
        # It was saved before, or was not yet.
        assert (what, problem.status) in (("save", 409), ("restore", 404))  # noqa: PT017 - which it is


def _reload(service: AssembledService) -> None:
    for _ in service.take_over(service.stage(read(TEXT.replace("count: 12", "count: 13")))):
        pass


@pytest.fixture(scope="module")
def examples(is_thorough: bool) -> int:  # noqa: FBT001 - a fixture
    return 5_000 if is_thorough else 300


def test_nobody_can_tell_whether_an_answer_is_given_again(examples: int) -> None:
    again = 0

    @settings(max_examples=examples)
    @given(st.lists(steps, min_size=5, max_size=25))
    def check(told: list[tuple[Any, ...]]) -> None:
        nonlocal again
        pair = Pair()
        for step in told:
            pair.do(step)
        assert pair.keeping.journals == pair.plain.journals
        assert pair.plain.given_again == 0
        again += pair.keeping.given_again

    check()
    assert again > examples


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("kept") / "kept.yaml"
    path.write_text(TEXT, encoding="utf-8")
    with started(str(path)) as running:
        yield running


def prepared(server: Running) -> int:
    """How many answers are kept in readiness."""
    count: int = server.control("GET", "/api/status").json["prepared"]["answers"]
    return count


def undated(wire: Wire, raw: bytes) -> tuple[int, dict[str, str], bytes]:
    wire.send(raw)
    found = wire.read()
    return found.status, {name: value for name, value in found.headers.items() if name != "date"}, found.body


def test_what_is_given_again_is_the_same_on_every_connection_and_recorded_each_time(server: Running) -> None:
    raw, before = request("GET", "/notes?limit=3"), prepared(server)
    server.control("DELETE", "/api/requests")
    with Wire(server.port) as one, Wire(server.port) as other:
        first = undated(one, raw)
        assert first[0] == 200
        assert [undated(wire, raw) for wire in (one, other, other, one)] == [first] * 4
        # All in one piece: each is answered, in order.
        one.send(raw * 50)
        assert {one.read().body for _ in range(50)} == {first[2]}
    assert prepared(server) == before + 1
    entries = server.control("GET", "/api/requests?path=/notes").json
    assert len(entries) == 55
    assert len({entry["number"] for entry in entries}) == 55
    assert {json.dumps(entry["reply_headers"]) for entry in entries} == {json.dumps(entries[0]["reply_headers"])}


def test_a_connection_that_is_to_end_is_answered_anew_each_time(server: Running) -> None:
    before = prepared(server)
    for _ in range(2):
        with Wire(server.port) as wire:
            wire.send(request("GET", "/notes?limit=4", "Connection: close"))
            assert wire.read().headers["connection"] == "close"
            assert wire.at_end()
    with Wire(server.port) as wire:
        wire.send(b"GET /notes?limit=4 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert wire.read().headers["connection"] == "keep-alive"
    assert prepared(server) == before


def test_a_fault_finds_what_was_prepared(server: Running) -> None:
    raw = request("GET", "/notes?limit=5")
    with Wire(server.port) as wire:
        calm = undated(wire, raw)
        server.control("PUT", "/api/faults/down", "Content-Type: application/json",
                       body=b'{"match": "GET /notes", "status": 503}')  # fmt: skip
        assert undated(wire, raw)[0] == 503
        assert server.control("POST", "/api/faults/off").status == 200
        assert undated(wire, raw) == calm


def test_what_is_too_much_is_let_go_of_oldest_first() -> None:
    side = Side(PreparedAnswers(limit_bytes=20_000))
    heads = [f"GET /notes?limit={number} HTTP/1.1\r\nHost: localhost".encode() for number in range(1, 13)]
    for head in heads:
        side.ask(head)
    kept = len(side.prepared)
    assert 0 < kept < 12
    assert [side.prepared.find(head) is not None for head in heads] == [False] * (12 - kept) + [True] * kept
    assert 0 < side.prepared.describe()["bytes"] <= 20_000  # type: ignore[operator] # a number


def test_what_a_sandbox_answered_ends_with_it() -> None:
    side = Side(PreparedAnswers())
    for name in ("w1", "w2"):
        side.ask(f"GET /~{name}/notes HTTP/1.1\r\nHost: localhost".encode())
    assert len(side.prepared) == 2
    side.service.end("w1")
    assert len(side.prepared) == 1


def test_what_was_answered_from_other_data_is_let_go_of_with_it() -> None:
    side = Side(PreparedAnswers())
    for path in ("/notes", "/notes/1", "/~w1/notes"):
        side.ask(f"GET {path} HTTP/1.1\r\nHost: localhost".encode())
    side.service.default.reset(("data",))
    # Nobody asks for the others again: they would hold on to all there was.
    side.ask(b"GET /notes?limit=1 HTTP/1.1\r\nHost: localhost")
    assert len(side.prepared) == 2


def test_what_is_kept_takes_about_the_room_that_is_said() -> None:
    side = Side(PreparedAnswers())

    def keep(first: int) -> None:
        for number in range(first, first + 1_000):
            side.ask(f"GET /notes?sort=text&q={number}{_BROWSER}".encode())

    # The journal is full by then.
    keep(0)
    before = side.prepared.describe()["bytes"]
    tracemalloc.start()
    try:
        keep(1_000)
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    said = side.prepared.describe()["bytes"]
    assert isinstance(said, int)
    assert isinstance(before, int)
    assert 0.8 * taken < said - before < 1.5 * taken


def test_what_can_not_be_looked_at_again_is_answered_anew() -> None:
    side, head = Side(PreparedAnswers()), b"GET /notes HTTP/1.1\r\nHost: localhost"
    side.ask(head)
    known = side.prepared.find(head)
    assert known is not None
    # Whoever is asked whether this still stands breaks.
    broken = Side(PreparedAnswers(), FixtureService())
    broken.prepared.keep(head, replace(known, instance=broken.service))
    assert b'"target":"/notes"' in broken.ask(head)
    assert broken.given_again == len(broken.prepared) == 0


def test_a_write_is_seen_where_it_matters_and_nowhere_else() -> None:
    side = Side(PreparedAnswers())
    heads = [f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ada-token".encode()
             for path in ("/owners/1", "/owners/2")]  # fmt: skip
    before = [side.ask(head) for head in heads]
    side.service.default.handle(
        Request(
            "PATCH",
            "/owners/1",
            headers={"authorization": "Bearer ada-token", "content-type": "application/json"},
            body=b'{"name": "Ida"}',
        )
    )
    after = [side.ask(head) for head in heads]
    assert b"Ida" in after[0]
    assert side.given_again == 1
    assert after[1] == before[1].replace(b"EPOCH.0", b"EPOCH.1")
