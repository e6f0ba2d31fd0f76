"""What is wrong with a definition, written for a terminal, for programs, and for GitHub's annotations.

Knows problems and how they look; nothing of how they were found.
"""

import json
import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from mockserver.errors import DefinitionError, DefinitionProblem

Style: TypeAlias = Literal["text", "json", "github"]

_WIDTH = 100
_TAB = "    "
_MARGIN = "    "
_CUT = "…"


def render(error: DefinitionError, style: Style) -> str:
    """Every problem of a definition, without a line end at the end.

    `text` shows the line with a caret and ends with a count; `json` is a list of objects with `file`, `line`,
    `column`, `path`, `problem` and `hint`; `github` has one workflow command a line.
    *Source* https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    return _STYLES[style](error)


def _render_text(error: DefinitionError) -> str:
    blocks = [_render_block(problem) for problem in error.problems]
    return "\n".join([*blocks, _count(error)])


def _render_json(error: DefinitionError) -> str:
    problems = [
        {
            "file": problem.position.file,
            "line": problem.position.line,
            "column": problem.position.column,
            "path": problem.path,
            "problem": problem.problem,
            "hint": problem.hint,
        }
        for problem in error.problems
    ]
    return json.dumps(problems, indent=2)


def _render_github(error: DefinitionError) -> str:
    return "\n".join(_render_annotation(problem) for problem in error.problems)


_STYLES: Mapping[Style, Callable[[DefinitionError], str]] = {
    "text": _render_text,
    "json": _render_json,
    "github": _render_github,
}


def _render_block(problem: DefinitionProblem) -> str:
    rows = [show(f"{problem.position}: {problem.problem}")]
    if problem.line.strip():
        shown, caret = _point(problem.line, problem.position.column)
        rows += [_MARGIN + shown, _MARGIN + " " * caret + "^"]
    if problem.hint:
        rows.append(f"  {show(problem.hint)}")
    return "\n".join(rows)


def _count(error: DefinitionError) -> str:
    files = list(dict.fromkeys(show(problem.position.file) for problem in error.problems))
    place = ", ".join(files) if len(files) <= 3 else f"{len(files)} files"
    count = len(error.problems)
    return f"{count} {'problem' if count == 1 else 'problems'} in {place}"


def _point(line: str, column: int) -> tuple[str, int]:
    """The part of a line around a column, at most `_WIDTH` wide, and how far from its left the caret stands."""
    place = min(column - 1, len(line))
    before = _fit(line[:place][::-1], _WIDTH * 2 // 3)[::-1]
    after = _fit(line[place:].rstrip(), _WIDTH - _measure(before))
    left = _CUT if len(before) < place else ""
    right = _CUT if len(after) < len(line[place:].rstrip()) else ""
    shown_before = left + show(before)
    return (shown_before + show(after) + right).rstrip(), _measure_shown(shown_before)


def _fit(text: str, width: int) -> str:
    """As many characters from the beginning of a text as fit into a width."""
    used = 0
    for index, char in enumerate(text):
        used += _measure(char)
        if used > width:
            return text[:index]
    return text


def show(text: str) -> str:
    """Text that moves no cursor, changes no colour and turns no direction: tabs as spaces, the rest as symbols."""
    return "".join(map(_show_char, text))


def _show_char(char: str) -> str:
    if char == "\t":
        return _TAB
    if char.isascii() and char.isprintable():
        return char
    if char < " ":
        return chr(0x2400 + ord(char))
    if char == "\x7f":
        return "␡"
    return "�" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"} else char


def _measure(text: str) -> int:
    """How many columns of a terminal a text takes once it is shown."""
    return _measure_shown(show(text))


def _measure_shown(text: str) -> int:
    return sum(_measure_char(char) for char in text)


def _measure_char(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def _render_annotation(problem: DefinitionProblem) -> str:
    position = problem.position
    place = f"file={_escape_property(position.file)},line={position.line},col={position.column}"
    message = "\n".join(filter(None, (problem.problem, problem.hint)))
    return f"::error {place}::{_escape_message(message)}"


def _escape_message(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return show(escaped)


def _escape_property(text: str) -> str:
    return _escape_message(text).replace(":", "%3A").replace(",", "%2C")
