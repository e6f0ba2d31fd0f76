"""Conventions that a definition declares: templates, names of parameters, pages, codes, and what is wrong with them."""

import json
from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import DefinitionError
from mockserver.server.assemble import prepare
from tests.client import HOST, Client, serving
from tests.contracts.declared import DJANGO, LARAVEL, SPRING
from tests.hint import own_hint

RESOURCES = """
resources:
  pets:
    search: [name]
    fields:
      id: {seq: 1}
      name: {value: Rex, required: true, min_length: 2}
      age: {int: [0, 9], min: 0, default: 1}
      desc: {value: null, type: string}
    rows:
      - {id: 1, name: Ada, age: 3}
      - {id: 2, name: Bob, age: 1}
      - {id: 3, name: Cid, age: 2}
      - {id: 4, name: Dot, age: 3}
      - {id: 5, name: Eve, age: 2}
"""
PETS = f"http://{HOST}/pets"


def speaking(manner: dict[str, Any], **api: object) -> Client:
    """A client of five pets in a declared convention; JSON is YAML."""
    return serving(f"mock: 1\nfreeze: true\napi: {json.dumps({'convention': manner, **api})}\n{RESOURCES}")


def styled(**manner: object) -> Client:
    return speaking({"like": "rest", "paging": {"default": 2}, **manner})


def ids(documents: list[dict[str, Any]]) -> list[int]:
    return [document["id"] for document in documents]


# Templates


def test_a_template_may_be_anything_with_variables_anywhere_in_it() -> None:
    shown = {
        "": "$items",
        "deep": [{"n": "$total"}, ["$count", 1.5, True, None]],
        "$items": "not $items",
        "$": "$$items",
    }
    body = styled(list=shown).get("/pets?fields=id").json
    assert body == {
        "": [{"id": 1}, {"id": 2}], "deep": [{"n": 5}, [2, 1.5, True, None]], "$items": "not $items", "$": "$items",
    }  # fmt: skip
    assert styled(list="$items").get("/pets?fields=id").json == [{"id": 1}, {"id": 2}]
    assert styled(list="$total").get("/pets").json == 5
    assert styled(list="$$$").get("/pets").json == "$$"
    assert styled(list={}).get("/pets").json == {}


def test_a_variable_that_an_answer_has_not_is_null() -> None:
    client = styled(item={"items": "$items", "errors": "$errors", "next": "$next"}, error={"item": "$item"})
    assert client.get("/pets/1").json == {"items": None, "errors": None, "next": None}
    assert client.get("/pets/9").json == {"item": None}


def test_every_variable_of_a_list_has_its_value() -> None:
    names = ("total", "count", "page", "size", "pages", "offset", "first", "prev", "next", "last", "path", "status")
    client = styled(list={name: f"${name}" for name in (*names, "code", "message")})
    assert client.get("/pets?page=2").json == {
        "total": 5, "count": 2, "page": 2, "size": 2, "pages": 3, "offset": 2,
        "first": f"{PETS}?page=1", "prev": f"{PETS}?page=1", "next": f"{PETS}?page=3", "last": f"{PETS}?page=3",
        "path": "/pets", "status": 200, "code": "listed", "message": "OK",
    }  # fmt: skip


def test_every_variable_of_a_problem_has_its_value() -> None:
    names = ("path", "status", "code", "title", "message", "details", "errors", "fields")
    body = styled(error={name: f"${name}" for name in names}).post("/pets", {"name": "x", "age": -1}).json
    assert body == {
        "path": "/pets",
        "status": 422,
        "code": "invalid",
        "title": "Unprocessable Content",
        "message": "The pet is not valid: name must have at least 2 characters. (1 more)",
        "details": None,
        "errors": [
            {"field": "name", "message": "Name must have at least 2 characters"},
            {"field": "age", "message": "Age must be at least 0"},
        ],
        "fields": {"name": ["Name must have at least 2 characters"], "age": ["Age must be at least 0"]},
    }


def test_a_problem_that_names_fields_may_have_a_template_of_its_own() -> None:
    client = styled(error={"detail": "$message"}, invalid={"fields": "$fields"})
    assert client.get("/pets/9").json == {"detail": "There is no pet with the id 9."}
    assert client.post("/pets", {}).json == {"fields": {"name": ["Name is required"]}}
    assert client.get("/pets?limit=x").json == {"fields": {"limit": ["Limit must be an integer"]}}
    assert client.get("/pets?limit=x").headers["content-type"] == "application/json"
    plain = styled(invalid={"fields": "$fields"}).get("/pets/9")
    assert plain.headers["content-type"] == "application/problem+json", "as the convention underneath"


def test_a_deletion_may_have_a_template_of_its_own() -> None:
    item = {"data": "$item"}
    client = styled(item=item, deleted={"ok": True, "was": "$item"}, statuses={"deleted": 200})
    assert client.delete("/pets/1?fields=id").json == {"ok": True, "was": {"id": 1}}
    assert styled(item=item, statuses={"deleted": 200}).delete("/pets/1?fields=id").json == {"data": {"id": 1}}
    assert styled(item=item).delete("/pets/1").body == b"", "no status 204 has a body"
    assert styled(statuses={"deleted": 200}).delete("/pets/1?fields=id").json == {"id": 1}


def test_bulk_answers_are_items() -> None:
    client = styled(item={"data": "$item"}, deleted={"gone": True})
    assert client.post("/pets?fields=id", [{"name": "Flo"}, {"name": "Gus"}]).json == {"data": [{"id": 6}, {"id": 7}]}
    assert client.patch("/pets?age=3", {"age": 4}).json == {"data": {"count": 2}}
    assert client.delete("/pets?age=4").json == {"data": {"count": 2}}


@pytest.mark.parametrize("status", ["listed", "read", "created", "updated", "deleted"])
def test_a_status_204_has_no_body(status: str) -> None:
    client = styled(list="$items", item={"data": "$item"}, statuses={status: 204})
    answers = {
        "listed": client.get("/pets"),
        "read": client.get("/pets/1"),
        "created": client.post("/pets", {"name": "Flo"}),
        "updated": client.put("/pets/1", {"name": "Flo"}),
        "deleted": client.delete("/pets/1"),
    }
    assert (answers[status].status, answers[status].body) == (204, b"")
    assert "content-type" not in answers[status].headers
    assert answers["created"].headers["location"] == f"{PETS}/6"


def test_templates_stand_on_any_convention() -> None:
    for like, prefix in (("abp", "/api"), ("linkis", "/api/rest_j/v1"), ("json-server", ""), ("simple-rest", "")):
        client = speaking(
            {"like": like, "list": {"rows": "$items"}, "item": {"row": "$item"}, "error": {"no": "$code"}}
        )
        assert ids(client.get(f"{prefix}/pets?limit=2").json["rows"]) == [1, 2]
        assert client.get(f"{prefix}/pets/1").json["row"]["name"] == "Ada"
        assert client.get(f"{prefix}/pets/9").json == {"no": "not_found"}


# Codes and statuses


def test_codes_are_the_applications_own() -> None:
    code = {"code": "$code", "status": "$status"}
    codes = {"listed": 0, "created": "A0001", "not_found": -40400}
    client = styled(list=code, item=code, error=code, codes=codes, statuses={"not_found": 200, "invalid": 400})
    assert client.get("/pets").json == {"code": 0, "status": 200}
    assert client.post("/pets", {"name": "Flo"}).json == {"code": "A0001", "status": 201}
    assert client.get("/pets/9").json == {"code": -40400, "status": 200}
    assert client.get("/pets/1").json == {"code": 200, "status": 200}, "what has none of its own has the plain status"
    assert client.post("/pets", {}).json == {"code": 422, "status": 400}
    assert client.get("/dogs").json == {"code": 404, "status": 404}


# Pages and names


def test_pages_may_count_from_zero() -> None:
    client = styled(
        paging={"default": 2, "page": "page", "first": 0}, list={"n": "$page", "at": "$items", "next": "$next"}
    )
    first = client.get("/pets?fields=id")
    assert first.json == {"n": 0, "at": [{"id": 1}, {"id": 2}], "next": f"{PETS}?fields=id&page=1"}
    seen, answer = [], first
    while True:
        seen += ids(answer.json["at"])
        if answer.json["next"] is None:
            break
        answer = client.follow(answer.json["next"])
    assert seen == [1, 2, 3, 4, 5]
    assert (answer.json["n"], client.get("/pets?page=0&fields=id").json) == (
        2,
        {**first.json, "next": f"{PETS}?fields=id&page=1"},
    )
    assert client.get("/pets?page=-1").json["errors"] == [{"parameter": "page", "detail": "must be at least 0"}]
    assert client.get("/pets?page=0").headers["link"].startswith(f'<{PETS}?page=0>; rel="first"')


def test_a_list_is_a_numbered_page_where_pages_have_a_name() -> None:
    shown = {"n": "$page", "next": "$next"}
    client = styled(paging={"default": 2, "page": "p", "size": "n"}, list=shown)
    assert client.get("/pets").json == {"n": 1, "next": f"{PETS}?p=2"}
    assert client.get("/pets?n=3").json == {"n": 1, "next": f"{PETS}?n=3&p=2"}
    assert client.get("/pets?p=3").json == {"n": 3, "next": None}
    assert client.get("/pets?offset=1&limit=2").json == {
        "n": 1,
        "next": f"{PETS}?limit=2&offset=3",
    }
    assert styled(list=shown).get("/pets").json == {"n": 1, "next": f"{PETS}?offset=2&limit=2"}
    whole = styled(paging={"default": None, "page": "p"}, list=shown)
    assert whole.get("/pets").json == {"n": 1, "next": None}, "no default: all of them"


def test_order_search_and_fields_may_be_called_otherwise() -> None:
    names = {"sort": "ordering", "search": "search", "fields": "only", "embed": "with"}
    client = styled(names=names, paging={"default": 5})
    assert ids(client.get("/pets?ordering=-age,name").json) == [1, 4, 3, 5, 2]
    assert client.get("/pets?search=DO&only=name").json == [{"name": "Dot"}]
    assert client.get("/pets?sort=-id&fields=id&limit=1").json == [{"id": 5}], "the neutral ones go on"
    assert client.get("/pets?Ordering=age&sort=name").status == 200
    worded = styled(names={"sorting": "orderBy"})
    assert ids(worded.get("/pets?orderBy=age%20desc").json) == [1, 4]
    paired = styled(names={"sortby": "column", "order": "direction"})
    assert ids(paired.get("/pets?column=age&direction=desc").json) == [1, 4]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sort=age,desc", [1, 4, 3, 5, 2]),
        ("sort=age,DESC&sort=id,desc", [4, 1, 5, 3, 2]),
        ("sort=age,asc", [2, 3, 5, 1, 4]),
        ("sort=age,name,desc", [4, 1, 5, 3, 2]),
        ("sort=-age", [1, 4, 3, 5, 2]),
    ],
)
def test_spring_writes_the_direction_behind_the_names(query: str, found: list[int]) -> None:
    definition = RESOURCES.replace("desc: ", "note: ")
    assert ids(serving(f"mock: 1\n{definition}").get(f"/pets?{query}").json) == found


def test_a_field_that_is_called_so_is_one() -> None:
    assert styled().get("/pets?sort=age,desc").status == 200
    refused = serving(f"mock: 1\n{RESOURCES.replace('desc: ', 'note: ')}").get("/pets?sort=desc")
    assert refused.json["errors"][0]["detail"].startswith("has no field 'desc'")


# Families


def test_django_rest_framework() -> None:
    client = speaking({**DJANGO, "paging": {"page": "page", "size": "page_size", "default": 2}})
    page = client.get("/pets?page=2&ordering=-id").json
    assert list(page) == ["count", "next", "previous", "results"]
    assert (page["count"], ids(page["results"])) == (5, [3, 2])
    assert page["next"] == f"{PETS}?ordering=-id&page=3"
    assert page["previous"] == f"{PETS}?ordering=-id&page=1"
    refused = client.post("/pets", {"name": ""})
    assert (refused.status, refused.json) == (400, {"name": ["Name must have at least 2 characters"]})
    assert client.get("/pets/9").json == {"detail": "There is no pet with the id 9."}
    assert client.get("/pets/1").json["name"] == "Ada"
    assert client.delete("/pets/1").status == 204


def test_laravel() -> None:
    client = speaking({**LARAVEL, "paging": {"page": "page", "size": "per_page", "default": 2}})
    page = client.get("/pets?page=3").json
    assert ids(page["data"]) == [5]
    assert page["links"] == {
        "first": f"{PETS}?page=1", "last": f"{PETS}?page=3", "prev": f"{PETS}?page=2", "next": None,
    }  # fmt: skip
    assert page["meta"] == {"current_page": 3, "last_page": 3, "per_page": 2, "total": 5}
    assert client.get("/pets/1").json["data"]["id"] == 1
    assert client.post("/pets", {}).json["errors"] == {"name": ["Name is required"]}


def test_spring_data() -> None:
    client = speaking({**SPRING, "paging": {"page": "page", "size": "size", "first": 0, "default": 2}})
    page = client.get("/pets?page=2&size=2&sort=id").json
    assert (ids(page["content"]), page["number"], page["totalPages"], page["numberOfElements"]) == ([5], 2, 3, 1)
    assert page["pageable"] == {"offset": 4, "pageNumber": 2, "pageSize": 2}


# What is wrong with one


def problems(manner: str) -> list[tuple[str, str, str]]:
    """Line and column, problem and hint of everything wrong with a manner that begins in line 3."""
    with pytest.raises(DefinitionError) as caught:
        prepare(parse_source(f"mock: 1\napi:\n  convention: {manner}\n{RESOURCES}", "d.yaml"))
    return [(f"{one.position.line}:{one.position.column}", one.problem, own_hint(one)) for one in caught.value.problems]


@pytest.mark.parametrize(
    ("manner", "column", "problem", "hint"),
    [
        ("{like: rest, list: {a: $itmes}}", 38, "there is no variable '$itmes'", "did you mean '$items'?"),
        ("{like: rest, deleted: [1, $x]}", 41, "there is no variable '$x'", "a text is written '$$x'"),
        ("{like: rest, invalid: $5.00}", 37, "there is no variable '$5.00'", "a text is written '$$5.00'"),
        ("{like: rest, error: {a: {b: $Total}}}", 43, "there is no variable '$Total'", "did you mean '$total'?"),
        ("{like: rest, item: $}", 34, "there is no variable '$'", ""),
        ("{like: rest, itme: 1}", 28, "there is no key 'itme' here", "did you mean 'item'?"),
        ("{like: rest, codes: {lsted: 1}}", 36, "there is no key 'lsted' here", "did you mean 'listed'?"),
        ("{like: rest, codes: {listed: 1.5}}", 44, "should be", ""),
        ("{like: rest, paging: {first: 2}}", 44, "", ""),
        ("{like: rest, paging: {page: ''}}", 43, "should be the name of a query parameter", ""),
        ("{like: rest, names: {sort: 'a b'}}", 42, "should be the name of a query parameter", ""),
        ("{like: rest, names: {sort: o, search: O}}", 53, "'search' has the same parameter as 'sort'", "give each"),
        (
            "{like: rest, paging: {page: p}, names: {sort: p}}",
            61,
            "'sort' has the same parameter as 'page'",
            "give each",
        ),
        ("{like: rest, names: {sorts: o}}", 36, "there is no key 'sorts' here", "did you mean 'sort'?"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(manner: str, column: int, problem: str, hint: str) -> None:
    found = problems(manner)
    assert [place for place, _, _ in found] == [f"3:{column}"], found
    assert problem in found[0][1]
    assert hint in found[0][2]


def test_a_key_that_is_no_text_is_refused() -> None:
    (found,) = problems("{like: rest, item: {1: $item}}")
    assert found[1:] == ("the key 1 is no text, as the names of JSON are", "put it in quotes")
