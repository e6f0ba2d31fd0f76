"""`mockserver get`: the answer a server would give, without one."""

import json
from pathlib import Path

import pytest

from tests.cli.command import ZOO, fetch, run, serving


def test_the_body_is_that_of_a_server_byte_for_byte() -> None:
    done = run("get", ZOO, "/v1/zoos?limit=2&sort=-name")
    assert (done.returncode, done.stderr) == (0, b"")
    with serving(ZOO) as lines:
        origin = lines[-1].split("api=")[1].split()[0]
        assert fetch(f"{origin}/v1/zoos?limit=2&sort=-name") == done.stdout


def test_a_whole_url_is_taken_too() -> None:
    shown = run("get", ZOO, "http://example.org:81/v1/animals?limit=1", "-i").stdout
    assert b"<http://example.org:81/v1/animals?" in shown
    assert shown.partition(b"\r\n\r\n")[2] == run("get", ZOO, "/v1/animals?limit=1").stdout


def test_status_and_headers_are_shown_when_asked_for() -> None:
    head, _, body = run("get", ZOO, "/v1/zoos/1", "--include").stdout.decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    assert "\r\nX-Mock-At: " in head
    assert json.loads(body)["id"] == 1


def test_data_is_posted_as_json(tmp_path: Path) -> None:
    made = run("get", ZOO, "/v1/zoos", "-d", '{"name": "Nordzoo"}', "-i")
    assert made.returncode == 0
    assert made.stdout.startswith(b"HTTP/1.1 201 Created\r\n")
    assert b"Location: http://localhost:8000/v1/zoos/6\r\n" in made.stdout
    (tmp_path / "body.json").write_bytes(b'{"name": "Westzoo"}')
    assert b"Westzoo" in run("get", ZOO, "/v1/zoos", "-d", "@body.json", cwd=tmp_path).stdout
    assert b"Ostzoo" in run("get", ZOO, "/v1/zoos", "-d", "@-", stdin=b'{"name": "Ostzoo"}').stdout
    patched = run("get", ZOO, "/v1/zoos/1", "-X", "PATCH", "-d", '{"city": "Oslo"}')
    assert json.loads(patched.stdout)["city"] == "Oslo"
    wrong = run("get", ZOO, "/v1/zoos", "-d", "<a/>", "-H", "Content-Type: text/xml", "-i")
    assert (wrong.returncode, wrong.stdout[:12]) == (1, b"HTTP/1.1 415")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["/v1/zoos/99"], b"404"),
        (["/v1/zoos?limit=x"], b"400"),
        (["/v1/zoos", "-X", "PUT"], b"405"),
        (["/v1/zoos", "-X", "DELETE"], b"400"),
        (["/v1/zoos", "-X", "GE T"], b"400"),
        (["/v1/zoos?name=%ff"], b"400"),
        (["/v1/" + "z" * 9000], b"414"),
        (["/v1/zoos", "-H", "Accept: text/html"], b"406"),
        (["/v1/zoos", "-d", "{"], b"400"),
    ],
)
def test_what_is_refused_exits_with_1_and_shows_the_problem(arguments: list[str], status: bytes) -> None:
    done = run("get", ZOO, *arguments, "-i")
    assert done.returncode == 1
    assert done.stdout.startswith(b"HTTP/1.1 " + status)
    assert json.loads(done.stdout.partition(b"\r\n\r\n")[2])


def test_head_has_no_body() -> None:
    assert run("get", ZOO, "/v1/zoos", "-X", "HEAD").stdout == b""


def test_spaces_and_letters_beyond_ascii_are_encoded_as_a_browser_does() -> None:
    assert run("get", ZOO, "/v1/zoos?name=Zoo é").stdout == b"[]"


def test_convention_and_seed_can_be_chosen() -> None:
    done = run("get", ZOO, "/api/v1/zoos", "--convention", "abp")
    assert done.returncode == 0
    assert run("get", ZOO, "/v1/zoos", "--seed", "7").stdout != run("get", ZOO, "/v1/zoos").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["v1/zoos"], ["ftp://x/v1/zoos"], ["http://[/"], ["/v1/zoos", "-H", "nothing"], ["/v1/zoos", "-d", "@nowhere"],
        ["/v1/zoos", "--convention", "abq"], [],
    ],
)  # fmt: skip
def test_what_get_can_not_mean_is_wrong_usage(arguments: list[str]) -> None:
    done = run("get", ZOO, *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
