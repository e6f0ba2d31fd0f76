"""A database and a definition that has changed since: what fits is served, the rest is put aside and told of."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from tinydb import TinyDB

from mockserver.errors import DatabaseError
from tests.store.database.kept import FailingDisk, Kept, kept

HEAD = "mock: 1\nclock: 2026-01-15T09:00:00Z\nfreeze: true\nresources:\n"
PETS = "  pets: {count: 3, fields: {id: {seq: 1}, name: {value: Rex, max_length: 20}, age: {value: 4}}}\n"
TOYS = "  toys: {count: 4, fields: {id: {seq: 1}, pet_id: {ref: pets}, label: {computed: \"pet.name ~ '!'\"}}}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "data.json"
    with kept(path, HEAD + PETS + TOYS) as stock:
        stock.rewrite()
        stock.put("pets", id=1, name="Ada the first", age=7)
        stock.put("toys", id=9, pet_id=1)
    return path


def rows(stock: Kept, resource: str) -> list[dict[str, Any]]:
    return [dict(row) for row in stock.store[resource]]


def said(stock: Kept) -> str:
    return "\n".join(stock.keeping.notices)


def test_the_same_definition_serves_what_is_there(path: Path) -> None:
    with kept(path, HEAD + PETS + TOYS + "faults: {mine: {status: 503, enabled: false, match: GET *}}\n") as stock:
        assert rows(stock, "pets")[0] == {"id": 1, "name": "Ada the first", "age": 7}
        assert said(stock) == ""
        assert stock.keeping.aside == ""
        # Nothing is looked at again, and nothing is written.
        assert stock.database.is_begun


def test_another_seed_is_told_of_and_changes_nothing(path: Path) -> None:
    with kept(path, HEAD.replace("mock: 1\n", "mock: 1\nseed: 5\n") + PETS + TOYS) as stock:
        assert rows(stock, "pets")[0]["name"] == "Ada the first"
        assert said(stock) == "the data is of seed 1, not 5: a reset begins with that"


CHANGED: dict[str, tuple[str, str, list[int]]] = {
    "type": (PETS.replace("value: Rex, max_length: 20", "type: integer, value: 3"), "'name' must be an integer", []),
    "length": (PETS.replace("20", "5"), "1 of pets: its 'name' must have at most 5 characters", [2, 3]),
    "enum": (PETS.replace("{value: Rex, max_length: 20}", "{enum: [Rex]}"), "its 'name' must be one of Rex", [2, 3]),
    "unique": (PETS.replace("{value: 4}", "{seq: 1, unique: true}"), "1 of pets: its 'age' is another's too", [1, 2]),
    "required": (PETS.replace("age: {", "weight: {required: true, value: 1}, age: {"), "", [1, 2, 3]),
    "singleton": (PETS.replace("count: 3", "singleton: true"), "2 of pets: there is no room for it", [1]),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_document_that_breaks_a_rule_is_put_aside(path: Path, name: str) -> None:
    pets, told, ids = CHANGED[name]
    with kept(path, HEAD + pets + TOYS) as stock:
        assert stock.ids("pets") == ids
        assert told in said(stock)
        assert bool(stock.keeping.aside) == bool(told)
        toys = rows(stock, "toys")
        assert all(toy["pet_id"] in ids for toy in toys)
    if told:
        with TinyDB(stock.keeping.aside) as aside:
            assert {row["document"]["id"] for row in aside.table("pets")} == {1, 2, 3} - {*ids}
            assert {row["why"] for row in aside.table("toys")} <= {"its 'pet_id' leads nowhere"}
            assert len(aside.table("toys")) == 5 - len(toys)


def test_a_resource_that_is_gone_is_put_aside_and_a_new_one_is_as_seeded(path: Path) -> None:
    trees = "  trees: {count: 2, fields: {id: {seq: 1}}}\n"
    with kept(path, HEAD + PETS + trees) as stock:
        assert stock.ids("trees") == [1, 2]
        assert said(stock).startswith("new, and as seeded: trees\n5 of toys: its resource is declared no longer\n")
        stock.rewrite()
        aside = stock.keeping.aside
    assert len(orjson.loads(Path(aside).read_bytes())["toys"]) == 5
    with kept(path, HEAD + PETS + trees) as stock:
        assert said(stock) == ""
        assert rows(stock, "pets")[0]["name"] == "Ada the first"


def test_a_field_that_is_gone_is_left_out_and_one_that_is_new_is_filled(path: Path) -> None:
    pets = PETS.replace("age: {value: 4}", "color: {value: red}, mood: {value: null, type: string}")
    with kept(path, HEAD + pets + TOYS) as stock:
        assert rows(stock, "pets")[0] == {"id": 1, "name": "Ada the first", "color": "red", "mood": None}
        assert "3 of pets: 'age' is no field any more" in said(stock)
        assert len(orjson.loads(Path(stock.keeping.aside).read_bytes())["pets"]) == 3


def test_what_is_computed_otherwise_is_computed_anew(path: Path) -> None:
    with kept(path, HEAD + PETS + TOYS.replace("'!'", "'?'")) as stock:
        assert rows(stock, "toys")[-1] == {"id": 9, "pet_id": 1, "label": "Ada the first?"}


def test_ids_do_not_come_back(path: Path) -> None:
    with kept(path, HEAD + PETS + TOYS) as stock:
        stock.delete("toys", 9)
    with kept(path, HEAD + PETS + TOYS.replace("'!'", "'?'")) as stock:
        assert stock.store["toys"].highest == 9


def test_where_nothing_can_be_put_aside_nothing_is_served(path: Path) -> None:
    there = {one: one.read_bytes() for one in path.parent.iterdir()}
    full = FailingDisk(lambda number, name: name == "write")
    with pytest.raises(DatabaseError, match="can't be put aside: No space"), kept(path, HEAD + PETS, full):
        pass
    assert {one: one.read_bytes() for one in path.parent.iterdir()} == there
