"""Values of a definition that may hold expressions, each with its place: checked when loaded, worked out on demand."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, TypeAlias

from mockserver.definitions.expression import Expression, ExpressionError, Template, compile_with, whole_expression
from mockserver.definitions.load import Report
from mockserver.errors import ServerError, sentence, suggestion
from mockserver.formula.names import Names
from mockserver.generation.schema import Attribute, Resource, Schema
from mockserver.messages import Document, Json
from mockserver.value import dataclass

Where: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """A value that may hold expressions; `place` is its file and line, `way` the dotted one that it only is.

    `ends` are all the ways that its expressions take, to where each of them ends.
    """

    place: str
    way: tuple[str, ...] | None
    _template: Template
    ends: frozenset[tuple[str, ...]] = frozenset()

    def value(self, scope: Mapping[str, Any]) -> Json:
        """What it comes to. *Raises* `ServerError` naming the place when it has no value."""
        try:
            value: Json = self._template(scope)
        except ExpressionError as error:
            raise ServerError(sentence(f"{self.place}: {error.problem}")) from None
        return value

    def holds(self, scope: Mapping[str, Any]) -> bool:
        """Whether it comes to something that counts as true. *Raises* as `value`."""
        return bool(self.value(scope))

    def text(self, scope: Mapping[str, Any]) -> str:
        """What it comes to, which has to be text; null is none. *Raises* as `value`."""
        value = self.value(scope)
        if value is None:
            return ""
        if isinstance(value, dict | list):
            raise ServerError(f"{self.place}: gives {type(value).__name__} where a text is needed.")
        return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Loading:
    """A definition being loaded: turns its values into formulas and notes what is wrong with them."""

    report: Report
    schema: Schema

    def note(self, where: Where, problem: str, hint: str = "", *, key: bool = False) -> None:
        """Note a problem at a place."""
        self.report.add(where, problem, hint, key=key)

    def place(self, where: Where) -> str:
        """The file and line of a value: `zoo.yaml:120`."""
        position = self.report.source.position(where, key=False)
        return f"{PurePath(position.file).name}:{position.line}"

    def formula(self, value: Any, where: Where, names: Names) -> Formula:
        """A value with its expressions compiled; what they name wrongly is noted where it stands."""
        made: list[Expression] = []

        def compiled(part: Any, at: Where) -> Template:
            if isinstance(part, dict):
                parts = {key: compiled(inner, (*at, key)) for key, inner in part.items()}
                return lambda scope: {key: inner(scope) for key, inner in parts.items()}
            if isinstance(part, list):
                items = [compiled(inner, (*at, number)) for number, inner in enumerate(part)]
                return lambda scope: [inner(scope) for inner in items]
            return self._leaf(part, at, names, made)

        template = compiled(value, where)
        whole = isinstance(value, str) and whole_expression(value) is not None
        ends = frozenset(way for one in made for way in one.ends)
        return Formula(self.place(where), made[0].path if whole and made else None, template, ends)

    def _leaf(self, value: Any, where: Where, names: Names, made: list[Expression]) -> Template:
        def make(source: str) -> Expression:
            expression = names.compile(source)
            made.append(expression)
            return expression

        try:
            template = compile_with(value, make)
        except ExpressionError as error:
            self.note(where, error.problem, error.hint)
            return lambda _scope: None
        # An expression deep in a reply is named with its own line and not with that of the reply.
        return (
            Formula(self.place(where), None, template).value if isinstance(value, str) and "${" in value else template
        )

    def condition(self, value: Any, where: Where, names: Names) -> Formula:
        """What has to hold: an expression, with or without `${…}` around it, or true or false."""
        if not isinstance(value, str | bool):
            self.note(where, "should be an expression", 'e.g. "${body.amount > 5}"')
            return Formula(self.place(where), None, lambda _scope: None)
        if isinstance(value, str) and "${" not in value:
            value = f"${{{value}}}"
        elif isinstance(value, str) and whole_expression(value) is None:
            self.note(where, "should be one expression", "put all of it into one ${…}")
            return Formula(self.place(where), None, lambda _scope: None)
        return self.formula(value, where, names)

    def resource(self, name: str, where: Where) -> Resource | None:
        """The resource of a name; that there is none is noted."""
        found = self.schema.resources.get(name)
        if found is None:
            self.note(where, f"there is no resource '{name}'", suggestion(name, self.schema.resources))
        return found

    def settings(self, given: Mapping[str, Any], resource: Resource, where: Where, names: Names) -> "Settings":
        """The fields that a write sets. Noted: what is no field, can't be set, or breaks its rules whatever happens."""
        formulas: dict[str, Formula] = {}
        for name, value in given.items():
            attribute = resource.attributes.get(name)
            at = (*where, name)
            if attribute is None:
                hint = suggestion(name, resource.attributes)
                self.note(at, f"'{name}' is not a field of '{resource.name}'", hint, key=True)
            elif attribute.computed is not None:
                self.note(at, f"'{name}' is computed and can't be set", "leave it out", key=True)
            else:
                formulas[name] = self.formula(value, at, names)
                self._check_constant(attribute, value, at)
        return Settings(formulas)

    def _check_constant(self, attribute: Attribute, value: Any, where: Where) -> None:
        if "${" not in repr(value):
            for flaw in attribute.flaws(value):
                self.note((*where, *flaw.where), f"the value {flaw.detail}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a write sets, field by field."""

    formulas: Mapping[str, Formula]

    def values(self, scope: Mapping[str, Any]) -> Document:
        """The values. *Raises* `ServerError` as `Formula.value`."""
        return {name: formula.value(scope) for name, formula in self.formulas.items()}

    def sources(self) -> dict[str, Sequence[str]]:
        """The fields that are taken from the request's body as they are, each with the steps to it there."""
        ways = {name: formula.way for name, formula in self.formulas.items()}
        return {name: way[1:] for name, way in ways.items() if way is not None and way[0] == "body" and len(way) > 1}
