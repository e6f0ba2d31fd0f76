"""Reads filters: `price=3`, `price[gte]=3`, `price_gte=3`, `filter[price]=3`, values by the field's declared type."""

import re
from dataclasses import field

from mockserver.errors import suggestion
from mockserver.generation.shape import Shape
from mockserver.query.compare import Unreadable, read_value
from mockserver.query.condition import TEXTUAL, shape_at
from mockserver.query.parameters import MANY, Parameter, Parameters
from mockserver.query.paths import Paths
from mockserver.query.query import OPERATORS, Condition, Operator
from mockserver.query.regex import Pattern
from mockserver.value import dataclass

_BRACKETS = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_ONE_VALUE = ("gt", "gte", "lt", "lte", "isnull")
_RANGED = ("gt", "gte", "lt", "lte", "between")
_PLAIN = ("ne", "gt", "gte", "lt", "lte", "like")
"""The operators that are read from the end of a name that no field is known by."""


def _operator(word: str) -> Operator | None:
    return next((operator for operator in OPERATORS if operator == word.lower()), None)


@dataclass(slots=True)
class FilterReader:
    """Collects the filters of one query; values of one field and operator are alternatives.

    With `patterns` the operator `like` takes a regular expression.
    """

    paths: Paths
    parameters: Parameters
    patterns: bool = False
    found: dict[tuple[str, Operator], tuple[str, list[str]]] = field(default_factory=dict)

    def take(self, parameter: Parameter) -> bool:
        """Whether a parameter is a filter; it is kept then."""
        meant = self.meaning(parameter.name)
        if meant is not None:
            self.found.setdefault(meant, (parameter.said, []))[1].append(parameter.value)
        return meant is not None

    def meaning(self, name: str) -> tuple[str, Operator] | None:
        """The field and operator a parameter's name means. The name of a field wins over an operator's suffix."""
        exact = self.paths.declared(name)
        if exact is not None:
            return exact, "eq"
        brackets = _BRACKETS.fullmatch(name)
        if brackets is not None:
            return self._bracketed(brackets[1], brackets[2][1:-1].split("]["))
        base, joint, word = name.rpartition("_")
        path, operator = self.paths.declared(base) if joint else None, _operator(word)
        if path is None and operator in _PLAIN:
            path = self.paths.field(base)
        if path is not None and operator is not None:
            return path, operator
        other = self.paths.field(name)
        return None if other is None else (other, "eq")

    def _bracketed(self, base: str, inner: list[str]) -> tuple[str, Operator] | None:
        if base == "filter":
            base, inner = inner[0], inner[1:]
        path, operator = self.paths.field(base), _operator(inner[0]) if inner else "eq"
        return None if path is None or operator is None or len(inner) > 1 else (path, operator)

    def stranger(self, name: str) -> str:
        """What to say of a parameter that is neither filter nor anything else."""
        brackets = _BRACKETS.fullmatch(name)
        if brackets is not None and self.paths.field(brackets[1]) is not None:
            return f"has no operator '{brackets[2].strip('[]')}'; the operators are {', '.join(OPERATORS)}"
        known = [*self.paths.fields(), *self.parameters.roles]
        return f"is not known here; {suggestion(brackets[1] if brackets else name, known)}".rstrip("; ")

    def conditions(self) -> tuple[Condition, ...]:
        """The filters read; what can't be is noted."""
        read = []
        for (path, operator), (name, values) in self.found.items():
            try:
                read.append(Condition(path, operator, self._read(path, operator, values)))
            except Unreadable as error:
                self.parameters.fail(name, str(error))
        return tuple(read)

    def _read(self, path: str, operator: Operator, values: list[str]) -> tuple[object, ...]:
        shape = shape_at(self.paths.resource, path)
        if shape.value.properties and operator != "isnull":
            inner = ", ".join(f"{path}.{name}" for name in shape.value.properties)
            raise Unreadable(f"is an object: filter by one of its fields, like {inner}")
        texts = values
        if operator in ("in", "nin", "between") or (operator in ("eq", "ne") and shape.splits_on_comma):
            texts = [text.strip() for value in values for text in value.split(",")]
        if len(texts) > MANY:
            raise Unreadable(f"has more than {MANY} values")
        if operator in _ONE_VALUE and len(texts) > 1:
            raise Unreadable("is given more than once")
        if operator == "between" and len(texts) != 2:
            raise Unreadable("must be two values with a comma between them: least,most")
        if operator == "like" and self.patterns:
            return tuple(Pattern(text) for text in texts)
        if operator in TEXTUAL:
            return tuple(texts)
        wanted = Shape("boolean") if operator == "isnull" else shape.value
        # A range may end between the choices there are.
        wanted = Shape(wanted.type) if operator in _RANGED else wanted
        return tuple(read_value(text, wanted) for text in texts)
