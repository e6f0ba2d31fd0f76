"""What hangs together: embedding, chosen fields, nested routes to any depth, and what a deletion takes along."""

from typing import Any

import pytest

from tests.client import Client, assemble, direct, dump, serving
from tests.server.wire import Answer

DEFINITION = """
api: {version: v1}
resources:
  zoos: {count: 0, fields: {name: company}, rows: [{id: 1, name: North}, {id: 2, name: South}]}
  keepers:
    fields: {name: name, phone: {value: "1", type: string, write_only: true}}
    rows: [{id: 1, name: Ada, phone: "7"}]
  animals:
    fields:
      id: {seq: 1}
      name: {value: x, required: true}
      zoo_id: {ref: zoos, required: true, on_delete: cascade}
      keeper_id: {ref: keepers, on_delete: clear}
      friend_ids: {refs: animals, items: [0, 0]}
      chip: {object: {code: {value: "0"}, maker: {value: m}}}
    rows:
      - {id: 1, name: Leo, zoo_id: 1, keeper_id: 1, friend_ids: [2, 3], chip: {code: "11", maker: acme}}
      - {id: 2, name: Zoe, zoo_id: 1, keeper_id: null, friend_ids: [], chip: null}
      - {id: 3, name: Pip, zoo_id: 2, keeper_id: 1, friend_ids: [1], chip: {code: "33", maker: acme}}
  feedings:
    fields: {animal_id: {ref: animals, required: true, on_delete: cascade}, grams: {int: [1, 9], required: true}}
    rows: [{id: 1, animal_id: 1, grams: 5}, {id: 2, animal_id: 1, grams: 6}, {id: 3, animal_id: 3, grams: 7}]
  notes:
    fields: {feeding_id: {ref: feedings, required: true, on_delete: restrict}, text: {value: ok}}
    rows: [{id: 1, feeding_id: 3, text: ate all}]
  people:
    fields: {name: {value: x}, boss_id: {ref: people, on_delete: clear}}
    rows: [{id: 1, name: Top, boss_id: null}, {id: 2, name: Mid, boss_id: 1}, {id: 3, name: Low, boss_id: 2}]
"""


@pytest.fixture
def api() -> Client:
    return serving(DEFINITION).below("/v1")


def ids(answer: Answer) -> list[int]:
    assert answer.status == 200, answer.body
    return [one["id"] for one in answer.json]


def details(answer: Answer, status: int) -> dict[str, str]:
    """What is wrong, by parameter or pointer."""
    assert answer.status == status, answer.body
    return {error.get("parameter", error.get("pointer")): error["detail"] for error in answer.json["errors"]}


@pytest.mark.parametrize("parameter", ["embed", "include", "expand", "Embed"])
def test_a_parent_is_embedded_beside_its_reference(api: Client, parameter: str) -> None:
    found = api.get(f"/animals/1?{parameter}=zoo").json
    assert (found["zoo_id"], found["zoo"]) == (1, {"id": 1, "name": "North"})


def test_children_are_embedded_as_a_list(api: Client) -> None:
    found = api.get("/animals/1?embed=feedings").json["feedings"]
    assert found == [{"id": 1, "animal_id": 1, "grams": 5}, {"id": 2, "animal_id": 1, "grams": 6}]
    assert api.get("/animals/2?embed=feedings").json["feedings"] == []


def test_where_there_is_no_parent_null_is_embedded(api: Client) -> None:
    assert api.get("/animals/2?embed=keeper").json["keeper"] is None


def test_several_references_embed_in_their_order(api: Client) -> None:
    assert [one["name"] for one in api.get("/animals/1?embed=friends").json["friends"]] == ["Zoe", "Pip"]


def test_relations_nest_and_lists_take_them_too(api: Client) -> None:
    found = api.get("/zoos?embed=animals.keeper,animals.feedings.notes").json
    assert [one["name"] for one in found[0]["animals"]] == ["Leo", "Zoe"]
    assert found[1]["animals"][0]["keeper"] == {"id": 1, "name": "Ada"}
    assert found[1]["animals"][0]["feedings"][0]["notes"][0]["text"] == "ate all"
    assert api.get("/notes/1?embed=feeding.animal.zoo").json["feeding"]["animal"]["zoo"]["name"] == "South"


def test_a_way_may_be_five_relations_long_and_no_longer(api: Client) -> None:
    found = api.get("/people/3?embed=" + ".".join(["boss"] * 5)).json
    assert found["boss"]["boss"]["boss"] is None
    assert details(api.get("/people/3?embed=" + ".".join(["boss"] * 6)), 400) == {
        "embed": "goes deeper than 5 relations"
    }


@pytest.mark.parametrize("way", ["zo", "zoo.cages", "name", "id", "zoo.", ".zoo", "constructor"])
def test_what_is_no_relation_is_refused_with_those_there_are(api: Client, way: str) -> None:
    found = details(api.get(f"/animals?embed={way}"), 400)
    assert list(found) == ["embed"]
    assert f"'{way}'" in found["embed"]


def test_an_answer_embeds_a_bounded_number_of_documents() -> None:
    client = serving("""
resources:
  a: {count: 30}
  b: {count: {per: a, each: 20}, fields: {a_id: {ref: a}}}
""")
    assert client.get("/a?embed=bs&limit=1").status == 400, "a relation is called by its resource"
    assert client.get("/a?embed=b&limit=20").status == 200
    refused = client.get("/a?embed=b.a.b.a&limit=20")
    assert refused.status == 400
    assert "10,000" in refused.json["detail"]


def test_fields_are_shown_in_the_order_they_are_asked_for(api: Client) -> None:
    assert list(api.get("/animals/1?fields=name,id").json) == ["name", "id"]
    assert api.get("/animals?fields=name").json == [{"name": "Leo"}, {"name": "Zoe"}, {"name": "Pip"}]
    assert api.get("/animals/1?fields=name&fields=id").json == {"name": "Leo", "id": 1}
    assert list(api.get("/animals/1?fields=").json) == ["id", "name", "zoo_id", "keeper_id", "friend_ids", "chip"]


def test_fields_reach_into_objects_and_through_relations(api: Client) -> None:
    assert api.get("/animals/1?fields=chip.code").json == {"chip": {"code": "11"}}
    assert api.get("/animals/2?fields=id,chip.code").json["id"] == 2
    assert api.get("/animals/1?fields=id,zoo.name").json == {"id": 1, "zoo": {"name": "North"}}
    assert api.get("/notes/1?fields=feeding.animal.zoo.name").json == {
        "feeding": {"animal": {"zoo": {"name": "South"}}}
    }
    assert api.get("/zoos/1?fields=animals.name").json == {"animals": [{"name": "Leo"}, {"name": "Zoe"}]}
    assert api.get("/zoos/1?fields=animals.name,animals.id").json == {
        "animals": [{"name": "Leo", "id": 1}, {"name": "Zoe", "id": 2}]
    }
    assert api.get("/animals/1?fields=chip.code,chip.maker").json == {"chip": {"code": "11", "maker": "acme"}}
    assert api.get("/animals/1?fields=id&embed=zoo").json == {"id": 1, "zoo": {"id": 1, "name": "North"}}
    assert api.get("/animals/2?fields=keeper.name").json == {"keeper": None}


@pytest.mark.parametrize("field", ["nmae", "zoo.nmae", "chip.cod", "__proto__", "keeper.phone", "name.first"])
def test_a_field_that_is_none_is_refused(api: Client, field: str) -> None:
    found = api.get(f"/animals?fields={field}")
    if field == "keeper.phone" and found.status == 200:
        assert "7" not in found.body.decode()
    else:
        assert list(details(found, 400)) == ["fields"]


def test_what_is_only_written_is_never_shown(api: Client) -> None:
    assert api.post("/keepers", {"name": "Eve", "phone": "999"}).json == {"id": 2, "name": "Eve"}
    assert b"phone" not in api.get("/keepers").body + api.get("/animals?embed=keeper").body


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/zoos/1/animals", [1, 2]),
        ("/zoos/1/animals/1/feedings", [1, 2]),
        ("/zoos/1/animals/2/feedings", []),
        ("/zoos/2/animals/3/feedings/3/notes", [1]),
        ("/keepers/1/animals", [1, 3]),
        ("/people/1/people/2/people", [3]),
        ("/zoos/1/animals?name=Zoe", [2]),
        ("/zoos/1/animals?sort=-id&limit=1", [2]),
        ("/zoos/1/animals/", [1, 2]),
        ("/zoos/1/animals?zoo_id=2", []),
    ],
)
def test_children_are_listed_below_their_parent_to_any_depth(api: Client, path: str, expected: list[int]) -> None:
    assert ids(api.get(path)) == expected


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path",
    ["/zoos/2/animals/1", "/zoos/9/animals/1", "/zoos/2/animals/1/feedings/1", "/zoos/1/animals/3/feedings/3",
     "/zoos/1/animals/2/feedings/1", "/zoos/x/animals/1", "/zoos/1/animals/x"],
)  # fmt: skip
def test_a_child_below_the_wrong_parent_is_not_there(method: str, path: str) -> None:
    service = assemble(DEFINITION)
    before = dump(service)
    answer = direct(service).ask(method, f"/v1{path}", body={"name": "x", "zoo_id": 1, "grams": 1})
    assert answer.status == 404
    assert dump(service) == before


@pytest.mark.parametrize("path", ["/zoos/9/animals", "/zoos/2/animals/1/feedings", "/zoos/1/animals/9/feedings"])
def test_below_a_parent_that_is_not_there_nothing_is_listed_or_created(api: Client, path: str) -> None:
    assert api.get(path).status == 404
    assert api.post(path, {"name": "x", "grams": 1}).status == 404


@pytest.mark.parametrize("path", ["/zoos/1/feedings", "/zoos/1/name", "/animals/1/zoos", "/zoos/1/animals/1/notes"])
def test_a_path_needs_a_relation_for_every_step(api: Client, path: str) -> None:
    assert api.get(path).status == 404


def test_a_document_created_below_a_parent_refers_to_it(api: Client) -> None:
    answer = api.post("/zoos/2/animals", {"name": "Kit"})
    assert (answer.status, answer.json["zoo_id"]) == (201, 2)
    assert answer.headers["location"].endswith("/v1/zoos/2/animals/4")
    assert api.follow(answer.headers["location"]).json == answer.json
    assert api.post("/zoos/2/animals", {"name": "Kit", "zoo_id": 2}).status == 201
    deep = api.post("/zoos/2/animals/4/feedings", {"grams": 3})
    assert (deep.status, deep.json["animal_id"]) == (201, 4)


def test_a_body_that_names_another_parent_is_refused(api: Client) -> None:
    assert details(api.post("/zoos/2/animals", {"name": "Kit", "zoo_id": 1}), 422) == {
        "#/zoo_id": "must be 2, as the path says"
    }
    assert ids(api.get("/zoos/1/animals")) == [1, 2]


@pytest.mark.parametrize("held", [5, "1", None, {}, [2], [[1]], True])
def test_several_references_below_a_parent_must_hold_it(api: Client, held: Any) -> None:
    assert api.post("/animals/1/animals", {"name": "Kit", "zoo_id": 1}).json["friend_ids"] == [1]
    assert api.post("/animals/1/animals", {"name": "Kit", "zoo_id": 1, "friend_ids": [2, 1]}).status == 201
    assert "#/friend_ids" in str(
        details(api.post("/animals/1/animals", {"name": "x", "zoo_id": 1, "friend_ids": held}), 422)
    )


def test_a_replacement_below_a_parent_may_leave_the_reference_out(api: Client) -> None:
    answer = api.put("/zoos/1/animals/1", {"name": "Leo II"})
    assert (answer.status, answer.json["zoo_id"], answer.json["keeper_id"]) == (201, 1, None)
    assert api.put("/animals/1", {"name": "Leo II"}).status == 422
    moved = api.put("/zoos/1/animals/1", {"name": "Leo II", "zoo_id": 2})
    assert (moved.status, moved.json["zoo_id"]) == (201, 2)


def test_a_deletion_takes_along_what_cascades_and_clears_what_clears(api: Client) -> None:
    assert api.delete("/zoos/1").status == 204
    assert ids(api.get("/animals")) == [3]
    assert ids(api.get("/feedings")) == [3]
    assert api.get("/animals/3").json["friend_ids"] == [], "cleared out of a list"
    assert api.delete("/keepers/1").status == 204
    assert api.get("/animals/3").json["keeper_id"] is None


def test_a_deletion_that_something_restricts_happens_nowhere() -> None:
    service = assemble(DEFINITION)
    before, at = dump(service), service.sandbox.feed.at
    answer = direct(service).delete("/v1/zoos/2")
    assert answer.status == 409
    assert "note 1" in answer.json["detail"]
    assert (dump(service), service.sandbox.feed.at) == (before, at)
    assert direct(service).delete("/v1/notes/1").status == 204
    assert direct(service).delete("/v1/zoos/2").status == 204


def test_rings_of_references_can_be_deleted() -> None:
    client = serving("""
resources:
  links:
    fields: {next_id: {ref: links, on_delete: cascade}}
    rows: [{id: 1, next_id: 2}, {id: 2, next_id: 3}, {id: 3, next_id: 1}, {id: 4, next_id: 4}]
""")
    assert client.delete("/links/2").status == 204
    assert ids(client.get("/links")) == [4]
    assert client.delete("/links/4").status == 204


REMAINS = """
resources:
  plain: {count: 2, fields: {name: word}}
  soft: {count: 2, delete: soft, fields: {name: word}}
  gone: {count: 2, delete: gone, fields: {name: word}}
  children: {count: 0, fields: {gone_id: {ref: gone}}}
"""


@pytest.mark.parametrize(("name", "status"), [("plain", 404), ("soft", 404), ("gone", 410)])
def test_what_remains_of_a_deleted_document(name: str, status: int) -> None:
    client = serving(REMAINS)
    assert client.delete(f"/{name}/2").status == 204
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert client.ask(method, f"/{name}/2", body={}).status == status
    assert client.get(f"/{name}/3").status == 404
    assert ids(client.get(f"/{name}")) == [1]
    assert client.post(f"/{name}", {"id": 2}).status == (201 if name == "plain" else 409)
    assert client.post(f"/{name}", {}).json["id"] > 2, "an id is not given twice"


def test_below_what_is_gone_everything_is_gone() -> None:
    client = serving(REMAINS)
    client.delete("/gone/2")
    assert client.get("/gone/2/children").status == 410
    assert client.post("/gone/2/children", {}).status == 410
    assert client.post("/children", {"gone_id": 2}).status == 422


@pytest.mark.parametrize(
    ("methods", "allowed"),
    [
        ("[list]", {"GET", "HEAD"}),
        ("[list, create]", {"GET", "HEAD", "POST"}),
        ("[]", set[str]()),
    ],
)
def test_methods_limit_the_verbs(methods: str, allowed: set[str]) -> None:
    client = serving(f"resources: {{logs: {{count: 1, methods: {methods}}}}}")
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        answer = client.ask(method, "/logs", body={})
        assert (answer.status != 405) == (method in allowed)
        if answer.status == 405:
            assert set(answer.headers["allow"].split(", ")) == {*allowed, "OPTIONS"}
    assert client.get("/logs/1").status == 405
