"""Answers that break off: the exact bytes that arrive, and the end that comes behind them."""

import shutil
import subprocess
from itertools import product
from typing import Any

import pytest

from tests.server.fault.bench import Bench

BODY = b"abcdefghij"
TARGET = "/200/10"
ALL = list(product(("fin", "rst"), ("declared", "none", "chunked")))


def cut(at: Any, by: str, length: str = "declared", tail: str = "") -> tuple[str, str, dict[str, Any]]:
    return ("f", "cut", {"at": at, "by": by, "length": length, "tail": tail})


@pytest.mark.parametrize(("by", "length"), ALL)
def test_nothing_at_all_is_nothing_at_all(shared_bench: Bench, by: str, length: str) -> None:
    heard = shared_bench.hear(TARGET, cut("nothing", by, length))
    assert (heard.data, heard.end) == (b"", by)


@pytest.mark.parametrize(("by", "length"), ALL)
def test_a_head_that_breaks_off_has_its_status_and_no_end(shared_bench: Bench, by: str, length: str) -> None:
    heard = shared_bench.hear(TARGET, cut("head", by, length))
    assert heard.end == by
    assert heard.data.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n")
    assert heard.data.endswith(b"\r\nConnection: close\r\n")
    assert b"\r\n\r\n" not in heard.data


@pytest.mark.parametrize("by", ["fin", "rst"])
@pytest.mark.parametrize(
    ("at", "sent"), [(0, b""), (1, b"a"), (4, b"abcd"), (0.5, b"abcde"), (0.99, BODY[:9]), (10, BODY[:9])]
)
def test_a_true_length_is_declared_and_not_reached(shared_bench: Bench, at: float, sent: bytes, by: str) -> None:
    heard = shared_bench.hear(TARGET, cut(at, by))
    assert (heard.body, heard.end) == (sent, by)
    assert "\r\ncontent-length: 10" in heard.head
    assert "\r\nconnection: close" in heard.head
    assert "transfer-encoding" not in heard.head


@pytest.mark.parametrize("by", ["fin", "rst"])
def test_without_a_length_the_body_ends_where_the_connection_does(shared_bench: Bench, by: str) -> None:
    heard = shared_bench.hear(TARGET, cut(4, by, "none"))
    assert (heard.body, heard.end) == (b"abcd", by)
    assert "content-length" not in heard.head
    assert "transfer-encoding" not in heard.head


@pytest.mark.parametrize("by", ["fin", "rst"])
@pytest.mark.parametrize(
    ("at", "tail", "sent"),
    [
        (4, "", b"4\r\nabcd\r\n"),
        (10, "", b"a\r\nabcdefghij\r\n"),
        (99, "", b"a\r\nabcdefghij\r\n"),
        (0.5, "no size\r\n", b"5\r\nabcde\r\nno size\r\n"),
        (0, "zz\r\n", b"zz\r\n"),
    ],
)
def test_in_chunks_the_last_one_never_comes(shared_bench: Bench, at: float, tail: str, sent: bytes, by: str) -> None:
    heard = shared_bench.hear(TARGET, cut(at, by, "chunked", tail))
    assert (heard.body, heard.end) == (sent, by)
    assert "\r\ntransfer-encoding: chunked" in heard.head
    assert "content-length" not in heard.head


def test_garbage_comes_in_place_of_an_answer(shared_bench: Bench) -> None:
    heard = shared_bench.hear(TARGET, cut("nothing", "fin", tail="\0\xff no answer"))
    assert (heard.data, heard.end) == (b"\0\xff no answer", "fin")


BARE = pytest.mark.parametrize(
    ("method", "target"), [("HEAD", TARGET), ("GET", "/204/0"), ("GET", "/304/0"), ("GET", "/200/0")]
)


@BARE
def test_an_answer_without_a_body_is_whole(shared_bench: Bench, method: str, target: str) -> None:
    with shared_bench.begin(target, cut(0.5, "fin", tail="lost"), method=method) as wire:
        answer = wire.read(head_only=method == "HEAD")
        assert (answer.status, answer.body) == (int(target[1:4]), b"")


@BARE
def test_behind_a_head_without_a_body_comes_the_reset(shared_bench: Bench, method: str, target: str) -> None:
    heard = shared_bench.hear(target, cut(0.5, "rst", tail="lost"), method=method)
    assert heard.end == "rst"
    assert heard.data.endswith(b"\r\nConnection: close\r\n\r\n")
    # RFC 9110 §8.6: not even here, where 304 could tell the length of another answer.
    assert ("content-length" in heard.head) == (target[:4] == "/200")


@pytest.mark.parametrize("size", [1, 100_000, 3_000_000])
def test_all_that_was_sent_arrives_before_the_reset(shared_bench: Bench, size: int) -> None:
    heard = shared_bench.hear(f"/200/{size * 2}", cut(size, "rst"))
    assert (len(heard.body), heard.end) == (size, "rst")


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (cut("nothing", "rst"), "0 fault f: reset connect"),
        (cut("nothing", "fin"), "0 fault f: empty"),
        (cut("nothing", "fin", tail="?"), "0 fault f: garbage"),
        (cut("head", "rst"), "0 api; fault f: reset head"),
        (cut(0.5, "rst"), "200 api; fault f: reset body"),
        (cut(0.5, "fin"), "200 api; fault f: cut body"),
    ],
)
def test_log_and_journal_say_how_it_ended(bench: Bench, step: Any, words: str) -> None:
    bench.hear(TARGET, step)
    assert bench.tell()["told"] == [words]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (cut("nothing", "rst"), 56),
        (cut("nothing", "fin"), 52),
        (cut("head", "rst"), 56),
        (cut(0.5, "rst"), 56),
        (cut(0.5, "fin"), 18),
        (cut(0.5, "fin", "none"), 0),
        (cut(0.5, "fin", "chunked"), 18),
        (cut(0.5, "fin", "chunked", "no size\r\n"), 56),
        (cut("nothing", "fin", tail="\0\1\2 garbage"), 1),
    ],
)
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_tells_each_from_the_others(shared_bench: Bench, step: Any, code: int) -> None:
    header = shared_bench.asking(TARGET, step).decode().split("\r\n")[2]
    url = f"http://127.0.0.1:{shared_bench.port}{TARGET}"
    done = subprocess.run(["curl", "-s", "-H", header, url], capture_output=True, timeout=10, check=False)
    assert done.returncode == code
