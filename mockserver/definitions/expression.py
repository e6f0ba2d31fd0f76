"""Expressions in definitions: checked when they are loaded, evaluated over the names they were checked with.

A string that is only `${…}` keeps the type of its value; otherwise every `${…}` in it becomes text. Knows no language:
`compiler` does, and is imported when there is an expression to compile.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias

from mockserver.value import dataclass

DialectName: TypeAlias = Literal["strict", "open"]
"""Where it is `open`, what is not there is null, whatever is asked of it."""

_PART = re.compile(r"\$\{((?:[^{}'\"]|'[^']*'|\"[^\"]*\"|\{[^{}]*\})*)\}")


class ExpressionError(Exception):
    """An expression that can't be read, names nothing, or has no value; the message is a sentence without its place."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Called:
    """A function called in an expression, and the dotted way taken from what it gives.

    An argument that is a constant is known, of a mapping with constant keys these keys; nothing is known of others.
    """

    function: str
    arguments: tuple[str | int | float | bool | frozenset[str] | None, ...]
    way: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; `paths` are the dotted ways it takes (a bare name is a way of one step).

    `ends` are those of them that lead on to no other: `a.b` without the `a` on the way. `is_text` says that it always
    gives a text, `path` the one way it is when it is nothing else.
    """

    source: str
    paths: frozenset[tuple[str, ...]]
    ends: frozenset[tuple[str, ...]]
    calls: tuple[Called, ...]
    path: tuple[str, ...] | None
    is_text: bool
    _run: Callable[..., Any]

    def value(self, scope: Mapping[str, Any]) -> Any:
        """What it comes to. *Raises* `ExpressionError` when there is no such value."""
        return self._run(scope)


def compile_expression(
    source: str, names: Iterable[str], functions: Iterable[str] = (), dialect: DialectName = "strict"
) -> Expression:
    """An expression over these names. *Raises* `ExpressionError` for bad syntax and for anything it can't know."""
    from mockserver.definitions.compiler import compile_source  # noqa: PLC0415 - many definitions have no expression

    return compile_source(source, frozenset(names), frozenset(functions), dialect)


def bare(text: str) -> str:
    """An expression where nothing else can stand, without the `${…}` that may be written around it."""
    whole = _PART.fullmatch(text)
    return text if whole is None else whole[1]


Template: TypeAlias = Callable[[Mapping[str, Any]], Any]


def parts_of(text: str) -> list[str]:
    """A text cut into what stands as it is and, every second part, the expressions in it."""
    return _PART.split(text)


def whole_expression(text: str) -> str | None:
    """The expression that a text is, when it is `${…}` and nothing else."""
    found = _PART.fullmatch(text)
    return None if found is None else found[1]


def compile_value(value: Any, names: Iterable[str], functions: Iterable[str] = ()) -> Template:
    """A YAML value whose strings may hold `${…}`, as a function of the scope. *Raises* `ExpressionError`."""
    return compile_with(value, lambda source: compile_expression(source, names, functions))


def compile_with(value: Any, make: Callable[[str], Expression]) -> Template:
    """The same with expressions that `make` compiles, for those who look at them more closely."""
    if isinstance(value, dict):
        parts = {key: compile_with(inner, make) for key, inner in value.items()}
        return lambda scope: {key: part(scope) for key, part in parts.items()}
    if isinstance(value, list):
        items = [compile_with(inner, make) for inner in value]
        return lambda scope: [item(scope) for item in items]
    if isinstance(value, str) and "${" in value:
        return _compile_text(value, make)
    return lambda _scope: value


def _compile_text(text: str, make: Callable[[str], Expression]) -> Template:
    from mockserver.definitions.compiler import fill_text  # noqa: PLC0415 - as above

    whole = whole_expression(text)
    if whole is not None:
        return make(whole).value
    pieces = parts_of(text)
    if any("${" in piece for piece in pieces[::2]):
        raise ExpressionError(f"'{text}' has a '${{' without its '}}'", "close it, or leave the '{' out")
    parts = [make(piece) if place % 2 else piece for place, piece in enumerate(pieces)]

    return lambda scope: fill_text(text, parts, scope)
