"""What the expressions of a definition may name, and what each name leads to. Knows no values."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Final, TypeAlias

from mockserver.definitions.expression import Called, DialectName, Expression, ExpressionError, compile_expression
from mockserver.errors import suggestion
from mockserver.generation.schema import Resource, Schema
from mockserver.generation.seating import NAMED
from mockserver.generation.shape import ANY, Shape
from mockserver.value import dataclass

Meaning: TypeAlias = Resource | Shape
"""What a name stands for: a document of a resource, or a value of some shape."""

TEXT: Final = Shape("string")
MANY: Final = Shape("object", properties={"items": Shape("array"), "total": Shape("integer")})
"""Several documents: those at hand, and how many there are in all."""

ALWAYS: Final[Mapping[str, Meaning]] = {"headers": ANY, "user": ANY, "now": TEXT}
"""What every expression that somebody asks for may name."""

_ARGUMENTS: Final[Mapping[str, tuple[int, int]]] = {"count": (1, 2), "find": (2, 2), "randint": (2, 2), "uuid": (0, 0)}
FUNCTIONS: Final = frozenset(_ARGUMENTS)
_READING: Final = ("count", "find")


def named_rows(schema: Schema) -> dict[str, Meaning]:
    """The rows that a definition gives names to, each a document of its resource."""
    return {
        row[NAMED]: resource
        for resource in schema.resources.values()
        for row in resource.section.rows
        if isinstance(row.get(NAMED), str)
    }


@dataclass(frozen=True, slots=True)
class Names:
    """The names known at one place of a definition, and the dialect that is spoken there."""

    schema: Schema
    known: Mapping[str, Meaning] = field(default_factory=dict)
    dialect: DialectName = "strict"

    def plus(self, more: Mapping[str, Meaning]) -> "Names":
        """These names and more, the latter first where both have one."""
        return Names(self.schema, {**self.known, **more}, self.dialect)

    def compile(self, source: str) -> Expression:
        """An expression over these names. *Raises* `ExpressionError` for whatever it names that there is not."""
        expression = compile_expression(source, self.known, FUNCTIONS, self.dialect)
        for problem in self._strays(expression):
            raise ExpressionError(f"{problem[0]} in '{source}'", problem[1])
        return expression

    def _strays(self, expression: Expression) -> Iterator[tuple[str, str]]:
        for way in sorted(expression.paths, key=lambda way: (-len(way), way)):
            if way[0] not in FUNCTIONS or way[0] in self.known:
                yield from self._stray(way[0], self.known[way[0]], way[1:])
        for called in expression.calls:
            yield from self._misused(called)

    def _stray(self, named: str, meaning: Meaning, steps: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The first step that leads nowhere, as problem and hint."""
        for step in steps:
            if isinstance(meaning, Resource):
                found = self._inside(meaning, step)
                if found is None:
                    known = (*meaning.attributes, *meaning.parents)
                    yield f"'{step}' is not a field of '{meaning.name}'", suggestion(step, known)
                    return
                meaning = found
            elif meaning.properties:
                if step not in meaning.properties:
                    yield f"'{named}' has no '{step}'", suggestion(step, meaning.properties)
                    return
                meaning = meaning.properties[step]
            elif meaning.type not in ("any", "object"):
                yield f"'{named}' is {_article(meaning)} and has no '{step}'", ""
                return
            else:
                return
            named = step

    def _inside(self, resource: Resource, step: str) -> Meaning | None:
        if step in resource.attributes:
            return resource.attributes[step].shape
        relation = resource.parents.get(step)
        if relation is None:
            return None
        return ANY if relation.many else self.schema[relation.parent]

    def _misused(self, called: Called) -> Iterator[tuple[str, str]]:
        """What is wrong with the call of a function."""
        least, most = _ARGUMENTS[called.function]
        if not least <= len(called.arguments) <= most:
            wanted = f"{least}" if least == most else f"{least} or {most}"
            yield f"{called.function}() takes {wanted} arguments, not {len(called.arguments)}", ""
            return
        if called.function not in _READING:
            return
        name = called.arguments[0]
        if not isinstance(name, str):
            yield f"{called.function}() needs the name of a resource first", f"e.g. {called.function}('animals', …)"
        elif name not in self.schema.resources:
            yield f"there is no resource '{name}'", suggestion(name, self.schema.resources)
        else:
            yield from self._misread(called, self.schema[name])

    def _misread(self, called: Called, resource: Resource) -> Iterator[tuple[str, str]]:
        wanted = called.arguments[1] if len(called.arguments) > 1 else frozenset()
        for name in sorted(wanted) if isinstance(wanted, frozenset) else ():
            if name not in resource.attributes:
                yield f"'{name}' is not a field of '{resource.name}'", suggestion(name, resource.attributes)
                return
        if called.function == "find":
            yield from self._stray(f"find('{resource.name}', …)", resource, called.way)
        elif called.way:
            yield f"count() is a number and has no '{called.way[0]}'", ""


def _article(shape: Shape) -> str:
    return {"array": "a list", "integer": "a number", "number": "a number", "boolean": "true or false"}.get(
        shape.type, "a text"
    )
