"""STOMP's published client for JavaScript, unchanged, on the channel of docs/channels.md, taken from that page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.clients.client import PublishedClient, installed_version, run_script
from tests.document import find_blocks
from tests.live import ROOT, started
from tests.server.process import Running

VERSION = "7.5.0"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    page = (ROOT / "docs/channels.md").read_text(encoding="utf-8")
    [definition] = [block.text for block in find_blocks(page) if block.text.startswith("# stomp.yaml\n")]
    path = tmp_path_factory.mktemp("stomp") / "stomp.yaml"
    path.write_text(definition, encoding="utf-8")
    with started(str(path), "--log", "quiet") as running:
        yield running


@contextmanager
def connected(server: Running) -> Iterator[PublishedClient]:
    with run_script("stomp.mjs", f"ws://127.0.0.1:{server.port}/stomp") as client:
        assert client.call("connect")["version"] == "1.2"
        yield client


def said(messages: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["headers"]["subscription"], one["headers"]["destination"], one["body"]) for one in messages]


def test_the_package_is_the_published_one() -> None:
    assert installed_version("@stomp/stompjs") == VERSION


def test_what_is_sent_comes_to_those_who_subscribed(server: Running) -> None:
    with connected(server) as ada, connected(server) as bob:
        news = ada.call("subscribe", "/topic/news")
        ada.call("subscribe", "/topic/weather")
        other = bob.call("subscribe", "/topic/other")
        theirs = bob.call("subscribe", "/topic/news")
        bob.call("publish", "/topic/news", "Hello")
        bob.call("publish", "/topic/news", "zwei Zeilen\n\n🦓: ja")
        expected = ["Hello", "zwei Zeilen\n\n🦓: ja"]
        assert said(ada.call("received", 2)) == [(news, "/topic/news", text) for text in expected]
        assert said(bob.call("received", 2)) == [(theirs, "/topic/news", text) for text in expected]
        ada.call("publish", "/topic/other", "for Bob")
        assert said(bob.call("received", 3))[2] == (other, "/topic/other", "for Bob")
        ids = [one["headers"]["message-id"] for one in bob.call("received", 3)]
        assert len(set(ids)) == 3


def test_who_has_unsubscribed_hears_no_more(server: Running) -> None:
    with connected(server) as ada:
        first = ada.call("subscribe", "/topic/news")
        ada.call("publish", "/topic/news", "one")
        ada.call("received", 1)
        ada.call("unsubscribe", first)
        second = ada.call("subscribe", "/topic/other")
        ada.call("publish", "/topic/news", "two")
        ada.call("publish", "/topic/other", "three")
        assert said(ada.call("received", 2)) == [(first, "/topic/news", "one"), (second, "/topic/other", "three")]


def test_the_end_is_confirmed_and_clean(server: Running) -> None:
    with connected(server) as ada:
        assert ada.call("disconnect") == {"receipt": True, "closed": {"code": 1000, "wasClean": True}}
