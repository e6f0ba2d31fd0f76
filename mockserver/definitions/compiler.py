"""Makes expressions of their text: parsed as Jinja's grammar, checked, and compiled to what works them out.

Beside `dialect` the one module that knows Jinja, which takes long to import.
"""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, Final, TypeAlias

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.environment import TemplateExpression
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.visitor import NodeTransformer

from mockserver.definitions.dialect import FILTERS, MAX_RESULT, OPEN, STRICT, TEXT_FILTERS, Dialect, join_texts
from mockserver.definitions.expression import Called, DialectName, Expression, ExpressionError
from mockserver.definitions.field import MAX_INTEGER
from mockserver.errors import suggestion

MAX_SOURCE = 4_000
MAX_TAKEN = 1_048_576
"""The most characters and values that an expression may take as they are, making nothing itself."""
_MAX_DEPTH = 100
"""How deep a value nests at most: what writes JSON goes no deeper than twice that."""
_NULL = "null"
_DIALECTS: Final[Mapping[DialectName, Dialect]] = {"strict": STRICT, "open": OPEN}

Way: TypeAlias = tuple[str, ...]


class _Run:
    """What works an expression out: `path` is the one way it is when it is nothing else, `paths` are all it takes."""

    __slots__ = ("_path", "_paths", "_run", "_source")

    def __init__(
        self, source: str, paths: frozenset[Way], path: Way | None, run: Callable[[Mapping[str, Any]], Any]
    ) -> None:
        self._source = source
        self._paths = paths
        self._path = path
        self._run = run

    def __call__(self, scope: Mapping[str, Any]) -> Any:
        if self._path is not None and len(self._path) == 1 and self._path[0] in scope:
            # A bare name, the most frequent of all, needs nobody to work it out.
            return _Plain(self._source, MAX_TAKEN).of(scope[self._path[0]])
        try:
            # Only what is asked for: a scope may have to look its values up.
            found = self._run({way[0]: scope[way[0]] for way in self._paths if way[0] in scope})
        except UndefinedError as error:
            raise ExpressionError(f"'{self._source}': {error.message}") from None
        except (TemplateError, SecurityError) as error:
            raise ExpressionError(f"'{self._source}' would make {error}") from None
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise ExpressionError(f"'{self._source}': {error}") from None
        except RecursionError:
            raise ExpressionError(f"'{self._source}' nests too deeply") from None
        if found is None or found is True or found is False:
            return found
        return _Plain(self._source, MAX_RESULT if self._path is None else MAX_TAKEN).of(found)


class _Plain:
    """A value as JSON holds it, within one budget of characters and values."""

    __slots__ = ("_depth", "_left", "_most", "_source")

    def __init__(self, source: str, most: int) -> None:
        self._source = source
        self._depth = 0
        self._left = self._most = most

    def of(self, value: Any) -> Any:
        """The value. *Raises* `ExpressionError` for one that is too large, or none that JSON can hold."""
        self._left -= len(value) if isinstance(value, str) else 1
        if self._left < 0:
            raise self._error(f"would make more than {self._most} characters or values")
        if value is None or isinstance(value, str | bool):
            return value
        if isinstance(value, int | float):
            return self._number(value)
        if isinstance(value, list | tuple | dict):
            return self._inside(value)
        if isinstance(value, StrictUndefined):
            raise self._error("has no value")
        if isinstance(value, Mapping):
            raise self._error("is a whole row", "name one of its fields, like .id or .name")
        raise self._error("has no value that JSON can hold")

    def _inside(self, value: Any) -> Any:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._error(f"would nest deeper than {_MAX_DEPTH} levels")
        if isinstance(value, dict):
            made: Any = {str(name): self.of(inner) for name, inner in value.items()}
        else:
            made = [self.of(inner) for inner in value]
        self._depth -= 1
        return made

    def _number(self, value: float) -> float:
        if not -MAX_INTEGER <= value <= MAX_INTEGER and not (isinstance(value, float) and isfinite(value)):
            raise self._error("would make a number that large")
        return value

    def _error(self, problem: str, hint: str = "") -> ExpressionError:
        return ExpressionError(f"'{self._source}' {problem}", hint)


class _Rewriting(NodeTransformer):
    """Makes `a ~ b` the filter that counts before it joins, where Jinja's own would build whatever it is given.

    `null` is what JSON and YAML call Jinja's `none`.
    """

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:  # noqa: N802 - the visitor's naming
        return nodes.Const(None, lineno=node.lineno) if node.name == _NULL else node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802 - the visitor's naming
        self.generic_visit(node)
        return nodes.Filter(nodes.List(node.nodes), "join", [], [], None, None, lineno=node.lineno)


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
    for part in tree.find_all(nodes.Getitem):
        if not isinstance(part.arg, nodes.Const | nodes.Slice | nodes.Neg):
            raise ExpressionError(f"what stands in [ ] must be a constant in '{source}'", "e.g. tags[0]")
    _refuse_parts(source, tree)
    for name in tree.find_all(nodes.Name):
        if name.name not in names and name.name not in functions and name.name != _NULL:
            known = names | functions
            raise ExpressionError(f"'{name.name}' is not known in '{source}'", suggestion(name.name, known))


def _refuse_parts(source: str, tree: nodes.Template) -> None:
    """Parts with a name, of what is written out and has none; of what is null, every part is null."""
    parts: tuple[nodes.Getattr | nodes.Getitem, ...]
    parts = (*tree.find_all(nodes.Getattr), *tree.find_all(nodes.Getitem))
    for part in parts:
        step = part.attr if isinstance(part, nodes.Getattr) else getattr(part.arg, "value", None)
        is_text = isinstance(part.node, nodes.Const) and part.node.value is not None
        if isinstance(step, str) and (is_text or isinstance(part.node, nodes.List | nodes.Tuple)):
            raise ExpressionError(f"there is no '{step}' in '{source}'", "texts, numbers and lists have no named parts")


def _way(node: nodes.Node) -> tuple[str, ...] | None:
    """The dotted way that a node is: `zoo.name`, also when it is written `zoo['name']`."""
    steps: list[str] = []
    while isinstance(node, nodes.Getattr | nodes.Getitem):
        if isinstance(node, nodes.Getattr):
            steps.append(node.attr)
        elif isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            steps.append(node.arg.value)
        else:
            return None
        node = node.node
    return (node.name, *reversed(steps)) if isinstance(node, nodes.Name) else None


def _calls(tree: nodes.Template) -> tuple[Called, ...]:
    """Every function that is called; a way from what it gives is told once, at its full length or shorter."""
    found: dict[Called, None] = {}
    for node in (*tree.find_all(nodes.Call), *tree.find_all(nodes.Getattr), *tree.find_all(nodes.Getitem)):
        steps: list[str] = []
        root: nodes.Node = node
        while isinstance(root, nodes.Getattr | nodes.Getitem):
            constant = root.arg.value if isinstance(root, nodes.Getitem) and isinstance(root.arg, nodes.Const) else None
            step = root.attr if isinstance(root, nodes.Getattr) else constant
            steps = [step, *steps] if isinstance(step, str) else []
            root = root.node
        if isinstance(root, nodes.Call) and isinstance(root.node, nodes.Name):
            found[Called(root.node.name, tuple(_known(argument) for argument in root.args), tuple(steps))] = None
    return tuple(found)


def _known(argument: nodes.Expr) -> str | int | float | bool | frozenset[str] | None:
    if isinstance(argument, nodes.Const) and isinstance(argument.value, str | int | float | bool):
        return argument.value
    if isinstance(argument, nodes.Dict):
        keys = [pair.key.value for pair in argument.items if isinstance(pair.key, nodes.Const)]
        return frozenset(key for key in keys if isinstance(key, str))
    return None


def _compile(tree: nodes.Template, dialect: Dialect) -> TemplateExpression:
    """What runs an expression: a template that puts its value into `result`, as Jinja's own `compile_expression`."""
    whole = next(tree.find_all(nodes.Output)).nodes[0]
    body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store"), whole, lineno=1)]
    template = dialect.from_string(_Rewriting().visit(nodes.Template(body, lineno=1)))
    return TemplateExpression(template, undefined_to_none=False)


def _walk(way: tuple[str, ...], dialect: Dialect) -> Callable[[Mapping[str, Any]], Any]:
    """What follows a dotted way, as the template of it would in ten times as long."""
    root, *steps = way

    def run(scope: Mapping[str, Any]) -> Any:
        value = scope[root] if root in scope else dialect.undefined(name=root)
        for step in steps:
            value = dialect.getitem(value, step)
        return value

    return run


def compile_source(
    source: str, names: frozenset[str], functions: frozenset[str], dialect_name: DialectName
) -> Expression:
    """An expression over these names. *Raises* `ExpressionError` for bad syntax and for anything it can't know."""
    dialect = _DIALECTS[dialect_name]
    if len(source) > MAX_SOURCE:
        raise ExpressionError(f"an expression of more than {MAX_SOURCE} characters")
    try:
        tree = dialect.parse("{{ (" + source + "\n) }}")
        if len(tree.body) != 1 or len(next(tree.find_all(nodes.Output)).nodes) != 1:
            raise ExpressionError(f"'{source}' is more than one expression")
        _refuse(source, tree, names, functions)
        further: tuple[nodes.Getattr | nodes.Getitem, ...]
        further = (*tree.find_all(nodes.Getattr), *tree.find_all(nodes.Getitem))
        on_the_way = {id(node.node) for node in further if _way(node) is not None}
        taken = [
            (way, node) for node in (*further, *tree.find_all(nodes.Name)) if (way := _way(node)) and way != (_NULL,)
        ]
        ways = frozenset(way for way, _ in taken)
        ends = frozenset(way for way, node in taken if id(node) not in on_the_way)
        calls = _calls(tree)
        whole = next(tree.find_all(nodes.Output)).nodes[0]
        is_text = isinstance(whole, nodes.Concat) or (isinstance(whole, nodes.Filter) and whole.name in TEXT_FILTERS)
        way = _way(whole)
        run = _compile(tree, dialect) if way is None or way == (_NULL,) else _walk(way, dialect)
        return Expression(source, ways, ends, calls, way, is_text, _Run(source, ways, way, run))
    except TemplateSyntaxError as error:
        raise ExpressionError(f"'{source}' can't be read: {error.message}") from None
    except (RecursionError, MemoryError, SyntaxError):  # Python has its own bound on brackets
        raise ExpressionError("an expression nested this deeply can't be read") from None


def fill_text(text: str, parts: Sequence[str | Expression], scope: Mapping[str, Any]) -> str:
    """A text with the values of its expressions in it. *Raises* `ExpressionError` when there is no such text."""
    try:
        return join_texts(part if isinstance(part, str) else part.value(scope) for part in parts)
    except SecurityError as error:
        raise ExpressionError(f"'{text}' would make {error}") from None
