"""Expressions in definitions: Jinja's immutable sandbox, with no methods, no attributes and bounded results.

A string that is only `${…}` keeps the type of its value; otherwise every `${…}` in it becomes text. Names are checked
when a definition is loaded. Nothing an expression can say makes it run long or grow large: it has no loops, `*` and
`**` are bounded, `%` never formats, and every filter is one of the few listed here.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import orjson
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mockserver.definitions.field import MAX_INTEGER
from mockserver.errors import suggestion

MAX_SOURCE = 4_000
MAX_RESULT = 65_536
_MAX_BITS = 256
_PART = re.compile(r"\$\{((?:[^{}'\"]|'[^']*'|\"[^\"]*\"|\{[^{}]*\})*)\}")


class ExpressionError(Exception):
    """An expression that can't be read, names nothing, or has no value; the message is a sentence without its place."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


def _is_wide(value: float) -> bool:
    """Whether a number beyond the exact integers is one that JSON writes all the same: a finite decimal."""
    return isinstance(value, float) and isfinite(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _bounded(text: str) -> str:
    if len(text) > MAX_RESULT:
        raise SecurityError(f"a text of more than {MAX_RESULT} characters")
    return text


def _replace(value: str, old: str, new: str) -> str:
    if (value.count(old) + 1) * len(new) > MAX_RESULT:
        raise SecurityError(f"a text of more than {MAX_RESULT} characters")
    return _bounded(value.replace(old, new))


def _join(values: Iterable[Any], separator: str = "") -> str:
    return _bounded(separator.join(_text(value) for value in values))


def _default(value: Any, other: Any = "") -> Any:
    return other if value is None or isinstance(value, StrictUndefined) else value


FILTERS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "capitalize": lambda value: str(value).capitalize(),
    "default": _default,
    "first": lambda values: next(iter(values), None),
    "float": float,
    "int": int,
    "join": _join,
    "json": lambda value: orjson.dumps(value).decode(),
    "last": lambda values: values[-1] if values else None,
    "length": len,
    "lower": lambda value: str(value).lower(),
    "max": max,
    "min": min,
    "replace": _replace,
    "reverse": lambda values: values[::-1],
    "round": round,
    "sort": sorted,
    "split": lambda value, separator=None: str(value).split(separator),
    "string": _text,
    "sum": sum,
    "title": lambda value: str(value).title(),
    "trim": lambda value: str(value).strip(),
    "unique": lambda values: list(dict.fromkeys(values)),
    "upper": lambda value: str(value).upper(),
}
"""What may stand behind `|`; each is bounded by the size of its input."""

_TEXT_FILTERS = frozenset(("capitalize", "join", "json", "lower", "replace", "string", "title", "trim", "upper"))


def _power_or_product(operator: str, left: Any, right: Any) -> Any:
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        raise SecurityError(f"'{operator}' of anything but numbers")
    if operator == "*":
        if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > _MAX_BITS:
            raise SecurityError("a number that large")
        return left * right
    if abs(right) > 64 or (isinstance(left, int) and left.bit_length() * abs(right) > _MAX_BITS):
        raise SecurityError("a number that large")
    return left**right


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(("*", "**", "%"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        del context
        if operator != "%":
            return _power_or_product(operator, left, right)
        if isinstance(left, str):
            raise SecurityError("'%' of a text")
        return left % right

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if obj is None:
            return None  # what is not there has no parts: a null reference must not break a row
        try:
            if isinstance(obj, Mapping) or (isinstance(obj, Sequence) and isinstance(argument, int | slice)):
                return obj[argument]
        except LookupError:
            pass
        return self.undefined(f"there is no '{argument}' here")


def _environment() -> _Environment:
    made = _Environment(undefined=StrictUndefined, autoescape=False, cache_size=0)
    made.filters = dict(FILTERS)
    made.globals = {}
    made.tests = {
        name: test
        for name, test in made.tests.items()
        if name in {"defined", "undefined", "none", "even", "odd", "in", "string", "number", "mapping", "iterable"}
    }
    return made


_ENVIRONMENT = _environment()


def _refuse(source: str, tree: nodes.Template, names: frozenset[str], functions: frozenset[str]) -> None:
    """Whatever can be known to fail before it runs."""
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr):
            method = call.node.attr
            raise ExpressionError(f"methods can't be called in '{source}'", f"write it as a filter: …|{method}")
        called = call.node.name if isinstance(call.node, nodes.Name) else "?"
        if called not in functions:
            raise ExpressionError(f"there is no function '{called}' in '{source}'", suggestion(called, functions))
    for used in tree.find_all(nodes.Filter):
        if used.name not in FILTERS:
            raise ExpressionError(f"there is no filter '{used.name}' in '{source}'", suggestion(used.name, FILTERS))
    for name in tree.find_all(nodes.Name):
        if name.name not in names and name.name not in functions:
            known = names | functions
            raise ExpressionError(f"'{name.name}' is not known in '{source}'", suggestion(name.name, known))


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; `paths` are the dotted ways it takes (a bare name is a way of one step).

    `is_text` says that it always gives a text, `path` the one way it is when it is nothing else.
    """

    source: str
    paths: frozenset[tuple[str, ...]]
    path: tuple[str, ...] | None
    is_text: bool
    _run: Callable[..., Any]

    def value(self, scope: Mapping[str, Any]) -> Any:
        """What it comes to. *Raises* `ExpressionError` when there is no such value."""
        try:
            # Only what is asked for: a scope may have to look its values up.
            found = self._run({way[0]: scope[way[0]] for way in self.paths if way[0] in scope})
        except UndefinedError as error:
            raise ExpressionError(f"'{self.source}': {error.message}") from None
        except (TemplateError, SecurityError) as error:
            raise ExpressionError(f"'{self.source}' would make {error}") from None
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise ExpressionError(f"'{self.source}': {error}") from None
        if isinstance(found, str) and len(found) > MAX_RESULT:
            raise ExpressionError(f"'{self.source}' would make a text of more than {MAX_RESULT} characters")
        if isinstance(found, StrictUndefined):
            raise ExpressionError(f"'{self.source}' has no value")
        return found if found is None or isinstance(found, str | bool) else self._plain(found)

    def _plain(self, value: Any) -> Any:
        """A value as JSON holds it. *Raises* `ExpressionError` for a number beyond it and for a whole row."""
        if isinstance(value, list | tuple):
            return [self._plain(inner) for inner in value]
        if isinstance(value, dict):
            return {str(name): self._plain(inner) for name, inner in value.items()}
        if isinstance(value, int | float) and not -MAX_INTEGER <= value <= MAX_INTEGER and not _is_wide(value):
            raise ExpressionError(f"'{self.source}' would make a number that large")
        if value is None or isinstance(value, str | bool | int | float):
            return value
        if isinstance(value, Mapping):
            raise ExpressionError(f"'{self.source}' is a whole row", "name one of its fields, like .id or .name")
        raise ExpressionError(f"'{self.source}' has no value that JSON can hold")


def _way(node: nodes.Node) -> tuple[str, ...] | None:
    steps: list[str] = []
    while isinstance(node, nodes.Getattr):
        steps.append(node.attr)
        node = node.node
    return (node.name, *reversed(steps)) if isinstance(node, nodes.Name) else None


def compile_expression(source: str, names: Iterable[str], functions: Iterable[str] = ()) -> Expression:
    """An expression over these names. *Raises* `ExpressionError` for bad syntax and for anything it can't know."""
    if len(source) > MAX_SOURCE:
        raise ExpressionError(f"an expression of more than {MAX_SOURCE} characters")
    try:
        tree = _ENVIRONMENT.parse("{{ (" + source + "\n) }}")
        _refuse(source, tree, frozenset(names), frozenset(functions))
        run = _ENVIRONMENT.compile_expression(source, undefined_to_none=False)
    except TemplateSyntaxError as error:
        raise ExpressionError(f"'{source}' can't be read: {error.message}") from None
    except RecursionError:
        raise ExpressionError("an expression nested this deeply can't be read") from None
    ways = (_way(node) for node in (*tree.find_all(nodes.Getattr), *tree.find_all(nodes.Name)))
    whole = next(tree.find_all(nodes.Output)).nodes[0]
    is_text = isinstance(whole, nodes.Concat) or (isinstance(whole, nodes.Filter) and whole.name in _TEXT_FILTERS)
    return Expression(source, frozenset(way for way in ways if way is not None), _way(whole), is_text, run)


Template = Callable[[Mapping[str, Any]], Any]


def compile_value(value: Any, names: Iterable[str], functions: Iterable[str] = ()) -> Template:
    """A YAML value whose strings may hold `${…}`, as a function of the scope. *Raises* `ExpressionError`."""
    if isinstance(value, dict):
        parts = {key: compile_value(inner, names, functions) for key, inner in value.items()}
        return lambda scope: {key: part(scope) for key, part in parts.items()}
    if isinstance(value, list):
        items = [compile_value(inner, names, functions) for inner in value]
        return lambda scope: [item(scope) for item in items]
    if isinstance(value, str) and "${" in value:
        return _compile_text(value, names, functions)
    return lambda _scope: value


def _compile_text(text: str, names: Iterable[str], functions: Iterable[str]) -> Template:
    whole = _PART.fullmatch(text)
    if whole is not None:
        return compile_expression(whole[1], names, functions).value
    pieces = _PART.split(text)
    if any("${" in piece for piece in pieces[::2]):
        raise ExpressionError(f"'{text}' has a '${{' without its '}}'", "close it, or leave the '{' out")
    parts = [
        piece if even else compile_expression(piece, names, functions)
        for piece, even in zip(pieces, (place % 2 == 0 for place in range(len(pieces))), strict=True)
    ]
    return lambda scope: _bounded(
        "".join(part if isinstance(part, str) else _text(part.value(scope)) for part in parts)
    )
