"""Rows over the control plane: read, filtered and written past the API, each refusal at its place."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.live import started
from tests.server.process import Running
from tests.server.test_control import is_problem
from tests.server.wire import Answer

DEFINITION = """\
mock: 1
api: {convention: abp}
auth:
  users: {ada: {password: lovelace, token: ada-token}}
resources:
  owners: {count: 2, fields: {id: {seq: 1}, full_name: {value: Ada, required: true}}}
  pets:
    count: 3
    methods: [list]
    fields:
      id: {faker: word}
      owner_id: {ref: owners, on_delete: restrict}
      pet_name: {value: Felix, min_length: 2}
    rows: [{id: a/b, owner_id: 1}, {id: "ü %", owner_id: 1}]
faults:
  outage: {match: ANY *, status: 503}
"""


@pytest.fixture(scope="module")
def server_of_rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("rows") / "rows.yaml"
    path.write_text(DEFINITION, encoding="utf-8")
    with started(str(path)) as server:
        yield server


@pytest.fixture
def rows(server_of_rows: Running) -> Iterator[Running]:
    yield server_of_rows
    server_of_rows.control("POST", "/api/reset")
    server_of_rows.control("DELETE", "/api/sandboxes/w1")


def tell(server: Running, method: str, path: str, body: object = None, *headers: str) -> Answer:
    data = b"" if body is None else json.dumps(body).encode()
    typed = () if body is None else ("Content-Type: application/json",)
    return server.control(method, path, *typed, *headers, body=data)


def pointers(answer: Answer) -> list[str]:
    return [error.get("pointer", error.get("parameter")) for error in answer.json["errors"]]


def test_neither_users_nor_faults_nor_methods_are_in_the_way(rows: Running) -> None:
    listed = tell(rows, "GET", "/api/data")
    assert [(one["name"], one["path"], one["count"]) for one in listed.json] == [
        ("owners", "/api/owners", 2),
        ("pets", "/api/pets", 5),
    ]
    page = tell(rows, "GET", "/api/data/owners?limit=1").json
    document = {"id": 1, "full_name": "Ada"}
    row = {"key": "1", "url": "/api/owners/1", "changed": None, "differs": list[str](), "document": document}
    assert page == {"total": 2, "rows": [row], "url": "/api/owners?limit=1"}
    made = tell(rows, "POST", "/api/data/pets", {"id": "new", "pet_name": "Rex"})
    assert (made.status, made.headers["location"]) == (201, "/api/data/pets/new")
    assert made.json["changed"] == "created"
    assert tell(rows, "DELETE", "/api/data/pets/new").status == 204
    assert is_problem(tell(rows, "GET", "/api/data/pets/new"), 404)


@pytest.mark.parametrize("key", ["a/b", "ü %"])
def test_an_id_may_be_any_text(rows: Running, key: str) -> None:
    path = f"/api/data/pets/{quote(key, safe='')}"
    found = tell(rows, "GET", path)
    assert (found.status, found.json["key"], found.json["document"]["id"]) == (200, key, key)
    changed = tell(rows, "PATCH", path, {"pet_name": "Mo"})
    assert changed.json["differs"] == ["pet_name"]
    assert changed.json["url"] == f"/api/pets/{quote(key, safe='')}"
    assert tell(rows, "GET", f"{path}/").status == 404, "a slash at the end is one of the id"
    assert tell(rows, "DELETE", path).status == 204


def test_ids_of_slashes_alone_lead_nowhere_else(rows: Running) -> None:
    for key in ("/", "//", "%2F", "..%2F..", "%0A", "%00"):
        assert tell(rows, "GET", f"/api/data/pets/{key}").status in (400, 404)


def test_a_tag_keeps_two_from_undoing_one_another(rows: Running) -> None:
    path = "/api/data/owners/1"
    tag = tell(rows, "GET", path).headers["etag"]
    assert tell(rows, "GET", path, None, f"If-None-Match: {tag}").status == 304
    first = tell(rows, "PATCH", path, {"full_name": "Bea"}, f"If-Match: {tag}")
    assert (first.status, first.headers["etag"] != tag) == (200, True)
    for method, body in (("PATCH", {"full_name": "Cy"}), ("PUT", {"full_name": "Cy"}), ("DELETE", None)):
        assert is_problem(tell(rows, method, path, body, f"If-Match: {tag}"), 412)
    assert tell(rows, "GET", path).json["document"]["full_name"] == "Bea"
    again = tell(rows, "PUT", path, {"full_name": "Cy"}, f"If-Match: {first.headers['etag']}")
    assert (again.status, again.json["document"]) == (200, {"id": 1, "full_name": "Cy"})


def test_what_is_wrong_is_said_at_its_place_in_the_definitions_names(rows: Running) -> None:
    refused = tell(rows, "PATCH", "/api/data/pets/a%2Fb", {"pet_name": "x", "owner_id": 77, "petName": "y"})
    assert is_problem(refused, 422)
    assert set(pointers(refused)) == {"/pet_name", "/owner_id", "/petName"}
    assert is_problem(tell(rows, "DELETE", "/api/data/owners/1"), 409)
    assert is_problem(tell(rows, "POST", "/api/data/pets", {"id": "a/b"}), 409)
    assert "did you mean 'pets'" in tell(rows, "GET", "/api/data/pet").json["detail"]
    for query, name in (("limit=2000", "limit"), ("pet_nam=x", "pet_nam"), ("changed=yes", "changed")):
        wrong = tell(rows, "GET", f"/api/data/pets?{query}")
        assert is_problem(wrong, 400)
        assert pointers(wrong) == [name]
    for body in (b"[1]", b"{", b'"x"', b"\xff"):
        sent = rows.control("POST", "/api/data/pets", "Content-Type: application/json", body=body)
        assert is_problem(sent, 400)
    assert is_problem(rows.control("POST", "/api/data/pets", "Content-Type: text/plain", body=b"{}"), 415)
    assert is_problem(tell(rows, "PUT", "/api/data/pets", {}), 405)


def test_a_sandbox_is_begun_by_a_change_and_by_nothing_else(rows: Running) -> None:
    def names() -> list[str]:
        return [one["name"] for one in rows.control("GET", "/api/sandboxes").json]

    assert tell(rows, "GET", "/api/data/owners?sandbox=w1").json["rows"][0]["url"] == "/~w1/api/owners/1"
    assert is_problem(tell(rows, "PATCH", "/api/data/owners/9?sandbox=w1", {}), 404)
    assert names() == ["default"]
    assert tell(rows, "PATCH", "/api/data/owners/1?sandbox=w1", {"full_name": "Eve"}).status == 200
    assert names() == ["default", "w1"]
    changed = {one["name"]: one["changed"]["updated"] for one in tell(rows, "GET", "/api/data?sandbox=w1").json}
    assert changed == {"owners": 1, "pets": 0}
    assert [one["changed"]["updated"] for one in tell(rows, "GET", "/api/data").json] == [0, 0]
    assert tell(rows, "GET", "/api/data/owners?changed=1&sandbox=w1").json["total"] == 1


def test_a_change_is_told_on_the_feed(rows: Running) -> None:
    tell(rows, "POST", "/api/faults/off")
    header = "Authorization: Bearer ada-token"

    def feed(since: str) -> dict[str, Any]:
        found: dict[str, Any] = rows.get(f"/api/events?since={since}", header).json
        return found

    since = feed("now")["at"]
    tell(rows, "PATCH", "/api/data/owners/2", {"full_name": "Eve"})
    events = feed(since)["events"]
    assert [(event["action"], event["key"], event["data"]["fullName"]) for event in events] == [("updated", 2, "Eve")]
