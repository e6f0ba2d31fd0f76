"""Definition files become plain YAML 1.2 values with the right positions, and bad ones are refused in their place."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mockserver.definitions import reader
from mockserver.definitions.report import render
from mockserver.definitions.source import Source, Where, parse_source, read_source
from mockserver.errors import DefinitionError, DefinitionProblem, Position

ZOO = """\
mock: 1
resources:
  animals:
    count: {per: zoos, each: {2: 30, 5: 50}}
    fields:
      name: {faker: first_name, max_length: 40}
      diet: [meat, 'fish', "leaves"]
"""
BOMB = "".join(
    f"{name}: &{name} [{','.join([item] * 9)}]\n"
    for name, item in zip("abcdefg", ["x", *(f"*{letter}" for letter in "abcdef")], strict=True)
)


def refuse(content: bytes | str) -> tuple[DefinitionProblem, ...]:
    with pytest.raises(DefinitionError) as raised:
        parse_source(content, "z.yaml")
    return raised.value.problems


# The text, where its first problem is, and a word of the sentence.
BAD: list[tuple[bytes | str, int, int, str]] = [
    # Nothing to read, or something else than a definition.
    ("", 1, 1, "empty"),
    ("  \n\n", 1, 1, "empty"),
    ("# only a comment\n", 1, 1, "empty"),
    ("---\n", 1, 1, "empty"),
    ("null\n", 1, 1, "empty"),
    ("- a\n- b\n", 1, 1, "a list, not a mapping"),
    ("\n  hello\n", 2, 3, "a single value, not a mapping"),
    ("a:b\n", 1, 1, "a single value, not a mapping"),
    ("a: 1\n2: 3\n", 2, 1, "top-level key 2 is a number"),
    ("a: 1\n---\nb: 2\n", 2, 1, "second YAML document"),
    # Encodings and characters.
    (b"\xef\xbb\xbfa: 1\n", 1, 1, "byte order mark"),
    ("a: x\ufeffy\n", 1, 5, "byte order mark"),
    ("a: 1\n".encode("utf-16"), 1, 1, "UTF-16"),
    (b"\xfe\xff\0a", 1, 1, "UTF-16"),
    ("a: 1\n".encode("utf-32"), 1, 1, "UTF-32"),
    (b"a: 1\nb: \xc3\xa9\xff\n", 2, 5, "0xff is not UTF-8"),
    (b"a: 1\r\nb: \xc3", 2, 4, "0xc3 is not UTF-8"),
    ("a: 1\nb: \ud800\n", 2, 4, "not UTF-8"),
    ("a: 1\nb: x\0y\n", 2, 5, "NUL"),
    ("a: \x1b[31mred\n", 1, 4, "U+001B"),
    ("a: 'x\u2028y'\n", 1, 6, "U+2028"),
    ("a: x\x85y\n", 1, 5, "U+0085"),
    ("a: \x7f\n", 1, 4, "U+007F"),
    ('a: "\\ud800"\n', 1, 7, "half a character"),
    ("a: 1\n" + "#" * 1024 * 1024, 1, 1, "larger than 1 MiB"),
    # Indentation.
    ("a:\n\tb: 1\n", 2, 1, "tab"),
    ("a:\n  b: 1\n  \tc: 1\n", 3, 3, "tab"),
    ("a: x\n\tb: 1\n", 2, 1, "tab"),
    ("a: |\n\ttext\n", 2, 1, "tab"),
    ("a:\n  b: 1\n c: 2\n", 3, 2, "indentation"),
    ("a:\n    - x\n  - y\n", 3, 3, "a list item"),
    ("- a\nb: 1\n", 2, 1, "indentation"),
    ("a: 1\n b: 2\n", 2, 3, "continues the value above"),
    ("r:\n  x:1\n  y: 2\n", 3, 4, "continues the value above"),
    # Brackets, quotes and signs.
    ("a: [1, 2\nb: 3\n", 2, 2, "in the list that begins in line 1"),
    ("a:\n  {x: 1\n", 2, 3, "in the mapping that begins in line 2"),
    ("a: {value: ${now}}\n", 1, 13, "expected ',' or '}'"),
    ("a: [1]]\n", 1, 7, "']' closes nothing"),
    ('{"a": 1}}\n', 1, 9, "'}' closes nothing"),
    ('{"a": 1}\nb: 2\n', 2, 1, "ended before this text"),
    ("a: }\n", 1, 4, "value is expected"),
    ("a: [x,, y]\n", 1, 7, "value is expected"),
    ("a: 1\nb: 'it is\nc: 2\n", 2, 4, "never closed"),
    ('a: "x\n', 1, 4, "never closed"),
    ("a: 'it's'\n", 1, 8, "ended before this text"),
    ('a: "C:\\windows"\n', 1, 7, "'\\' sequence"),
    ('a: "\\xZZ"\n', 1, 7, "'\\' sequence"),
    ("a: b: c\n", 1, 5, "second ': '"),
    ("a: @x\n", 1, 4, "can't begin with '@'"),
    ("a: `x`\n", 1, 4, "can't begin with '`'"),
    ("a: %x\n", 1, 4, "can't begin with '%'"),
    ("a: 1\nfoo\nb: 2\n", 2, 1, "neither `key: value` nor `- item`"),
    ("a: 1\n- b\n", 2, 1, "list item '-' where a key"),
    ("a: - b\n", 1, 4, "on its key's line"),
    ("a: |x\n  foo\n", 1, 5, "nothing may follow"),
    (": 1\n", 1, 1, "no key before"),
    ("%YAML 3.0\n---\na: 1\n", 1, 1, "directive"),
    # Keys.
    ("a:\n  b: 1\n  c: 2\n  b: 3\n", 4, 3, "'b' is given twice, first in line 2"),
    ("a: {2: 1, 0x2: 3}\n", 1, 11, "'2' is given twice"),
    ("a:\n  no: 1\n", 2, 3, "'no' can't be a key"),
    ("on: push\n", 1, 1, "'on' can't be a key"),
    ("a: {null: 1}\n", 1, 5, "'null' can't be a key"),
    ("a: {~: 1}\n", 1, 5, "'~' can't be a key"),
    ("a: {TRUE: 1}\n", 1, 5, "'TRUE' can't be a key"),
    ("a: {1.5: 1}\n", 1, 5, "whole numbers"),
    ("a: {99999999999999999999: 1}\n", 1, 5, "64 bits"),
    ("a: {{name}}\n", 1, 5, "can't be a list, a mapping"),
    ("a: {[x]: 1}\n", 1, 5, "can't be a list, a mapping"),
    ("a: &x k\n*x : 1\n", 2, 1, "can't be a list, a mapping or an alias"),
    # Values JSON can't hold, tags.
    ("a: [1, .inf]\n", 1, 8, "'.inf'"),
    ("a: -.INF\n", 1, 4, "'-.INF'"),
    ("a: .nan\n", 1, 4, "'.nan'"),
    ("a: 1e999\n", 1, 4, "too large"),
    ("a: 9223372036854775808\n", 1, 4, "64 bits"),
    ("a: !!python/object/apply:os.system [ls]\n", 1, 4, "'!!python/object/apply:os.system'"),
    ("a: !foo {b: 1}\n", 1, 4, "'!foo'"),
    ("a: !!str 1\n", 1, 4, "'!!str'"),
    ("a: !x!y 1\n", 1, 4, "tag"),
    # Anchors, aliases, merge keys.
    ("a: *b\n", 1, 4, "no anchor '&b'"),
    ("a: *\n", 1, 4, "mean aliases"),
    ("a: & x\n", 1, 4, "mean aliases"),
    ("a: &x [1, *x]\n", 1, 11, "inside of what it stands for"),
    ("a: &x\n  b: {<<: *x}\n", 2, 11, "inside of what it stands for"),
    ("a: &x 1\nb: [" + "*x, " * 101 + "]\n", 2, 405, "more than 100 aliases"),
    ("a: {<<: 3}\n", 1, 5, "'<<' takes a mapping"),
    ("a: {<<: [{b: 1}, 3]}\n", 1, 5, "'<<' takes a mapping"),
    ("a: {<<: {b: 1}, <<: {c: 1}}\n", 1, 17, "'<<' is given twice"),
    # Bounds.
    ("[" * 5000, 1, 51, "deeper than 50"),
    ("{a: " * 5000, 1, 201, "deeper than 50"),
    ("a: " + "{a: " * 5000, 1, 200, "deeper than 50"),
    ("- " * 5000, 1, 101, "deeper than 50"),
    ("a: &x " + "[" * 30 + "]" * 30 + "\nb: " + "[" * 30 + "*x" + "]" * 30, 2, 34, "deeper than 50"),
    (BOMB, 6, 11, "grows beyond 200,000 values"),
    ("a: [" + "1," * 300_000 + "]", 1, 399_999, "grows beyond 200,000 values"),
]


@pytest.mark.parametrize(("content", "line", "column", "gist"), BAD)
def test_bad_text_is_refused_where_it_is_bad(content: bytes | str, line: int, column: int, gist: str) -> None:
    begun = time.thread_time()  # what it costs, whoever else is at work on the machine
    first = refuse(content)[0]
    assert time.thread_time() - begun < 2
    assert (str(first.position), gist in first.problem) == (f"z.yaml:{line}:{column}", True), first.problem


@pytest.mark.parametrize("content", [bad[0] for bad in BAD])
def test_every_problem_says_in_one_line_what_to_do(content: bytes | str) -> None:
    for problem in refuse(content):
        assert problem.hint
        assert "\n" not in problem.problem + problem.hint


def test_all_problems_of_a_text_come_at_once_with_their_paths() -> None:
    text = "a: {no: 1}\nb:\n  - x: .nan\n    x: 1\nc: !t 1\n"
    found = [(problem.path, problem.position.line, problem.position.column) for problem in refuse(text)]
    assert found == [("a", 1, 5), ("b.0.x", 3, 8), ("b.0.x", 4, 5), ("c", 5, 4)]


def test_a_problem_carries_the_text_of_its_line() -> None:
    assert refuse("a: 1\n  \tb: x\n")[0].line == "  \tb: x"


def test_a_text_full_of_problems_is_given_up_at_a_hundred() -> None:
    assert len(refuse("a: 1\n" * 100_000)) == 100


def test_an_unknown_alias_is_answered_with_the_nearest_anchor() -> None:
    assert refuse("a: &animal 1\nb: *animl\n")[0].hint == "did you mean 'animal'?"


# --- what is read ---------------------------------------------------------------------------------------------------


def load(text: str) -> dict[str, Any]:
    return parse_source(text, "z.yaml").data


def test_words_and_times_stay_strings_as_in_yaml_1_2() -> None:
    text = "a: [no, on, Yes, 12:30, 2026-01-15, 2026-01-15T09:00:00Z, 1_000]\n"
    assert load(text) == {"a": ["no", "on", "Yes", "12:30", "2026-01-15", "2026-01-15T09:00:00Z", "1_000"]}


def test_quotes_make_text_of_anything() -> None:
    assert load("""a: ['1', "true", '', "null"]\nb: |\n  7\n"no": 1\n""") == {
        "a": ["1", "true", "", "null"],
        "b": "7\n",
        "no": 1,
    }


def test_weights_keep_their_integer_keys_in_order() -> None:
    weights = load("each: {5: 50, 2: 30, 12: 20, '7': 1}\n")["each"]
    assert list(weights.items()) == [(5, 50), (2, 30), (12, 20), ("7", 1)]


def test_json_is_read_as_the_yaml_it_is() -> None:
    tree = {"a": [1, -2.5, True, None, "no", {"b c": ""}], "é": '日本\n"x" \\ \t\x01😀'}
    assert load(json.dumps(tree, ensure_ascii=False)) == tree
    assert load(json.dumps(tree, indent=1, ensure_ascii=False)) == tree


def test_windows_and_old_mac_line_ends_are_line_ends() -> None:
    source = parse_source(b"a: 1\r\nb:\r\n  c: 2\rd: 3\n", "z.yaml")
    assert source.data == {"a": 1, "b": {"c": 2}, "d": 3}
    assert source.values["d",] == Position("z.yaml", 4, 4)
    assert source.line(source.values["d",]) == "d: 3"


def test_an_alias_copies_so_that_changing_one_changes_no_other() -> None:
    data = load("a: &x {b: [1]}\nc: *x\nd: *x\n")
    assert data["a"] == data["c"] == data["d"] == {"b": [1]}
    data["c"]["b"].append(2)
    assert data["a"] == data["d"] == {"b": [1]}


def test_an_anchor_may_be_named_again() -> None:
    assert load("a: &x 1\nb: *x\nc: &x 2\nd: *x\ne: &y [&y 3, *y]\nf: *y\n") == {
        "a": 1,
        "b": 1,
        "c": 2,
        "d": 2,
        "e": [3, 3],
        "f": 3,
    }


def test_a_merge_key_adds_what_is_not_given() -> None:
    data = load("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: *a, x: 9}\nd: {<<: [*a, *b], w: 0}\n")
    assert data["c"] == {"x": 9, "y": 1}
    assert data["d"] == {"x": 1, "y": 1, "z": 2, "w": 0}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert load("a: {'<<': 1}\n") == {"a": {"<<": 1}}


def test_the_limits_themselves_are_allowed() -> None:
    assert load("a: &x 1\nb: [" + "*x, " * 100 + "]\n")["b"] == [1] * 100
    assert load("a: " + "[" * 49 + "]" * 49)["a"]
    size = 1024 * 1024
    assert load("a: 1 #".ljust(size, "x")) == {"a": 1}


def test_a_thousand_lines_are_read_in_a_fraction_of_a_second() -> None:
    text = "resources:\n" + "".join(f"  r{n}: {{count: 3, fields: {{id: {{seq: 1}}}}}}\n" for n in range(1000))
    taken_s = []
    for _ in range(3):
        begun = time.thread_time()
        parse_source(text, "z.yaml")
        taken_s.append(time.thread_time() - begun)
    # The best of them: processor time too is longer where others have emptied the caches.
    assert min(taken_s) < 0.5, taken_s


def test_the_python_parser_reads_and_refuses_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML may have been built without libyaml."""
    monkeypatch.setattr(reader, "_LOADER", yaml.SafeLoader)
    assert load(ZOO)["resources"]["animals"]["count"]["each"] == {2: 30, 5: 50}
    for text in ("a:\n\tb: 1\n", "a: [1\nb: 2\n", "a: 'x\n", "a: b: c\n", "a: 1\nfoo\n", "a: *\n", "a: 1\n- b\n"):
        first = refuse(text)[0]
        assert "this is not YAML" not in first.problem, text
    for text in ('a: "\\ud800"', '"\\ud800": 1', 'a: "\\U00110000"', 'a: "\\UFFFFFFFF"'):
        assert refuse(text), text


# --- where things are -----------------------------------------------------------------------------------------------


def pointed_at(source: Source, position: Position) -> str:
    return source.line(position)[position.column - 1 :]


@pytest.mark.parametrize(
    ("where", "what", "text"),
    [
        ((), "value", "mock: 1"),
        (("mock",), "key", "mock: 1"),
        (("mock",), "value", "1"),
        (("resources", "animals"), "key", "animals:"),
        (("resources", "animals"), "value", "count: {per"),
        (("resources", "animals", "count", "each", 5), "key", "5: 50}}"),
        (("resources", "animals", "count", "each", 5), "value", "50}}"),
        (("resources", "animals", "fields", "diet", 1), "value", "'fish'"),
        (("resources", "animals", "fields", "diet", 1), "key", "'fish'"),
        # Beyond the tree: the nearest there is, and its key where it has one.
        (("resources", "animals", "fields", "name", "min_length"), "value", "{faker: first"),
        (("resources", "animals", "fields", "name", "min_length"), "key", "name: {faker"),
        (("nowhere", "else"), "key", "mock: 1"),
        # As pydantic says it, with the arms of unions among the steps.
        (("resources", "animals", "count", "Per", "each", "dict[int,int]", 2, "[key]"), "key", "2: 30"),
        (("resources", "animals", "fields", "name", "faker", "max_length"), "value", "40}"),
        (("resources", "animals", "fields", "name", "faker", "faker"), "value", "first_name,"),
    ],
)
def test_a_place_is_found_or_the_nearest_to_it(where: Where, what: str, text: str) -> None:
    source = parse_source(ZOO, "z.yaml")
    assert pointed_at(source, source.position(where, key=what == "key")).startswith(text)


def test_columns_count_characters() -> None:
    source = parse_source('日本: "é😀"\nb: {é: [😀, x]}\n', "z.yaml")
    assert source.values["b", "é", 1] == Position("z.yaml", 2, 12)
    assert pointed_at(source, source.values["日本",]) == '"é😀"'


def test_what_came_by_an_alias_stands_at_its_anchor() -> None:
    source = parse_source("a: &x {b: 1}\nc: *x\nd: {<<: *x}\n", "z.yaml")
    assert source.keys["c",].line == 2
    assert source.values["c", "b"] == source.values["d", "b"] == source.values["a", "b"] == Position("z.yaml", 1, 11)


def test_a_position_beyond_the_file_has_an_empty_line() -> None:
    source = parse_source("a: 1", "z.yaml")
    assert source.line(Position("z.yaml", 9, 1)) == ""
    assert source.line(Position("other.yaml", 1, 1)) == ""


# --- files and folders ----------------------------------------------------------------------------------------------


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def refuse_paths(*paths: Path) -> list[str]:
    with pytest.raises(DefinitionError) as raised:
        read_source(paths)
    return [f"{problem.position}: {problem.problem}" for problem in raised.value.problems]


def test_a_folder_is_merged_by_key_in_the_order_of_names(tmp_path: Path) -> None:
    write(
        tmp_path, b="resources: {tickets: {}}\nname: Zoo\n", a="mock: 1\nresources: {animals: {count: 1}, zoos: {}}\n"
    )
    (tmp_path / "c.yml").write_text("faults: {out: {}}\n")
    (tmp_path / ".#a.yaml").write_text("broken: [\n")
    (tmp_path / "notes.txt").write_text("broken: [\n")
    (tmp_path / "folder.yaml").mkdir()
    source = read_source([tmp_path])
    assert source.data == {
        "mock": 1,
        "resources": {"animals": {"count": 1}, "zoos": {}, "tickets": {}},
        "name": "Zoo",
        "faults": {"out": {}},
    }
    assert list(source.data["resources"]) == ["animals", "zoos", "tickets"]
    assert [Path(name).name for name in source.files] == ["a.yaml", "b.yaml", "c.yml"]
    assert source.keys["resources", "tickets"] == Position(str(tmp_path / "b.yaml"), 1, 13)
    assert source.position((), key=False) == Position(str(tmp_path / "a.yaml"), 1, 1)


def test_two_files_with_one_key_are_refused_with_both_places(tmp_path: Path) -> None:
    write(tmp_path, a="name: A\nresources:\n  zoos: {}\n", b="resources:\n  x: {}\n  zoos: {}\nname: B\n")
    a, b = tmp_path / "a.yaml", tmp_path / "b.yaml"
    assert refuse_paths(tmp_path) == [
        f"{b}:3:3: 'resources.zoos' is already defined at {a}:3:3",
        f"{b}:4:1: 'name' is already defined at {a}:1:1",
    ]


def test_several_paths_merge_like_a_folder(tmp_path: Path) -> None:
    write(tmp_path, one="resources: {a: {}}\n", two="resources: {b: {}}\n")
    source = read_source([tmp_path / "two.yaml", tmp_path / "one.yaml"])
    assert list(source.data["resources"]) == ["b", "a"]
    assert source.position((), key=True).file == str(tmp_path / "two.yaml")


def test_merging_files_leaves_what_shares_an_anchor_alone(tmp_path: Path) -> None:
    write(tmp_path, a="faults: &x {k: 1}\nchannels: *x\n", b="faults: {m: 2}\n")
    assert read_source([tmp_path]).data == {"faults": {"k": 1, "m": 2}, "channels": {"k": 1}}


def test_problems_of_all_files_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    write(tmp_path, a="x: [\n", c="no: 1\n")
    missing = tmp_path / "b.yaml"
    found = refuse_paths(tmp_path / "a.yaml", missing, tmp_path / "c.yaml")
    assert [line.split(":")[0] for line in found] == [str(tmp_path / f"{name}.yaml") for name in "abc"]


def test_a_missing_path_is_answered_with_its_neighbour(tmp_path: Path) -> None:
    write(tmp_path, zoo="a: 1\n")
    with pytest.raises(DefinitionError) as raised:
        read_source([tmp_path / "zo.yaml"])
    problem = raised.value.problems[0]
    assert problem.position == Position(str(tmp_path / "zo.yaml"), 1, 1)
    assert problem.problem == "there is no such file or folder"
    assert problem.hint == f"did you mean '{tmp_path / 'zoo.yaml'}'?"


@pytest.mark.parametrize("name", ["no/such/folder.yaml", "zoo.yaml/x.yaml", "x" * 300, "a\0b", "loop.yaml"])
def test_a_path_that_cannot_be_read_is_a_problem_with_a_hint(tmp_path: Path, name: str) -> None:
    write(tmp_path, zoo="a: 1\n")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(DefinitionError) as raised:
        read_source([tmp_path / name])
    assert raised.value.problems[0].hint


def test_a_file_that_can_not_be_opened_is_a_problem(tmp_path: Path) -> None:
    # A link to itself: unlike a file without permission it stops the superuser too.
    (tmp_path / "zoo.yaml").symlink_to("zoo.yaml")
    assert "can't be read" in refuse_paths(tmp_path)[0]


def test_a_folder_without_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    assert refuse_paths(tmp_path) == [f"{tmp_path}:1:1: the folder holds no *.yaml or *.yml file"]


def test_a_hundred_megabytes_are_refused_without_reading_them(tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    begun = time.thread_time()
    assert refuse_paths(huge) == [f"{huge}:1:1: the definition is larger than 1 MiB"]
    assert time.thread_time() - begun < 0.5


# --- laws -----------------------------------------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    [
        *("a", "b: ", "c:", "- ", "\n", "\n  ", "\n    ", "\t", " ", "[", "]", "{", "}", ", ", "'", '"', "|", ">", "#"),
        *(
            "&x ",
            "*x",
            "<<: ",
            "!!str ",
            "!t ",
            "? ",
            "---\n",
            "...\n",
            "%",
            "@",
            "\\",
            "no",
            "1",
            "0x",
            ".inf",
            "é",
            "\r",
        ),
    ]
)


def loads_or_refuses(content: bytes | str) -> None:
    try:
        source = parse_source(content, "z.yaml")
    except DefinitionError as error:
        problems = error.problems
    else:
        json.dumps(source.data, allow_nan=False).encode()
        assert all(source.position(where, key=False) == position for where, position in source.values.items())
        return
    assert problems
    assert all(problem.position.line >= 1 and problem.position.column >= 1 for problem in problems)
    assert render(DefinitionError(problems), "text")


@given(st.text() | st.lists(FRAGMENTS, max_size=30).map("".join))
def test_any_text_loads_or_is_refused(text: str) -> None:
    loads_or_refuses(text)


@given(st.binary())
def test_any_bytes_load_or_are_refused(content: bytes) -> None:
    loads_or_refuses(content)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x7f\x85\u2028\u2029\ufeff"), max_size=8)
TREES = st.dictionaries(
    NAMES,
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        # JSON's own characters only: YAML has no spelling for the rest but an escape.
        | NAMES,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
        max_leaves=20,
    ),
    max_size=5,
)


def dump(tree: Any) -> str:
    """JSON, a value a line, with the characters YAML can't hold raw as escapes."""
    text = json.dumps(tree, indent=1, ensure_ascii=False)
    return "".join(char if char == "\n" or (char.isprintable() and char < "\ue000") else escape(char) for char in text)


def escape(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else char


@given(TREES)
def test_a_tree_reads_back_with_its_types_and_positions(tree: dict[str, Any]) -> None:
    source = parse_source(dump(tree), "z.yaml")
    assert repr(source.data) == repr(tree)
    for where, position in source.values.items():
        value: Any = source.data
        for step in where:
            value = value[step]
        spelled = dump(value).splitlines()[0] if value not in ([], {}) else dump(value)
        assert pointed_at(source, position).startswith(spelled)
    for where, position in source.keys.items():
        assert pointed_at(source, position).startswith(dump(str(where[-1])) + ":")


@given(st.lists(st.integers(0, 8), min_size=1, max_size=12))
def test_aliases_cost_what_they_grow_to(widths: list[int]) -> None:
    """Doubling lists are read whole or refused quickly, and never half."""
    lines = ["a0: &a0 [1]"] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n, width in enumerate(widths, 1)
    ]
    size, sizes = 2, [2]
    for width in widths:
        size = 1 + width * size
        sizes.append(size)
    grown, aliases = 1 + sum(sizes) + len(sizes), sum(widths)
    try:
        source = parse_source("\n".join(lines), "z.yaml")
    except DefinitionError:
        assert grown > 200_000 or aliases > 100
    else:
        assert grown <= 200_000
        assert aliases <= 100
        assert len(source.values) == grown - len(sizes)
