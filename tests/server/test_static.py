"""A folder of files beside the API: what is there, what is not, and what must never be reached."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.cli.command import run
from tests.client import Client, wired
from tests.live import SEEDS, started
from tests.server.process import Running
from tests.server.wire import Wire, request

HTML = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"
SCRIPT = b"let a = 1;\n" * 500
BIG = bytes(range(256)) * 8192


def fill(folder: Path) -> Path:
    """A front end's build, with traps in it, and a secret beside it."""
    root = folder / "dist"
    for name in ("assets", "docs", "empty", ".git", ".well-known"):
        (root / name).mkdir(parents=True)
    (folder / "secret.txt").write_text("secret")
    (folder / "dist-secret").mkdir()
    (folder / "dist-secret/secret.txt").write_text("secret")
    (root / "index.html").write_text("app")
    (root / "assets/app.js").write_bytes(SCRIPT)
    (root / "assets/font.woff2").write_bytes(b"font")
    (root / "assets/strange").write_bytes(b"?")
    (root / "assets/pack.tar.gz").write_bytes(b"gz")
    (root / "assets/big.bin").write_bytes(BIG)
    (root / "assets/naïve file.css").write_text("a {}")
    (root / "docs/index.html").write_text("docs")
    (root / ".env").write_text("secret")
    (root / ".git/config").write_text("secret")
    (root / ".well-known/security.txt").write_text("Contact: nobody")
    (root / "out.txt").symlink_to(folder / "secret.txt")
    (root / "way-out").symlink_to(folder)
    (root / "alias.js").symlink_to(root / "assets/app.js")
    (root / "loop").symlink_to(root / "loop")
    (root / "nothing.txt").write_bytes(b"")
    os.mkfifo(root / "pipe")
    return root


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = fill(tmp_path_factory.mktemp("static"))
    with started(str(SEEDS / "zoo.yaml"), "--static", str(root)) as running:
        yield running
        running.process.terminate()
        assert running.process.communicate()[1] == "", "something was left open, or broke"


@pytest.fixture
def files(server: Running) -> Client:
    return wired(server.port)


def test_a_file_comes_with_its_type_and_what_caches_need(files: Client) -> None:
    answer = files.get("/assets/app.js")
    assert (answer.status, answer.body) == (200, SCRIPT)
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["accept-ranges"] == "bytes"
    assert {"etag", "last-modified"} <= answer.headers.keys()
    assert not {"content-disposition", "x-mock-at"} & answer.headers.keys()


@pytest.mark.parametrize(
    ("path", "body", "media_type"),
    [
        ("/", b"app", "text/html; charset=utf-8"),
        ("/index.html", b"app", "text/html; charset=utf-8"),
        ("/docs", b"docs", "text/html; charset=utf-8"),
        ("/docs/", b"docs", "text/html; charset=utf-8"),
        ("/alias.js", SCRIPT, "text/javascript; charset=utf-8"),
        ("/assets/na%C3%AFve%20file.css", b"a {}", "text/css; charset=utf-8"),
        ("/.well-known/security.txt", b"Contact: nobody", "text/plain; charset=utf-8"),
        ("/nothing.txt", b"", "text/plain; charset=utf-8"),
        ("/assets/font.woff2", b"font", "font/woff2"),
        ("/assets/strange", b"?", "application/octet-stream"),
        ("/assets/pack.tar.gz", b"gz", "application/gzip"),
    ],
)
def test_paths_lead_to_files(files: Client, path: str, body: bytes, media_type: str) -> None:
    answer = files.get(path)
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers["content-type"] == media_type
    assert "content-encoding" not in answer.headers
    head = files.ask("HEAD", path)
    assert {**head.headers, "date": ""} == {**answer.headers, "date": ""}


HIDDEN = [
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..\\secret.txt",
    "/..%5csecret.txt",
    "/%5c%5chost%5cshare%5csecret.txt",
    "/assets/../../secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/....//secret.txt",
    "/..;/secret.txt",
    "/%252e%252e%252fsecret.txt",
    "/%c0%ae%c0%ae/secret.txt",
    "/%uff0e%uff0e/secret.txt",
    "/\uff0e\uff0e/secret.txt".encode().decode("latin-1"),
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/C:%5cWindows%5cwin.ini",
    "/C:/Windows/win.ini",
    "/file:%2f%2f%2fetc%2fpasswd",
    "/index.html%00.js",
    "/%00",
    "/index.html%0a",
    "/index.html::$DATA",
    "/index.html.",
    "/index.html%20",
    "/index.html/x",
    "/out.txt",
    "/way-out/secret.txt",
    "/way-out/dist-secret/secret.txt",
    "/../dist-secret/secret.txt",
    "/.env",
    "/.git/config",
    "/.git/",
    "/assets/./app.js",
    "/assets//app.js",
    "/loop",
    "/pipe",
    "/empty",
    "/empty/",
    "/nul",
    "/con.txt",
    "/COM1",
    "/aux.html",
    "/lpt1.js",
    "/" + "a" * 300,
    "/" + "a/" * 2000,
    "/assets/*",
    "/assets/app.js%3f",
]


@pytest.mark.parametrize("path", HIDDEN)
def test_nothing_else_is_reached(files: Client, path: str) -> None:
    answer = files.get(path)
    assert answer.status in (400, 404), answer
    assert b"secret" not in answer.body.replace(b"secret.txt", b"").replace(b"dist-secret", b"")
    assert b"root:" not in answer.body
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_navigation_that_leads_nowhere_gets_the_index(files: Client) -> None:
    for path in ("/orders/17", "/a.b/c", "/empty/", "/.env", "/out.txt", "/v1/nothing-of-the-api"):
        answer = files.get(path, HTML)
        assert (answer.status, answer.body) == (200, b"app"), path
    assert files.get("/missing.js", "Accept: */*").status == 404
    assert files.ask("HEAD", "/orders/17", HTML).status == 200
    assert files.post("/orders/17", {}, HTML).status == 404
    assert files.get("/index.html%00", HTML).status == 400


def test_the_api_wins(files: Client) -> None:
    for path in ("/v1/zoos", "/v1/zoos/1"):
        assert files.get(path).headers["content-type"] == "application/json"
    assert files.get("/v1/zoos/999", HTML).headers["content-type"] == "application/problem+json"
    assert files.ask("PUT", "/v1/zoos").status == 405
    assert files.get("/v1/zoos/1", HTML).status == files.get("/v1/zoos/1").status


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_files_are_only_read(files: Client, method: str) -> None:
    answer = files.ask(method, "/assets/app.js")
    assert answer.status == 404
    assert files.get("/assets/app.js").status == 200


def test_an_unchanged_file_is_not_sent_again(files: Client) -> None:
    for path in ("/assets/app.js", "/assets/big.bin"):
        known = files.get(path).headers
        for header in (f"If-None-Match: {known['etag']}", f"If-Modified-Since: {known['last-modified']}"):
            answer = files.get(path, header)
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers["etag"] == known["etag"]
            assert "content-type" not in answer.headers
        assert files.get(path, 'If-None-Match: "other"').status == 200
        failed = files.get(path, 'If-Match: "other"')
        assert (failed.status, failed.body) == (412, b"")


@pytest.mark.parametrize("path", ["/assets/app.js", "/assets/big.bin"])
def test_a_range_is_a_part_of_the_file(files: Client, path: str) -> None:
    whole = files.get(path)
    size = len(whole.body)
    for asked, (start, stop) in {
        "0-0": (0, 1),
        "5-9": (5, 10),
        "100-": (100, size),
        "-7": (size - 7, size),
        f"0-{size * 2}": (0, size),
    }.items():
        part = files.get(path, f"Range: bytes={asked}", "Accept-Encoding: gzip")
        assert (part.status, part.body) == (206, whole.body[start:stop]), asked
        assert part.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
    tag = whole.headers["etag"]
    assert files.get(path, "Range: bytes=0-1", f"If-None-Match: {tag}").status == 304
    assert files.get(path, "Range: bytes=0-1", 'If-None-Match: "other"').status == 206
    assert files.get(path, "Range: bytes=0-1", 'If-Match: "other"').status == 412
    assert files.ask("HEAD", path, "Range: bytes=0-1").status == 200
    assert files.get(path, "Range: bytes=0-1", f"If-Range: {tag}").status == 206
    assert files.get(path, "Range: bytes=0-1", 'If-Range: "other"').body == whole.body
    more = files.get(path, f"Range: bytes=-{size * 2}")
    assert (more.status, more.headers["content-range"]) == (206, f"bytes 0-{size - 1}/{size}")
    assert more.body == whole.body
    assert files.get(path, f"Range: Bytes = {size - 1}-").body == whole.body[-1:]
    assert files.get(path, f"Range: bytes={size}-", 'If-Range: "other"').body == whole.body
    assert files.get(path, "Range: bytes=0-1", f"If-Range: {whole.headers['last-modified']}").status == 206
    assert files.get(path, "Range: bytes=0-1", f"If-Range: W/{tag}").status == 200
    assert files.get(path, "Range: bytes=-0").status == 416
    beyond = files.get(path, f"Range: bytes={size}-")
    assert (beyond.status, beyond.headers["content-range"], beyond.body) == (416, f"bytes */{size}", b"")


def test_of_an_empty_file_there_is_no_part(files: Client) -> None:
    answer = files.get("/nothing.txt", "Range: bytes=0-")
    assert (answer.status, answer.headers["content-range"]) == (416, "bytes */0")


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,3-4", "bytes=9-5", "bytes=", "bytes=-", "bytes=a-b", "lines=1-2", "x", "bytes=" + "9" * 40 + "-"],
)
def test_a_range_that_can_not_be_read_is_passed_over(files: Client, asked: str) -> None:
    answer = files.get("/assets/app.js", f"Range: {asked}")
    assert (answer.status, answer.body) == (200, SCRIPT)


def test_a_text_is_compressed_and_a_long_file_is_not(files: Client) -> None:
    plain, packed = files.get("/assets/app.js"), files.get("/assets/app.js", "Accept-Encoding: gzip")
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["etag"] == plain.headers["etag"][:-1] + '-gzip"'
    again = files.get("/assets/app.js", "Accept-Encoding: gzip", f"If-None-Match: {packed.headers['etag']}")
    assert (again.status, again.headers["etag"]) == (304, packed.headers["etag"])
    assert files.get("/assets/big.bin", "Accept-Encoding: gzip").body == BIG


def test_pages_elsewhere_read_files_as_they_read_the_api(files: Client) -> None:
    for path in ("/assets/app.js", "/assets/big.bin", "/v1/zoos/1"):
        answer = files.get(path, "Origin: http://localhost:5173")
        assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"
        assert "Origin" in answer.headers["vary"]


def test_a_client_that_leaves_in_the_middle_of_a_file_harms_nobody(server: Running, files: Client) -> None:
    for _ in range(20):
        with Wire(server.port) as wire:
            wire.send(request("GET", "/assets/big.bin"))
            wire.sock.recv(100)
    assert files.get("/assets/big.bin").body == BIG


@pytest.fixture
def faulty(server: Running, files: Client) -> Iterator[Client]:
    yield files
    assert server.control("POST", "/api/faults/off", "Content-Type: application/json", body=b"{}").status == 200


SIZES = {"/assets/app.js": len(SCRIPT), "/assets/big.bin": len(BIG)}


@pytest.mark.parametrize("path", SIZES)
def test_files_meet_faults_like_any_request(server: Running, faulty: Client, path: str) -> None:
    answer = faulty.get(path, "Prefer: code=503, delay=1ms")
    assert (answer.status, answer.headers["preference-applied"]) == (503, "code=503, delay=1ms")
    server.switch("f", {"match": f"GET {path}", "cors": False, "latency": "1ms", "stage": "body"})
    with Wire(server.port) as wire:
        wire.send(request("GET", path, "Origin: http://localhost:5173"))
        answer = wire.read()
    assert (len(answer.body), answer.headers["x-mock-fault"]) == (SIZES[path], "f")
    assert "access-control-allow-origin" not in answer.headers
    server.switch("f", {"match": "ANY *", "commit": True, "reset": "connect"})
    with Wire(server.port) as wire:
        wire.send(request("GET", path))
        assert wire.at_end()


@pytest.mark.parametrize("path", SIZES)
def test_files_are_cut_where_a_fault_says(server: Running, faulty: Client, path: str) -> None:
    server.switch("f", {"match": "GET *", "truncate": 0.5})
    whole = SCRIPT if path.endswith("js") else BIG
    with Wire(server.port) as wire:
        wire.send(request("GET", path, "Range: bytes=0-9"))
        head = wire.read(head_only=True)
        assert (head.status, int(head.headers["content-length"])) == (200, len(whole))
        assert wire.take(len(whole) // 2) == whole[: len(whole) // 2]
        assert wire.at_end()


def test_a_big_file_has_its_time_as_a_whole(server: Running, faulty: Client) -> None:
    server.switch("f", {"match": "GET *", "bandwidth": {"chunks": 5, "over": "200ms"}})
    start = monotonic()
    assert faulty.get("/assets/big.bin").body == BIG
    assert 0.15 < monotonic() - start < 5


@pytest.mark.parametrize("given", ["missing", "a-file"])
def test_a_folder_that_is_none_ends_with_2_before_anything_starts(tmp_path: Path, given: str) -> None:
    (tmp_path / "a-file").write_text("x")
    done = run("serve", "--static", str(tmp_path / given), "--port", "0", "--control-port", "0")
    assert (done.returncode, done.stdout) == (2, b"")
    assert given in done.stderr.decode()
