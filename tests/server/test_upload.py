"""Files over real sockets: large ones get through, larger ones don't, and parts of them come back."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.client import Client
from tests.live import put_back, started
from tests.rest.form import CONTENT_TYPE, file, form, text
from tests.server.process import Running
from tests.server.wire import Wire, request

DEFINITION = """
mock: 1
resources:
  animals:
    count: 2
    fields: {name: first_name, photo: {file: {max: 5MiB}}, pic: {image: [320, 240]}}
"""
MIB = 1024 * 1024
ANOTHER = "start the server with another --limit body=NUMBER."
BIG = bytes(range(256)) * (5 * MIB // 256)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    path: Path = tmp_path_factory.mktemp("files") / "mock.yaml"
    path.write_text(DEFINITION)
    with started(str(path)) as server:
        yield server


@pytest.fixture
def api(running: Running) -> Client:
    return put_back(running)


def test_a_file_of_the_maximum_size_gets_through_by_form_and_by_put(api: Client) -> None:
    made = api.ask("POST", "/animals", CONTENT_TYPE, body=form([text("name", "Leo"), file("photo", BIG)]))
    assert made.status == 201
    assert made.json["photo"]["sha256"] == sha256(BIG).hexdigest()
    got = api.get(made.json["photo"]["url"])
    assert (got.body == BIG, got.headers["content-length"]) == (True, str(len(BIG)))
    assert api.ask("PUT", "/animals/1/photo", "Content-Type: image/png", body=BIG).status == 201


def test_a_larger_file_is_refused_by_its_field_and_a_larger_body_by_the_listener(api: Client) -> None:
    by_field = api.ask("PUT", "/animals/1/photo", "Content-Type: image/png", body=BIG + b"x")
    assert (by_field.status, "5,242,880 bytes at most" in by_field.json["detail"]) == (413, True)
    by_listener = api.ask("PUT", "/animals/1/photo", "Content-Type: image/png", body=BIG + bytes(2 * MIB))
    assert (by_listener.status, by_listener.json["detail"]) == (
        413,
        f"The request body is longer than {6 * MIB} bytes: send less, or {ANOTHER}",
    )
    assert api.get("/animals/1").json["photo"] is None


def test_a_body_without_a_file_is_no_longer_for_the_files_that_others_may_hold(api: Client) -> None:
    refused = api.post("/animals", {"name": "a" * MIB})
    assert (refused.status, refused.json["detail"]) == (
        413,
        f"The request body is longer than {MIB} bytes: send less, or {ANOTHER}",
    )


def test_a_chunked_upload_gets_through(api: Client, running: Running) -> None:
    del api
    head = request("PUT", "/animals/1/photo", "Content-Type: image/png", "Transfer-Encoding: chunked")
    with Wire(running.port) as wire:
        wire.send(head + b"200000\r\n" + BIG[: 2 * MIB] + b"\r\n0\r\n\r\n")
        assert wire.read().json["photo"]["size"] == 2 * MIB


def test_parts_and_heads_come_back_on_one_connection(api: Client, running: Running) -> None:
    api.ask("PUT", "/animals/1/photo", "Content-Type: image/png", body=BIG)
    with Wire(running.port) as wire:
        wire.send(request("HEAD", "/animals/1/photo", "Range: bytes=0-9"))
        head = wire.read(head_only=True)
        assert (head.status, head.headers["content-length"]) == (200, str(len(BIG)))
        wire.send(request("GET", "/animals/1/photo", "Range: bytes=256-511", f"If-Range: {head.headers['etag']}"))
        part = wire.read()
        assert (part.status, part.body) == (206, bytes(range(256)))
        assert part.headers["content-range"] == f"bytes 256-511/{len(BIG)}"
        wire.send(request("GET", "/animals/1/photo", "Range: bytes=9999999-"))
        assert wire.read().headers["content-range"] == f"bytes */{len(BIG)}"
        wire.send(request("GET", "/animals/1/photo", f"If-None-Match: {head.headers['etag']}"))
        assert wire.read(head_only=True).status == 304


def test_a_picture_is_there_for_a_page_of_any_origin(api: Client) -> None:
    got = api.get(api.get("/animals/1").json["pic"], "Origin: http://localhost:5173", "Accept: image/*")
    assert (got.status, got.headers["content-type"], got.body[:4]) == (200, "image/svg+xml", b"<svg")
    assert got.headers["access-control-allow-origin"] == "http://localhost:5173"


def test_a_reset_forgets_what_was_uploaded(api: Client, running: Running) -> None:
    api.ask("PUT", "/animals/1/photo", "Content-Type: image/png", body=b"x")
    assert api.get("/animals/1/photo").status == 200
    put_back(running)
    assert api.get("/animals/1/photo").status == 404


def test_what_was_uploaded_is_in_the_journal_without_being_kept_there(api: Client, running: Running) -> None:
    api.ask("PUT", "/animals/1/photo", "Content-Type: image/png", body=BIG)
    assert len(running.control("GET", "/api/status").body) < 10_000
