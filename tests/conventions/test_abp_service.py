"""ABP's service routes: the same data, rules and answers as the resources' own routes, asked as its proxies ask."""

import json
from typing import Any

import pytest

from mockserver.conventions.abp_service import service_of
from mockserver.server.assemble import AssembledInstance
from tests.client import Client, assemble, direct, serving
from tests.server.wire import Answer

DEFINITION = """
mock: 1
name: Services
clock: 2026-01-15T09:00:00Z
freeze: true
api: {convention: abp, version: v1}
resources:
  tickets:
    search: [subject]
    fields:
      id: {seq: 1}
      subject: {value: A subject, required: true, min_length: 3}
      state: {enum: [open, closed], default: open}
      priority: {int: [0, 9], default: 2}
      created_at: {datetime: [-9d, now], read_only: true}
    rows:
      - {id: 1, subject: The first, state: open, priority: 1}
      - {id: 2, subject: The second, state: closed, priority: 3}
      - {id: 3, subject: The third, state: open, priority: 2}
  animal_types: {fields: {id: {value: "?", type: string}}, rows: [{id: lion}, {id: a/b}]}
  sign-posts: {methods: [list, get], count: 1}
  settings: {upsert: true, count: 0, fields: {id: {value: "?"}, value: {value: x}}}
  profile: {singleton: true}
"""
APP = "/api/services/app"


@pytest.fixture
def service() -> AssembledInstance:
    return assemble(DEFINITION)


@pytest.fixture
def client(service: AssembledInstance) -> Client:
    return direct(service).below(APP)


def result(answer: Answer) -> Any:
    body = answer.json
    assert (answer.status, body["success"], body["__abp"]) == (200, True, True), answer
    return body["result"]


def ids(answer: Answer) -> list[int]:
    return [item["id"] for item in result(answer)["items"]]


def flaws(answer: Answer) -> list[tuple[str, list[str]]]:
    """The validation errors of an answer."""
    assert answer.status == 400
    return [(one["message"], one["members"]) for one in answer.json["error"]["validationErrors"]]


@pytest.mark.parametrize(
    ("resource", "name"),
    [("tickets", "Ticket"), ("animal_types", "AnimalType"), ("sign-posts", "SignPost"), ("people", "Person")],
)
def test_services_are_called_after_one_document(resource: str, name: str) -> None:
    assert service_of(resource) == name


@pytest.mark.parametrize(
    "path", ["/Ticket/GetAll", "/ticket/getall", "/TICKET/GETALL", "/Tickets/GetAll", "/Ticket/GetAll/"]
)
def test_names_are_read_in_any_letter_case(client: Client, path: str) -> None:
    assert client.get(path).body == client.below("/api/v1").get("/tickets").body


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3]),
        ("?MaxResultCount=2&SkipCount=1", [2, 3]),
        ("?Sorting=Priority%20DESC,%20CreatedAt", [2, 3, 1]),
        ("?sorting=priority", [1, 3, 2]),
        ("?Keyword=third", [3]),
        ("?Filter=FIRST", [1]),
        ("?Keyword=&Sorting=&State=&SkipCount=&MaxResultCount=&Priority=", [1, 2, 3]),
        ("?State=open", [1, 3]),
        ("?Priority[0]=1&Priority[1]=3", [1, 2]),
        ("?Priority[gte]=2", [2, 3]),
    ],
)
def test_lists_are_asked_for_as_the_proxies_do(client: Client, query: str, found: list[int]) -> None:
    assert ids(client.get(f"/Ticket/GetAll{query}")) == found


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (b"", [1, 2, 3]),
        (b"  ", [1, 2, 3]),
        ({}, [1, 2, 3]),
        ({"maxResultCount": 1, "skipCount": 1, "sorting": None, "keyword": ""}, [2]),
        ({"priority": [1, 3], "state": "open"}, [1]),
    ],
)
def test_older_proxies_post_what_they_ask(client: Client, given: object, found: list[int]) -> None:
    assert ids(client.post("/ticket/GetAll", given)) == found


def test_one_document_is_got_by_id(client: Client) -> None:
    whole = client.below("/api/v1").get("/tickets/2").body
    assert client.get("/Ticket/Get?Id=2").body == whole
    assert client.get("/Ticket/Get?ID=2&Extra=").body == whole
    assert client.post("/Ticket/Get", {"id": 2}).body == whole
    assert client.post("/Ticket/Get?id=2", b"").body == whole
    assert result(client.get("/Ticket/Get?Id=2&fields=id,subject")) == {"id": 2, "subject": "The second"}
    assert client.get("/AnimalType/Get?Id=a/b").status == 200
    assert (
        client.get("/Ticket/Get?Id=2", f"If-None-Match: {client.get('/Ticket/Get?Id=2').headers['etag']}").status == 304
    )


def test_a_document_is_created(client: Client) -> None:
    answer = client.post("/Ticket/Create", {"subject": "Ünïcode", "priority": 5}, "Accept: text/plain")
    assert answer.headers["content-type"] == "application/json"
    made = result(answer)
    assert (made["id"], made["subject"], made["state"]) == (4, "Ünïcode", "open")
    assert answer.headers["location"].endswith("/api/v1/tickets/4")
    assert result(client.follow(answer.headers["location"])) == made


@pytest.mark.parametrize("path", ["/api/services/app/Ticket/Create", "/api/v1/tickets"])
def test_members_of_bodies_are_read_in_any_letter_case(service: AssembledInstance, path: str) -> None:
    client = direct(service)
    made = result(client.post(path, {"Subject": "By .NET", "CREATEDAT": "2020-01-01T00:00:00Z", "priority": 5}))
    assert (made["subject"], made["priority"]) == ("By .NET", 5)
    assert made["createdAt"] != "2020-01-01T00:00:00Z", "as ever, nobody sets what is read only"
    assert flaws(client.post(path, {"Subject": "x"})) == [("Subject must have at least 3 characters", ["subject"])]
    (flaw,) = flaws(client.post(path, {"Subject": "The one", "subject": "The other"}))
    assert flaw[0].startswith("Subject is not a field")


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("name", ["id", "Id"])
def test_an_update_replaces_the_document_that_its_body_names(client: Client, method: str, name: str) -> None:
    before = result(client.get("/Ticket/Get?Id=2"))
    made = result(client.ask(method, "/Ticket/Update", body={name: 2, "subject": "Another"}))
    assert made == {**before, "subject": "Another", "state": "open", "priority": 2}
    assert result(client.get("/Ticket/Get?Id=2")) == made


def test_the_angular_proxies_content_type_is_json(client: Client) -> None:
    kind = "Content-Type: application/json-patch+json"
    assert result(client.post("/Ticket/Create", {"subject": "A subject"}, kind))["id"] == 4
    assert result(client.put("/Ticket/Update", {"id": 4, "subject": "Another"}, kind))["subject"] == "Another"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/Ticket/Delete?Id=3", b""),
        ("POST", "/Ticket/Delete?Id=3", b""),
        ("POST", "/Ticket/Delete", b'{"id": 3}'),
    ],
)
def test_a_deletion_gives_null(client: Client, method: str, path: str, body: bytes) -> None:
    assert result(client.ask(method, path, body=body)) is None
    assert client.get("/Ticket/Get?Id=3").status == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "found"),
    [
        ("GET", "/Ticket/Get", None, [("Id is required", ["id"])]),
        ("GET", "/Ticket/Get?Id=", None, [("Id is required", ["id"])]),
        ("GET", "/Ticket/Get?Id=1&id=2", None, [("Id is given twice", ["id"])]),
        ("DELETE", "/Ticket/Delete", None, [("Id is required", ["id"])]),
        ("PUT", "/Ticket/Update", {"subject": "None of them"}, [("Id is required", ["id"])]),
        ("PUT", "/Ticket/Update", {"id": None}, [("Id is required", ["id"])]),
        ("PUT", "/Ticket/Update", {"id": True}, [("Id must be a number or a text", ["id"])]),
        ("PUT", "/Ticket/Update", {"id": [1]}, [("Id must be a number or a text", ["id"])]),
        ("PUT", "/Ticket/Update", [1], [("Body must be an object", ["body"])]),
        ("PUT", "/Ticket/Update?Id=1", {"id": 2, "subject": "Two"}, [("Id is 1 and can't be changed", ["id"])]),
        ("PUT", "/Ticket/Update", {"id": 1}, [("Subject is required", ["subject"])]),
        ("POST", "/Ticket/Create", b"", [("Subject is required", ["subject"])]),
        ("POST", "/Ticket/GetAll", {"keyword": {}}, [("Keyword must be a value or a list of values", ["keyword"])]),
        ("POST", "/Ticket/GetAll", [], [("Body must be an object", ["body"])]),
        ("GET", "/Ticket/GetAll?MaxResultCount=0", None, [("MaxResultCount must be at least 1", ["MaxResultCount"])]),
        ("GET", "/Ticket/GetAll?maxResultCount=1001", None,
         [("MaxResultCount must be at most 100", ["maxResultCount"])]),
        ("POST", "/Ticket/GetAll", {"skipCount": -1}, [("SkipCount must be at least 0", ["skipCount"])]),
    ],
)  # fmt: skip
def test_input_that_is_wrong_is_named(
    client: Client, method: str, path: str, body: object, found: list[tuple[str, list[str]]]
) -> None:
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.ask(method, path, body=data)
    assert flaws(answer) == found
    assert answer.json["error"]["message"] == "Your request is not valid!"


@pytest.mark.parametrize("body", [b"{", b'{"id": 1', b"\xff", b"[" * 2000, b'{"id": ' + b"[" * 60 + b"]" * 60 + b"}"])
@pytest.mark.parametrize("path", ["/Ticket/Update", "/Ticket/Create", "/Ticket/GetAll", "/Ticket/Delete"])
def test_a_body_that_is_no_json_is_refused(client: Client, path: str, body: bytes) -> None:
    answer = client.post(path, body)
    assert (answer.status, answer.json["success"], answer.json["error"]["code"]) == (400, False, 0)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/Tickt/GetAll", "no service is called 'Tickt'; did you mean 'Ticket'?"),
        ("/Ticket/GetAl", "the service has no method 'GetAl'; did you mean 'GetAll'?"),
        ("/Ticket/Approve", "known here: Create, Delete, Get, GetAll, Update."),
        ("/Profile/Get", "no service is called 'Profile'"),
        ("/Ticket", "did you mean /api/v1/tickets?"),
        ("/Ticket/Get/1", "There is nothing at"),
        ("", "There is nothing at"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_name_that_is_none_gets_the_nearest(client: Client, method: str, path: str, said: str) -> None:
    answer = client.ask(method, path)
    assert answer.status == 404
    assert said in answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("GetAll", "GET, HEAD, POST, OPTIONS"),
        ("Get", "GET, HEAD, POST, OPTIONS"),
        ("Create", "POST, OPTIONS"),
        ("Update", "PUT, POST, OPTIONS"),
        ("Delete", "DELETE, POST, OPTIONS"),
    ],
)
def test_options_and_405_agree_on_what_is_allowed(client: Client, name: str, allowed: str) -> None:
    options = client.ask("OPTIONS", f"/Ticket/{name}")
    assert (options.status, options.headers["allow"]) == (204, allowed)
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "BREW"):
        answer = client.ask(method, f"/Ticket/{name}?Id=1", body=b'{"id": 1, "subject": "Still"}')
        assert (answer.status == 405) is (method not in allowed.split(", "))
        assert answer.headers.get("allow", allowed) == allowed


def test_what_is_not_open_stays_so(client: Client) -> None:
    assert client.get("/SignPost/GetAll").status == 200
    for path, body in (("Create", {}), ("Update", {"id": 1}), ("Delete", {"id": 1})):
        assert client.post(f"/SignPost/{path}", body).status == 405


def test_writes_keep_their_preconditions_and_keys(service: AssembledInstance, client: Client) -> None:
    tag = client.get("/Ticket/Get?Id=1").headers["etag"]
    body = {"id": 1, "subject": "Another"}
    assert client.put("/Ticket/Update", body, f"If-Match: {tag}").status == 200
    assert client.put("/Ticket/Update", body, f"If-Match: {tag}").status == 412
    first = client.post("/Ticket/Create", body | {"id": 9}, "Idempotency-Key: k")
    again = client.post("/Ticket/Create", body | {"id": 9}, "Idempotency-Key: k")
    assert (again.status, again.body) == (first.status, first.body) == (200, first.body)
    assert client.put("/Setting/Update", {"id": "dark", "value": "on"}).status == 200
    assert [row["id"] for row in service.sandbox.store["settings"]] == ["dark"]


def test_rules_of_the_resource_hold_for_its_service() -> None:
    rules = (
        "\nauth: {scheme: bearer, users: {ada: {token: t-ada, roles: [admin]}, bob: {token: t-bob}}, public: [GET *],"
    )
    client = serving(DEFINITION + rules + " rules: [{route: DELETE /tickets/*, roles: [admin]}]}\n").below(APP)
    assert client.get("/Ticket/GetAll").status == 200
    assert client.post("/Ticket/Create", {"subject": "Nobody's"}).status == 401
    refused = client.delete("/Ticket/Delete?Id=1", "Authorization: Bearer t-bob")
    assert (refused.status, refused.json["unAuthorizedRequest"]) == (403, True)
    assert client.post("/ticket/delete", {"id": 1}, "Authorization: Bearer t-bob").status == 403
    assert client.delete("/Ticket/Delete?Id=1", "Authorization: Bearer t-ada").status == 200


def test_they_stand_where_they_stand_under_another_prefix() -> None:
    client = serving(DEFINITION.replace("version: v1", "prefix: /rest"))
    assert client.get(f"{APP}/Ticket/GetAll").body == client.get("/rest/tickets").body


@pytest.mark.parametrize("convention", ["rest", "linkis"])
def test_other_conventions_have_none(convention: str) -> None:
    assert serving(DEFINITION, convention).get(f"{APP}/Ticket/GetAll").status == 404
