"""Conditional requests, content negotiation and metadata, as RFC 9110 has them; section numbers are its own."""

import pytest

from tests.client import Client, serving
from tests.server.wire import Answer

DEFINITION = """
clock: 2026-01-15T09:00:00Z
freeze: true
api: {version: v1, etag: MODE}
resources:
  things: {count: 3, fields: {name: {value: x}, size: {int: [1, 9]}}}
"""
BODY = {"name": "new"}


def served(mode: str = "strong") -> Client:
    return serving(DEFINITION.replace("MODE", mode)).below("/v1/things")


@pytest.fixture
def api() -> Client:
    return served()


def tag_of(answer: Answer) -> str:
    tag = answer.headers["etag"]
    assert tag.startswith('"'), "strong (8.8.3)"
    assert tag.endswith('"')
    return tag


@pytest.mark.parametrize("path", ["", "/1", "?limit=1", "/1?fields=name"])
@pytest.mark.parametrize("form", ["{0}", "W/{0}", '"other", {0}', '{0}, W/"other"', "*", '"a",,{0}', " {0} "])
def test_a_representation_the_client_has_is_not_sent_again(api: Client, path: str, form: str) -> None:
    whole = api.get(path)
    answer = api.get(path, "If-None-Match: " + form.format(tag_of(whole)))
    assert (answer.status, answer.body) == (304, b"")
    kept = {name: whole.headers[name] for name in ("etag", "cache-control") if name in whole.headers}
    assert kept.items() <= answer.headers.items(), "15.4.5: what a 200 would have said"
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("header", ['"other"', 'W/"other"', '""', '"a", "b"'])
def test_another_tag_gets_the_whole(api: Client, header: str) -> None:
    assert api.get("/1", f"If-None-Match: {header}").status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("value", ["abc", '"abc', 'abc"', "'abc'", 'w/"abc"', '"a" "b"', '*, "a"', "", '"a b"'])
def test_what_is_no_list_of_tags_is_a_bad_request(api: Client, method: str, name: str, value: str) -> None:
    answer = api.ask(method, "/1", f"{name}: {value}", body=BODY)
    assert answer.status == 400
    assert name in answer.json["detail"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("form", "status"),
    [
        ("{0}", None),
        ('"other", {0}', None),
        ("*", None),
        ("W/{0}", 412),
        ('"other"', 412),
        ('"other", W/{0}', 412),
        ('""', 412),
    ],
)
def test_a_write_goes_on_when_a_strong_tag_matches(api: Client, method: str, form: str, status: int | None) -> None:
    before = api.get("/1")
    answer = api.ask(method, "/1", "If-Match: " + form.format(tag_of(before)), body=BODY)
    if status is None:
        assert answer.status in (201, 204)
    else:
        assert answer.status == status
        assert api.get("/1").body == before.body


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(("form", "goes_on"), [("{0}", False), ("W/{0}", False), ("*", False), ('"other"', True)])
def test_if_none_match_keeps_a_write_from_what_is_there(api: Client, method: str, form: str, *, goes_on: bool) -> None:
    before = api.get("/1")
    answer = api.ask(method, "/1", "If-None-Match: " + form.format(tag_of(before)), body=BODY)
    assert (answer.status != 412) == goes_on
    assert (api.get("/1").body == before.body) != goes_on


def test_the_second_of_two_writers_is_told(api: Client) -> None:
    tag = tag_of(api.get("/1"))
    first = api.put("/1", {"name": "first"}, f"If-Match: {tag}")
    assert api.put("/1", {"name": "second"}, f"If-Match: {tag}").status == 412
    assert api.put("/1", {"name": "second"}, f"If-Match: {tag_of(first)}").status == 201


def test_a_read_under_a_condition_that_fails_is_refused(api: Client) -> None:
    assert api.get("/1", 'If-Match: "other"').status == 412
    assert api.get("/1", "If-Match: *").status == 200
    assert api.get("/1", f"If-Match: {tag_of(api.get('/1'))}").status == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_conditions_on_what_is_not_there_are_not_looked_at(api: Client, method: str) -> None:
    for header in ("If-Match: *", 'If-Match: "x"', "If-None-Match: *"):
        assert api.ask(method, "/9", header, body=BODY).status == 404, "13.2.1"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_condition_can_be_required(method: str) -> None:
    api = served("required")
    before = api.get("/1").body
    assert api.ask(method, "/1", body=BODY).status == 428
    assert api.ask(method, "/1", 'If-None-Match: "x"', body=BODY).status == 428
    assert api.get("/1").body == before
    assert api.ask(method, "/1", f"If-Match: {tag_of(api.get('/1'))}", body=BODY).status in (201, 204)
    assert api.post("", BODY).status == 201, "nothing to match yet"


def test_tags_can_be_off() -> None:
    api = served("off")
    assert "etag" not in api.get("/1").headers
    assert "etag" not in api.post("", BODY).headers
    assert "etag" not in api.patch("/1", BODY).headers
    assert api.get("/1", "If-None-Match: *").status == 200


def test_the_tag_of_a_document_changes_with_it_alone(api: Client) -> None:
    one, two = tag_of(api.get("/1")), tag_of(api.get("/2"))
    whole = tag_of(api.get(""))
    api.patch("/1", {"name": "other"})
    assert tag_of(api.get("/1")) != one
    assert tag_of(api.get("/2")) == two
    assert tag_of(api.get("")) != whole


@pytest.mark.parametrize(
    "date",
    [
        "Thu, 15 Jan 2026 09:00:00 GMT", "yesterday", "", "Thu, 32 Jan 2026 09:00:00 GMT",
        "Mon, 01 Jan 2024 00:00:00 +99999999999999999999", "Mon, 01 Jan 99999 00:00:00 GMT", "0", "٣",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["If-Modified-Since", "If-Unmodified-Since"])
def test_any_text_may_stand_where_a_date_is_meant(api: Client, name: str, date: str) -> None:
    assert api.get("/1", f"{name}: {date}").status in (200, 304)
    assert api.patch("/1", BODY, f"{name}: {date}").status in (201, 412)


def test_a_write_shows_in_last_modified(api: Client) -> None:
    written = api.patch("/1", BODY).headers["last-modified"]
    assert written == "Thu, 15 Jan 2026 09:00:00 GMT"
    assert api.get("/1", f"If-Modified-Since: {written}").status == 304
    assert api.get("/1", "If-Modified-Since: Wed, 14 Jan 2026 09:00:00 GMT").status == 200
    assert api.get("/1", f"If-Modified-Since: {written}", 'If-None-Match: "x"').status == 200, "13.1.3"
    assert api.patch("/1", BODY, "If-Unmodified-Since: Wed, 14 Jan 2026 09:00:00 GMT").status == 412


ACCEPTED = [
    "", "*/*", "application/json", "application/*", "APPLICATION/JSON", "application/json;q=0.1",
    "text/html, application/json", "text/html;q=0.9, */*;q=0.1", "application/json; charset=utf-8",
    "application/problem+json", "application/vnd.api+json", "text/plain, */*", "application/xml;q=0, */*",
    "application/json, */*;q=0", "text/*;q=0,application/*",
]  # fmt: skip
REFUSED = [
    "text/html", "application/xml", "text/*", "image/png, text/plain", "application/json;q=0", "*/*;q=0",
    "application/json;q=0.0, text/html", "application/json;q=0, */*", "application/*;q=0, */*;q=0.5",
    "application/json; q=0.000, application/*", "application/xml;q=0.9",
]  # fmt: skip


@pytest.mark.parametrize("header", ACCEPTED)
def test_json_is_sent_to_whoever_takes_it(api: Client, header: str) -> None:
    assert api.get("/1", f"Accept: {header}").headers["content-type"] == "application/json"


@pytest.mark.parametrize("header", REFUSED)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_whoever_takes_no_json_gets_406_and_changes_nothing(api: Client, method: str, header: str) -> None:
    before = api.get("").body
    path = "" if method == "POST" else "/1"
    assert api.ask(method, path, f"Accept: {header}", body=BODY).status == 406
    assert api.get("").body == before


READABLE = [
    "application/json", "Application/JSON", "application/json;charset=utf-8", 'application/json; charset="UTF-8"',
    "application/json ; charset=utf8", "application/vnd.shop+json", "application/merge-patch+json",
]  # fmt: skip
UNREADABLE = [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
    "application/jsonp", "text/json", "json", "application/json, text/plain", "application/json;charset=utf-16",
    "application/json;charset=latin-1", ";", "application/", "/json",
]  # fmt: skip


@pytest.mark.parametrize("header", READABLE)
def test_a_body_of_json_is_read_under_any_of_its_names(api: Client, header: str) -> None:
    assert api.patch("/1", BODY, f"Content-Type: {header}").status == 201
    assert api.put("/1", BODY, f"Content-Type: {header}").status == 201


@pytest.mark.parametrize("header", UNREADABLE)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_of_another_type_is_415(api: Client, method: str, header: str) -> None:
    answer = api.ask(method, "" if method == "POST" else "/1", f"Content-Type: {header}", body=BODY)
    assert answer.status == 415
    assert "JSON" in answer.json["detail"].upper()


def test_a_json_patch_is_no_merge_patch(api: Client) -> None:
    answer = api.patch("/1", b'[{"op": "remove", "path": "/name"}]', "Content-Type: application/json-patch+json")
    assert answer.status == 415
    assert "application/merge-patch+json" in answer.headers["accept-patch"]


def test_addresses_in_answers_are_those_of_the_host_that_was_asked(api: Client) -> None:
    for host in ("localhost:1234", "[::1]:8000", "mock.test"):
        assert api.post("", BODY, f"Host: {host}").headers["location"].startswith(f"http://{host}/v1/things/")
        assert f"<http://{host}/v1/things?" in api.get("?limit=1", f"Host: {host}").headers["link"]
