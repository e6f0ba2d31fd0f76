"""Faults in words: to what, what, how often and when, for each rule one sentence."""

import pytest

from mockserver.definitions.quantity import write_size
from mockserver.faults.wording import tell
from tests.faults.acting import rule_of

TOLD = {
    "{status: 503}": "Every request and every socket: answered 503",
    "{match: ANY *, status: 503, retry_after: 2}": "Every request: answered 503, Retry-After 2s",
    "{match: POST *, probability: 0.3, status: 503}": "Every POST: answered 503, in 30 % of cases",
    "{match: [GET /a, POST *, PUT *, PATCH *], status: 500}": "Every POST, PUT or PATCH and GET /a: answered 500",
    "{match: [WS /x, ANY *], latency: 2s}": "Every request and WS /x: 2s late",
    "{match: GET /a, resource: [b, a], header: {X-A: '1', X-B: true}, query: {q: x}, user: ada, status: 418}": (
        "GET /a, of a or b, with the header x-a: 1, with the header x-b, with q=x in the query, by ada: answered 418"
    ),
    "{match: WS *, event: [animals.*, ping], direction: out, lose: true}": (
        "Messages animals.* or ping to the client of every socket: lost"
    ),
    "{match: [ANY *, WS *], drop: true}": "Every event stream and every socket: ended without a word",
    "{match: [ANY *, WS *], auth_expiry: true}": (
        "Every request and every socket: answered 401 until somebody logs in anew"
    ),
    "{match: GET /a, skip: 2, every: 3, pattern: FS, times: 1, empty: true}": (
        "GET /a: ended without an answer, but for the first 2, every 3rd, by turns FS, once at most"
    ),
    "{match: WS *, after: [3s, 8s], close: 1005}": "Every socket: closed without a code, 3s to 8s after it stands",
    "{match: GET /a, after: 5s, for: 2s, repeat: 10s, ramp: 1m, hang: true}": (
        "GET /a: never answered, 5s after it is switched on, for 2s in each 10s, growing over 1m"
    ),
    "{match: POST *, commit: true, hang: 30s}": "Every POST: carried out first, not answered for 30s, then ended",
    "{match: GET *, every: 11, truncate: 100}": "Every GET: cut off after 100 bytes, every 11th",
    "{match: GET *, status: 502, cors: false, headers: {Via: proxy, ETag: null}}": (
        "Every GET: answered 502, without the headers of CORS, with Via: proxy and without ETag"
    ),
    "{match: GET /a, header: {Authorization: Bearer x}, query: {token: x}, headers: {Set-Cookie: a=x}}": (
        "GET /a, with the header authorization: [redacted], with token=[redacted] in the query: "
        "with Set-Cookie: [redacted]"
    ),
}


@pytest.mark.parametrize(("rule", "said"), TOLD.items())
def test_a_rule_is_told_in_a_sentence(rule: str, said: str) -> None:
    assert tell(rule_of(rule)) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 byte"), (100, "100 bytes"), (1024, "1 KiB"), (50 * 1024, "50 KiB"), (500_000, "500 KB"), (2**21, "2 MiB")],
)
def test_a_size_is_told_in_the_largest_unit_that_it_is_whole_in(count: int, said: str) -> None:
    assert write_size(count) == said
