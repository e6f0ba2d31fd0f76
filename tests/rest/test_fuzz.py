"""Any request at all gets an answer: below 500, in the convention's shape, and a refused one has changed nothing."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mockserver.conventions.base import conventions
from mockserver.messages import Request
from tests.client import HOST, answered, assemble, dump
from tests.rest.envelope import is_failure
from tests.rest.test_bad_input import DEFINITION, NOT_JSON

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FIELDS = st.sampled_from(
    [
        "id", "text", "whole", "number", "flag", "day", "moment", "key", "choice", "maker_id", "maker_ids", "list",
        "object", "object.inner", "code", "maker", "makers", "things", "nope", "__proto__", "Whole",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    [
        "1", "0", "-1", "2", "-+5", "1.5", "1e9", "1e999", "nan", "true", "null", "", ",", ",,", "a", "b", "a,b", "1,2",
        "x" * 300, "9007199254740992", "9" * 30, "2026-01-15", "2026-01-15T09:00:00Z", "2026-01-15 09:00",
        "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "\0", "id", "-id", "id desc", "+whole", "asc", "DESC",
        "maker", "maker.things", "makers", "maker.things.maker.things.maker.things", "WzIsMl0", "WyIxIiwyXQ", "W10",
        "W10=", "%", "é", "💩", "٣", "[", "..", "{}",
        '["id","DESC"]', "[0,9]", "[2,1]", '{"id":[1,2]}', '{"whole_gte":3,"q":"a"}', '{"a":{"b":[]},"list":[null]}',
        "^a(",
    ]
)  # fmt: skip
SCALARS = st.sampled_from(["whole", "number", "flag", "choice", "maker_id", "id"])
VALUES = WORDS | TEXT
OPERATORS = st.sampled_from(
    [
        "eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "contains", "startswith", "endswith", "like", "isnull",
        "between", "LIKE", "", "nope",
    ]
)  # fmt: skip
ROLES = st.sampled_from(
    [
        "limit", "offset", "page", "per_page", "page_number", "page_size", "skipCount", "maxResultCount", "pageNow",
        "pageSize", "cursor", "sort", "sortby", "order", "sorting", "q", "keyword", "fields", "embed", "include",
        "expand", "_", "__x", "filter", "range", "_sort", "_order", "_page", "_limit", "_start", "_end", "_embed",
        "_expand",
    ]
)  # fmt: skip
NAMES = (
    ROLES
    | FIELDS
    | st.builds("{}[{}]".format, FIELDS, OPERATORS)
    | st.builds("{}_{}".format, FIELDS, OPERATORS)
    | st.builds("filter[{}][{}]".format, FIELDS, OPERATORS)
    | TEXT
)
QUERY = st.lists(st.tuples(NAMES, VALUES), max_size=4)
STEPS = st.sampled_from(
    [
        "things",
        "makers",
        "keyed",
        "thing",
        "1",
        "2",
        "a",
        "99",
        "-1",
        "",
        "x",
        "%zz",
        "%ff",
        "%00",
        "..",
    ]
)
PATH = st.lists(STEPS | TEXT.map(lambda text: quote(text, safe="")), max_size=5).map("/".join)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS | TEXT, inner, max_size=3),
    max_leaves=8,
)
BODY = (
    st.binary(max_size=20)
    | st.sampled_from(sorted(NOT_JSON.values()))
    | (st.dictionaries(FIELDS, JSON, max_size=5) | JSON).map(lambda value: json.dumps(value).encode())
)
TAGS = st.sampled_from(["*", '"x"', 'W/"x"', '"x", "y"', "x", "", '"', ",", '"\x80"', "* "]) | st.text(
    st.characters(min_codepoint=32, max_codepoint=255), max_size=9
)
DATES = st.sampled_from(
    [
        "Thu, 15 Jan 2026 09:00:00 GMT",
        "Mon, 01 Jan 2024 00:00:00 +99999999999999999999",
        "x",
        "0",
        ",",
        ":::",
    ]
)
TYPES = st.sampled_from(
    [
        "application/json", "application/merge-patch+json", "text/plain", "*/*", "application/json;q=0", "*/*;q=0, x",
        ",,;", "/", "application/json; charset=\"", "a/b;c=d;q=x",
    ]
)  # fmt: skip
HEADERS = st.fixed_dictionaries(
    {"host": st.just(HOST)},
    optional={
        "if-match": TAGS, "if-none-match": TAGS, "if-modified-since": DATES | TAGS,
        "if-unmodified-since": DATES | TAGS,
        "accept": TYPES | TAGS, "content-type": TYPES | TAGS, "prefer": TAGS, "range": TAGS,
        "x-http-method-override": TYPES,
    },
)  # fmt: skip
METHODS = st.sampled_from(["GET", "GET", "POST", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW", "get"])
REQUESTS = st.builds(Request, METHODS, PATH, QUERY.map(tuple), HEADERS, BODY)
"""Targets stand below a prefix, or at the top."""


def verify_answer(convention: str, asked: Request, *, known: bool) -> None:
    """Ask it, below the prefix where that is `known`."""
    service = assemble(DEFINITION, convention)
    prefix = conventions.get(convention)().prefixes("v1", "shop")[0] if known else ""
    target = f"{prefix}/{asked.target}"
    before, at = dump(service), service.sandbox.feed.at
    answer = answered(service.handle(replace(asked, target=target)))
    assert 200 <= answer.status < 500
    if answer.status >= 400:
        assert is_failure(answer, convention, target), answer
        assert dump(service) == before
        assert service.sandbox.feed.at == at
    elif answer.body:
        json.loads(answer.body)
    if asked.method in ("GET", "HEAD", "OPTIONS"):
        assert service.sandbox.feed.at == at, "a safe method is safe"


@pytest.mark.parametrize("convention", conventions.names())
@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(known=st.booleans(), asked=REQUESTS)
@example(known=True, asked=Request("POST", "makers/1/things", (), {"host": HOST}, b'{"maker_ids": 5}'))
@example(known=True, asked=Request("GET", "things", (("whole", "-+5"),), {"host": HOST}))
@example(known=True, asked=Request("GET", "things", (("fields", "maker_ids.x,object.inner,object"),), {"host": HOST}))
def test_any_request_gets_an_answer(convention: str, asked: Request, *, known: bool) -> None:
    verify_answer(convention, asked, known=known)


@pytest.mark.parametrize("convention", conventions.names())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.dictionaries(FIELDS, JSON, max_size=6), more=st.dictionaries(FIELDS, JSON, max_size=6))
def test_what_was_written_can_be_read_found_and_written_back(
    convention: str, data: dict[str, Any], more: dict[str, Any]
) -> None:
    service = assemble(DEFINITION, convention)
    things = conventions.get(convention)().prefixes("v1", "shop")[0] + "/things"
    headers = {"host": HOST, "content-type": "application/json"}
    made = answered(service.handle(Request("POST", things, (), headers, json.dumps(data).encode())))
    if made.status < 300:
        path = made.headers["location"].removeprefix(f"http://{HOST}")
        read = answered(service.handle(Request("GET", path, (), headers)))
        assert read.status == 200
        assert read.headers["etag"] == made.headers["etag"]
        key = unquote(path.rpartition("/")[2])
        patched = answered(service.handle(Request("PATCH", path, (), headers, json.dumps(more).encode())))
        document = service.sandbox.store["things"].get(key)
        assert document is not None
        again = answered(service.handle(Request("PUT", path, (), headers, json.dumps(document).encode())))
        assert again.status in (200, 201)
        assert service.sandbox.store["things"].get(key) == document
        found = answered(service.handle(Request("GET", things, (("id", key),), headers)))
        assert found.status == 200
        assert patched.status < 500


@settings(max_examples=200)
@given(
    fields=st.lists(
        st.tuples(st.sampled_from(["whole", "number", "flag", "choice", "maker_id", "id"]), OPERATORS, WORDS),
        max_size=3,
    )
)
def test_a_filter_and_its_negation_share_out_the_list(fields: list[tuple[str, str, str]]) -> None:
    service = assemble(DEFINITION, "rest")
    for field, operator, value in fields:
        opposite = {"eq": "ne", "in": "nin", "ne": "eq", "nin": "in"}.get(operator)
        if opposite is None:
            continue
        answers = [
            answered(service.handle(Request("GET", "/v1/things", ((f"{field}[{one}]", value),), {"host": HOST})))
            for one in (operator, opposite)
        ]
        if answers[0].status == 200:
            ids = sorted(row["id"] for answer in answers for row in answer.json)
            assert ids == [1, 2, 3, 4]
