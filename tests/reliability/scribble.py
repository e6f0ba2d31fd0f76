"""What strangers send, as strategies: words that parsers know, put together as nobody would, and mere bytes."""

import json
import zlib
from base64 import b64encode
from typing import Any, Final
from urllib.parse import quote, quote_from_bytes

from hypothesis import strategies as st

from tests.rest.test_fuzz import BODY, JSON, NAMES, REQUESTS, TEXT, VALUES
from tests.server.socket.raw import frame, mask
from tests.server.wire import request

ASKED: Final = REQUESTS
"""Requests that a connection has read already."""
ANY_BYTES: Final = st.binary(max_size=40)
LATIN: Final = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
"""What may stand in a header's line."""

# Queries as they stand in an address: well written, half written, and not at all.
_PAIR: Final = st.builds(lambda name, value: f"{quote(name, safe='[]')}={quote(value)}", NAMES, VALUES)
_RAW_PAIR: Final = (ANY_BYTES | LATIN.map(lambda text: text.encode("latin-1"))).map(
    lambda data: quote_from_bytes(data, safe="&=;+[]%,.:")
)
_OWN: Final = st.sampled_from(
    [
        "__code=418", "__code=%D9%A5", "__code=99", "__delay=0s", "__delay=1y", "__fault=nope", "__fault=..",
        "topics=a,,b", "topics=%00", "since=now", "since=start", "since=0.0", "since=zzzz.999999999999999999",
        "since=.", "since=%ff", "__code", "[]=1", "id[]=1", "id[[]]=1", "=", "&&", "a==b", "%zz=%", "filter[id][",
    ]
)  # fmt: skip
RAW_QUERY: Final = st.lists(_PAIR | _RAW_PAIR | _OWN, max_size=6).map("&".join)

# Headers that are read for what they mean.
_TAG: Final = st.sampled_from(["*", '"x"', 'W/"x"', '"', "\\", ",", '"a", W/"b"', "0", "Thu, 01 Jan 1970 00:00:00 GMT"])
_RANGE: Final = st.sampled_from(
    ["bytes=0-", "bytes=-1", "bytes=9-2", "bytes=0-0,1-1", "items=0-9", "bytes=", "bytes=" + "9" * 40 + "-", "=", "-"]
)
_ACCEPT: Final = st.sampled_from(
    ["application/json;q=2", "*/*;q=0.0001", ";;q", 'a/b;c="\\"', "text/html, */*;q=nan", "application/*;q=1e9"]
)
_PREFER: Final = st.sampled_from(
    [
        "code=418", "code=200, delay=0s", 'code="4\\18"', "delay=1ms", "fault=nope", "code", "code=", "delay=9y",
        "respond-async; x", '"', "return=minimal;;,code=404", "fault=a/b", "code=\xd9\xa5",
    ]
)  # fmt: skip
_COOKIE: Final = st.sampled_from(
    ["mock_sandbox=w1", "mock_sandbox=..", 'mock_sandbox="w1"', "=;=", "a=b; ; c", "mock_sandbox=w1; mock_sandbox=w2"]
)
_PART: Final = st.sampled_from(
    ["", "e30", "eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJhZGEifQ", "[]", "="]
)
_TOKEN: Final = st.lists(_PART | LATIN, max_size=5).map(".".join)
CREDENTIALS: Final = st.one_of(
    LATIN,
    st.builds("{} {}".format, st.sampled_from(["Bearer", "bearer", "Basic", "Token", ""]), _TOKEN),
    st.builds(
        lambda data: "Basic " + b64encode(data).decode(),
        ANY_BYTES | st.sampled_from([b"ada", b":", b"ada:\xff", b"a:b:c"]),
    ),
)
_BOUNDARY: Final = st.sampled_from(["b", '"b"', "", "b" * 71, "b; boundary=c", "\x80"])
TYPES: Final = st.one_of(
    st.sampled_from(
        [
            "application/json", "application/merge-patch+json", "application/x-www-form-urlencoded", "text/plain",
            "application/json; charset=utf-7", "application/json-patch+json", "/", ";",
        ]
    ),
    st.builds("multipart/form-data; boundary={}".format, _BOUNDARY),
)  # fmt: skip
_HEADER: Final = st.one_of(
    st.tuples(
        st.sampled_from(["If-Match", "If-None-Match", "If-Range", "If-Modified-Since", "If-Unmodified-Since"]), _TAG
    ),
    st.tuples(st.just("Range"), _RANGE),
    st.tuples(st.sampled_from(["Accept", "Accept-Encoding", "Accept-Language"]), _ACCEPT),
    st.tuples(st.just("Prefer"), _PREFER),
    st.tuples(st.just("Cookie"), _COOKIE),
    st.tuples(st.just("Authorization"), CREDENTIALS),
    st.tuples(st.sampled_from(["X-Mock-Sandbox", "Idempotency-Key", "Last-Event-ID", "X-HTTP-Method-Override"]), LATIN),
    st.tuples(
        st.sampled_from(
            ["If-Match", "Range", "Accept", "Prefer", "Cookie", "Origin", "Last-Event-ID", "Accept-Encoding"]
        ),
        LATIN,
    ),
)
HEADERS: Final = st.lists(_HEADER, max_size=4, unique_by=lambda pair: pair[0]).map(
    lambda pairs: [f"{name}: {value}" for name, value in pairs]
)

# Multipart as browsers write it, and not quite.
_PART_HEAD: Final = st.sampled_from(
    [
        'Content-Disposition: form-data; name="text"', 'Content-Disposition: form-data; name="list[0]"',
        'Content-Disposition: form-data; name="a"; filename="../x"', "Content-Disposition: form-data", "X", "",
        'Content-Disposition: form-data; name="', 'Content-Disposition: attachment; name*=utf-8\'\'%ff',
        'Content-Type: text/plain; charset=utf-9\r\nContent-Disposition: form-data; name="text"',
        'Content-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name="text"',
    ]
)  # fmt: skip
_END: Final = st.sampled_from(["\r\n--b--\r\n", "\r\n--b--", "", "\r\n--b\r\n", "\n--b--"])
MULTIPART: Final = st.builds(
    lambda parts, end: b"".join(b"--b\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n" for head, body in parts)
    + end.encode(),
    st.lists(st.tuples(_PART_HEAD, ANY_BYTES), max_size=3),
    _END,
)  # fmt: skip
BODIES: Final = (
    BODY | MULTIPART | RAW_QUERY.map(str.encode) | st.sampled_from([b"[" * 5000, b"{" * 60, b"\xef\xbb\xbf{}"])
)

_STEP: Final = st.sampled_from(
    ["things", "makers", "1", "2", "99", "login", "events", "things/1", "makers/1/things", "", "..", "%2e%2e", "%00"]
) | TEXT.map(lambda text: quote(text, safe=""))
_TOP: Final = st.sampled_from(
    ["/v1/", "/v1/", "/v1/", "/~w1/v1/", "/~/v1/", "/~%ff/", "/~a%2fb/v1/", "/", "//", "/v2/"]
)
_PATH: Final = st.builds(lambda top, steps: top + "/".join(steps), _TOP, st.lists(_STEP, max_size=3))
METHODS: Final = st.sampled_from(["GET", "GET", "POST", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])


@st.composite
def _written(draw: st.DrawFn) -> bytes:
    lines, body = draw(HEADERS), draw(BODIES | st.just(b""))
    if body:
        lines = [*lines, f"Content-Type: {draw(TYPES)}"]
    query = draw(RAW_QUERY)
    target = draw(_PATH)
    return request(draw(METHODS), f"{target}?{query}" if query else target, *lines, body=body)


WRITTEN: Final = _written()
"""Requests as bytes whose lines are in order: what is wrong with them is what they say."""

# Messages and frames.
_COMMAND: Final = st.fixed_dictionaries(
    {},
    optional={
        "method": st.sampled_from(
            ["/v1/things", "GET /v1/things/1", "DELETE /v1/things/9", "/sys/subscribe", "/sys/ping"]
        )
        | JSON,
        "data": JSON,
        "websocketTag": JSON,
        "jsonrpc": st.sampled_from(["2.0", "1.0", 2]),
        "params": JSON,
        "id": JSON,
    },
)
_RPC: Final = st.builds(
    lambda method, params, key: {"jsonrpc": "2.0", "method": method, "params": params, "id": key},
    st.sampled_from(["things.list", "things.get", "things.create", "nope"]), JSON, JSON,
)  # fmt: skip
_STOMP_WORDS: Final = [
    "CONNECT",
    "SUBSCRIBE",
    "SEND",
    "UNSUBSCRIBE",
    "\n",
    "\n\n",
    "id:1",
    "destination:/a",
    ":",
    "\0",
    "\r\n",
]
_STOMP: Final = st.lists(st.sampled_from(_STOMP_WORDS) | TEXT, max_size=8).map(lambda words: "".join(words).encode())
MESSAGES: Final = st.one_of(
    ANY_BYTES,
    _STOMP,
    (_COMMAND | _RPC | JSON).map(lambda value: json.dumps(value).encode()),
    st.sampled_from(
        [b"[" * 3000, b'{"a":' * 100, b"\xff", b"\xed\xa0\x80", b"\xf0\x9f", b"9" * 5000, b"\x03\xe8", b"\x03\xed"]
    ),
)


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def _unmasked(first: int, payload: bytes) -> bytes:
    return bytes((first, min(len(payload), 125))) + payload[:125]


_FIRST: Final = st.sampled_from(
    [0x81, 0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8A, 0x88, 0x09, 0xC1, 0x41]
) | st.integers(0, 255)
_PAYLOAD: Final = MESSAGES | MESSAGES.map(_deflated)
_FRAME: Final = st.one_of(
    st.builds(frame, _FIRST, _PAYLOAD),
    st.builds(frame, _FIRST, _PAYLOAD),
    st.builds(_unmasked, _FIRST, _PAYLOAD),
    st.builds(
        lambda first, data, size, length: frame(first, data, size=size, length=length),
        _FIRST,
        ANY_BYTES,
        st.sampled_from([2, 8]),
        st.integers(0, 65535),
    ),
    st.builds(
        lambda first, length: bytes((first, 0xFF)) + length.to_bytes(8, "big") + mask(b"x"),
        _FIRST,
        st.integers(0, 2**64 - 1),
    ),
    ANY_BYTES,
)


def _pieces(frames: list[bytes], flips: list[tuple[int, int]], cuts: list[int]) -> list[bytes]:
    """The stream with some of its bytes changed, cut where networks would."""
    data = bytearray(b"".join(frames))
    for place, change in flips:
        if data:
            data[place % len(data)] ^= change
    places = sorted({cut % (len(data) + 1) for cut in cuts})
    return [bytes(data[start:end]) for start, end in zip([0, *places], [*places, len(data)], strict=True)]


STREAMS: Final = st.builds(
    _pieces,
    st.lists(_FRAME, max_size=6),
    st.lists(st.tuples(st.integers(0, 9999), st.integers(1, 255)), max_size=2),
    st.lists(st.integers(0, 9999), max_size=4),
)
EXTENSIONS: Final = st.sampled_from(
    [
        "", "", "permessage-deflate", "permessage-deflate; client_max_window_bits", "permessage-deflate; x=1", ";",
        "permessage-deflate; server_max_window_bits=99", "permessage-deflate; client_no_context_takeover", "a, b; c=\"",
    ]
)  # fmt: skip

# What the control plane is told.
_KEYS: Final = st.sampled_from(
    [
        "what",
        "name",
        "topic",
        "data",
        "method",
        "path",
        "query",
        "headers",
        "body",
        "status",
        "since",
        "until",
        "match",
        "probability",
        "every",
        "pattern",
        "latency",
        "bandwidth",
        "headers",
        "malformed",
        "truncate",
        "rate_limit",
        "skip",
        "times",
        "ttl",
        "preset",
        "enabled",
        "priority",
        "advance",
        "set",
        "freeze",
        "real",
        "how",
        "code",
        "reason",
        "text",
        "json",
        "base64",
        "source",
        "mock",
        "resources",
        "fault",
        "retry_after",
        "delay",
        "commit",
    ]
)
_TOLD_WORDS: Final = st.sampled_from(
    [
        "1s", "-1s", "9" * 30 + "d", "2026-01-15T09:00:00Z", "0001-01-01", "9999-12-31T23:59:59-23:59", "GET *", "WS *",
        "ANY /things/:id", "GET", "flaky", "FFS", "drop", "close", "AA==", "5xx", "/things/*", "\ud800", "a.b", "data",
    ]
)  # fmt: skip
_VALUE: Final[st.SearchStrategy[Any]] = JSON | _TOLD_WORDS | st.lists(_TOLD_WORDS, max_size=2)
TOLD: Final = BODY | st.dictionaries(_KEYS, _VALUE | st.dictionaries(_KEYS, _VALUE, max_size=2), max_size=3).map(
    lambda value: json.dumps(value).encode()
)
