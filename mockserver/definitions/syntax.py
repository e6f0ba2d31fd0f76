"""What libyaml and PyYAML say of broken YAML, in sentences about the file.

Knows both dialects of messages (the C parser's and the Python one's) and nothing of definitions.
"""

import re
from collections.abc import Callable

import yaml

from mockserver.definitions.textfile import TextFile
from mockserver.errors import DefinitionProblem
from mockserver.value import dataclass

_TAB_INDENT = re.compile(r" *\t")
_QUOTES = "put quotes round the whole value"
_INDENT = "indent it exactly like the lines it belongs with"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the parser stopped: line and column from 1, the line's text, and the line where the part began."""

    line: int
    column: int
    text: str
    begun: int

    @property
    def char(self) -> str:
        return self.text[self.column - 1 : self.column]

    @property
    def opens_line(self) -> bool:
        return not self.text[: self.column - 1].strip()


Explain = Callable[[_Place], tuple[str, str]]


def explain_syntax(error: yaml.YAMLError, file: TextFile) -> DefinitionProblem:
    """The problem behind a parser's error, where a reader would look for it."""
    problem_mark = getattr(error, "problem_mark", None)
    context_mark = getattr(error, "context_mark", None) or problem_mark
    if problem_mark is None or context_mark is None:
        return file.refuse(1, 1, f"this is not YAML: {str(error).splitlines()[0]}", "")
    said = f"{getattr(error, 'context', '') or ''}: {getattr(error, 'problem', '') or ''}"
    indent = _TAB_INDENT.match(_line(file, problem_mark.line))
    if indent:
        problem = "a tab is used as indentation, which YAML does not allow"
        return file.refuse(problem_mark.line + 1, indent.end(), problem, "indent with spaces")
    # At the end of the file there is nothing to see: what began and never ended is shown instead.
    ended = not any(line.strip() for line in file.lines[problem_mark.line :])
    for pattern, from_start, explain in _RULES:
        if pattern.search(said):
            mark = context_mark if from_start or ended else problem_mark
            place = _Place(mark.line + 1, mark.column + 1, _line(file, mark.line), context_mark.line + 1)
            return file.refuse(place.line, place.column, *explain(place))
    return file.refuse(problem_mark.line + 1, problem_mark.column + 1, f"this is not YAML: {said.strip(': ')}", _QUOTES)


def _line(file: TextFile, index: int) -> str:
    return file.lines[index] if index < len(file.lines) else ""


def _say(problem: str, hint: str) -> Explain:
    return lambda _: (problem, hint)


def _explain_start(place: _Place) -> tuple[str, str]:
    name = "a tab" if place.char == "\t" else f"'{place.char}'"
    return f"a value can't begin with {name}", _QUOTES


def _explain_colon(place: _Place) -> tuple[str, str]:
    if ": " in place.text[: place.column - 1]:
        return "a second ': ' in one line", _QUOTES
    return (
        "this line continues the value above, so it can't have a key of its own",
        f"{_INDENT}, and write a space after the ':' of each key",
    )


def _explain_leftover(place: _Place) -> tuple[str, str]:
    """The parser was inside a block and met something that is not the next entry."""
    if place.char in {"]", "}"}:
        return f"'{place.char}' closes nothing", f"remove it, or open it before; as text, {_QUOTES}"
    if place.opens_line and re.match(r"-(\s|$)", place.text.strip()):
        return "a list item '-' where a key is expected", "indent it below the key whose list it is, or write a key"
    if place.char == ":":
        return "there is no key before the ':'", "write the key's name before the ':'"
    if place.opens_line:
        return "this line's indentation fits none of the lines above", _INDENT
    return "the value ended before this text", f"{_QUOTES}; inside '…' a quote is doubled: ''"


def _explain_rest(place: _Place) -> tuple[str, str]:
    """The top value of the file was whole, and something follows it."""
    if place.char in {"]", "}"}:
        return f"'{place.char}' closes nothing", "remove it, or open it before"
    return "the definition ended before this text", "remove it, or write it as a key of the definition"


def _explain_unclosed(kind: str, close: str) -> Explain:
    def explain(place: _Place) -> tuple[str, str]:
        return (
            f"expected ',' or '{close}' in the {kind} that begins in line {place.begun}",
            f"close it with '{close}'; a value with any of {{ }} [ ] , in it needs quotes",
        )

    return explain


def _rule(pattern: str, explain: Explain, *, from_start: bool = False) -> tuple[re.Pattern[str], bool, Explain]:
    return re.compile(pattern), from_start, explain


_RULES = (
    _rule("that cannot start any token", _explain_start),
    _rule(
        "quoted scalar: found unexpected",
        _say("this quote is never closed", "close it with the same quote; inside '…' a quote is doubled: ''"),
        from_start=True,
    ),
    _rule(
        "invalid Unicode character escape",
        _say("this escape is half a character or none", "write the character itself: the file is UTF-8"),
    ),
    _rule(
        "quoted scalar: ",
        _say(
            "\"…\" holds a '\\' sequence that means nothing", "double the backslash: \\\\, or use '…', which has none"
        ),
    ),
    _rule("(mapping values|mapping keys) are not allowed", _explain_colon),
    _rule(
        "sequence entries are not allowed",
        _say("a list item can't begin on its key's line", "put '- …' on the next line, or write the list as [a, b]"),
    ),
    _rule(
        "scanning a simple key",
        _say("this line is neither `key: value` nor `- item`", "write a ':' and a space after the key"),
        from_start=True,
    ),
    _rule(
        "scanning an? (alias|anchor)",
        _say("'*' and '&' at the beginning of a value mean aliases", f"{_QUOTES} if it is text"),
        from_start=True,
    ),
    _rule("expected '?<document start>", _explain_rest),
    _rule("found unexpected ':'", _say("a ':' inside of an unquoted value in [ ] or { }", _QUOTES)),
    _rule("parsing a flow sequence", _explain_unclosed("list", "]")),
    _rule("parsing a flow mapping", _explain_unclosed("mapping", "}")),
    _rule("parsing a block (mapping|collection)", _explain_leftover),
    _rule(
        "expected (the )?node content",
        _say("a value is expected here", "write the value; { } [ ] and , at the beginning of a value need quotes"),
    ),
    _rule(
        "scanning a block scalar",
        _say("nothing may follow '|' or '>' in its line", f"write the text on the lines below, or {_QUOTES}"),
    ),
    _rule(
        r"directive|incompatible YAML|duplicate (%|tag)",
        _say("a line with '%' at its beginning is a YAML directive, and this one is unknown", "remove the line"),
    ),
    _rule(r" tag\b|tag handle|parsing a node", _say("a '!' tag can't be used here", f"remove it, or {_QUOTES}")),
)
