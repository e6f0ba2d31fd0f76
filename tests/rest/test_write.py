"""What a write makes of a document: defaults and nulls, merge patches, rules, uniqueness, ids, stamps, spelling."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.messages import merged
from tests.client import Client, assemble, direct, dump, serving
from tests.server.wire import Answer

DEFINITION = """
clock: 2026-01-15T09:00:00Z
freeze: true
api: {version: v1}
resources:
  makers: {count: 2, fields: {name: word}}
  things:
    fields:
      id: {seq: 1}
      name: {value: ab, required: true, min_length: 2, max_length: 5, pattern: "^[a-z]+$"}
      kind: {enum: [a, b], default: b}
      size: {int: [0, 9], min: 0, max: 9}
      share: {float: [0, 1], min: 0, max: 1}
      hot: {bool: 1}
      day: {date: [-1d, now]}
      at: {datetime: [-1d, now]}
      mail: {value: null, type: string, format: email}
      code: {value: null, type: string, unique: true}
      serial: {seq: "S-{n:03d}", unique: true, immutable: true}
      maker_id: {ref: makers, on_delete: clear}
      tags: {list: {enum: [x, y]}, items: [0, 2], max_length: 2}
      box: {object: {width: {int: [1, 9], min: 1, required: true}, label: {value: null, type: string}}}
      free: {value: null, type: any}
      title: {computed: "name ~ '/' ~ kind"}
      secret: {value: null, type: string, write_only: true}
      made_at: {datetime: [now, now], read_only: true, default: "${now}"}
      touched_at: {datetime: [-9d, -9d], read_only: true, on_update: "${now}"}
      slug: {value: null, type: string, default: "${name}-${kind}"}
      round: {int: [1, 1], default: 1, on_update: "${round + 1}"}
    rows:
      - {id: 1, name: first, kind: a, size: 1, code: one, maker_id: 1, tags: [x], box: {width: 2}, free: {a: 1}}
      - {id: 2, name: other, kind: a, size: 2, code: two, maker_id: null, tags: [], box: null, free: null}
"""
NOW = "2026-01-15T09:00:00Z"


@pytest.fixture
def api() -> Client:
    return serving(DEFINITION).below("/v1")


def details(answer: Answer, status: int = 422) -> dict[str, str]:
    """What is wrong, by pointer."""
    assert answer.status == status, answer.body
    return {error["pointer"]: error["detail"] for error in answer.json["errors"]}


def test_a_new_document_has_its_defaults_and_else_null(api: Client) -> None:
    made = api.post("/things", {"name": "new"}).json
    assert (made["id"], made["kind"], made["title"], made["slug"]) == (3, "b", "new/b", "new-b")
    assert (made["made_at"], made["touched_at"], made["serial"]) == (NOW, NOW, "S-003")
    assert {made[name] for name in ("size", "share", "hot", "day", "mail", "code", "maker_id", "free")} == {None}
    assert "secret" not in made


def test_a_replacement_has_defaults_and_nulls_where_nothing_is_said(api: Client) -> None:
    before = api.get("/things/1").json
    made = api.put("/things/1", {"name": "put"}).json
    assert (made["kind"], made["size"], made["code"], made["box"], made["slug"]) == ("b", None, None, None, "put-b")
    assert (made["id"], made["serial"], made["made_at"]) == (1, before["serial"], before["made_at"])
    assert (made["touched_at"], made["title"], made["round"]) == (NOW, "put/b", 2)


def test_a_patch_leaves_the_rest_as_it_is(api: Client) -> None:
    before = api.get("/things/1").json
    made = api.patch("/things/1", {"size": 5}).json
    assert made == {**before, "size": 5, "touched_at": NOW, "round": 2}
    assert api.patch("/things/1", {"size": None}).json["size"] is None
    assert api.patch("/things/1", {}).json["round"] == 4, "an empty patch is a write too"


def test_a_patch_reaches_into_objects_and_replaces_lists(api: Client) -> None:
    assert api.patch("/things/1", {"box": {"label": "new"}}).json["box"] == {"width": 2, "label": "new"}
    assert api.patch("/things/1", {"box": {"label": None}}).json["box"] == {"width": 2}
    assert details(api.patch("/things/1", {"box": {"width": None}})) == {"#/box/width": "is required"}
    assert api.patch("/things/1", {"tags": ["y"]}).json["tags"] == ["y"]
    assert api.patch("/things/2", {"box": {"width": 3}}).json["box"] == {"width": 3}
    assert api.patch("/things/1", {"box": None}).json["box"] is None


RFC_7396_APPENDIX_A: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("target", "patch", "expected"), RFC_7396_APPENDIX_A)
def test_merging_is_that_of_rfc_7396(api: Client, target: Any, patch: Any, expected: Any) -> None:
    assert merged(target, patch) == expected
    assert api.put("/things/1", {"name": "put", "free": target}).json["free"] == target
    assert api.patch("/things/1", {"free": patch}).json["free"] == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "a"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(target=JSON, patch=JSON)
def test_a_patch_merged_twice_is_one_merged_once(target: Any, patch: Any) -> None:
    kept = json.dumps([target, patch])
    once = merged(target, patch)
    assert merged(once, patch) == once
    assert json.dumps([target, patch]) == kept, "arguments stay as they are"


def test_a_value_that_is_equal_and_not_the_same_is_written(api: Client) -> None:
    for value in (1, True, 1.0, 0, False):
        assert json.dumps(api.patch("/things/1", {"free": value}).json["free"]) == json.dumps(value)
        assert json.dumps(api.get("/things/1").json["free"]) == json.dumps(value)


@pytest.mark.parametrize("number", [1, 2])
def test_a_document_that_was_read_can_be_sent_back_unchanged(api: Client, number: int) -> None:
    read = api.get(f"/things/{number}").json
    stamped = {"touched_at": NOW}
    assert api.put(f"/things/{number}", read).json == {**read, **stamped}
    assert api.patch(f"/things/{number}", read).status == 201
    whole = api.get(f"/things/{number}?embed=maker").json
    assert api.put(f"/things/{number}", whole).json == {**read, **stamped}, "with what is embedded in it"


def test_fields_of_the_servers_own_are_ignored_in_a_body(api: Client) -> None:
    body = {"name": "new", "title": "mine", "made_at": "2000-01-01T00:00:00Z", "touched_at": 7}
    made = api.post("/things", body).json
    assert (made["title"], made["made_at"], made["touched_at"]) == ("new/b", NOW, NOW)


@pytest.mark.parametrize(
    ("values", "pointer", "detail"),
    [
        ({"name": None}, "#/name", "must not be null"),
        ({"name": "a"}, "#/name", "must have at least 2 characters"),
        ({"name": "abcdef"}, "#/name", "must have at most 5 characters"),
        ({"name": "AB"}, "#/name", "must match the pattern ^[a-z]+$"),
        ({"name": 5}, "#/name", "must be a string"),
        ({"kind": "c"}, "#/kind", "must be one of a, b"),
        ({"kind": 1}, "#/kind", None),
        ({"kind": ["a"]}, "#/kind", None),
        ({"size": -1}, "#/size", "must be at least 0"),
        ({"size": 10}, "#/size", "must be at most 9"),
        ({"size": 1.5}, "#/size", "must be an integer"),
        ({"size": "1"}, "#/size", "must be an integer"),
        ({"size": True}, "#/size", "must be an integer"),
        ({"share": 2}, "#/share", "must be at most 1"),
        ({"share": "0.5"}, "#/share", "must be a number"),
        ({"share": False}, "#/share", "must be a number"),
        ({"hot": 1}, "#/hot", "must be true or false"),
        ({"hot": "true"}, "#/hot", "must be true or false"),
        ({"day": "2026-02-30"}, "#/day", "must be a date like 2026-01-15"),
        ({"day": "2026-01-15T09:00:00Z"}, "#/day", "must be a date like 2026-01-15"),
        ({"at": "2026-01-15"}, "#/at", "must be a date-time like 2026-01-15T09:00:00Z"),
        ({"at": "2026-01-15T25:00:00Z"}, "#/at", "must be a date-time like 2026-01-15T09:00:00Z"),
        ({"mail": "nobody"}, "#/mail", "must be an e-mail address"),
        ({"maker_id": 9}, "#/maker_id", "refers to a maker that does not exist (9)"),
        ({"maker_id": "1"}, "#/maker_id", "must be an integer"),
        ({"maker_id": {}}, "#/maker_id", "must be an integer"),
        ({"tags": "x"}, "#/tags", "must be a list"),
        ({"tags": ["x", "z"]}, "#/tags/1", "must be one of x, y"),
        ({"tags": [None]}, "#/tags/0", None),
        ({"tags": ["x", "y", "x"]}, "#/tags", "must have at most 2 items"),
        ({"box": []}, "#/box", "must be an object"),
        ({"box": {"width": 0}}, "#/box/width", "must be at least 1"),
        ({"box": {"label": "l"}}, "#/box/width", "is required"),
        ({"box": {"width": 1, "depth": 2}}, "#/box/depth", "is not a field of box"),
        ({"knid": "a"}, "#/knid", "is not a field of a thing; did you mean 'kind'?"),
        ({"a/b~c": 1}, "#/a~1b~0c", None),
        ({"name\0": 1}, "#/name\0", None),
        ({"mail": "a\0@b.c"}, "#/mail", "must not hold a NUL character"),
        ({"free": {"deep": ["\0"]}}, "#/free", "must not hold a NUL character"),
        ({"size": 2**53}, "#/size", None),
        ({"size": 2**64}, "#/size", None),
        ({"id": 2**53}, "#/id", None),
        ({"id": -(2**63)}, "#/id", None),
        ({"id": "3"}, "#/id", "must be an integer"),
        ({"id": [3]}, "#/id", "must be an integer"),
        ({"__proto__": {"admin": True}, "constructor": 1}, "#/constructor", None),
    ],
)  # fmt: skip
def test_a_value_against_the_rules_is_refused_at_its_pointer(
    values: dict[str, Any], pointer: str, detail: str | None
) -> None:
    service = assemble(DEFINITION)
    before = dump(service)
    found = details(direct(service).post("/v1/things", {"name": "new", **values}))
    assert list(found) == [pointer]
    assert detail is None or found[pointer].startswith(detail)
    assert dump(service) == before


def test_every_flaw_is_said_at_once(api: Client) -> None:
    found = details(api.post("/things", {"size": "x", "hot": 3, "tags": [1, 2], "nmae": 1}))
    assert set(found) == {"#/name", "#/size", "#/hot", "#/tags/0", "#/tags/1", "#/nmae"}


def test_without_strictness_unknown_fields_are_dropped() -> None:
    client = serving(DEFINITION.replace("{version: v1}", "{version: v1, strict: false}")).below("/v1")
    made = client.post("/things", {"name": "new", "knid": "a", "box": {"width": 1, "depth": 2}})
    assert made.status == 201
    assert "knid" not in made.json
    assert details(client.post("/things", {"name": "new", "size": "x"})) == {"#/size": "must be an integer"}


def test_a_clients_own_id_is_taken_once(api: Client) -> None:
    assert api.post("/things", {"id": 40, "name": "new"}).headers["location"].endswith("/things/40")
    assert details(api.post("/things", {"id": 40, "name": "new"}), 409) == {"#/id": "40 is taken"}
    assert api.post("/things", {"name": "new"}).json["id"] == 41
    assert api.post("/things", {"id": 2**53 - 1, "name": "new"}).json["id"] == 2**53 - 1
    assert api.post("/things", {"id": None, "name": "new"}).json["id"] > 3, "null asks for one"
    assert api.post("/things", {"id": 0, "name": "new"}).status == 201
    assert api.post("/things", {"id": -3, "name": "new"}).status == 201
    assert api.get("/things/-3").json["id"] == -3


def test_after_the_last_id_there_is_no_next_one_and_no_mistake_of_ours(api: Client) -> None:
    api.post("/things", {"id": 2**53 - 1, "name": "new"})
    assert api.post("/things", {"name": "new"}).status < 500


def test_an_id_never_changes(api: Client) -> None:
    assert list(details(api.put("/things/1", {"id": 2, "name": "put"}))) == ["#/id"]
    assert list(details(api.patch("/things/1", {"id": 5}))) == ["#/id"]
    assert list(details(api.patch("/things/1", {"id": True}))) == ["#/id"]
    assert api.patch("/things/1", {"id": 1}).status == 201


def test_what_is_immutable_is_set_once(api: Client) -> None:
    made = api.post("/things", {"name": "new", "serial": "MINE"}).json
    assert made["serial"] == "MINE"
    assert details(api.patch(f"/things/{made['id']}", {"serial": "YOURS"})) == {
        "#/serial": "is MINE and can't be changed"
    }
    assert api.patch(f"/things/{made['id']}", {"serial": "MINE"}).status == 201


def test_a_unique_value_is_held_by_one(api: Client) -> None:
    assert details(api.post("/things", {"name": "new", "code": "one"}), 409) == {"#/code": "one is taken"}
    assert details(api.patch("/things/2", {"code": "one"}), 409) == {"#/code": "one is taken"}
    assert api.patch("/things/1", {"code": "one"}).status == 201, "its own"
    assert api.post("/things", {"name": "new", "code": None}).status == 201
    assert api.post("/things", {"name": "new", "code": None}).status == 201, "null is no value"
    assert api.patch("/things/1", {"code": "three"}).status == 201
    assert api.patch("/things/2", {"code": "one"}).status == 201, "free again"
    assert api.delete("/things/2").status == 204
    assert api.patch("/things/1", {"code": "one"}).status == 201, "free again"


def test_computed_fields_follow_what_they_are_computed_from() -> None:
    client = serving("""
resources:
  makers: {fields: {name: {value: x}}, rows: [{id: 1, name: Acme}]}
  things:
    fields: {maker_id: {ref: makers, on_delete: clear}, maker_name: {computed: maker.name}}
    rows: [{id: 1, maker_id: 1}]
""")
    assert client.get("/things/1").json["maker_name"] == "Acme"
    client.patch("/makers/1", {"name": "Bolt"})
    assert client.get("/things/1").json["maker_name"] == "Bolt"
    assert [one["id"] for one in client.get("/things?maker_name=Bolt").json] == [1]
    client.delete("/makers/1")
    assert client.get("/things/1").json["maker_name"] is None


def test_a_write_answers_what_is_asked_to_be_shown(api: Client) -> None:
    made = api.post("/things?fields=name,maker.id&embed=maker", {"name": "new", "maker_id": 1})
    assert made.json == {"name": "new", "maker": {"id": 1}}
    assert made.headers["location"].startswith("http://mock.test:8000/v1/things/3")
    assert api.patch("/things/1?fields=size", {"size": 3}).json == {"size": 3}


TEXT_IDS = "resources: {texts: {count: 0, fields: {id: {value: x, type: string}, n: {int: [0, 1]}}}}"


@settings(max_examples=150)
@given(key=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12))
def test_a_text_is_an_id_wherever_its_address_leads_back_to_it(key: str) -> None:
    client = serving(TEXT_IDS)
    answer = client.post("/texts", {"id": key, "n": 1})
    if key in (".", ".."):
        assert answer.status == 422
        return
    assert answer.status == 201
    assert client.follow(answer.headers["location"]).json == {"id": key, "n": 1}
    assert client.post("/texts", {"id": key}).status == 409


def test_an_id_is_no_longer_than_an_address_can_be() -> None:
    client = serving(TEXT_IDS)
    assert details(client.post("/texts", {"id": "é" * 100_000})).keys() == {"#/id"}
    assert details(client.post("/texts", {"id": ""})).keys() == {"#/id"}


CASED = """
api: {version: v1, case: CASE}
resources:
  shop_orders:
    fields:
      id: {seq: 1}
      unit_price: {float: [1, 9], min: 0, required: true}
      shipTo: {object: {zip_code: {value: "1"}, streetName: {value: a}}}
      shop_order_id: {ref: shop_orders, on_delete: clear}
    rows:
      - {id: 1, unit_price: 2, shipTo: {zip_code: "8000", streetName: b}, shop_order_id: null}
      - {id: 2, unit_price: 1, shipTo: null, shop_order_id: 1}
"""


@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("camel", ["unitPrice", "shipTo", "zipCode", "streetName", "shopOrderId", "shopOrder"]),
        ("snake", ["unit_price", "ship_to", "zip_code", "street_name", "shop_order_id", "shop_order"]),
        ("as_is", ["unit_price", "shipTo", "zip_code", "streetName", "shop_order_id", "shop_order"]),
    ],
)
def test_names_are_spelled_alike_on_the_wire_in_queries_and_in_pointers(case: str, names: list[str]) -> None:
    price, ship, code, street, reference, parent = names
    client = serving(CASED.replace("CASE", case)).below("/v1/shop_orders")
    read = client.get("/1").json
    assert read == {"id": 1, price: 2, ship: {code: "8000", street: "b"}, reference: None}
    assert [one["id"] for one in client.get(f"?{price}[gte]=2").json] == [1]
    assert [one["id"] for one in client.get(f"?{price}_lt=2").json] == [2]
    assert [one["id"] for one in client.get(f"?sort={price}").json] == [2, 1]
    assert [one["id"] for one in client.get(f"?{ship}.{code}=8000").json] == [1]
    assert client.get(f"/1?fields={ship}.{street},{price}").json == {ship: {street: "b"}, price: 2}
    assert client.put("/1", read).json == read
    assert client.patch("/1", {ship: {code: "9"}}).json[ship] == {code: "9", street: "b"}
    assert list(details(client.post("", {price: -1}))) == [f"#/{price}"]
    assert list(details(client.post("", {price: 1, ship: {code: 5}}))) == [f"#/{ship}/{code}"]
    assert list(details(client.post("", {}))) == [f"#/{price}"]
    assert client.get(f"/2?embed={parent}").json[parent] == client.get("/1").json


def test_relations_are_spelled_as_fields_are_though_no_field_has_two_words() -> None:
    client = serving("""
api: {case: camel}
resources:
  shops: {rows: [{id: 1, name: a}], fields: {name: {value: a}}}
  old_orders: {rows: [{id: 1, shop: 1}], fields: {shop: {ref: shops}}}
""")
    assert client.get("/shops/1?embed=oldOrders").json == {"id": 1, "name": "a", "oldOrders": [{"id": 1, "shop": 1}]}
