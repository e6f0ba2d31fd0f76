"""Values of the definition's own: defaults, stamps, computed fields, and lists made of them."""

import pytest

from tests.client import serving

BASE = "mock: 1\napi: {version: v1}\nresources:\n"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("n: {int: [1, 5], max: 5, default: \"${'abc'}\"}", "fields.n.default gives 'abc', which must be an integer"),
        ("n: {int: [1, 5], max: 5, on_update: '${999}'}", "fields.n.on_update gives 999, which must be at most 5"),
        ("n: {ref: a, default: 99}", "fields.n.default gives 99, which refers to an a that does not exist (99)"),
    ],
)
def test_a_value_of_the_definition_that_breaks_its_own_rules_is_never_stored(field: str, said: str) -> None:
    client = serving(f"{BASE}  a: {{count: 2, fields: {{{field}}}}}\n")
    answer = client.post("/v1/a", {})
    assert answer.status == 500
    assert said in answer.json["detail"]
    assert client.get("/v1/a").headers["x-total-count"] == "2"


def test_a_refused_write_moves_no_later_value() -> None:
    n = "n: {int: [1, 2], default: '${randint(1, 999999)}'}"
    definition = f"{BASE}  a: {{count: 1, fields: {{name: {{faker: word, required: true}}, {n}}}}}\n"
    calm, troubled = serving(definition), serving(definition)
    assert troubled.post("/v1/a", {}).status == 422
    first, second = (client.post("/v1/a", {"name": "x"}).json for client in (calm, troubled))
    assert first == second


def test_numbers_that_are_computed_compare_as_numbers() -> None:
    client = serving(f"{BASE}  a: {{count: 30, fields: {{t: {{computed: 'id * 10'}}}}}}\n")
    assert [row["t"] for row in client.get("/v1/a?t_gte=280").json] == [280, 290, 300]
    assert [row["t"] for row in client.get("/v1/a?t_lt=20").json] == [10]
    assert [row["id"] for row in client.get("/v1/a?t=50.0").json] == [5]
    assert [row["t"] for row in client.get("/v1/a?sort=-t&limit=2").json] == [300, 290]


def test_values_of_several_types_sort_without_meeting() -> None:
    client = serving(f"{BASE}  a: {{count: 6, fields: {{v: {{computed: \"'x' if id > 3 else id\"}}}}}}\n")
    assert [row["v"] for row in client.get("/v1/a?sort=v").json] == [1, 2, 3, "x", "x", "x"]


def test_filters_reach_into_lists_of_objects() -> None:
    lines = "lines: {list: {object: {sku: {enum: [x]}}}, items: [1, 2]}"
    client = serving(f"{BASE}  a: {{count: 3, fields: {{{lines}}}}}\n")
    assert len(client.get("/v1/a?lines.sku=x").json) == 3
    answer = client.get("/v1/a?lines=x")
    assert answer.status == 400
    assert "lines.sku" in answer.json["detail"]


def test_an_empty_list_is_not_null() -> None:
    client = serving(f"{BASE}  a: {{count: 2, fields: {{tags: {{list: word, items: 0}}}}}}\n")
    assert len(client.get("/v1/a?tags_isnull=false").json) == 2
    assert client.get("/v1/a?tags_isnull=true").json == []


def test_a_long_chain_of_rows_goes_at_once() -> None:
    client = serving(f"{BASE}  a: {{count: 0, fields: {{up: {{ref: a, on_delete: cascade}}}}}}\n")
    assert client.post("/v1/a", {}).status == 201
    for above in range(1, 1500):
        assert client.post("/v1/a", {"up": above}).status == 201
    assert client.delete("/v1/a/1").status == 204
    assert client.get("/v1/a").json == []


def test_a_relation_never_takes_the_name_of_a_field() -> None:
    fields = "zoo: {value: own}, zoo_id: {ref: zoos}, label: {computed: \"zoo ~ '!'\"}"
    client = serving(f"{BASE}  zoos: {{count: 1}}\n  a: {{count: 1, fields: {{{fields}}}}}\n")
    assert client.get("/v1/a/1").json["label"] == "own!"
    assert client.get("/v1/a/1?embed=zoo").status == 400
    assert client.get("/v1/a/1?embed=zoo_id").json["zoo_id"] == {"id": 1}


def test_camel_case_is_the_only_case_there_is() -> None:
    definition = "mock: 1\napi: {case: camel}\nresources:\n  a: {count: 1, fields: {team_name: word}}\n"
    client = serving(definition)
    answer = client.post("/a", {"team_name": "x"})
    assert answer.status == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["#/team_name"]
    assert "teamName" in answer.json["detail"]
    assert client.post("/a", {"teamName": "x"}).status == 201


def test_uuids_are_the_same_in_capitals() -> None:
    client = serving("mock: 1\nresources:\n  a: {count: 1, fields: {id: {uuid: true}}}\n")
    key = client.get("/a").json[0]["id"]
    assert client.get(f"/a/{key.upper()}").json["id"] == key
    assert client.post("/a", {"id": key.upper()}).status == 409


def test_the_tag_of_a_write_is_the_tag_of_the_next_read() -> None:
    like = "{like: rest, item: {st: $status, data: $item}}"
    definition = f"mock: 1\napi: {{convention: {like}}}\nresources:\n  a: {{count: 1, fields: {{n: word}}}}\n"
    client = serving(definition)
    written = client.put("/a/1", {"n": "x"})
    assert client.get("/a/1").headers["etag"] == written.headers["etag"]
    assert client.patch("/a/1", {"n": "y"}, f"If-Match: {written.headers['etag']}").status == 201


def test_a_coded_body_is_not_taken_for_a_plain_one() -> None:
    answer = serving("mock: 1\nresources:\n  a: {count: 1}\n").post("/a", {}, "Content-Encoding: gzip")
    assert answer.status == 415
    assert answer.headers["accept-encoding"] == "identity"


def test_a_default_may_hold_expressions_at_any_depth() -> None:
    inner = "{object: {n: {int: [1, 5]}}, default: {n: '${id * 2}'}}"
    client = serving(f"{BASE}  a: {{count: 1, fields: {{box: {inner}}}}}\n")
    assert client.post("/v1/a", {}).json == {"id": 2, "box": {"n": 4}}
