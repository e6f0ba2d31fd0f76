"""What kinds refuse, each with a sentence that helps."""

from typing import Any

import pytest

from mockserver.errors import Invalid
from mockserver.faults.load import read_fault
from mockserver.faults.section import FaultSection

PLAIN = {"match": "ANY *"}
SOCKET = {"match": "WS *"}
LONG = "é" * 62


def test_an_editor_knows_that_headers_can_t_be_none() -> None:
    schema = FaultSection.model_json_schema()["properties"]["headers"]
    assert (schema["minProperties"], "minLength" in schema) == (1, False)


def problems(body: dict[str, Any]) -> str:
    with pytest.raises(Invalid) as caught:
        read_fault("example", body, {})
    return "; ".join(f"{error.pointer} {error.detail}" for error in caught.value.errors)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"status": 199}, "/status"),
        ({"status": 600}, "/status"),
        ({"status": "503"}, "/status"),
        ({"status": True}, "/status"),
        ({"status": 503, "retry_after": -1}, "/retry_after"),
        ({"status": 503, "retry_after": "2s"}, "/retry_after"),
        ({"status": 204, "body": {}}, "/body an answer with 204 has no body"),
        ({"status": 304, "body": None}, "/body an answer with 304 has no body"),
        ({"status": 422, "fields": ["name"], "body": {}}, "/body can't stand beside"),
        ({"status": 200, "fields": ["name"]}, "/fields can't stand beside 200, which is no error"),
        ({"status": 200, "current": True}, "/current can't stand beside 200"),
        ({"fields": []}, "/fields"),
        ({"retry_after": 2}, "/retry_after"),
        ({"reset": "tail"}, "/reset"),
        ({"reset": False}, "/reset should be true"),
        ({"empty": False}, "/empty should be true; leave the key out"),
        ({"empty": 1}, "/empty should be true"),
        ({"hang": "0s"}, "/hang should be longer than 0s and at most 10m"),
        ({"hang": "11m"}, "/hang should be longer than 0s and at most 10m"),
        ({"hang": 30}, "/hang should be true, or a duration like 30s"),
        ({"down": {"for": "3s", "restart": "yes"}}, "/down/restart"),
        ({"down": {"restart": True}}, "/down"),
        ({"down": []}, "/down should be true, a duration like 3s, or {for: 3s, restart: true}"),
        ({"truncate": 1.0}, "/truncate should be a number of bytes"),
        ({"truncate": 0.0}, "/truncate should be a number of bytes"),
        ({"truncate": -1}, "/truncate should be a number of bytes"),
        ({"truncate": True}, "/truncate should be a number of bytes"),
        ({"truncate": 2**24 + 1}, "/truncate should be a number of bytes"),
        ({"silent": True}, "/silent"),
        ({"malformed": "cutt"}, "/malformed"),
        ({"rate_limit": {"limit": 1}}, "/rate_limit"),
        ({"rate_limit": {"limit": -1, "window": "1s"}}, "/rate_limit/limit"),
        ({"rate_limit": {"limit": 1, "window": "0s"}}, "/rate_limit/window should be from 1s to 1d"),
        ({"auth_expiry": False}, "/auth_expiry should be true"),
        ({"auth_expiry": {"requests": -1}}, "/auth_expiry/requests"),
        ({"auth_expiry": {}}, "/auth_expiry should have 'after' or 'requests'"),
        ({"latency": "11m"}, "/latency should be at most 10m"),
        ({"latency": ["2s", "1s"]}, "/latency should begin with the shorter one"),
        ({"latency": 2}, "/latency should be a duration like 2s"),
        ({"latency": {"p50": "2s", "p95": "1s"}}, "/latency has a p95 below its p50"),
        ({"latency": {"p50": "2s", "p95": "3s", "max": "1s"}}, "/latency has a max below its p50"),
        ({"latency": {"p50": "0s", "p95": "3s"}}, "/latency/p50 should be longer than 0s"),
        ({"latency": {"p50": "1s", "p95": "3s", "stage": "head"}, "stage": "body"}, "/stage is said within 'latency'"),
        ({"latency": "1s", "stage": "foot"}, "/stage"),
        ({"bandwidth": "50KiB"}, "/bandwidth should be a rate like 50KiB/s"),
        ({"bandwidth": "0B/s"}, "/bandwidth should be a size"),
        ({"bandwidth": {"chunks": 1, "over": "2s"}}, "/bandwidth/chunks"),
        ({"headers": {}}, "/headers"),
        ({"headers": {"X A": "1"}}, "/headers/X A 'X A' can't be the name of a header"),
        ({"headers": {"X-A\r\nSet-Cookie": "1"}}, "/headers"),
        ({"headers": {"X-A": "1\r\nX-B: 2"}}, "/headers/X-A holds characters that no header can hold"),
        ({"headers": {"X-A": "\0"}}, "/headers/X-A holds characters that no header can hold"),
        ({"headers": {"X-A": "ü"}}, "/headers/X-A holds characters that no header can hold"),
        ({"headers": {"X-A": "a" * 8001}}, "/headers/X-A has more than 8000 characters"),
        ({"headers": {"X-A": ["1"]}}, "/headers/X-A should be a text"),
        ({"headers": {"content-LENGTH": "5"}}, "/headers/content-LENGTH 'content-LENGTH' is the server's to say"),
        (
            {"headers": {"Transfer-Encoding": None}},
            "/headers/Transfer-Encoding 'Transfer-Encoding' is the server's to say",
        ),
        ({"headers": {"Connection": "close"}}, "/headers/Connection 'Connection' is the server's to say"),
        ({"headers": {"X-A": "1", "x-a": "2"}}, "/headers 'X-A' and 'x-a' are one header"),
        ({"content_type": "html"}, "/content_type should be a media type"),
        ({"content_type": "text/html\r\nX-A: 1"}, "/content_type holds characters"),
        ({"patch": []}, "/patch"),
        ({"patch": {}}, "/patch"),
        ({"stale": "0s"}, "/stale should be longer than 0s"),
        ({"hold": "previous"}, "/hold"),
        ({"hold": {"next": "1h"}}, "/hold/next should be longer than 0s and at most 10m"),
        ({"cors": True}, "/cors should be false"),
        ({"buffer": "17MiB"}, "/buffer should be at most 16MiB"),
        ({"buffer": 0}, "/buffer should be a size"),
    ],
)
def test_what_can_t_be_on_a_request(body: dict[str, Any], said: str) -> None:
    assert said in problems(PLAIN | body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"refuse": 200}, "/refuse"),
        ({"refuse": 600}, "/refuse"),
        ({"close": 1006}, "/close 1006 can't be sent (RFC 6455 section 7.4)"),
        ({"close": 1015}, "/close 1015 can't be sent"),
        ({"close": 2000}, "/close 2000 can't be sent"),
        ({"close": 5000}, "/close 5000 can't be sent"),
        ({"close": True}, "/close should be a close code"),
        ({"close": "1012"}, "/close should be a close code"),
        ({"close": 1012, "reason": LONG}, "/reason should have at most 123 bytes"),
        ({"close": 1012, "reason": "a\r\nb"}, "/reason holds control characters"),
        ({"close": 1012, "reason": "a\0b"}, "/reason holds control characters"),
        ({"close": 1012, "reason": "\ud800"}, "/reason"),
        ({"close": 1005, "reason": "bye"}, "/reason a Close frame without a code has no reason"),
        ({"reason": "bye"}, "/reason"),
        ({"drop": False}, "/drop should be true"),
        ({"bad_frame": "big"}, "/bad_frame"),
        ({"duplicate": 1}, "/duplicate"),
        ({"duplicate": 11}, "/duplicate"),
        ({"lose": "yes"}, "/lose should be true"),
        ({"delay": "1h"}, "/delay should be at most 10m"),
        ({"corrupt": "chunk"}, "/corrupt"),
    ],
)
def test_what_can_t_be_on_a_socket(body: dict[str, Any], said: str) -> None:
    assert said in problems(SOCKET | body)


@pytest.mark.parametrize(
    "body",
    [
        {"close": 1012, "reason": "é" * 61 + "a"},
        {"close": 3000},
        {"close": 4999},
        {"close": 1005},
        {"refuse": 302, "headers": {"Location": "/login", "Set-Cookie": "a=b; Path=/"}},
        {"bad_frame": True},
        {"delay": ["0s", "10m"]},
    ],
)
def test_what_can_be_on_a_socket(body: dict[str, Any]) -> None:
    assert read_fault("example", SOCKET | body, {}).rules
