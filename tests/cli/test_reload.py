"""Editing a definition while it is served: what is picked up, what stays, and what is said about it."""

import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.cli.command import run
from tests.client import Client, wired
from tests.live import started
from tests.server.process import Running
from tests.server.wire import Wire, request

TEXT = """
name: Shop
resources:
  goods: {count: 4, fields: {name: {enum: [cup, pot]}}}
  orders: {count: 3, fields: {good_id: {ref: goods}, note: {enum: [a, b]}}}
  notes: {count: 2, fields: {text: {enum: [x, y]}}}
"""
BROKEN = TEXT.replace("enum: [x, y]", "enmu: [x, y]")
OTHER = TEXT.replace("enum: [x, y]", "enum: [z]")

Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server on files; it ends with the test."""
    with ExitStack() as stack:
        yield lambda *arguments: stack.enter_context(started(*map(str, arguments)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def save(path: Path, text: str) -> None:
    """As most editors do it: a new file in the place of the old one."""
    path.with_name(".new").write_text(text, encoding="utf-8")
    path.with_name(".new").replace(path)


def await_event(server: Running, *names: str) -> dict[str, Any]:
    """The next of these events; the exchanges before it are passed over."""
    for line in server.stdout:
        event: dict[str, Any] = json.loads(line)
        if event["event"] in (names or ("reloaded", "not_reloaded")):
            return event
    raise AssertionError("the server ended")


def await_refusal(server: Running) -> str:
    """What stderr says until the definition is said to be served as before."""
    assert server.process.stderr is not None
    lines: list[str] = []
    for line in server.process.stderr:
        if line.startswith("not reloaded: "):
            return "".join(lines)
        lines.append(line)
    raise AssertionError("".join(lines))


def names(api: Client, path: str, field: str) -> set[str]:
    return {row[field] for row in api.get(path).json}


def test_a_change_is_served_in_under_a_second_and_the_rest_is_as_it_was(start: Start, file: Path) -> None:
    server = start(file)
    api = wired(server.port)
    made = api.post("/goods", {"name": "pot"}).json
    at = api.get("/goods").headers["x-mock-at"]
    begun = time.monotonic()
    save(file, OTHER)
    event = await_event(server)
    assert time.monotonic() - begun < 1
    assert {**event, "ms": 0} == {
        "event": "reloaded", "files": [str(file)], "generated": ["notes"], "kept": ["goods", "orders"],
        "removed": [], "ms": 0,
    }  # fmt: skip
    assert names(api, "/notes", "text") == {"z"}
    assert api.get(f"/goods/{made['id']}").json == made
    assert api.get("/goods").headers["x-mock-at"].split(".")[0] != at.split(".")[0]


@pytest.mark.parametrize("write", [save, lambda path, text: path.write_text(text, encoding="utf-8")])
def test_every_way_to_save_is_noticed(start: Start, file: Path, write: Callable[[Path, str], None]) -> None:
    server = start(file)
    for text in (OTHER, TEXT, OTHER):
        write(file, text)
        assert await_event(server)["generated"] == ["notes"]


def test_a_broken_file_changes_nothing_and_says_what_check_says(start: Start, file: Path) -> None:
    server = start(file)
    api = wired(server.port)
    made = api.post("/notes", {"text": "y"}).json
    before = api.get("/notes")
    save(file, BROKEN)
    event = await_event(server)
    assert event["event"] == "not_reloaded"
    assert event["problems"][0]["place"].startswith(f"{file}:6:")
    checked = run("check", str(file))
    assert await_refusal(server) == (checked.stdout + checked.stderr).decode()
    assert api.get("/notes").json == before.json
    assert api.get("/notes").headers["etag"] == before.headers["etag"]
    save(file, TEXT)
    assert await_event(server)["kept"] == ["goods", "orders", "notes"]
    assert api.get(f"/notes/{made['id']}").json == made


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"resources: [", b"a: &a [*a]", b"- 1", b"\0", b"resources:\n\t- x"]
)
def test_no_content_ends_the_server(start: Start, file: Path, content: bytes) -> None:
    server = start(file)
    file.write_bytes(content)
    assert await_event(server)["event"] == "not_reloaded"
    assert "Traceback" not in await_refusal(server)
    save(file, OTHER)
    assert await_event(server)["event"] == "reloaded"
    assert names(wired(server.port), "/notes", "text") == {"z"}


def test_connections_stay_open(start: Start, file: Path) -> None:
    server = start(file)
    with Wire(server.port) as wire:
        for text, found in ((OTHER, {"z"}), (BROKEN, {"z"}), (TEXT, {"x", "y"})):
            wire.send(request("GET", "/goods"))
            assert wire.read().status == 200
            save(file, text)
            await_event(server)
            wire.send(request("GET", "/notes"))
            assert {row["text"] for row in wire.read().json} <= found


def test_a_new_time_alone_loads_nothing(start: Start, file: Path) -> None:
    server = start(file)
    os.utime(file, (1, 1))
    save(file, TEXT)
    save(file, OTHER)
    assert await_event(server)["generated"] == ["notes"], "the first that was loaded"


def test_a_folder_gains_and_loses_files(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "shop.d"
    folder.mkdir()
    (folder / "a.yaml").write_text(TEXT, encoding="utf-8")
    server = start(folder)
    api = wired(server.port)
    (folder / "b.yaml").write_text("resources: {users: {count: 2}}\n", encoding="utf-8")
    assert await_event(server)["generated"] == ["users"]
    assert len(api.get("/users").json) == 2
    (folder / "b.yaml").unlink()
    assert await_event(server)["removed"] == ["users"]
    assert api.get("/users").status == 404
    (folder / "c.yaml").write_text("name: Twice\n", encoding="utf-8")
    assert "already defined" in await_event(server)["problems"][0]["problem"]


def test_a_json_database_is_followed_too(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "db.json"
    path.write_text('{"posts": [{"id": 1, "title": "a"}], "tags": [{"id": 1, "name": "x"}]}', encoding="utf-8")
    server = start(path)
    api = wired(server.port)
    made = api.post("/tags", {"name": "y"}).json
    save(path, path.read_text().replace('"a"', '"b"'))
    assert await_event(server)["generated"] == ["posts"]
    assert api.get("/posts/1").json["title"] == "b"
    assert api.get(f"/tags/{made['id']}").json == made


def test_options_hold_across_reloads(start: Start, file: Path) -> None:
    server = start(file, "--seed", 7, "--convention", "abp")
    save(file, f"seed: 1\napi: {{convention: linkis}}\n{OTHER}")
    assert await_event(server)["generated"] == ["notes"]
    status = server.control("GET", "/api/status").json
    assert (status["seed"], status["convention"]) == (7, "abp")


def test_a_server_told_not_to_watch_does_not(start: Start, file: Path) -> None:
    watching, other = start(file), start(file, "--no-watch")
    save(file, OTHER)
    await_event(watching)
    save(file, TEXT.replace("[x, y]", "[w]"))
    await_event(watching)
    assert names(wired(other.port), "/notes", "text") <= {"x", "y"}


def test_people_read_one_line(file: Path) -> None:
    with started(str(file), "--log", "text") as server:
        assert server.process.stderr is not None
        save(file, OTHER)
        assert next(server.stdout) == f"reloaded {file}: notes (1 of 3 resources generated again)\n"
        save(file, OTHER.replace("name: Shop", "name: Store"))
        assert next(server.stdout) == f"reloaded {file} (0 of 3 resources generated again)\n"
        save(file, BROKEN)
        assert next(server.process.stderr).startswith(f"{file}:6:")
        assert await_refusal(server).endswith(f"1 problem in {file}\n")
        save(file, "resources: {}")
        assert next(server.stdout) == (
            f"reloaded {file} (0 of 0 resources generated again, removed: goods, orders, notes)\n"
        )


VERSIONED = """
resources:
  tallies: {count: 0, fields: {who: {int: [0, 99]}}}
  shops: {count: %(count)d, fields: {life: {value: %(life)d}}}
  goods: {count: %(count)d, fields: {life: {value: %(life)d}, shop_id: {ref: shops, required: true}}}
api: {paging: {default: 200, max: 200}}
"""
LIVES = 4
CLIENTS = 20


def check_reads(wire: Wire) -> int:
    """One look at both resources: of one life each, as many rows as it has, and parents of the same life."""
    wire.send(request("GET", "/goods?embed=shop"))
    answer = wire.read()
    assert answer.status == 200, answer
    lives = {row["life"] for row in answer.json}
    assert len(lives) == 1, "rows of two lives in one answer"
    life: int = lives.pop()
    assert len(answer.json) == 20 + life
    assert {row["shop"]["life"] for row in answer.json} == {life}
    return life


def work(port: int, who: int, over: Event) -> list[int]:
    """Read and write on one connection until it is over; the ids of what was written."""
    made: list[int] = []
    latest = 0
    with Wire(port) as wire:
        while not over.is_set():
            life = check_reads(wire)
            assert life >= latest, "an earlier life came back"
            latest = life
            body = json.dumps({"who": who}).encode()
            wire.send(request("POST", "/tallies", "Content-Type: application/json", body=body))
            answer = wire.read()
            assert answer.status == 201, answer
            made.append(answer.json["id"])
            wire.send(request("PATCH", "/goods/1", "Content-Type: application/json", body=b'{"shop_id": 2}'))
            assert wire.read().status == 201
    return made


def test_clients_at_work_see_one_state_or_the_other(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(VERSIONED % {"count": 20, "life": 0}, encoding="utf-8")
    server, over = start(file), Event()
    with ThreadPoolExecutor(CLIENTS) as pool:
        working = [pool.submit(work, server.port, who, over) for who in range(CLIENTS)]
        try:
            for life in range(1, LIVES):
                save(file, VERSIONED % {"count": 20 + life, "life": life})
                assert await_event(server)["kept"] == ["tallies"]
                save(file, "resources: [")
                assert await_event(server)["event"] == "not_reloaded"
        finally:
            over.set()
    made = [key for each in working for key in each.result()]
    assert len(made) == len(set(made)) > CLIENTS
    with Wire(server.port) as wire:
        assert check_reads(wire) == LIVES - 1
    api, kept = wired(server.port), 0
    while rows := api.get(f"/tallies?limit=200&offset={kept}").json:
        assert {row["id"] for row in rows} <= set(made)
        kept += len(rows)
    assert kept == len(made), "what was written to a resource that did not change was lost"
