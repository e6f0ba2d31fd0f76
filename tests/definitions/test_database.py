"""A plain JSON file of collections becomes a definition and its rows; what can't be served is refused in its place."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.definitions.database import Database, Late, read_database
from mockserver.definitions.json_text import find_value
from mockserver.definitions.model import MAX_FILE_ROWS
from mockserver.definitions.source import read_source
from mockserver.errors import DefinitionError, DefinitionProblem, Position

BLOG = """\
{
  "$schema": "./schema.json",
  "posts": [
    {"id": 1, "title": "one", "views": 3},
    {"id": 2, "title": null, "views": 2.5, "tags": ["a"], "meta": {"lang": "en"}}
  ],
  "comments": [{"id": "x1", "postId": 1, "user_id": 7, "ok": true}],
  "users": [],
  "profile": {"name": "Ada"}
}
"""


def read(folder: Path, text: str | bytes, name: str = "db.json") -> Database:
    found = read_database(write(folder, text, name))
    assert found is not None
    return found


def write(folder: Path, text: str | bytes, name: str = "db.json") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refuse(folder: Path, text: str | bytes) -> tuple[DefinitionProblem, ...]:
    with pytest.raises(DefinitionError) as raised:
        read_source([write(folder, text)])
    return raised.value.problems


def fields(folder: Path, rows: list[dict[str, Any]], **others: Any) -> dict[str, Any]:
    found: dict[str, Any] = read(folder, json.dumps({"things": rows, **others})).sections["things"]["fields"]
    return found


def test_lists_are_collections_and_objects_single_documents(tmp_path: Path) -> None:
    found = read(tmp_path, BLOG)
    assert list(found.sections) == ["posts", "comments", "users", "profile"]
    assert found.sections["profile"]["singleton"] is True
    assert all(found.sections[name]["count"] == 0 for name in ("posts", "comments", "users"))


def test_rows_are_those_of_the_file(tmp_path: Path) -> None:
    found = read(tmp_path, BLOG).rows
    data = json.loads(BLOG)
    assert {name: found[name] for name in ("posts", "comments", "users")} == {
        name: data[name] for name in ("posts", "comments", "users")
    }
    assert [list(row) for row in found["posts"]] == [list(row) for row in data["posts"]]


def test_types_are_those_that_all_rows_have(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"i": 1, "n": 1, "s": "x", "b": True, "o": {}, "l": [], "m": 1, "z": None, "d": "2026-01-15"},
        {"i": None, "n": 1.5, "s": None, "b": False, "o": {"a": 1}, "m": "x", "z": None},
    ]
    found = fields(tmp_path, rows)
    types = {name: field["type"] for name, field in found.items() if name != "id"}
    assert types == {
        "i": "integer", "n": "number", "s": "string", "b": "boolean", "o": "object", "l": "array", "m": "any",
        "z": "any", "d": "string",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ids", "field"),
    [
        ([1, 2], {"seq": 1}),
        ([], {"seq": 1}),
        (["a", "b"], {"faker": "hexify", "args": {"text": "^^^^^^^"}, "type": "string"}),
        ([1, "b"], {"seq": 1, "type": "any"}),
    ],
)
def test_ids_go_on_as_they_are(tmp_path: Path, ids: list[Any], field: dict[str, Any]) -> None:
    assert fields(tmp_path, [{"id": key} for key in ids])["id"] == field


@pytest.mark.parametrize(
    ("field", "resource", "is_one"),
    [
        ("postId", "posts", True),
        ("post_id", "posts", True),
        ("blogPostId", "blog_posts", True),
        ("blog_post_id", "blogPosts", True),
        ("categoryId", "categories", True),
        ("personId", "people", True),
        ("thingId", "things", True),
        ("postid", "posts", False),
        ("postId", "pots", False),
        ("Id", "posts", False),
        ("_id", "posts", False),
        ("post", "posts", False),
    ],
)
def test_a_field_called_after_a_resource_refers_to_it(
    tmp_path: Path, field: str, resource: str, *, is_one: bool
) -> None:
    found = fields(tmp_path, [{"id": 1, field: 1}], **({resource: []} if resource != "things" else {}))
    assert found[field] == ({"ref": resource, "on_delete": "cascade"} if is_one else {"value": None, "type": "integer"})


def test_what_can_be_no_id_is_no_reference(tmp_path: Path) -> None:
    assert "ref" not in fields(tmp_path, [{"id": 1, "postId": [1]}], posts=[])["postId"]
    assert "ref" not in fields(tmp_path, [{"id": 1, "profileId": 1}], profile={})["profileId"]


def test_members_of_odd_names_are_kept_without_being_fields(tmp_path: Path) -> None:
    row = {"id": 1, "first name": 1, "a.b": 2, "": 3, "x" * 65: 4, "ok": 5}
    found = read(tmp_path, json.dumps({"things": [row]}))
    assert list(found.sections["things"]["fields"]) == ["id", "ok"]
    assert found.rows["things"] == [row]


def test_rows_that_are_maps_do_not_make_thousands_of_fields(tmp_path: Path) -> None:
    found = fields(tmp_path, [{"id": n, **{f"k{n}-{m}": 1 for m in range(50)}} for n in range(50)])
    assert len(found) == 200


def test_rows_without_an_id_get_the_next_numbers(tmp_path: Path) -> None:
    rows = read(tmp_path, '{"a": [{"x": 1}, {"id": 7}, {"x": 2, "id": null}, {"id": "9"}, {}]}').rows["a"]
    assert [row["id"] for row in rows] == [8, 7, 10, "9", 11]
    assert [list(row) for row in rows] == [["id", "x"], ["id"], ["id", "x"], ["id"], ["id"]]


def test_a_single_document_keeps_its_own_id_and_hides_one_it_has_not(tmp_path: Path) -> None:
    found = read(tmp_path, '{"a": {"x": 1}, "b": {"id": 5}}')
    assert found.sections["a"]["fields"]["id"]["write_only"] is True
    assert found.rows["b"] == [{"id": 5}]
    assert "write_only" not in found.sections["b"]["fields"]["id"]


# The text, where its first problem is, and a word of the sentence.
BAD: list[tuple[str | bytes, int, int, str]] = [
    ("", 1, 1, "not JSON"),
    ('{"a": [],}', 1, 9, "trailing comma"),
    ('{\n  "a": [1,\n    tru]}', 3, 5, "not JSON: invalid literal"),
    ('{"a": NaN}', 1, 7, "not JSON"),
    ('{"a": [{"x": 1e999}]}', 1, 14, "infinity"),
    ("[]", 1, 1, "the file is a list"),
    ("7", 1, 1, "the file is a number"),
    ('{"a": [],\n "b": 7}', 2, 7, "'b' is a number, which can't be served"),
    ('{"a": "text"}', 1, 7, "'a' is a text"),
    ('{"a": null}', 1, 7, "'a' is null"),
    ('{"a": [1, 2]}', 1, 8, "'a' holds a number where an object should be"),
    ('{"a": [{},\n  "x"]}', 2, 3, "'a' holds a text"),
    ('{"a": [{"id": 1.5}]}', 1, 15, "an id can't be a number"),
    ('{"a": [{"id": {}}]}', 1, 15, "an id can't be an object"),
    ('{"a": {"id": true}}', 1, 14, "an id can't be true or false"),
    ('{"a": [{"id": 1},\n {"id": 2},\n {"id": 1}]}', 3, 9, "the id 1 is taken by the row in line 1"),
    ('{"a": [{"id": "1"},\n {"id": 1}]}', 2, 9, "the id 1 is taken by the row in line 1"),
    (b"\xef\xbb\xbf{}", 1, 1, "byte order mark"),
    ('{"a": []}'.encode("utf-16"), 1, 1, "UTF-16"),
    (b'{"a": [],\n "\xff": []}', 2, 3, "0xff is not UTF-8"),
    ('{"a": [{"b": ' + "[" * 300 + "]" * 300 + "}]}", 1, 8, "nesting is deeper than 200"),
    ('{"a": {"b": ' + "[" * 300 + "]" * 300 + "}}", 1, 7, "nesting is deeper than 200"),
    ('{"a": [{"b": ' + "[" * 2000 + "]" * 2000 + "}]}", 1, 1036, "depth"),
]


@pytest.mark.parametrize(("text", "line", "column", "said"), BAD, ids=[f"{n}-{case[3]}" for n, case in enumerate(BAD)])
def test_what_can_not_be_served_is_refused_in_its_place(
    tmp_path: Path, text: str | bytes, line: int, column: int, said: str
) -> None:
    first = refuse(tmp_path, text)[0]
    assert said in first.problem
    assert (first.position.line, first.position.column) == (line, column)


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    assert len(refuse(tmp_path, '{"a": 1, "b": [{}, 2], "c": {"id": []}}')) == 3
    assert len(refuse(tmp_path, json.dumps({"a": list(range(1000))}))) == 20


def test_more_rows_than_are_served_are_refused(tmp_path: Path) -> None:
    text = '{"a": [' + ",".join(["{}"] * (MAX_FILE_ROWS + 1)) + "]}"
    assert "500,001 rows" in refuse(tmp_path, text)[0].problem


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.definitions.database.LIMIT_BYTES", 10)
    assert "larger" in refuse(tmp_path, '{"a": [{}]}')[0].problem


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="no such file"):
        read_source([tmp_path / "db.json"])


@pytest.mark.parametrize("text", ['{"mock": 1, "resources": {}}', '{"mock": 1}', '{"resources": {"a": {"count": 2}}}'])
def test_a_definition_may_be_written_in_json(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text, "shop.json")
    assert read_database(path) is None
    assert read_source([path]).data == json.loads(text)


def test_a_collection_may_be_called_as_a_key_of_definitions_is(tmp_path: Path) -> None:
    assert list(read(tmp_path, '{"resources": [], "mock": []}').rows) == ["resources", "mock"]


def test_it_is_served_as_json_server_would_unless_a_definition_says_otherwise(tmp_path: Path) -> None:
    path = write(tmp_path, BLOG)
    alone = read_source([path])
    assert alone.data["api"] == {"convention": "json-server"}
    assert alone.data["name"] == "db.json"
    assert list(alone.rows) == ["posts", "comments", "users", "profile"]
    beside = tmp_path / "more.yaml"
    beside.write_text("name: Blog\napi: {convention: rest}\nresources: {tags: {count: 1}}\n", encoding="utf-8")
    for order in ([path, beside], [beside, path]):
        found = read_source(order)
        assert (found.data["name"], found.data["api"]) == ("Blog", {"convention": "rest"})
        assert set(found.data["resources"]) == {"posts", "comments", "users", "profile", "tags"}


def test_a_resource_that_two_files_have_is_refused(tmp_path: Path) -> None:
    path, beside = write(tmp_path, BLOG), tmp_path / "more.yaml"
    beside.write_text("resources:\n  posts: {count: 1}\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as raised:
        read_source([path, beside])
    [problem] = raised.value.problems
    assert problem.problem == f"'resources.posts' is already defined at {path}:3:3"
    assert problem.position == Position(str(beside), 2, 3)


def test_collections_stand_where_their_keys_do(tmp_path: Path) -> None:
    source = read_source([write(tmp_path, BLOG)])
    assert str(source.position(("resources", "comments"), key=True)).endswith("db.json:7:3")
    assert str(source.position(("resources", "comments", "fields", "postId"), key=False)).endswith("db.json:7:15")
    assert source.line(source.position(("resources", "users"), key=True)) == '  "users": [],'


def test_a_late_mapping_is_made_once_and_when_it_is_asked(tmp_path: Path) -> None:
    made: list[int] = []

    def make() -> dict[str, int]:
        made.append(1)
        return {"a": 1}

    late = Late(make)
    assert not made
    assert (dict(late), len(late), "a" in late, made) == ({"a": 1}, 1, True, [1])


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=15,
)


@given(value=values, indent=st.sampled_from([None, 0, 2]), data=st.data())
def test_every_value_of_a_text_is_found_where_it_stands(value: Any, indent: int | None, data: st.DataObject) -> None:
    text, here, where = json.dumps(value, indent=indent), value, list[str | int]()
    while isinstance(here, list | dict) and here and data.draw(st.booleans()):
        step = data.draw(st.sampled_from(range(len(here)) if isinstance(here, list) else list(here)))
        where.append(step)
        here = here[step]
    place = find_value(text, where)[1]
    assert json.JSONDecoder().raw_decode(text, place)[0] == here
