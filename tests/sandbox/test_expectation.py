"""Looking for exchanges: what each criterion takes, what comes nearest where nothing does, and what can't be asked."""

import json
import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.faults.course import Decision
from mockserver.messages import Json, Reply, Request
from mockserver.sandbox.expectation import KEYS, Unclear, read_expectation
from mockserver.sandbox.journal import Entry, Journal

JSON = {"content-type": "application/json"}


def journal_of(*exchanges: tuple[Request, int] | tuple[Request, int, Sequence[Decision]]) -> Journal:
    journal = Journal()
    for request, status, *decisions in exchanges:
        journal.record(request, Reply(status), 0.0, 0.0, *decisions)
    return journal


def entry_of(request: Request, status: int = 200, *decisions: Decision) -> Entry:
    return Journal().record(request, Reply(status), 0.0, 0.0, decisions)


def holds(expectation: dict[str, Any], entry: Entry) -> bool:
    return read_expectation(expectation).find([entry]) == [entry]


POST = Request(
    "POST",
    "/v1/zoos/1/animals",
    (("limit", "2"), ("tag", "a"), ("tag", "b"), ("empty", ""), ("token", "s3cret")),
    {**JSON, "x-request-id": "r1", "authorization": "Bearer s3cret"},
    json.dumps({"name": "Leo", "tags": ["a", {"b": 1, "c": 2}], "on": True, "n": 1.0, "password": "s3cret"}).encode(),
)
DECISIONS = (
    Decision("outage", 1, 0.25, fired=True),
    Decision("slow", 1, 0.5, fired=False),
    Decision("brownout", 2, 0.5, fired=True, rule=1),
)


@pytest.mark.parametrize(
    "expectation",
    [
        {},
        {"method": "POST"},
        {"method": "post"},
        {"path": "/v1/zoos/1/animals"},
        {"path": "/v1/zoos/1/animals/"},
        {"path": "/v1/zoos/%31/animals"},
        {"path": "/v1/zoos/*/animals"},
        {"path": "/*/*/*/*"},
        {"path": "/v1/**"},
        {"path": "/v1/zoos/1/animals/**"},
        {"path": "/**"},
        {"query": {"limit": "2"}},
        {"query": {"limit": 2}},
        {"query": {"limit": True}},
        {"query": {"offset": False}},
        {"query": {"empty": ""}},
        {"query": {"tag": "a"}},
        {"query": {"tag": "b"}},
        {"query": {"tag": ["a", "b"]}},
        {"query": {"token": True}},
        {"headers": {"X-Request-ID": "r1", "Content-Type": "application/json"}},
        {"headers": {"Authorization": True, "X-Other": False}},
        {"body": {}},
        {"body": {"name": "Leo"}},
        {"body": {"tags": ["a", {"b": 1}]}},
        {"body": {"n": 1, "on": True}},
        {"body": "Leo"},
        {"body": ""},
        {"status": 503},
        {"status": "5xx"},
        {"status": "5XX"},
        {"fault": "outage"},
        {"fault": "brownout"},
        {"since": 0, "until": 1},
        {"method": "POST", "path": "/v1/**", "status": "5xx", "fault": "outage", "body": {"on": True}},
    ],
)
def test_what_is_as_expected(expectation: dict[str, Any]) -> None:
    assert holds(expectation, entry_of(POST, 503, *DECISIONS))


@pytest.mark.parametrize(
    ("expectation", "criterion", "found", "note"),
    [
        ({"method": "PUT"}, "method", "POST", ""),
        ({"path": "/v1/zoos/2/animals"}, "path", "/v1/zoos/1/animals", ""),
        ({"path": "/v1/zoos/*"}, "path", "/v1/zoos/1/animals", ""),
        ({"path": "/v2/**"}, "path", "/v1/zoos/1/animals", ""),
        ({"path": "/v1/zoos/1/animals/*"}, "path", "/v1/zoos/1/animals", ""),
        ({"path": "/"}, "path", "/v1/zoos/1/animals", ""),
        ({"query": {"limit": "3"}}, "query.limit", "2", ""),
        ({"query": {"Limit": "2"}}, "query.Limit", None, "it is not there"),
        ({"query": {"limit": False}}, "query.limit", "2", ""),
        ({"query": {"offset": True}}, "query.offset", None, "it is not there"),
        ({"query": {"tag": ["b", "a"]}}, "query.tag", ["a", "b"], ""),
        ({"query": {"tag": ["a"]}}, "query.tag", ["a", "b"], ""),
        ({"headers": {"x-request-id": "r2"}}, "headers.x-request-id", "r1", ""),
        ({"body": {"name": "Lea"}}, "body.name", "Leo", ""),
        ({"body": {"tags": ["a"]}}, "body.tags", ["a", {"b": 1, "c": 2}], ""),
        ({"body": {"tags": ["a", {"b": 2}]}}, "body.tags.1.b", 1, ""),
        ({"body": {"tags": ["a", {"x": 2}]}}, "body.tags.1.x", None, "it is not there"),
        ({"body": {"on": 1}}, "body.on", True, ""),
        ({"body": {"n": True}}, "body.n", 1.0, ""),
        ({"status": 500}, "status", 503, ""),
        ({"status": "4xx"}, "status", 503, ""),
        ({"status": 0}, "status", 503, ""),
        ({"fault": "slow"}, "fault", ["outage", "brownout"], "it matched and did not act"),
        ({"fault": "out"}, "fault", ["outage", "brownout"], ""),
    ],
)
def test_what_is_not_says_where_it_differs(expectation: dict[str, Any], criterion: str, found: Any, note: str) -> None:
    entry = entry_of(POST, 503, *DECISIONS)
    assert not holds(expectation, entry)
    (near,) = read_expectation(expectation).count([entry]).near
    (difference,) = [one.to_json() for one in near.differences]
    assert (difference["criterion"], difference["found"], difference.get("note", "")) == (criterion, found, note)


@pytest.mark.parametrize(
    "expectation",
    [
        {"query": {"token": "s3cret"}},
        {"headers": {"authorization": "Bearer s3cret"}},
        {"body": {"password": "s3cret"}},
        {"body": "s3cret"},
    ],
)
def test_secrets_can_t_be_asked_for(expectation: dict[str, Any]) -> None:
    entry = entry_of(POST)
    assert not holds(expectation, entry)
    ((difference,),) = [one.differences for one in read_expectation(expectation).count([entry]).near]
    assert "secrets are not kept" in difference.note
    assert "s3cret" not in json.dumps(difference.found)


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (b"", "it is not there"),
        (b"plain", "it is not JSON"),
        (b'{"a":"' + b"x" * 9000 + b'"}', "it is longer than is kept of an exchange"),
        (b'{"token":"' + b"x" * 70_000, "secrets are not kept, so it can only be asked whether there is one (true)"),
    ],
)
def test_a_body_that_is_no_json_is_said_so(body: bytes, note: str) -> None:
    (near,) = read_expectation({"body": {"a": 1}}).count([entry_of(Request("POST", "/", (), JSON, body))]).near
    assert [one.note for one in near.differences] == [note]
    assert len(json.dumps(near.to_json())) < 1000


def test_a_text_is_found_however_json_spells_it() -> None:
    entry = entry_of(Request("POST", "/", (), JSON, b'{"name": "Z\\u00fcrich"}'))
    assert holds({"body": "Zürich"}, entry)


def test_a_class_of_none_is_not_a_class() -> None:
    assert not holds({"status": "5xx"}, entry_of(POST, 0))
    assert holds({"status": 0}, entry_of(POST, 0))


def test_only_what_is_between_two_numbers_is_looked_at() -> None:
    journal = journal_of(*[(POST, 200)] * 5)
    assert [one.number for one in read_expectation({"since": 2, "until": 4}).find(journal)] == [3, 4]
    assert [one.number for one in read_expectation({"since": 2.0, "until": 4.0}).find(journal)] == [3, 4]
    near = read_expectation({"since": 2, "until": 4, "status": 1}).count(journal).near
    assert [one.entry.number for one in near] == [4, 3]


def test_the_nearest_are_those_that_lack_least_and_then_the_latest() -> None:
    journal = journal_of(
        (Request("GET", "/a"), 200),
        (Request("GET", "/b"), 200),
        (Request("POST", "/b"), 200),
        (Request("GET", "/b"), 404),
        (Request("GET", "/b"), 200),
    )
    near = read_expectation({"method": "PUT", "path": "/b", "status": 200}).count(journal).near
    assert [one.entry.number for one in near] == [5, 3, 2]
    assert near[0].to_json() == {
        "number": 5,
        "method": "GET",
        "path": "/b",
        "status": 200,
        "differences": [{"criterion": "method", "expected": "PUT", "found": "GET"}],
    }


def test_no_more_differences_are_told_than_somebody_reads() -> None:
    expected: Json = {f"key{n}": n for n in range(1000)}
    (near,) = read_expectation({"body": expected}).count([entry_of(Request("POST", "/", (), JSON, b"{}"))]).near
    assert len(near.differences) == 10


@pytest.mark.parametrize(
    ("expectation", "where", "said"),
    [
        ({"pth": "/a"}, ["pth"], "is not known: did you mean 'path'?"),
        ({"method": 1}, ["method"], "must be a text"),
        ({"method": ""}, ["method"], "must be a text"),
        ({"path": "a"}, ["path"], "begins with '/'"),
        ({"path": None}, ["path"], "begins with '/'"),
        ({"path": "/a?b=1"}, ["path"], "'query'"),
        ({"path": "/a*"}, ["path"], "a whole step"),
        ({"path": "/**/a"}, ["path"], "at its end only"),
        ({"path": "/a/***"}, ["path"], "a whole step"),
        ({"query": "limit=2"}, ["query"], "an object"),
        ({"query": {"a": None}}, ["query", "a"], "must be a text"),
        ({"query": {"a": [1, True]}}, ["query", "a"], "must be a text"),
        ({"query": {str(n): "" for n in range(51)}}, ["query"], "at most 50"),
        ({"headers": []}, ["headers"], "an object"),
        ({"headers": {"a": ["b"]}}, ["headers", "a"], "must be a text"),
        ({"status": "503"}, ["status"], "must be a status"),
        ({"status": "5"}, ["status"], "must be a status"),
        ({"status": 1000}, ["status"], "must be a status"),
        ({"status": True}, ["status"], "must be a status"),
        ({"fault": []}, ["fault"], "the name of a fault"),
        ({"since": -1}, ["since"], "the number"),
        ({"until": True}, ["until"], "the number"),
        ({"until": 1.5}, ["until"], "the number"),
    ],
)
def test_what_can_t_be_asked_is_refused(expectation: dict[str, Any], where: list[str], said: str) -> None:
    with pytest.raises(Unclear) as refused:
        read_expectation(expectation)
    assert list(refused.value.where) == where
    assert said in f"{refused.value.detail}: {refused.value.advice}"


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_json)
def test_every_body_is_as_it_is_itself_expected(body: Any) -> None:
    entry = entry_of(Request("POST", "/", (), JSON, json.dumps(body).encode()))
    secret = "[redacted]" in entry.body
    assert secret or isinstance(body, str) or holds({"body": json.loads(entry.body)}, entry)


@given(_json, _json)
@example({"a": 1}, {"a": True})
@example({"a": [0, {"b": 2}]}, {"a": [False, {"b": 2.0, "c": None}]})
@example({"a": "x", "b": {"c": 1}}, {"a": "x", "b": {"c": 1.0, "d": 2}})
def test_whether_a_body_is_as_expected_and_where_it_is_not_agree(expected: Any, body: Any) -> None:
    entry = entry_of(Request("POST", "/", (), JSON, json.dumps(body).encode()))
    (criterion,) = read_expectation({"body": expected}).criteria
    assert criterion.holds(entry) == (next(criterion.differ(entry), None) is None)


def test_a_whole_journal_is_counted_while_others_hardly_wait() -> None:
    body: dict[str, Json] = {f"k{n}": n for n in range(600)}
    journal = journal_of(*[(Request("POST", "/", (), JSON, json.dumps(body).encode()), 200)] * 1000)
    expectation = read_expectation({"body": {**body, "k599": -1}})
    began = time.process_time()
    assert [len(one.differences) for one in expectation.count(journal).near] == [1, 1, 1]
    assert time.process_time() - began < 0.2


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(), _json), _json)
def test_anything_is_either_read_or_refused(expectation: dict[str, Any], body: Any) -> None:
    entries = [entry_of(Request("POST", "/a", (), JSON, json.dumps(body).encode())), entry_of(POST)]
    try:
        read = read_expectation(expectation)
    except Unclear:
        return
    json.dumps([near.to_json() for near in read.count(entries).near])
    assert len(read.find(entries)) <= 2
