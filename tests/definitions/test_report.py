"""Problems are shown with a caret where they are, in three styles, and never as raw control characters."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.definitions.report import Style, render
from mockserver.errors import DefinitionError, DefinitionProblem, Position


def problem(
    line: str, column: int, text: str = "it is wrong", hint: str = "", file: str = "zoo.yaml"
) -> DefinitionProblem:
    return DefinitionProblem(Position(file, 3, column), "a.b", text, hint, line)


def error(*problems: DefinitionProblem) -> DefinitionError:
    return DefinitionError(problems)


def text_of(*problems: DefinitionProblem) -> list[str]:
    return render(error(*problems), "text").split("\n")


def columns(text: str) -> int:
    """Columns of a terminal, counted apart from the code under test."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def test_text_shows_place_line_caret_hint_and_count() -> None:
    assert text_of(problem("  no: 1", 3, "'no' can't be a key", "rename it")) == [
        "zoo.yaml:3:3: 'no' can't be a key",
        "      no: 1",
        "      ^",
        "  rename it",
        "1 problem in zoo.yaml",
    ]


@pytest.mark.parametrize(
    ("files", "count"),
    [
        (["a"], "1 problem in a"),
        (["a", "a"], "2 problems in a"),
        (["b", "a", "b"], "3 problems in b, a"),
        (["a", "b", "c", "d"], "4 problems in 4 files"),
    ],
)
def test_text_ends_with_a_count(files: list[str], count: str) -> None:
    assert text_of(*(problem("x", 1, file=file) for file in files))[-1] == count


def test_without_a_line_or_a_hint_there_is_none() -> None:
    assert text_of(problem("", 1), problem("   ", 4)) == [
        "zoo.yaml:3:1: it is wrong",
        "zoo.yaml:3:4: it is wrong",
        "2 problems in zoo.yaml",
    ]


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("\t\tname: X", "X"),
        ("日本語: X", "X"),
        ("e\u0301te\u0301: X", "X"),
        ("a: 😀 X", "X"),
        ("ａ\t日: X", "X"),
        ("a: \x1b[31mX", "X"),
        ("a: 日本X語", "X"),
        ("X" + "y" * 5000, "X"),
        ("y" * 5000 + "X", "X"),
        ("y" * 5000 + "X" + "y" * 5000, "X"),
        ("日" * 5000 + "X" + "日" * 5000, "X"),
    ],
)
def test_the_caret_stands_under_its_character(line: str, marked: str) -> None:
    shown, caret = text_of(problem(line, line.index(marked) + 1))[1:3]
    assert columns(shown[: shown.index(marked)]) == caret.index("^")
    assert columns(shown) <= 110


def test_a_caret_may_stand_behind_the_line() -> None:
    assert text_of(problem("a: b", 5))[1:3] == ["    a: b", "        ^"]
    assert text_of(problem("a: b", 99))[1:3] == ["    a: b", "        ^"]


def test_a_long_line_is_cut_with_marks_where_it_goes_on() -> None:
    shown = text_of(problem("a" * 300 + "b" * 300, 301))[1].strip()
    assert shown.startswith("…a")
    assert shown.endswith("b…")
    assert text_of(problem("a" * 300, 1))[1].strip().startswith("a")


@pytest.mark.parametrize("evil", ["\x1b[2J", "\x1b]0;x\x07", "\x9b31m", "\r", "\x7f", "\u202e", "\u2066", "\u2028"])
@pytest.mark.parametrize("style", ["text", "github", "json"])
def test_nothing_reaches_the_terminal_that_it_would_obey(evil: str, style: Style) -> None:
    evil_everywhere = problem(f"a{evil}b", 3, f"no key '{evil}'", f"not {evil}", f"z{evil}.yaml")
    rendered = render(error(evil_everywhere), style)
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Zl"} for c in rendered.replace("\n", ""))


def test_json_is_a_list_of_objects() -> None:
    found = problem("x: 1", 2, 'say "é"\n', "hint", "a,b.yaml")
    assert json.loads(render(error(found), "json")) == [
        {"file": "a,b.yaml", "line": 3, "column": 2, "path": "a.b", "problem": 'say "é"\n', "hint": "hint"}
    ]


def test_github_escapes_what_its_commands_give_a_meaning() -> None:
    found = problem("x", 2, "100% wrong: a, b\r\nc", "do: this", "C:\\a,b%.yaml")
    assert render(error(found), "github") == (
        "::error file=C%3A\\a%2Cb%25.yaml,line=3,col=2::100%25 wrong: a, b%0D%0Ac%0Ado: this"
    )


def test_github_has_one_line_a_problem() -> None:
    assert render(error(problem("", 1, "one"), problem("", 1, "two")), "github").split("\n") == [
        "::error file=zoo.yaml,line=3,col=1::one",
        "::error file=zoo.yaml,line=3,col=1::two",
    ]


@given(st.text(), st.integers(1, 300), st.text(), st.text())
def test_any_line_is_shown_with_one_caret_inside_it(line: str, column: int, text: str, hint: str) -> None:
    rows = text_of(problem(line, column, text, hint))
    assert len(rows) == 2 + 2 * bool(line.strip()) + bool(hint)
    "\n".join(rows).encode()
    if line.strip():
        assert rows[2].strip() == "^"
        assert len(rows[2]) <= columns(rows[1]) + 4 * len(line) + 2
    assert render(error(problem(line, column, text, hint)), "json").isascii()
    assert "\n" not in render(error(problem(line, column, text, hint)), "github")
