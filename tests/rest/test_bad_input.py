"""Whatever is sent: a failure in the convention's own shape that names the place, never a 500, and nothing changed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mockserver.conventions.base import conventions
from tests.client import Client
from tests.live import put_back, started
from tests.rest.envelope import is_failure
from tests.server.process import Running
from tests.server.wire import Answer

DEFINITION = """
clock: 2026-01-15T09:00:00Z
freeze: true
api: {version: v1, application: shop, case: as_is, paging: {default: 50, max: 100}}
resources:
  makers: {count: 3, fields: {name: {faker: company, required: true}}}
  things:
    count: 4
    fields:
      id: {seq: 1}
      text: {faker: word, max_length: 50}
      whole: {int: [0, 9]}
      number: {float: [0, 9]}
      flag: {bool: 0.5}
      day: {date: [-9d, now]}
      moment: {datetime: [-9d, now]}
      key: {uuid: true}
      choice: {enum: [a, b]}
      maker_id: {ref: makers, on_delete: cascade}
      maker_ids: {refs: makers}
      list: {list: {int: [0, 9]}}
      object: {object: {inner: {int: [0, 9]}}}
      code: {seq: "C{n}", unique: true}
  keyed: {count: 0, rows: [{id: a, n: 1}], fields: {id: {value: x, type: string}, n: {int: [0, 9]}}}
"""


@dataclass(frozen=True)
class Served:
    """One convention behind a real listener."""

    convention: str
    prefix: str
    client: Client

    def dump(self) -> list[bytes]:
        return [self.client.get(f"/{name}?limit=100").body for name in ("makers", "things", "keyed")]

    def refuses(self, answer: Answer, path: str, *named: str) -> bool:
        """Whether an answer is a failure of the client's in the convention's shape that names these places."""
        said = answer.body.decode()
        return (
            answer.status < 500
            and is_failure(answer, self.convention, self.prefix + path)
            and all(name in said for name in named)
        )


STRICT = [name for name in conventions.names() if not conventions.get(name)().lenient]
checked = pytest.mark.parametrize("server", STRICT, indirect=True)
"""Not where documents may hold anything, and parameters that mean nothing are passed over."""


@pytest.fixture(scope="module", params=conventions.names())
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Running]]:
    path = tmp_path_factory.mktemp("bad") / "bad.yaml"
    path.write_text(DEFINITION, encoding="utf-8")
    with started(str(path), "--convention", request.param) as running:
        yield request.param, running


@pytest.fixture
def served(server: tuple[str, Running]) -> Iterator[Served]:
    """The server, put back; fails when a test leaves other data than it found."""
    name, running = server
    prefix = conventions.get(name)().prefixes("v1", "shop")[0]
    served = Served(name, prefix, put_back(running).below(prefix))
    before = served.dump()
    yield served
    assert served.dump() == before, "something was changed"


NOT_JSON: dict[str, bytes] = {
    "cut": b'{"text": "a"',
    "no value": b'{"text": }',
    "trailing comma": b'{"text": "a",}',
    "single quotes": b"{'text': 'a'}",
    "comment": b'{"text": "a"} // no',
    "two values": b'{"text": "a"} {"text": "b"}',
    "NaN": b'{"number": NaN}',
    "Infinity": b'{"number": -Infinity}',
    "leading zero": b'{"whole": 01}',
    "plus": b'{"whole": +1}',
    "hexadecimal": b'{"whole": 0x10}',
    "control character": b'{"text": "a\x01"}',
    "raw NUL": b'{"text": "a\x00b"}',
    "only NUL": b"\x00",
    "latin-1": '{"text": "é"}'.encode("latin-1"),
    "utf-16": '{"text": "a"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"text": "a"}',
    "overlong": b'{"text": "\xc0\xaf"}',
    "raw surrogate": b'{"text": "\xed\xa0\x80"}',
    "high surrogate": rb'{"text": "\ud800"}',
    "low surrogate": rb'{"text": "\udc00x"}',
    "surrogate as a key": rb'{"\ud800": 1}',
    "surrogates the wrong way round": rb'{"text": "\udc00\ud800"}',
    "bad escape": rb'{"text": "\x41"}',
    "10,000 lists": b"[" * 10_000 + b"]" * 10_000,
    "10,000 lists, open": b"[" * 10_000,
    "10,000 objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "100,000 lists": b"[" * 100_000,
    "form": b"text=a&whole=1",
    "html": b"<!doctype html>",
    "word": b"undefined",
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=list(NOT_JSON))
@pytest.mark.parametrize(("method", "path"), [("POST", "/things"), ("PUT", "/things/1"), ("PATCH", "/things/1")])
def test_what_is_not_json_is_refused_with_its_line_and_column(
    served: Served, method: str, path: str, body: bytes
) -> None:
    answer = served.client.ask(method, path, body=body)
    assert answer.status == 400
    assert served.refuses(answer, path, "line ", "column ")


def test_the_line_and_column_are_those_of_the_mistake(served: Served) -> None:
    answer = served.client.post("/things", b'{\n  "text": "a",\n  "whole": 1 2\n}')
    assert served.refuses(answer, "/things", "line 3, column 14")


@pytest.mark.parametrize("depth", [51, 500, 900])
def test_json_deeper_than_anybody_needs_is_refused(served: Served, depth: int) -> None:
    body = b'{"object": ' + b"[" * depth + b"]" * depth + b"}"
    assert served.refuses(served.client.post("/things", body), "/things", "50 levels")


@pytest.mark.parametrize("body", [b"", b" \r\n\t "], ids=["empty", "blank"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/things"), ("PUT", "/things/1"), ("PATCH", "/things/1")])
def test_a_body_is_needed(served: Served, method: str, path: str, body: bytes) -> None:
    answer = served.client.ask(method, path, body=body)
    assert answer.status == 400
    assert served.refuses(answer, path, "body")


@pytest.mark.parametrize("body", [b"null", b"true", b"0", b'"text"', b"[]", b"[[1]]", b"-0.0"], ids=bytes.decode)
@pytest.mark.parametrize(("method", "path"), [("POST", "/things"), ("PUT", "/things/1"), ("PATCH", "/things/1")])
def test_a_body_is_an_object(served: Served, method: str, path: str, body: bytes) -> None:
    if (method, body) == ("POST", b"[]"):
        body = b"[null]"  # a list of none is no error: it creates nothing
    assert served.refuses(served.client.ask(method, path, body=body), path, "object")


TYPES = ("text", "whole", "number", "flag", "day", "moment", "key", "choice", "maker_id", "maker_ids", "list", "object")
VALUES: dict[str, Any] = {
    "text": "words", "whole": 7, "number": 1.5, "flag": True, "list": [1], "object": {"inner": 1}, "empty": "",
    "nested": [[{}]], "date": "2026-02-30", "fraction": 1e-9, "2^53": 2**53, "2^63": 2**63, "2^64": 2**64,
    "-2^63-1": -(2**63) - 1, "prototype": {"__proto__": {"inner": 1}},
}  # fmt: skip
FITS = {
    "text": {"text", "date", "empty"},
    "whole": {"whole"},
    "number": {"whole", "number", "fraction", "2^53", "2^63", "2^64", "-2^63-1"},
    "flag": {"flag"},
    "list": {"list"},
    "maker_ids": {"list"},
    "object": {"object"},
}
WRONG = [(field, kind) for field in TYPES for kind in VALUES if kind not in FITS.get(field, ())]


@checked
@pytest.mark.parametrize(("field", "kind"), WRONG)
def test_a_value_of_another_type_is_refused_at_its_field(served: Served, field: str, kind: str) -> None:
    for method, path in (("POST", "/things"), ("PATCH", "/things/2")):
        assert served.refuses(served.client.ask(method, path, body={field: VALUES[kind]}), path, field)


@checked
@pytest.mark.parametrize("number", ["1" + "0" * 400, "-1" + "0" * 400, "1e400", "-1e400", "9" * 5000])
@pytest.mark.parametrize("field", ["whole", "number", "id", "maker_id"])
def test_a_number_beyond_all_bounds_is_refused(served: Served, field: str, number: str) -> None:
    answer = served.client.post("/things", f'{{"{field}": {number}}}'.encode())
    assert served.refuses(answer, "/things")
    assert field in answer.body.decode() or "line 1" in answer.body.decode()


@checked
@pytest.mark.parametrize("number", [2**53, 2**63, 2**64, -(2**53), -(2**63)])
def test_an_id_beyond_what_every_reader_keeps_is_refused(served: Served, number: int) -> None:
    assert served.refuses(served.client.post("/things", {"id": number}), "/things", "id")


@pytest.mark.parametrize(
    "text",
    ["x", "1.0", "1e0", "0x1", "9007199254740993", "9" * 400, "-", "--1", "%zz", "%", "%00", "1%00", "%ff", "%ED%A0%80",
     "%F0%9F%92%A9", "1%2F2", "%2e%2e", "..", "null", "__proto__", "1;DROP", "1%0d%0aX-Evil:1", "a" * 8000, "٣", "1_0"],
)  # fmt: skip
def test_an_id_that_can_be_none_leads_nowhere(served: Served, text: str) -> None:
    target = f"/things/{text}"
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = served.client.ask(method, target.encode().decode("latin-1"), body={"text": "a"})
        assert 400 <= answer.status < 500
        assert "x-evil" not in answer.headers
        if text.isascii():
            assert served.refuses(answer, target)


@pytest.mark.parametrize("text", ["%00", "a%00", "%ff", "%ED%A0%80", "%zz", "b", "A", "a%20", "%E2%80%AE", "x" * 8000])
def test_an_id_of_text_that_nobody_has_leads_nowhere(served: Served, text: str) -> None:
    assert served.refuses(served.client.get(f"/keyed/{text}"), f"/keyed/{text}")
    assert served.refuses(served.client.delete(f"/keyed/{text}"), f"/keyed/{text}")


@checked
@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=1&limit=2", "limit"),
        ("limit=1&maxResultCount=2", "maxResultCount"),
        ("offset=1&offset=1", "offset"),
        ("q=a&q=b", "q"),
        ("cursor=&cursor=", "cursor"),
        ("sortby=id&order=asc&order=desc", "order"),
        ("whole[gte]=1&whole[gte]=2", "whole[gte]"),
        ("limit=-1", "limit"),
        ("limit=101", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("limit=1e3", "limit"),
        ("limit=", "limit"),
        ("offset=-9223372036854775809", "offset"),
        ("page=0", "page"),
        ("page_size=0", "page_size"),
        ("whole=9223372036854775808", "whole"),
        ("whole=-%2B5", "whole"),
        ("whole=%D9%A3", "whole"),
        ("number=NaN", "number"),
        ("number=1e999", "number"),
        ("number=" + "9" * 5000, "number"),
        ("flag=yes", "flag"),
        ("day=2026-02-30", "day"),
        ("moment=2026-01-15T25:00:00Z", "moment"),
        ("moment=0000-00-00T00:00:00Z", "moment"),
        ("choice=c", "choice"),
        ("maker_id=x", "maker_id"),
        ("maker_ids=x", "maker_ids"),
        ("text=%00", "text"),
        ("text%00=a", "text"),
        ("sort=%00", "sort"),
        ("q=%00", "q"),
        ("fields=%00", "fields"),
        ("embed=%00", "embed"),
        ("cursor=%00", "cursor"),
        ("sort=nope", "nope"),
        ("fields=nope", "nope"),
        ("embed=nope", "nope"),
        ("embed=maker." * 1 + "maker.maker", "embed"),
        ("embed=" + "maker." * 900 + "maker", "embed"),
        ("nope=1", "nope"),
        ("constructor=1", "constructor"),
        ("%F0%9F%92%A9=1", "💩"),
        ("[]=1", "[]"),
        ("[" * 500 + "=1", "["),
        ("whole[" + "a" * 3000 + "]=1", "whole"),
        ("whole[gte][gte]=1", "whole[gte][gte]"),
        ("=1", ""),
        ("&".join(f"p{n}=1" for n in range(1100)), "1000"),
        ("choice=" + ",".join(["a"] * 1100), "choice"),
    ],
    ids=lambda value: value[:40],
)
def test_a_parameter_that_means_nothing_is_named(served: Served, query: str, named: str) -> None:
    answer = served.client.get(f"/things?{query}")
    assert answer.status == 400
    assert served.refuses(answer, "/things", json.dumps(named, ensure_ascii=False)[1:-1])


@pytest.mark.parametrize("query", ["%ff", "a=%ff", "text=%ED%A0%80", "%C0%80=1", "q=%E2%28%A1"])
def test_a_query_that_is_no_text_is_refused(served: Served, query: str) -> None:
    answer = served.client.get(f"/things?{query}")
    assert answer.status == 400
    assert served.refuses(answer, "/things", "UTF-8")


@pytest.mark.parametrize("query", ["%", "%zz", "text=%", "text=%zz", "&&&&", "text=%25&&"])
def test_a_query_that_is_almost_escaped_is_read_as_it_stands_or_refused(served: Served, query: str) -> None:
    assert served.client.get(f"/things?{query}").status in (200, 400)


def test_ten_thousand_parameters_are_too_long_an_address(served: Served) -> None:
    answer = served.client.get("/things?" + "&".join(f"p{n}=1" for n in range(10_000)))
    assert answer.status == 414
    assert served.refuses(answer, "/things")


@checked
@pytest.mark.parametrize(
    "name",
    ["nope", "имя", "💩", "prototype", "constructor", "a/b", "a~b", "a.b", " text", "Text", "", "te\u0301xt", "\u202e"],
)
def test_a_field_that_is_none_is_named(served: Served, name: str) -> None:
    for method, path in (("POST", "/things"), ("PUT", "/things/1"), ("PATCH", "/things/1")):
        answer = served.client.ask(method, path, body={name: 1})
        assert served.refuses(answer, path)
        assert name.replace("~", "~0").replace("/", "~1") in answer.body.decode() or served.convention != "rest"


@checked
def test_names_that_mean_something_to_javascript_mean_nothing(served: Served) -> None:
    answer = served.client.post("/things", b'{"__proto__": {"polluted": 1}, "whole": "x"}')
    assert served.refuses(answer, "/things", "whole")
    answer = served.client.patch("/things/1", b'{"object": {"__proto__": {"inner": 1}}}')
    assert served.refuses(answer, "/things/1", "__proto__")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/things/1"), ("PUT", "/things"), ("BREW", "/things"),
        ("TRACE", "/things/1"), ("get", "/things"), ("PROPFIND", "/things"), ("A" * 20, "/things"),
    ],
)  # fmt: skip
def test_a_method_that_is_not_there_is_405(served: Served, method: str, path: str) -> None:
    answer = served.client.ask(method, path, body={})
    assert answer.status == 405
    assert "GET" in answer.headers["allow"]
    assert served.refuses(answer, path)


@pytest.mark.parametrize(
    "path",
    ["", "/", "//", "//things", "/things//1", "/thing%73x", "/Things/../makers", "/things/1/text", "/things/1/2/3",
     "/things%2F1", "/%2e%2e/things", "/./things", "/things/1/makers/1", "/" + "a/" * 3000, "/%00", "/%ff", "/💩"],
)  # fmt: skip
def test_a_path_that_leads_nowhere_says_so(served: Served, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = served.client.ask(method, path.encode().decode("latin-1"), body={})
        assert answer.status in (400, 404, 405)
        if path.isascii():
            assert served.refuses(answer, path)


@pytest.mark.parametrize("size", [1, 1000])
def test_a_body_beyond_the_limit_is_413(served: Served, size: int) -> None:
    body = b'{"text": "' + b"a" * (1024 * 1024 + size) + b'"}'
    answer = served.client.post("/things", body)
    assert answer.status == 413
    assert served.refuses(answer, "/things")


@checked
def test_a_great_many_flaws_are_found_in_good_time(served: Served) -> None:
    body = json.dumps({f"f{n}": n for n in range(60_000)}).encode()
    assert len(body) < 1024 * 1024
    answer = served.client.post("/things", body)
    assert served.refuses(answer, "/things", "f0")
    assert len(answer.body) < 1024 * 1024


@checked
def test_no_more_than_a_hundred_errors_are_looked_for(served: Served) -> None:
    for count, said in ((100, "(99 more)"), (101, "(100 more, or still more)"), (90_000, "(100 more, or still more)")):
        answer = served.client.post("/things", {"list": ["x"] * count})
        assert served.refuses(answer, "/things", "list", *([said] if served.convention == "rest" else []))


@checked
def test_a_body_of_more_values_than_anybody_needs_is_refused(served: Served) -> None:
    listed = b'{"list": [' + b",".join([b"1"] * 100_001) + b"]}"
    assert served.refuses(served.client.post("/things", listed), "/things", "100,000 values")
    text = b'{"text": "' + b"," * 200_000 + b'"}'
    assert b"100,000 values" not in served.client.post("/things", text.replace(b'"text"', b'"whole"')).body


@checked
def test_one_request_creates_no_more_than_others_can_wait_for(served: Served) -> None:
    answer = served.client.post("/things", [{}] * 5_001)
    assert served.refuses(answer, "/things", "5,000 documents")


@checked
def test_a_way_deeper_than_documents_go_is_that_of_no_field(served: Served) -> None:
    for depth in (51, 3_000):
        answer = served.client.get("/things?list" + ".a" * depth + "=1")
        assert served.refuses(answer, "/things", "list.a")


@checked
def test_a_long_text_is_refused_without_being_repeated(served: Served) -> None:
    answer = served.client.post("/things", {"text": "a" * 900_000, "choice": "b" * 9000, "k" * 9000: 1})
    assert served.refuses(answer, "/things", "text", "choice")
    assert len(answer.body) < 100_000


def test_the_log_of_all_this_holds_no_traceback(tmp_path: Path) -> None:
    """One server, one of each kind of request; what it wrote to stderr is nothing."""
    path = tmp_path / "bad.yaml"
    path.write_text(DEFINITION, encoding="utf-8")
    with started(str(path)) as running:
        client = put_back(running).below("/v1")
        for body in NOT_JSON.values():
            assert client.post("/things", body).status == 400
        for value in VALUES.values():
            assert client.post("/things", {"object": {"inner": [value]}}).status == 422
        running.process.terminate()
        _, errors = running.process.communicate(timeout=10)
    assert errors == ""
