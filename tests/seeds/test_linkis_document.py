"""Every request and rule of the Linkis API specification (000_d212b2e637d1f864), against `seeds/linkis.yaml`.

Test ids begin with the section of the document. Sections 1 and 3 are of sockets, which come later.
"""

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import DefinitionError, Forbidden, Invalid, Problem, ServerError, Unauthenticated
from mockserver.messages import Request
from mockserver.server.assemble import prepare
from tests.client import Client, answered, assemble, serving
from tests.live import SEEDS
from tests.seeds.section import named
from tests.server.wire import Answer

J, S = "/api/rest_j/v1/project/projects", "/api/rest_s/v1/project/projects"
PROJECT = {"name": "etl", "description": "Nightly"}
HTTP_OF = {-1: 401, 0: 200, 1: 400, 2: 412, 3: 403}


def data(answer: Answer, path: str) -> dict[str, Any]:
    """What a success holds, its envelope checked."""
    body = answer.json
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert list(body) == ["method", "status", "message", "data"]
    assert (body["method"], body["status"], body["message"]) == (path, 0, "OK")
    found: dict[str, Any] = body["data"]
    assert isinstance(found, dict)
    return found


def message(answer: Answer, status: int, path: str) -> str:
    """What a failure says, its envelope checked: the HTTP status is that of the envelope's."""
    body = answer.json
    assert list(body) == ["method", "status", "message", "data"]
    assert (body["method"], body["status"], body["data"]) == (path, status, {})
    assert (answer.status, answer.headers["content-type"]) == (HTTP_OF[status], "application/json")
    said: str = body["message"]
    assert said
    return said


@pytest.mark.parametrize(
    ("path", "key"),
    named(
        "2-url",
        [
            (J, "projects"),
            (S, "projects"),
            ("/api/rest_j/v1/datasource/datasources", "datasources"),
            ("/api/rest_s/v1/datasource/datasources", "datasources"),
            ("/api/rest_j/v1/jobhistory/jobs", "jobs"),
            ("/api/rest_s/v1/jobhistory/jobs", "jobs"),
        ],
    ),
)
def test_addresses_are_prefix_version_application(linkis: Client, path: str, key: str) -> None:
    found = data(linkis.get(path), path)
    assert set(found) == {key, "totalPage"}
    assert found[key]
    first = found[key][0]
    assert data(linkis.get(f"{path}/{first['id']}"), f"{path}/{first['id']}") == first


@pytest.mark.parametrize(
    "path",
    [
        "/api/rest_x/v1/project/projects",
        "/api/rest_j/v2/project/projects",
        "/api/rest_j/v1/projects",
        "/api/rest_j/v1/datasource/projects",
        "/rest_j/v1/project/projects",
        "/api/rest_j/v1/project",
    ],
    ids="2-url not {}".format,
)
def test_other_addresses_lead_nowhere(linkis: Client, path: str) -> None:
    answer = linkis.get(path)
    assert (answer.status, answer.json["status"], answer.json["data"]) == (404, 1, {})
    assert answer.json["method"] == path


@pytest.mark.parametrize(
    ("one", "other"), [(J, S), (S, J)], ids=["2-url rest_j is seen by rest_s", "2-url rest_s is seen by rest_j"]
)
def test_both_prefixes_are_on_the_same_data(linkis: Client, one: str, other: str) -> None:
    answer = linkis.post(one, PROJECT)
    made = data(answer, one)
    assert answer.headers["location"].endswith(f"{one}/{made['id']}")
    assert data(linkis.get(f"{other}/{made['id']}"), f"{other}/{made['id']}") == made
    assert data(linkis.delete(f"{other}/{made['id']}"), f"{other}/{made['id']}") is not None
    message(linkis.get(f"{one}/{made['id']}"), 1, f"{one}/{made['id']}")


@pytest.mark.parametrize("prefix", [J, S], ids=["rest_j", "rest_s"])
@pytest.mark.parametrize(
    ("ask", "path"),
    [
        (lambda c, p: c.get(p), ""),
        (lambda c, p: c.get(f"{p}?pageNow=2&pageSize=3"), ""),
        (lambda c, p: c.get(f"{p}/1"), "/1"),
        (lambda c, p: c.post(p, PROJECT), ""),
        (lambda c, p: c.put(f"{p}/1", PROJECT), "/1"),
        (lambda c, p: c.patch(f"{p}/1", {"public": True}), "/1"),
        (lambda c, p: c.delete(f"{p}/1"), "/1"),
        (lambda c, p: c.get(f"{p}/1/"), "/1/"),
    ],
    ids=[f"4-response method {n}" for n in ("list", "page", "read", "create", "replace", "patch", "delete", "slash")],
)
def test_method_is_the_requested_path_and_status_0_is_200(
    linkis: Client, prefix: str, ask: Callable[[Client, str], Answer], path: str
) -> None:
    data(ask(linkis, prefix), prefix + path)


@pytest.mark.parametrize("section", ["4-response data of a deletion"])
def test_data_is_an_object_though_there_is_nothing(linkis: Client, section: str) -> None:
    assert isinstance(linkis.delete(f"{J}/2").json["data"], dict)
    assert linkis.get(f"{J}?name=nobody").json["data"] == {"projects": [], "totalPage": 0}


@pytest.mark.parametrize("section", ["4-response nulls are written"])
def test_nulls_are_written(linkis: Client, section: str) -> None:
    made = data(linkis.post(J, {"name": "etl"}), J)
    assert made["description"] is None
    assert made["creator"] == "hadoop"


@pytest.mark.parametrize(
    ("status", "ask", "path"),
    [
        (1, lambda c: c.get(f"{J}/99"), f"{J}/99"),
        (1, lambda c: c.put(f"{J}/99", PROJECT), f"{J}/99"),
        (1, lambda c: c.delete(f"{J}/99"), f"{J}/99"),
        (1, lambda c: c.post(J, b"{"), J),
        (1, lambda c: c.get(f"{J}?pageSize=101"), J),
        (1, lambda c: c.get(f"{J}?pageNow=0"), J),
        (1, lambda c: c.get(f"{J}?nmae=x"), J),
        (1, lambda c: c.post(J, {"id": 1, "name": "taken"}), J),
        (2, lambda c: c.post(J, {}), J),
        (2, lambda c: c.put(f"{J}/1", {}), f"{J}/1"),
        (2, lambda c: c.patch(f"{J}/1", {"name": None}), f"{J}/1"),
        (2, lambda c: c.put(f"{J}/1", PROJECT, 'If-Match: "another"'), f"{J}/1"),
    ],
    ids=[
        "4-response 1 unknown document", "4-response 1 put unknown", "4-response 1 delete unknown",
        "4-response 1 malformed", "4-response 1 page size", "4-response 1 page now", "4-response 1 parameter",
        "4-response 1 conflict", "4-response 2 create", "4-response 2 replace", "4-response 2 patch",
        "4-response 2 precondition",
    ],
)  # fmt: skip
def test_a_failures_status_decides_the_http_status(
    linkis: Client, status: int, ask: Callable[[Client], Answer], path: str
) -> None:
    before = linkis.get(J).body
    message(ask(linkis), status, path)
    assert linkis.get(J).body == before


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (-1, Unauthenticated("Log in first.")),
        (1, ServerError("No more.")),
        (2, Invalid("It is not valid.")),
        (3, Forbidden("Not for you.")),
    ],
    ids=lambda value: f"4-response {value}" if isinstance(value, int) else "",
)
def test_every_status_of_the_table_can_be_written(status: int, problem: Problem) -> None:
    service = assemble((SEEDS / "linkis.yaml").read_text(encoding="utf-8"))
    answer = answered(service.refuse(Request("GET", J), problem))
    assert answer.json == {"method": J, "status": status, "message": problem.detail, "data": {}}
    assert answer.status == (500 if isinstance(problem, ServerError) else HTTP_OF[status])


@pytest.mark.parametrize("section", ["4-response message"])
def test_the_message_says_what_is_wrong_and_where(linkis: Client, section: str) -> None:
    assert "name is required" in message(linkis.post(J, {}), 2, J)
    said = message(linkis.post(J, {"name": 5, "public": 7}), 2, J)
    assert "name must be a string" in said
    assert "public must be true or false" in said
    assert "line 1" in message(linkis.post(J, b"{"), 1, J)


@pytest.mark.parametrize(("page", "size"), [("pageNow", "pageSize"), ("pagenow", "PAGESIZE"), ("page", "per_page")])
def test_pages_are_counted_from_one_and_total_page_is_the_number_of_records(
    linkis: Client, page: str, size: str
) -> None:
    whole = data(linkis.get(J), J)["projects"]
    assert len(whole) == 8
    for number, expected in ((1, whole[:3]), (2, whole[3:6]), (3, whole[6:]), (4, [])):
        found = data(linkis.get(f"{J}?{page}={number}&{size}=3"), J)
        assert found == {"projects": expected, "totalPage": 8}


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda c: c.ask("PUT", J, body={}), 405),
        (lambda c: c.get(J, "Accept: application/xml"), 406),
        (lambda c: c.post(J, b"name=x", "Content-Type: text/plain"), 415),
    ],
    ids=["405", "406", "415"],
)
def test_what_no_handler_sees_keeps_its_status(linkis: Client, ask: Callable[[Client], Answer], status: int) -> None:
    answer = ask(linkis)
    assert (answer.status, answer.json["status"], answer.json["method"]) == (status, 1, J)
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize("prefix", ["/api/rest_j/v1", "/api/rest_s/v1"])
def test_children_stand_below_their_parent(linkis: Client, prefix: str) -> None:
    found = linkis.get(f"{prefix}/project/projects/1/datasources").json
    assert found["status"] == 0
    assert {one["projectId"] for one in found["data"]["datasources"]} == {1}


@pytest.mark.parametrize("stack", [True, False])
def test_a_failure_has_its_stack_where_that_is_asked_for(stack: bool) -> None:  # noqa: FBT001
    client = serving(f"mock: 1\napi: {{convention: linkis, stack: {str(stack).lower()}}}\nresources: {{things: {{}}}}")
    said = client.get("/api/rest_j/v1/things/99").json
    assert said["message"] == "There is no thing with the id 99."
    expected = {"stack": f"NotFound: {said['message']}\n\tat {said['method']}"} if stack else {}
    assert said["data"] == expected
    assert client.get("/api/rest_j/v1/things/1").json["data"]["id"] == 1, "what goes well has none"


def test_a_stack_is_asked_for_where_there_is_a_place_for_it() -> None:
    text = "mock: 1\napi: {convention: rest, stack: true}\nresources: {things: {}}\n"
    with pytest.raises(DefinitionError) as caught:
        prepare(parse_source(text, "a.yaml"))
    (problem,) = caught.value.problems
    assert (str(problem.position), problem.problem) == (
        "a.yaml:2:32",
        "'rest' has no place for a stack in its failures",
    )
