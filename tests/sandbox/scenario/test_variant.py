"""The rows of a scenario: those of a definition that says the same, and what no change is about as it was."""

from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from mockserver.definitions.source import parse_source, read_source
from mockserver.errors import DefinitionError
from mockserver.messages import Document
from mockserver.server.assemble import Prepared, prepare
from tests.generation.declared import Data, definitions, kind_of

slow = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])

ZOO = """
mock: 1
resources:
  zoos: {count: 4, fields: {id: {seq: 1}, name: company}}
  animals:
    count: {per: zoos, each: [2, 4]}
    traits: {old: {age: 99}}
    fields:
      zoo_id: {ref: zoos, required: true}
      name: first_name
      age: {int: [1, 9]}
      label: {computed: "name ~ zoo.name"}
  types: {rows: [{id: 1, name: a}, {id: 7, name: b}, {name: c}], fields: {name: {faker: word}}}
  prices: {count: 5, fields: {id: {uuid: true}, amount: {int: [1, 900]}}}
scenarios:
"""


def written(data: Data) -> Prepared:
    return prepare(parse_source(yaml.safe_dump({"mock": 1, **data}, sort_keys=False), "d.yaml"))


def zoo(scenarios: str) -> Prepared:
    return prepare(parse_source(ZOO + scenarios, "d.yaml"))


def rows_of(prepared: Prepared, scenario: str = "s") -> dict[str, list[Document]]:
    return dict(prepared.scenarios[scenario].variant.rows())


def ids(rows: list[Document]) -> list[Any]:
    return [row["id"] for row in rows]


@pytest.mark.parametrize("resource", ["zoos", "animals", "types", "prices"])
def test_a_count_is_how_many_there_are_the_first_of_the_seeded_ones(resource: str) -> None:
    for count in (0, 1, 2, 3):
        prepared = zoo(f"  s: {{data: {{{resource}: {{count: {count}}}}}}}\n")
        assert rows_of(prepared)[resource] == prepared.rows[resource][:count]


@pytest.mark.parametrize("resource", ["zoos", "animals", "types", "prices"])
def test_a_higher_count_adds_more_like_them(resource: str) -> None:
    prepared = zoo(f"  s: {{data: {{{resource}: {{count: 40}}}}}}\n")
    before, after = prepared.rows[resource], rows_of(prepared)[resource]
    assert (len(after), after[: len(before)]) == (40, before)
    assert len({str(key) for key in ids(after)}) == 40
    if resource == "animals":
        assert {row["zoo_id"] for row in after[len(before) :]} <= {1, 2, 3, 4}


def test_children_go_with_their_parents_and_what_is_not_touched_is_shared() -> None:
    prepared = zoo("  s: {data: {zoos: {count: 2}}}\n")
    rows = rows_of(prepared)
    assert rows["animals"] == [row for row in prepared.rows["animals"] if row["zoo_id"] in (1, 2)]
    assert rows["types"] is prepared.rows["types"]
    assert rows["prices"] is prepared.rows["prices"]


def test_rows_stand_in_place_of_the_resources_own_and_change_no_others() -> None:
    prepared = zoo(
        "  s: {data: {types: {rows: [{id: 2, name: x}]}, animals: {rows: [{id: 1, name: Leo}]}, zoos: {rows: []}}}\n"
    )
    rows = rows_of(prepared)
    assert rows["types"] == [{"id": 2, "name": "x"}]
    assert rows["zoos"] == prepared.rows["zoos"]
    first, *others = prepared.rows["animals"]
    assert rows["animals"] == [{**first, "name": "Leo", "label": f"Leo{rows['zoos'][0]['name']}"}, *others]


def test_a_count_beside_rows_is_how_many_are_generated() -> None:
    rows = rows_of(zoo("  s: {data: {types: {count: 2, rows: [{id: 9, name: x}]}}}\n"))
    assert ids(rows["types"]) == [1, 2, 9]


def test_shares_of_traits_shape_the_rows_that_have_them() -> None:
    prepared = zoo("  s: {data: {animals: {mix: {old: 1}}}}\n  t: {extends: s, data: {animals: {count: 3}}}\n")
    assert rows_of(prepared)["animals"] == [{**row, "age": 99} for row in prepared.rows["animals"]]
    assert rows_of(prepared, "t")["animals"] == rows_of(prepared)["animals"][:3]


def test_further_rows_have_their_share_of_traits() -> None:
    rows = rows_of(zoo("  s: {data: {animals: {count: 40, mix: {old: 1}}}}\n"))
    assert {row["age"] for row in rows["animals"]} == {99}


def test_what_is_extended_is_taken_over_where_nothing_is_said() -> None:
    scenarios = """
  a: {data: {zoos: {count: 2}, types: {count: 1}}, faults: [offline], script: [{at: 1s, say: x}], describe: A}
  b: {extends: a}
  c: {extends: b, data: {types: {rows: [{id: 5, name: y}]}, zoos: {count: 3}}, faults: []}
"""
    prepared = zoo(scenarios)
    a, b, c = (prepared.scenarios[name] for name in "abc")
    assert (b.faults, b.steps, b.describe, b.variant) == (("offline",), (), "", a.variant)
    assert c.faults == ()
    rows = rows_of(prepared, "c")
    # A count beside rows is how many are generated.
    assert (len(rows["zoos"]), ids(rows["types"])) == (3, [1, 5])


def test_a_user_is_taken_over_unless_it_is_said_to_be_nobody() -> None:
    text = """
mock: 1
auth: {users: {ada: {token: a}}}
resources: {a: {}}
scenarios: {a: {user: ada}, b: {extends: a}, c: {extends: a, user: null}}
"""
    prepared = prepare(parse_source(text, "d.yaml"))
    assert [one.user for one in prepared.scenarios.values()] == ["ada", "ada", ""]


def test_a_scenario_without_changes_has_the_seeded_rows() -> None:
    prepared = zoo("  s: {faults: [offline]}\n")
    assert prepared.scenarios["s"].variant.rows() is prepared.rows
    assert prepared.scenarios["s"].variant.seeded() is prepared.seeded


def test_what_a_sandbox_begins_with_is_made_once_and_shares_what_stays() -> None:
    prepared = zoo("  s: {data: {types: {count: 1}}}\n")
    variant = prepared.scenarios["s"].variant
    seeded = variant.seeded()
    assert variant.seeded() is seeded
    assert seeded.pristine["prices"] is prepared.seeded.pristine["prices"]
    assert len(seeded.pristine["types"]) == 1


def test_rows_of_a_file_are_fewer_or_others(tmp_path: Path) -> None:
    (tmp_path / "db.json").write_text('{"posts": [{"id": 1, "a": 1}, {"id": 2, "a": 2}], "me": {"name": "x"}}')
    scenarios = tmp_path / "s.yaml"

    def both(text: str) -> Prepared:
        scenarios.write_text(f"mock: 1\nscenarios: {{s: {{data: {{posts: {text}}}}}}}\n")
        return prepare(read_source([scenarios, tmp_path / "db.json"]))

    assert rows_of(both("{count: 1}"))["posts"] == [{"id": 1, "a": 1}]
    assert rows_of(both("{count: 0}"))["posts"] == []
    assert rows_of(both("{rows: [{id: x, b: [1]}]}"))["posts"] == [{"id": "x", "b": [1]}]
    for text, problem in (
        ("{count: 3}", "there are 2 rows of 'posts' in its file"),
        ("{count: {per: posts}}", "the rows of 'posts' come from a file: none are made"),
        ("{rows: [{b: 1}]}", "needs an id: a whole number or a text"),
        ("{rows: [{id: 1}, {id: '1'}]}", "the id 1 stands in two rows"),
        ("{mix: {x: 1}}", "there is no trait 'x' in 'posts'"),
    ):
        with pytest.raises(DefinitionError) as raised:
            both(text)
        assert problem in [one.problem for one in raised.value.problems]


def changed(data: Data, resource: str, change: Data) -> Data:
    """The definition with a scenario that makes this change."""
    return {**data, "scenarios": {"s": {"data": {resource: change}}}}


@slow
@given(definitions(), st.data())
def test_a_variant_is_what_a_definition_that_says_the_same_gives(data: Data, draws: st.DataObject) -> None:
    name = draws.draw(st.sampled_from(list(data["resources"])))
    section = data["resources"][name]
    count: Any = draws.draw(st.integers(0, 12))
    if isinstance(section["count"], dict):
        count = {**section["count"], "each": draws.draw(st.sampled_from([0, 1, [1, 2]]))}
    rows = [{"id": 1, "note": "other"}] if "rows" in section else []
    try:
        declared = written(
            {**data, "resources": {**data["resources"], name: {**section, "count": count, "rows": rows}}}
        )
    except DefinitionError:
        reject()
    variant = written(changed(data, name, {"count": count, "rows": rows}))
    assert orjson.dumps(dict(declared.rows)) == orjson.dumps(rows_of(variant))


@slow
@given(definitions(), st.data())
def test_a_total_is_met_and_leaves_ids_and_plain_cells_as_they_were(data: Data, draws: st.DataObject) -> None:
    name = draws.draw(st.sampled_from(list(data["resources"])))
    total = draws.draw(st.integers(0, 30))
    before = written(data)
    try:
        after = rows_of(written(changed(data, name, {"count": total})))
    except DefinitionError:
        reject()
    assert len(after[name]) == total
    seeded = before.rows[name][:total]
    assert ids(after[name])[: len(seeded)] == ids(seeded)
    fields = data["resources"][name]["fields"]
    plain = {called for called, field in fields.items() if kind_of(field) in ("int", "float", "date", "faker", "enum")}
    plain = {called for called in plain if not fields[called].get("unique")}
    for old, new in zip(seeded, after[name], strict=False):
        assert {key: old[key] for key in plain & old.keys()} == {key: new[key] for key in plain & new.keys()}
    assert orjson.dumps(dict(before.rows)) == orjson.dumps(dict(written(data).rows))
