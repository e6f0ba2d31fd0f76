"""Answers compressed for those who ask, and nobody else; tags that fit what was sent."""

import gzip
from collections.abc import Iterator

import pytest

from mockserver.messages import Reply, Request
from mockserver.server.coding import LEAST_BYTES, code, wants_gzip
from tests.client import Client, wired
from tests.live import started
from tests.server.process import Running
from tests.server.wire import ask, request

GZIP = "Accept-Encoding: gzip"
JSON = ("Content-Type", "application/json")
TAG = ("ETag", '"abc"')


def coded(*headers: tuple[str, str], body: bytes = b"x" * LEAST_BYTES, status: int = 200, asks: str = "gzip") -> Reply:
    return code(Request("GET", "/", headers={"accept-encoding": asks}), Reply(status, headers, body))


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("gzip, deflate, br", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("*", True),
        ("deflate, *;q=0.5", True),
        ("gzip;q=0.001", True),
        ("gzip ; q=0.5", True),
        ("gzip;q=1.000", True),
        ("identity;q=0.5, gzip", True),
        ("identity;q=0", False),
        ("identity, gzip;q=0.5", False),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip;q=2", False),
        ("gzip;q=-1", False),
        ("gzip;q=nan", False),
        ("gzipped", False),
        (";;;,,,=", False),
        ("gzip" * 1000, False),
        ("gźip", False),
    ],
)
def test_a_client_gets_gzip_when_it_asks_for_it(accepted: str, *, wanted: bool) -> None:
    assert wants_gzip(accepted) == wanted
    assert (coded(JSON, asks=accepted).header("Content-Encoding") == "gzip") == wanted


@pytest.mark.parametrize(
    ("media_type", "compressed"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("application/problem+json", True),
        ("application/vnd.api+json", True),
        ("text/html; charset=utf-8", True),
        ("text/csv", True),
        ("Text/CSS", True),
        ("text/javascript", True),
        ("image/svg+xml", True),
        ("application/wasm", True),
        ("image/png", False),
        ("image/jpeg", False),
        ("application/zip", False),
        ("application/octet-stream", False),
        ("font/woff2", False),
        ("video/mp4", False),
        ("", False),
        ("application/jsonish", False),
    ],
)
def test_what_is_compressed_already_is_left_alone(media_type: str, *, compressed: bool) -> None:
    reply = coded(("Content-Type", media_type))
    assert (reply.header("Content-Encoding") == "gzip") == compressed
    assert (reply.header("Vary") == "Accept-Encoding") == compressed


def test_short_bodies_and_answers_without_one_are_left_alone() -> None:
    assert coded(JSON, body=b"x" * (LEAST_BYTES - 1)) == Reply(200, (JSON,), b"x" * (LEAST_BYTES - 1))
    assert coded(JSON, status=204).header("Content-Encoding") is None
    assert coded(JSON, status=206).header("Content-Encoding") is None
    assert coded(JSON, ("Content-Encoding", "br")).header("Content-Encoding") == "br"
    assert coded(JSON, ("Cache-Control", "no-transform")).header("Content-Encoding") is None


def test_a_compressed_answer_has_its_own_tag_and_no_ranges() -> None:
    reply = coded(JSON, TAG, ("Accept-Ranges", "bytes"))
    assert (reply.header("ETag"), reply.header("Accept-Ranges")) == ('"abc-gzip"', None)
    assert coded(JSON, ("ETag", 'W/"abc"')).header("ETag") == 'W/"abc"'
    assert coded(JSON, TAG, ("Accept-Ranges", "bytes"), asks="").headers == (
        JSON, TAG, ("Accept-Ranges", "bytes"), ("Vary", "Accept-Encoding"),
    )  # fmt: skip


def test_the_same_body_is_the_same_bytes() -> None:
    body = b"[1, 2, 3]" * 5000
    assert coded(JSON, body=body) == coded(JSON, body=body)
    assert gzip.decompress(coded(JSON, body=body).body) == body
    assert coded(JSON, body=body).body[4:8] == b"\0\0\0\0", "a time is in it"


def test_a_long_body_is_compressed_too(server: Running) -> None:
    answer = server.get("/big/1000000", GZIP)
    assert gzip.decompress(answer.body) == server.get("/big/1000000").body
    assert len(answer.body) < 10_000


@pytest.mark.parametrize(
    ("known", "tag"),
    [
        ('"abc"', '"abc"'),
        ('"abc-gzip"', '"abc-gzip"'),
        ('W/"abc-gzip"', '"abc-gzip"'),
        ('"other", "abc-gzip"', '"abc-gzip"'),
        ('"abc", "abc-gzip"', '"abc"'),
        ("*", '"abc"'),
    ],
)
def test_a_304_names_the_form_that_the_client_has(known: str, tag: str) -> None:
    asked = Request("GET", "/", headers={"if-none-match": known})
    reply = code(asked, Reply(304, (TAG,)))
    assert reply.headers == (("ETag", tag), ("Vary", "Accept-Encoding"))


def test_head_says_what_get_says(server: Running) -> None:
    get = server.get("/big/5000", GZIP)
    head = ask(server.port, request("HEAD", "/big/5000", GZIP), head_only=True)
    assert get.headers["content-encoding"] == "gzip"
    assert int(get.headers["content-length"]) == len(get.body) < 1000
    assert {**head.headers, "date": ""} == {**get.headers, "date": ""}
    assert get.headers["vary"] == "Origin, Accept-Encoding"
    assert server.get("/big/5000").headers["vary"] == "Origin, Accept-Encoding"
    assert server.get("/echo", GZIP).headers["vary"] == "Origin"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = tmp_path_factory.mktemp("coding") / "notes.yaml"
    path.write_text("resources: {notes: {count: 100, fields: {text: paragraph, tag: word}}}\n", encoding="utf-8")
    with started(str(path)) as server:
        yield wired(server.port)


def test_what_a_browser_read_compressed_it_can_write_back_and_revalidate(api: Client) -> None:
    made = api.post("/notes", {"text": "long " * 400, "tag": "a"}, GZIP)
    path = f"/notes/{made.headers['location'].rsplit('/', 1)[1]}"
    read = api.get(path, GZIP)
    tag, plain = read.headers["etag"], api.get(path).headers["etag"]
    assert (tag, made.headers["etag"]) == (plain[:-1] + '-gzip"', tag)
    assert api.get(path, GZIP, f"If-None-Match: {tag}").status == 304
    assert api.get(path, GZIP, f"If-None-Match: {tag}").headers["etag"] == tag
    assert api.get(path, f"If-None-Match: {plain}").headers["etag"] == plain
    assert api.patch(path, {"tag": "b"}, f'If-Match: {plain[:-1]}-br"').status == 412
    wrote = api.patch(path, {"tag": "b"}, f"If-Match: {tag}")
    assert wrote.status == 201
    assert api.patch(path, {"tag": "c"}, f"If-Match: {tag}").status == 412
    assert api.patch(path, {"tag": "c"}, f"If-Match: {wrote.headers['etag']}").status == 201
    assert api.put(path, {"text": "x", "tag": "c"}, f"If-None-Match: {tag}").status == 201


def test_a_page_arrives_whole(api: Client) -> None:
    plain, packed = (api.get("/notes?limit=100", *headers) for headers in ((), (GZIP,)))
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
