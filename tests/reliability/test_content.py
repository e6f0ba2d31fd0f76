"""What is said and what is read: names lead nowhere else, values stay values, secrets are written down nowhere."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import DefinitionError
from mockserver.server.assemble import prepare
from tests.live import started
from tests.reliability.canary import CANARY, DEFINITION, JSON, MESSAGES, WAYS
from tests.reliability.trick import BREAKS, EXPRESSIONS, PATHS, TEMPLATES
from tests.rest.form import CONTENT_TYPE, file, form
from tests.scorecard import Figures
from tests.server.process import Running
from tests.server.socket.raw import CLOSE, Raw
from tests.server.socket.raw import close as raw_close
from tests.server.wire import Answer, Wire, ask, request

OUTSIDE: Final = "what-lies-outside"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to serve, with what must not be reached beside it and behind links out of it."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text(OUTSIDE, encoding="utf-8")
    inside = outside / "dist"
    inside.mkdir()
    (inside / "index.html").write_text("app", encoding="utf-8")
    (inside / "out.txt").symlink_to(outside / "secret.txt")
    (inside / "way-out").symlink_to(outside)
    (inside / ".env").write_text(OUTSIDE, encoding="utf-8")
    (inside / ".git").mkdir()
    (inside / ".git/config").write_text(OUTSIDE, encoding="utf-8")
    (outside / "mock.yaml").write_text(DEFINITION, encoding="utf-8")
    return outside


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    options = ("--static", str(folder / "dist"), "--db", str(folder / "kept.json"))
    with started(str(folder / "mock.yaml"), *options) as running:
        yield running


def post(target: str, value: object) -> bytes:
    return request("POST", target, JSON, body=json.dumps(value).encode())


def names_of(path: str) -> list[tuple[bool, bytes]]:
    """Every request that reads or writes something by this name; whether the control port is asked."""
    plain = path.encode("latin-1", "replace").decode("latin-1")
    step = quote(path, safe="")
    scan = form([file("scan", b"x", path.replace("\0", ""))])
    return [
        (False, request("GET", f"/{plain}")),
        (False, request("GET", f"/{plain}", "Accept: application/json")),
        (False, request("PUT", f"/{plain}", JSON, body=b"{}")),
        (False, request("GET", f"/notes/{step}")),
        (False, request("GET", f"/notes/{step}/scan")),
        (False, request("POST", "/notes", CONTENT_TYPE, body=scan)),
        (False, request("GET", f"/~{step}/notes")),
        (False, request("GET", "/notes", f"X-Mock-Sandbox: {step}")),
        (False, request("GET", "/notes", f"Cookie: mock_sandbox={step}")),
        (True, request("GET", f"/panel/{plain}")),
        (True, request("GET", f"/panel/vendor/{plain}")),
        (True, request("GET", f"/docs/{plain}")),
        (True, request("GET", f"/{plain}")),
        (True, request("PUT", f"/api/snapshots/{step}", JSON, body=b"{}")),
        (True, request("GET", f"/api/snapshots/{step}")),
        (True, post("/api/snapshots", {"name": path})),
        (True, request("DELETE", f"/api/sandboxes/{step}")),
        (True, request("GET", f"/api/status?sandbox={step}")),
        (True, request("PUT", f"/api/faults/{step}", JSON, body=b'{"match": "GET /never", "status": 503}')),
        (True, request("PUT", "/api/scenario", JSON, body=json.dumps({"name": path}).encode())),
    ]


def is_safe(answer: Answer) -> bool:
    words = answer.body.decode("utf-8", "replace")
    return OUTSIDE not in words and "root:x:" not in words and "PATH=" not in words


def all_files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if "kept" not in str(path)}


def test_no_name_leads_to_another_file(server: Running, folder: Path, figure: Figures, *, is_thorough: bool) -> None:
    before, asked, told = all_files(folder), 0, list[bytes]()
    for path in PATHS if is_thorough else PATHS[:60:2]:
        for is_control, data in names_of(path):
            answer = ask(server.control_port if is_control else server.port, data)
            assert answer.status < 500, (data, answer)
            told += [] if is_safe(answer) else [data]
            asked += 1
    assert all_files(folder) == before
    figure("paths that would lead out", len(PATHS), least=40)
    figure("requests with them, to all that reads or writes by a name", asked, least=500)
    figure("answers to them that hold what lies outside", len(told), exactly=0)


def test_nothing_in_a_definition_names_a_file(folder: Path) -> None:
    for path in (str(folder / "secret.txt"), "../secret.txt", "file:///etc/passwd", "/proc/self/environ"):
        for text in (
            f"include: {path}", f"resources: !include {path}", f"resources: {{a: {{rows: {path}}}}}",
            f"resources: {{a: {{seeds: {path}}}}}", f"resources: {{a: {{rows: {{file: {path}}}}}}}", f"extends: {path}",
            f"resources: {{$ref: '{path}'}}", f"auth: {{scheme: jwt, secret: {{file: {path}}}}}",
        ):  # fmt: skip
            with pytest.raises(DefinitionError) as raised:
                prepare(parse_source(f"mock: 1\n{text}\n", "x.yaml"))
            assert OUTSIDE not in str([(one.problem, one.hint, one.line) for one in raised.value.problems])


def put_fault(server: Running, effect: object) -> Answer:
    return server.switch(
        "broken", {"match": "GET /notes/1", "status": 503, **(effect if isinstance(effect, dict) else {})}
    )


def heads_of(server: Running, data: bytes) -> bytes:
    with Wire(server.port) as wire:
        wire.send(data)
        return b"\r\n".join(f"{name}: {value}".encode("latin-1") for name, value in wire.read().headers.items())


@pytest.mark.parametrize("text", BREAKS)
def test_nothing_that_is_said_ends_a_header(server: Running, text: str) -> None:
    """Faults are refused with the place; what comes with a request never reaches the head of an answer as it is."""
    for effect in (
        {"headers": {"X-A": text}}, {"headers": {text: "1"}}, {"content_type": text}, {"headers": {"Location": text}},
        {"headers": {"Set-Cookie": text}}, {"headers": {"ETag": text}},
    ):  # fmt: skip
        answer = put_fault(server, effect)
        assert answer.status in (400, 422), (effect, answer)
    sent = quote(text, safe="")
    scan = form([file("scan", b"x", text)])
    answer = ask(server.port, request("POST", "/notes", CONTENT_TYPE, body=scan))
    key = answer.json["id"] if answer.status == 201 else 1
    for data in (
        request("GET", f"/notes/{key}/scan"), request("GET", f"/{sent}"), post("/notes", {"id": text, "text": "a"}),
        request("GET", f"/notes?limit=1&{sent}={sent}"), request("GET", f"/~{sent}/notes"),
        request("GET", "/notes", f"Prefer: {sent}"), request("GET", f"/notes?__fault={sent}"),
        request("GET", "/notes", f"If-None-Match: {sent}"), request("OPTIONS", f"/{sent}", f"Origin: {sent}"),
    ):  # fmt: skip
        heads = heads_of(server, data)
        assert b"x-evil:" not in heads.lower(), (data, heads)
        assert re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xff]", heads) is None, (data, heads)


@pytest.mark.parametrize("text", BREAKS)
def test_nothing_in_a_definition_ends_a_header(text: str) -> None:
    notes = "resources: {notes: {}}\n"
    said = json.dumps(text)
    for part in (
        f"faults: {{f: {{match: ANY *, status: 503, headers: {{X-A: {said}}}}}}}",
        f"faults: {{f: {{match: ANY *, status: 503, headers: {{{said}: a}}}}}}",
        f"faults: {{f: {{match: ANY *, content_type: {said}}}}}",
        f"actions: {{a: {{route: POST /a, do: [], reply: {{headers: {{X-A: {said}}}}}}}}}",
        f"channels: {{c: {{path: /c, subprotocols: [{said}]}}}}",
        f"auth: {{scheme: cookie, cookie: {said}, users: {{ada: {{token: x}}}}}}",
        f"auth: {{scheme: header, header: {said}, users: {{ada: {{token: x}}}}}}",
        f"api: {{prefix: {said}}}",
    ):
        with pytest.raises(DefinitionError) as raised:
            prepare(parse_source(f"mock: 1\n{notes}{part}\n", "x.yaml"))
        assert all(one.hint and one.position.line >= 1 for one in raised.value.problems), part


@pytest.mark.parametrize("text", TEMPLATES)
def test_templates_of_other_languages_stay_as_they_are(text: str) -> None:
    said = json.dumps(text)
    row = (
        f"resources: {{a: {{count: 0, fields: {{t: {{faker: word, default: {said}}}}}, rows: [{{id: 1, t: {said}}}]}}}}"
    )
    assert prepare(parse_source(f"mock: 1\nname: {said}\n{row}\n", "x.yaml")).rows["a"] == [{"id": 1, "t": text}]


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_that_reaches_out_is_refused_with_its_place(text: str) -> None:
    said = json.dumps(text)
    for part in (
        f"resources: {{a: {{fields: {{t: {{computed: {said}}}}}}}}}",
        f"resources: {{a: {{fields: {{t: {{faker: word, default: {said}}}}}}}}}",
        f"resources: {{a: {{}}}}\nactions: {{x: {{route: POST /x, do: [], reply: {{body: {said}}}}}}}",
        f"resources: {{a: {{}}}}\nchannels: {{c: {{path: /c, open: [{{text: {said}}}]}}}}",
    ):
        with pytest.raises(DefinitionError) as raised:
            prepare(parse_source(f"mock: 1\n{part}\n", "x.yaml"))
        first = raised.value.problems[0]
        assert first.position.line >= 2, part
        assert first.hint, part


def places(server: Running, answers: list[bytes]) -> dict[str, str]:
    """Everything that the server shows of what was said, by where it does."""

    def shown(target: str) -> str:
        answer = server.control("GET", target)
        assert answer.status == 200, (target, answer)
        return answer.body.decode()

    entries: list[dict[str, Any]] = json.loads(shown("/api/requests?limit=1000"))
    return {
        "the journal": json.dumps(entries),
        "each of its entries": "".join(shown(f"/api/requests/{one['number']}") for one in entries),
        "bodies of answers": b"".join(answers).decode("utf-8", "replace"),
        "/api/status": shown("/api/status"),
        "/api/sockets": shown("/api/sockets"),
        "/api/faults": shown("/api/faults"),
        "the definition": shown("/api/definition"),
        "the OpenAPI document": shown("/openapi.json"),
        "the panel": shown("/"),
        "a snapshot": shown("/api/snapshots/kept"),
    }


def follow(stack: ExitStack, server: Running, query: str) -> Wire:
    stream = stack.enter_context(Wire(server.control_port))
    stream.send(request("GET", f"/api/stream{query}"))
    assert stream.read(head_only=True).status == 200
    return stream


def read_to_the_end(stream: Wire) -> str:
    """All that was told up to the last."""
    told = b""
    while told.count(b"last-of-all") < 1:
        piece = stream.sock.recv(65536)
        assert piece, told
        told += piece
    return told.decode()


@pytest.mark.parametrize("style", ["text", "json"])
def test_secrets_are_written_down_nowhere(tmp_path: Path, figure: Figures, style: str) -> None:
    (tmp_path / "mock.yaml").write_text(DEFINITION, encoding="utf-8")
    kept = tmp_path / "kept"
    kept.mkdir()
    with ExitStack() as stack:
        options = ("--log", style, "--db", str(kept / "kept.json"))
        server = stack.enter_context(started(str(tmp_path / "mock.yaml"), *options))
        streams = [follow(stack, server, query) for query in ("", "?events=frame")]
        answers = [ask(server.port, way.data).body for way in WAYS if way.said != "a login that is right"]
        ask(server.port, next(way.data for way in WAYS if way.said == "a login that is right"))
        for target in ("/events/ws", f"/talk?access_token={CANARY}"):
            with Raw(server.port, target, f"Cookie: sid={CANARY}", f"Authorization: Bearer {CANARY}") as raw:
                for message in MESSAGES:
                    raw.say(message)
                raw.say("last-of-all")
                raw.send(raw_close(1000))
                raw.skip_to(CLOSE)
        server.switch(
            "set", {"match": "GET /x", "status": 503, "headers": {"X-Api-Key": CANARY}, "query": {"token": CANARY}}
        )
        assert server.control("PUT", "/api/snapshots/kept", JSON, body=b"{}").status == 201
        ask(server.port, request("GET", "/last-of-all"))
        told = "".join(read_to_the_end(stream) for stream in streams)
        found = places(server, answers)
        server.process.terminate()
        out, err = server.process.communicate(timeout=20)
    found |= {
        "the log": "".join(server.before[-1:]) + out,
        "stderr, tracebacks and all": err,
        "the control stream": told,
        "the database's files": "".join(
            path.read_bytes().decode("latin-1") for path in kept.rglob("*") if path.is_file()
        ),
    }
    hits = {place: text[max(0, text.find(CANARY) - 80) :][:200] for place, text in found.items() if CANARY in text}
    assert hits == {}
    assert "Traceback" not in err
    figure("ways a secret was sent", len(WAYS) + 2 * len(MESSAGES) + 2, least=15)
    figure("places it was looked for in", len(found), least=8)
    figure("hits", len(hits), exactly=0)


def test_a_line_of_the_log_stays_one_and_commands_no_terminal(folder: Path) -> None:
    evil = "%1b%5d0;evil%07%0a%0dfake%20GET%20/x%e2%80%a8%c2%9b31m%e2%80%ae%7f"
    with started(str(folder / "mock.yaml"), "--log", "text") as server:
        asked = [
            request("GET", f"/{evil}?a={evil}"), request("GET", f"/notes/{evil}"), request("GET", f"/~{evil}/notes"),
            request("POST", "/notes", JSON, f"User-Agent: {evil}", body=b'{"text": "\\u001b[2J\\n"}'),
            request("GET", "/notes", "Prefer: code=\x80\xff"), request("GET", f"/notes?sort={evil}"),
            request("GET", f"/notes?__fault={evil}"),
        ]  # fmt: skip
        for data in asked:
            assert ask(server.port, data).status < 500
        server.process.terminate()
        out, err = server.process.communicate(timeout=20)
    assert len(out.splitlines()) == len(asked), out
    assert all(line.isprintable() for line in out.split("\n")), out
    assert err == ""
