"""The journal: bounded, numbered, watched, and without secrets from the moment of recording."""

import json
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.definitions.secret import REDACTED
from mockserver.faults.course import Decision
from mockserver.faults.draw import Draw
from mockserver.messages import Reply, Request
from mockserver.sandbox.journal import Entry, Journal
from mockserver.sandbox.redaction import redact_body, redact_text

CANARY = "canary-4711"
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def record(journal: Journal, request: Request | None = None, reply: Reply | None = None) -> Entry:
    return journal.record(request or Request("GET", "/zoos"), reply or Reply(200), at=1.5, duration_s=0.25)


def size(entry: Entry) -> int:
    pairs = (*entry.query, *entry.headers, *entry.reply_headers)
    return len(entry.target) + len(entry.body) + sum(len(name) + len(value) for name, value in pairs)


def test_an_entry_holds_what_happened() -> None:
    request = Request("POST", "/zoos", (("a", "1"), ("a", "ü")), {"accept": "*/*", **JSON}, b'{"name":"Z"}')
    reply = Reply(201, (("Location", "/zoos/1"),), b"{}", "created zoos", "e1.1")
    entry = record(Journal(), request, reply)
    assert entry.to_json() == {
        "number": 1,
        "sandbox": "default",
        "at": 1.5,
        "method": "POST",
        "target": "/zoos",
        "query": [["a", "1"], ["a", "ü"]],
        "headers": {"accept": "*/*", "content-type": "application/json"},
        "body": '{"name":"Z"}',
        "status": 201,
        "reply_headers": [["Location", "/zoos/1"]],
        "decided_by": "created zoos",
        "faults": [],
        "duration_ms": 250.0,
        "request_bytes": 12,
        "reply_bytes": 2,
    }
    assert entry.url == "/zoos?a=1&a=%C3%BC"


def test_an_entry_names_its_sandbox_and_all_faults_that_had_a_say() -> None:
    decisions = [Decision("outage", 3, 0.25, fired=True), Decision("slow", 1, 0.5, fired=False, rule=2)]
    entry = Journal(sandbox="w3").record(Request("GET", "/zoos"), Reply(0), 1.5, 0.25, decisions)
    shown = entry.to_json()
    assert (shown["sandbox"], shown["status"]) == ("w3", 0)
    assert shown["faults"] == [
        {"fault": "outage", "n": 3, "draw": 0.25, "fired": True},
        {"fault": "slow", "n": 1, "draw": 0.5, "fired": False, "rule": 2},
    ]
    assert entry.fired == ["outage"]


def test_two_runs_decide_alike_byte_for_byte() -> None:
    def run() -> str:
        journal = Journal()
        for n in range(1, 1001):
            draw = Draw(42, "flaky", n).share()
            journal.record(Request("GET", "/"), Reply(200), n, 0.0, [Decision("flaky", n, draw, fired=draw < 0.3)])
        return json.dumps([entry.to_json()["faults"] for entry in journal])

    assert run() == run()


def test_decisions_without_end_are_not_kept_without_end() -> None:
    entry = Journal().record(
        Request("GET", "/"), Reply(200), 0, 0, [Decision("a", n, 0.0, fired=True) for n in range(9999)]
    )
    assert len(entry.faults) == 100


def test_only_the_last_entries_are_kept_and_numbers_go_on() -> None:
    journal = Journal(entries_limit=3)
    for _ in range(5):
        record(journal)
    assert [entry.number for entry in journal] == [3, 4, 5]
    assert journal.get(4).number == 4
    journal.clear()
    assert len(journal) == 0
    assert record(journal).number == 6


@pytest.mark.parametrize("number", [0, 1, 9])
def test_an_entry_that_is_not_kept_is_said_so(number: int) -> None:
    journal = Journal(entries_limit=1)
    record(journal)
    record(journal)
    with pytest.raises(LookupError, match=str(number)):
        journal.get(number)


def test_iterating_is_undisturbed_by_new_entries() -> None:
    journal = Journal()
    record(journal)
    for _ in journal:
        record(journal)
    assert len(journal) == 2


def test_watchers_hear_that_all_was_forgotten_until_they_stop() -> None:
    journal = Journal()
    heard: list[int] = []
    stop = journal.watch_clearing(lambda: heard.append(len(journal)))
    record(journal)
    journal.clear()
    stop()
    journal.clear()
    assert heard == [0]


def test_watchers_hear_of_every_entry_until_they_stop() -> None:
    journal = Journal()
    heard: list[int] = []
    stop = journal.watch(lambda entry: heard.append(entry.number))
    record(journal)
    record(journal)
    stop()
    record(journal)
    assert heard == [1, 2]


@pytest.mark.parametrize("limit", [64, 1024, 8192])
def test_no_entry_is_longer_than_its_bound(limit: int) -> None:
    big = "x" * 20_000
    journal = Journal(entry_limit_bytes=limit)
    for request in (
        Request("POST", "/a", (), JSON, b"[%b]" % (b"1," * 50_000 + b"1")),
        Request("GET", f"/{big}"),
        Request("GET", "/a", ((big, big), ("a", "b"))),
        Request("GET", "/a", (), dict.fromkeys(map(str, range(5_000)), "v")),
        Request("POST", f"/{big}", (("a", big),), {"x": big}, big.encode()),
    ):
        entry = record(journal, request, Reply(200, (("X", big),)))
        assert size(entry) <= limit
        assert entry.request_bytes == len(request.body)


def test_ten_rings_full_of_large_bodies_stay_within_the_bound() -> None:
    journal = Journal(entries_limit=10, entry_limit_bytes=1000)
    for _ in range(100):
        record(journal, Request("POST", "/a", (), JSON, b"x" * 100_000))
    assert sum(size(entry) + sys.getsizeof(entry) for entry in journal) < 20_000


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/a", (), {"authorization": f"Bearer {CANARY}"}),
        Request("GET", "/a", (), {"proxy-authorization": CANARY}),
        Request("GET", "/a", (), {"cookie": f"a={CANARY}"}),
        Request("GET", "/a", (), {"token-code": CANARY}),
        Request("GET", "/a", (), {"x-my-secret-key": CANARY}),
        Request("GET", "/a", (), {"referer": f"http://x/?a=1&reset_token={CANARY}#x"}),
        Request("GET", "/a", (), {"referer": f"http://x/?%74oken={CANARY}"}),
        Request("GET", "/a", (), {"referer": f"http://x/??a?b&#access_token={CANARY}"}),
        Request("POST", "/a", (), FORM, b"token=%b&pad=%b" % (CANARY.encode(), b"x" * 100_000)),
        Request("POST", "/a", (), JSON, b'{"token": "%b", "pad": "%b"}' % (CANARY.encode(), b"x" * 100_000)),
        Request("GET", "/a", (("API_Token", CANARY), ("b", "1"))),
        Request("POST", "/a", (), JSON, json.dumps({"password": CANARY}).encode()),
        Request("POST", "/a", (), JSON, json.dumps([{"a": [{"newPassword": {"x": CANARY}}]}]).encode()),
        Request("POST", "/a", (), JSON, b'{"p\\u0061ssword": "%b"}' % CANARY.encode()),
        Request("POST", "/a", (), JSON, b'{"password": "%b"' % CANARY.encode()),
        Request("POST", "/a", (), JSON, b"[" * 5000 + b'{"token": "%b"}' % CANARY.encode() + b"]" * 5000),
        Request("POST", "/a", (), JSON, b"[" * 900 + b'{"token": "%b"}' % CANARY.encode() + b"]" * 900),
        Request("POST", "/a", (), JSON, b'{"pad": "%b", "token": "%b"}' % (b"x" * 9000, CANARY.encode())),
        Request("POST", "/a", (), {}, f"my token is {CANARY}".encode()),
        Request("POST", "/a", (), {}, b'\xff{"token": "%b"}' % CANARY.encode()),
        Request("POST", "/a", (), FORM, b"to%%6ben=%b" % CANARY.encode()),
    ],
)
def test_secrets_are_not_stored(request_: Request) -> None:
    entry = record(Journal(), request_)
    assert CANARY not in repr(entry)
    assert REDACTED in repr(entry) or entry.body.endswith("…")


def test_secrets_of_the_reply_are_not_stored() -> None:
    reply = Reply(302, (("Set-Cookie", f"a={CANARY}"), ("Location", f"/next?token={CANARY}&a=1")), CANARY.encode())
    entry = record(Journal(), None, reply)
    assert CANARY not in repr(entry)
    assert ("Location", f"/next?token={REDACTED}&a=1") in entry.reply_headers


@pytest.mark.parametrize("text", ["?%" * 20_000, "?" * 40_000 + "=", "&a" * 20_000 + "=", "%" * 40_000 + "=?"])
def test_no_header_takes_long_to_search(text: str) -> None:
    start = time.thread_time()
    record(Journal(), Request("GET", "/a", (), {"referer": text}))
    assert time.thread_time() - start < 0.2


def test_what_is_no_secret_is_kept_as_it_was() -> None:
    assert redact_body(b'{"a": "\xc3\xa9"}', "application/json") == '{"a": "é"}'
    assert redact_body(b"plain", "") == "plain"
    assert redact_body(b'{"a": {"token": 1, "b": [true, null]}}', "") == '{"a":{"token":"[redacted]","b":[true,null]}}'
    assert redact_body(b"a=1&password=2", "application/x-www-form-urlencoded") == "a=1&password=[redacted]"


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["token", "my_Secret"]), inner),
)


@given(_json)
def test_a_secret_at_any_depth_is_found(document: object) -> None:
    body = json.dumps({"deep": [document, {"Token": CANARY}]}).encode()
    assert CANARY not in redact_body(body, "application/json")


_PIECES = (
    "?",
    "&",
    "#",
    "=",
    "%",
    " ",
    "a",
    "API-Key",
    "api_key",
    "toKen",
    "paſſword",
    "seＣret",
    "authorİzation",
    "cooKie",
)


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=2)).map("".join))
def test_no_text_is_spared_the_search_that_names_a_secret(text: str) -> None:
    # With a name of the definition's own nothing is spared it.
    assert redact_text(text) == redact_text(text, frozenset(("\n",)))


@given(st.binary(), st.text())
def test_any_body_can_be_recorded(body: bytes, content_type: str) -> None:
    record(Journal(), Request("POST", "/a", (), {"content-type": content_type}, body))
