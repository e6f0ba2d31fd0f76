"""Every request and rule of the generic REST specification (003_e2429982b67a01ad), against `seeds/zoo.yaml`.

Test ids begin with the section of the document. What it writes with spaces (`? page_ number=2`) is a translator's.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.client import Client, serving
from tests.seeds.section import named
from tests.server.wire import Answer

PROBLEM = "application/problem+json"
ZOO: dict[str, Any] = {"name": "Zoo of Basel", "city": "Basel", "founded_on": "1874-07-03", "open": True}

GONE = """
api: {version: v1}
resources:
  zoos: {count: 2, delete: gone, fields: {name: company}}
"""


def is_problem(answer: Answer, status: int) -> bool:
    body = answer.json
    return (
        answer.status == status == body["status"]
        and answer.headers["content-type"] == PROBLEM
        and set(body) >= {"type", "title", "status", "detail", "instance"}
    )


def every_animal(zoo: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = zoo.get("/v1/animals?limit=100").json
    return found


@pytest.mark.parametrize(
    ("path", "is_list"),
    [("/v1/zoos", True), ("/v1/zoos/1", False)],
    ids=["1-action get: a list of resources", "1-action get: a specific resource"],
)
def test_get_retrieves(zoo: Client, path: str, *, is_list: bool) -> None:
    answer = zoo.get(path)
    assert answer.status == 200
    assert isinstance(answer.json, list) == is_list


@pytest.mark.parametrize("section", ["1-action post", "2-path Post / zoos"])
def test_post_creates_a_new_resource(zoo: Client, section: str) -> None:
    answer = zoo.post("/v1/zoos", ZOO)
    assert answer.status == 201
    assert answer.json == {"id": 6, **ZOO}
    assert zoo.follow(answer.headers["location"]).json == answer.json
    assert zoo.get("/v1/zoos").headers["x-total-count"] == "6"


@pytest.mark.parametrize("section", ["1-action put", "2-path Put / zoos / ID"])
def test_put_provides_the_entire_resource(zoo: Client, section: str) -> None:
    answer = zoo.put("/v1/zoos/2", {"name": "Zoo of Bern"})
    assert answer.status == 201
    assert answer.json == {"id": 2, "name": "Zoo of Bern", "city": None, "founded_on": None, "open": True}
    assert zoo.get("/v1/zoos/2").json == answer.json


@pytest.mark.parametrize("section", ["1-action patch", "2-path Patch / zoos / ID"])
def test_patch_provides_only_the_changed_attributes(zoo: Client, section: str) -> None:
    before = zoo.get("/v1/zoos/2").json
    answer = zoo.patch("/v1/zoos/2", {"city": "Bern"})
    assert answer.status == 201
    assert answer.json == {**before, "city": "Bern"}
    assert zoo.get("/v1/zoos/2").json == answer.json


@pytest.mark.parametrize("section", ["1-action delete", "2-path Delete / zoos / ID"])
def test_delete_deletes_from_the_server(zoo: Client, section: str) -> None:
    answer = zoo.delete("/v1/zoos/2")
    assert (answer.status, answer.body) == (204, b"")
    assert is_problem(zoo.get("/v1/zoos/2"), 404)
    assert [one["id"] for one in zoo.get("/v1/zoos").json] == [1, 3, 4, 5]
    assert zoo.get("/v1/animals?zoo_id=2").json == []


@pytest.mark.parametrize(
    "path", ["/v1/zoos", "/v1/zoos/1", "/v1/zoos/1/animals?limit=2"], ids="1-action head {}".format
)
def test_head_retrieves_metadata_about_the_resource(zoo: Client, path: str) -> None:
    head, get = zoo.ask("HEAD", path), zoo.get(path)
    assert head.status == 200
    left_out = ("date", "x-mock-at")
    assert {k: v for k, v in head.headers.items() if k not in left_out} == {
        k: v for k, v in get.headers.items() if k not in left_out
    }
    assert "etag" in head.headers, "the hash of the data"


@pytest.mark.parametrize(
    ("path", "allowed"),
    named(
        "1-action options",
        [
            ("/v1/zoos", "GET, HEAD, POST, PATCH, DELETE, OPTIONS"),
            ("/v1/zoos/1", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
            ("/v1/zoos/1/animals", "GET, HEAD, POST, PATCH, DELETE, OPTIONS"),
            ("/v1/zoos/1/animals/1", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        ],
    ),
)
def test_options_retrieves_what_the_client_may_do(zoo: Client, path: str, allowed: str) -> None:
    answer = zoo.ask("OPTIONS", path)
    assert (answer.status, answer.headers["allow"]) == (204, allowed)


@pytest.mark.parametrize(
    "name", ["zoos", "animal_types", "animals", "employees", "accounts", "transactions"], ids="2-path /{}".format
)
def test_collections_are_plural_nouns(zoo: Client, name: str) -> None:
    answer = zoo.get(f"/v1/{name}")
    assert answer.status == 200
    assert answer.json, "seeded"
    assert zoo.get(f"/v1/{name}/{answer.json[0]['id']}").json == answer.json[0]


@pytest.mark.parametrize("section", ["2-path Get / zoos"])
def test_all_zoos_are_listed(zoo: Client, section: str) -> None:
    answer = zoo.get("/v1/zoos")
    assert [one["id"] for one in answer.json] == [1, 2, 3, 4, 5]
    assert {"id", "name", "city"} <= set(answer.json[0])


@pytest.mark.parametrize("section", ["2-path Get / zoos / ID"])
def test_a_specified_zoo_is_shown(zoo: Client, section: str) -> None:
    assert zoo.get("/v1/zoos/3").json == zoo.get("/v1/zoos").json[2]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/zoos/{}/animals",
        "/v1/zoo/{}/animals",
        "/v1/Zoo/{}/animals",
        "/v1/animals?zoo_id={}",
        "/v1/animals?zoo_Id={}",
    ],
    ids=[
        "2-path Get / zoos / ID / animals",
        "4-filtering Get / Zoo / ID / animals in lower case",
        "4-filtering Get / Zoo / ID / animals",
        "4-filtering get / animals? zoo_id = ID",
        "4-filtering get / animals? zoo_ Id = ID",
    ],
)
def test_path_and_parameter_are_redundant(zoo: Client, path: str) -> None:
    animals = every_animal(zoo)
    for number in range(1, 6):
        answer = zoo.get(path.format(number))
        assert answer.status == 200
        assert answer.json == [one for one in animals if one["zoo_id"] == number] != []


@pytest.mark.parametrize("section", ["2-path Delete / zoos / ID / animals / ID"])
def test_an_animal_of_a_zoo_is_deleted_there_and_nowhere_else(zoo: Client, section: str) -> None:
    animal = zoo.get("/v1/zoos/2/animals").json[0]["id"]
    assert is_problem(zoo.delete(f"/v1/zoos/1/animals/{animal}"), 404)
    assert zoo.get(f"/v1/animals/{animal}").status == 200
    assert zoo.delete(f"/v1/zoos/2/animals/{animal}").status == 204
    assert is_problem(zoo.get(f"/v1/animals/{animal}"), 404)
    assert animal not in [one["id"] for one in zoo.get("/v1/zoos/2/animals").json]


@pytest.mark.parametrize(
    ("method", "path"),
    named(
        "2-path wrong",
        [
            ("GET", "/posts/show/1"),
            ("GET", "/v1/zoos/show/1"),
            ("POST", "/accounts/1/transfer/500/to/2"),
            ("POST", "/v1/accounts/1/transfer/500/to/2"),
        ],
    ),
)
def test_verbs_in_addresses_lead_nowhere(zoo: Client, method: str, path: str) -> None:
    balances = zoo.get("/v1/accounts").body
    assert is_problem(zoo.ask(method, path, body={}), 404)
    assert zoo.get("/v1/accounts").body == balances


@pytest.mark.parametrize(
    "path", ["/v1/transaction", "/v1/transactions"], ids=["2-path POST /transaction", "2-path POST as a plural noun"]
)
def test_an_action_is_a_resource(zoo: Client, path: str) -> None:
    answer = zoo.post(path, {"from": 1, "to": 2, "amount": 500})
    assert answer.status == 201
    assert {name: answer.json[name] for name in ("from", "to", "amount")} == {"from": 1, "to": 2, "amount": 500}
    assert zoo.follow(answer.headers["location"]).json == answer.json
    assert zoo.get(f"/v1/transactions/{answer.json['id']}").json == answer.json


@pytest.mark.parametrize(
    ("path", "status"), named("3-versioning", [("/v1/zoos", 200), ("/zoos", 404), ("/v2/zoos", 404)])
)
def test_the_version_is_in_the_address(zoo: Client, path: str, status: int) -> None:
    assert zoo.get(path).status == status


@pytest.mark.parametrize("spelling", ["limit", "Limit", "LIMIT"], ids="4-filtering ?{}=10".format)
def test_limit_is_the_number_of_records(zoo: Client, spelling: str) -> None:
    answer = zoo.get(f"/v1/animals?{spelling}=10")
    assert answer.json == every_animal(zoo)[:10]
    assert answer.headers["x-total-count"] == "45"


@pytest.mark.parametrize("spelling", ["offset", "Offset", "OFFSET"], ids="4-filtering ?{}=10".format)
def test_offset_is_where_the_records_start(zoo: Client, spelling: str) -> None:
    assert zoo.get(f"/v1/animals?{spelling}=10").json == every_animal(zoo)[10:30]
    assert zoo.get(f"/v1/animals?{spelling}=10&limit=5").json == every_animal(zoo)[10:15]


@pytest.mark.parametrize(
    ("page", "size"),
    named("4-filtering", [("page_number", "page_size"), ("page_number", "page_Size"), ("Page_Number", "PAGE_SIZE")]),
)
def test_pages_have_number_and_size(zoo: Client, page: str, size: str) -> None:
    animals = every_animal(zoo)
    assert zoo.get(f"/v1/animals?{page}=2&{size}=10").json == animals[10:20]
    assert zoo.get(f"/v1/animals?{page}=5&{size}=10").json == animals[40:]
    past = zoo.get(f"/v1/animals?{page}=2&{size}=100")
    assert (past.status, past.json, past.headers["x-total-count"]) == (200, [], "45")


@pytest.mark.parametrize(
    ("query", "descending"),
    named(
        "4-filtering",
        [
            ("sortby=name&order=ASC", False),
            ("sortby=name&order=asc", False),
            ("Sortby=name&Order=Asc", False),
            ("sortby=name", False),
            ("sortby=name&order=DESC", True),
            ("sortby=name&order=desc", True),
        ],
    ),
)
def test_sortby_and_order_sort(zoo: Client, query: str, *, descending: bool) -> None:
    animals = sorted(every_animal(zoo), key=lambda one: one["id"])
    expected = sorted(animals, key=lambda one: one["name"], reverse=descending)
    assert zoo.get(f"/v1/animals?{query}&limit=100").json == expected


@pytest.mark.parametrize("spelling", ["animal_type_id", "animal_type_Id"], ids="4-filtering ?{}=1".format)
def test_a_filter_names_a_field(zoo: Client, spelling: str) -> None:
    expected = [one for one in every_animal(zoo) if one["animal_type_id"] == 1]
    assert zoo.get(f"/v1/animals?{spelling}=1&limit=100").json == expected != []


@pytest.mark.parametrize("section", ["4-filtering together"])
def test_filter_order_and_page_compose(zoo: Client, section: str) -> None:
    expected = sorted(
        [one for one in every_animal(zoo) if one["animal_type_id"] == 1], key=lambda one: (one["name"], one["id"])
    )
    answer = zoo.get("/v1/animals?animal_type_id=1&sortby=name&order=ASC&page_number=2&page_size=3")
    assert answer.json == expected[3:6]
    assert answer.headers["x-total-count"] == str(len(expected))


def created(zoo: Client) -> Answer:
    return zoo.post("/v1/zoos", ZOO)


@pytest.mark.parametrize(
    ("status", "ask"),
    [
        (200, lambda zoo: zoo.get("/v1/zoos/1")),
        (201, created),
        (201, lambda zoo: zoo.put("/v1/zoos/1", ZOO)),
        (201, lambda zoo: zoo.patch("/v1/zoos/1", {"city": "Bern"})),
        (204, lambda zoo: zoo.delete("/v1/zoos/1")),
        (400, lambda zoo: zoo.post("/v1/zoos", b"{")),
        (400, lambda zoo: zoo.put("/v1/zoos/1", b"{")),
        (400, lambda zoo: zoo.patch("/v1/zoos/1", b"{")),
        (400, lambda zoo: zoo.get("/v1/zoos?limit=x")),
        (404, lambda zoo: zoo.get("/v1/zoos/99")),
        (404, lambda zoo: zoo.put("/v1/zoos/99", ZOO)),
        (404, lambda zoo: zoo.patch("/v1/zoos/99", {"city": "Bern"})),
        (404, lambda zoo: zoo.delete("/v1/zoos/99")),
        (406, lambda zoo: zoo.get("/v1/zoos", "Accept: application/xml")),
        (422, lambda zoo: zoo.post("/v1/zoos", {"city": "Bern"})),
        (422, lambda zoo: zoo.put("/v1/zoos/1", {"city": "Bern"})),
        (422, lambda zoo: zoo.patch("/v1/zoos/1", {"name": ""})),
    ],
    ids=[
        "5-status 200 get", "5-status 201 post", "5-status 201 put", "5-status 201 patch", "5-status 204 delete",
        "5-status 400 post", "5-status 400 put", "5-status 400 patch", "5-status 400 get", "5-status 404 get",
        "5-status 404 put", "5-status 404 patch", "5-status 404 delete", "5-status 406 get", "5-status 422 post",
        "5-status 422 put", "5-status 422 patch",
    ],
)  # fmt: skip
def test_the_status_is_that_of_the_table(zoo: Client, status: int, ask: Callable[[Client], Answer]) -> None:
    answer = ask(zoo)
    assert answer.status == status
    assert status < 400 or is_problem(answer, status)


@pytest.mark.parametrize(
    "ask",
    [
        lambda zoo: zoo.post("/v1/zoos", b"{"),
        lambda zoo: zoo.post("/v1/zoos", {"city": "Bern"}),
        lambda zoo: zoo.put("/v1/zoos/1", {"city": "Bern"}),
        lambda zoo: zoo.patch("/v1/zoos/1", {"name": 1}),
        lambda zoo: zoo.delete("/v1/zoos/99"),
    ],
    ids=["400 post", "422 post", "422 put", "422 patch", "404 delete"],
)
def test_an_error_of_the_client_changes_nothing_and_repeats(zoo: Client, ask: Callable[[Client], Answer]) -> None:
    before = zoo.get("/v1/zoos").body
    first, second = ask(zoo), ask(zoo)
    assert 400 <= first.status < 500
    assert (first.status, first.body) == (second.status, second.body)
    assert zoo.get("/v1/zoos").body == before


@pytest.mark.parametrize("section", ["5-status 410 get"])
def test_what_is_permanently_deleted_is_gone(section: str) -> None:
    client = serving(GONE)
    assert client.delete("/v1/zoos/1").status == 204
    assert is_problem(client.get("/v1/zoos/1"), 410)
    assert is_problem(client.get("/v1/zoos/9"), 404)
    assert [one["id"] for one in client.get("/v1/zoos").json] == [2]
