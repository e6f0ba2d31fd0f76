"""The laws of Determinism (contract, section 2) over generated definitions."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import orjson
import pytest
import yaml
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from mockserver.definitions.source import parse_source
from mockserver.messages import Document, Request
from mockserver.server.assemble import AssembledInstance, prepare
from tests.generation.declared import REFERRING, Data, Made, definitions, kind_of, make, without_rows

slow = settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def cells(made: Made) -> Iterator[tuple[str, Any, str, Any]]:
    """Every cell: resource, id, field and value."""
    for resource, rows in made.rows.items():
        for row in rows:
            for field, value in row.items():
                yield resource, row["id"], field, value


def by_place(made: Made) -> dict[tuple[str, Any, str], Any]:
    return {(resource, key, field): value for resource, key, field, value in cells(made)}


def reorder(draw: st.DrawFn, mapping: Data) -> Data:
    return {name: mapping[name] for name in draw(st.permutations(list(mapping)))}


@slow
@given(definitions())
def test_the_same_definition_and_seed_give_the_same_bytes(data: Data) -> None:
    assert orjson.dumps(dict(make(data).rows)) == orjson.dumps(dict(make(deepcopy(data)).rows))


@slow
@given(definitions())
def test_every_generated_cell_obeys_the_rules_of_its_field(data: Data) -> None:
    made = make(data)
    for resource, key, field, value in cells(made):
        flaws = list(made.schema[resource].attributes[field].flaws(value))
        assert not flaws, (resource, key, field, value, flaws)


@slow
@given(definitions())
def test_ids_and_unique_values_are_never_there_twice(data: Data) -> None:
    made = make(data)
    for resource, rows in made.rows.items():
        for name, attribute in made.schema[resource].attributes.items():
            if attribute.rules.unique or name == "id":
                values = [row[name] for row in rows if row.get(name) is not None]
                assert len(values) == len(set(values))


@slow
@given(definitions())
def test_every_reference_leads_to_a_row(data: Data) -> None:
    made = make(data)
    ids = {resource: {row["id"] for row in rows} for resource, rows in made.rows.items()}
    for resource, _, field, value in cells(made):
        reference = made.schema[resource].attributes[field].reference
        if reference is not None and value is not None:
            held = value if isinstance(value, list) else [value]
            assert set(held) <= ids[reference.target]
            assert len(held) == len(set(held))


@slow
@given(definitions())
def test_a_row_that_refers_to_its_own_resource_names_an_earlier_one(data: Data) -> None:
    made = make(data)
    for resource, rows in made.rows.items():
        order = [row["id"] for row in rows]
        for relation in made.schema[resource].parents.values():
            if relation.parent == resource and not relation.many:
                for place, row in enumerate(rows):
                    held = row[relation.field]
                    assert held is None or order.index(held) < place


@slow
@given(definitions(), st.data())
def test_the_order_of_fields_and_resources_changes_no_cell(data: Data, draws: st.DataObject) -> None:
    draw = draws.draw
    shuffled = {**data, "resources": reorder(draw, data["resources"])}  # type: ignore[arg-type]
    for name, section in shuffled["resources"].items():
        shuffled["resources"][name] = {**section, "fields": reorder(draw, section["fields"])}  # type: ignore[arg-type]
    assert make(shuffled).rows == make(data).rows


@slow
@given(definitions(), st.data())
def test_one_field_more_or_less_changes_no_other_cell(data: Data, draws: st.DataObject) -> None:
    resource = draws.draw(st.sampled_from(sorted(data["resources"])))
    fields = data["resources"][resource]["fields"]
    free = sorted(set(fields) - {"parent", "note", "derived", "id"})
    assume(free)
    leaving = draws.draw(st.sampled_from(free))
    assume("derived" not in fields or leaving not in fields["derived"]["computed"])
    event(kind_of(fields[leaving]))
    fewer = deepcopy(data)
    del fewer["resources"][resource]["fields"][leaving]
    whole = {place: value for place, value in by_place(make(data)).items() if place[::2] != (resource, leaving)}
    assert by_place(make(fewer)) == whole


@slow
@given(definitions(), st.data())
def test_one_resource_more_or_less_changes_no_other_cell(data: Data, draws: st.DataObject) -> None:
    used = {
        field[kind_of(field)]
        for section in data["resources"].values()
        for field in section["fields"].values()
        if kind_of(field) in REFERRING
    }
    free = sorted(set(data["resources"]) - used)
    assume(free)
    leaving = draws.draw(st.sampled_from(free))
    fewer = {**data, "resources": {name: one for name, one in data["resources"].items() if name != leaving}}
    rest = {name: rows for name, rows in make(data).rows.items() if name != leaving}
    assert make(fewer).rows == rest


def grown(data: Data, resource: str, more: int) -> Data:
    larger = deepcopy(data)
    larger["resources"][resource]["count"] += more
    return larger


@slow
@given(definitions().map(without_rows), st.integers(1, 12), st.data())
def test_rows_at_the_end_change_no_cell_but_free_references_and_what_is_computed_from_them(
    data: Data, more: int, draws: st.DataObject
) -> None:
    counted = sorted(name for name, section in data["resources"].items() if isinstance(section["count"], int))
    grows = draws.draw(st.sampled_from(counted))
    small, large = make(data), make(grown(data, grows, more))
    for resource, rows in small.rows.items():
        bigger = large.rows[resource]
        news = {
            name: {row["id"] for row in large.rows[name][len(rows_then) :]} for name, rows_then in small.rows.items()
        }
        fields = data["resources"][resource]["fields"]
        moved: set[str] = set()
        pairs: Iterator[tuple[Any, Any]] = zip(rows, bigger, strict=False)
        for old, new in pairs:
            for name, value in old.items():
                kind = kind_of(fields[name]) if name in fields else "seq"
                if kind == "ref" and value != new[name]:
                    assert new[name] in news[fields[name]["ref"]], (resource, name, value, new[name])
                    moved.add(name)
                elif kind == "refs" and value != new[name]:
                    assert news[fields[name]["refs"]] & set(new[name]), (resource, name, value, new[name])
                    moved.add(name)
                elif kind == "computed" and any(one in fields[name]["computed"] for one in moved):
                    event("computed from a moved reference")
                elif kind != "computed":
                    assert (name, value) == (name, new[name])
        event(f"moved {bool(moved)}")


@slow
@given(st.integers(0, 2**63 - 1), st.sampled_from(["even", "skew"]), st.integers(1, 400), st.integers(1, 400))
def test_a_reference_moves_only_onto_new_rows(seed: int, pick: str, before: int, after: int) -> None:
    before, after = sorted((before, after))

    def picks(targets: int) -> list[Any]:
        fields = {"to": {"ref": "zoos", "pick": pick}}
        sections = {"zoos": {"count": targets}, "animals": {"count": 60, "fields": fields}}
        return [row["to"] for row in make({"seed": seed, "resources": sections}).rows["animals"]]

    pairs = list(zip(picks(before), picks(after), strict=True))
    assert all(old == new or new > before for old, new in pairs)


@pytest.mark.parametrize("pick", ["even", "skew"])
def test_as_many_references_move_as_new_rows_ask_for(pick: str) -> None:
    def picks(targets: int) -> list[Any]:
        fields = {"to": {"ref": "zoos", "pick": pick}}
        sections = {"zoos": {"count": targets}, "animals": {"count": 2000, "fields": fields}}
        return [row["to"] for row in make({"seed": 9, "resources": sections}).rows["animals"]]

    moved = sum(old != new for old, new in zip(picks(100), picks(125), strict=True))
    assert 150 < moved < 560, "a fifth of the rows is new"


@slow
@given(definitions().map(without_rows))
def test_another_seed_gives_other_data(data: Data) -> None:
    for section in data["resources"].values():
        section["fields"]["stamp"] = {"uuid": True}
    first, second = make(data, 1).rows, make(data, 2).rows
    stamps = [{row["stamp"] for rows in made.values() for row in rows} for made in (first, second)]
    assert not stamps[0] & stamps[1]


def test_a_unique_value_stays_when_rows_are_added_behind() -> None:
    def values(count: int) -> list[Any]:
        sections = {"zoos": {"count": count, "fields": {"code": {"int": [1, 40], "unique": True}}}}
        return [row["code"] for row in make({"resources": sections}).rows["zoos"]]

    assert values(30)[:10] == values(10)


def send(service: AssembledInstance, method: str, path: str, body: Document) -> tuple[int, Any]:
    request = Request(method, path, headers={"content-type": "application/json"}, body=orjson.dumps(body))
    reply = service.handle(request)
    return reply.status, orjson.loads(reply.body)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(definitions().map(without_rows))
def test_what_was_generated_is_accepted_when_it_is_sent_back(data: Data) -> None:
    prepared = prepare(parse_source(yaml.safe_dump(data, sort_keys=False), "generated.yaml"))
    service = AssembledInstance(prepared)
    for resource, rows in prepared.rows.items():
        attributes = prepared.generation.schema[resource].attributes
        for row in rows[:4]:
            writable = {name: value for name, value in row.items() if attributes[name].is_writable}
            status, answer = send(service, "PUT", f"/{resource}/{row['id']}", writable)
            assert (status, answer) == (201, row)
            taken = {name for name in row if name == "id" or attributes[name].rules.unique}
            fresh = {name: value for name, value in writable.items() if name not in taken}
            status, answer = send(service, "POST", f"/{resource}", fresh)
            assert status == 201, answer
            kept = {name: answer[name] for name in fresh}
            assert kept == fresh
