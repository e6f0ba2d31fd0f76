"""Makes a field of a definition into an attribute: shape, rules, what is inside it, and its expressions."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from mockserver.definitions.expression import ExpressionError, Template, bare, compile_expression, compile_value
from mockserver.definitions.field import FieldRules
from mockserver.definitions.model import CoreDefinition
from mockserver.errors import GenerationError
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Generator, as_generator, generators
from mockserver.generation.rules import RuleCheck
from mockserver.generation.schema import ID, Attribute, Reference
from mockserver.generation.shape import Shape
from mockserver.generation.upload import Locate, below_root, size_of, upload_of
from mockserver.value import dataclass


class Note(Protocol):
    """Takes a problem: the way to its place in the definition, what it is, and a hint; `key` is about the key there."""

    def __call__(self, where: tuple[str | int, ...], problem: str, hint: str = "", /, *, key: bool = False) -> None: ...


WRITE_NAMES = frozenset(("now",))
WRITE_FUNCTIONS = frozenset(("uuid", "randint"))
"""What `default` and `on_update` may use beside the row's own fields."""

_NOT_COMPUTED = ("required", "nullable", "missing", "unique", "default", "on_update", "immutable", "write_only")

_APPLIES: Mapping[str, tuple[str, ...]] = {
    "min": ("integer", "number"),
    "max": ("integer", "number"),
    "min_length": ("string", "array", "any"),
    "max_length": ("string", "array", "any"),
    "pattern": ("string",),
    "format": ("string",),
}


_WHOLE = ("unique", "default", "on_update", "read_only", "write_only", "immutable")
"""The rules that only a whole field can have."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A schema under way. `declared` are the resources it names, checked or not, so that none is missed twice."""

    definition: CoreDefinition
    fakes: Fakes
    declared: Collection[str]
    note: Note
    locate: Locate = below_root

    def fields(self, resource: str) -> dict[str, FieldRules]:
        """The declared fields, with the id in front where there is none."""
        fields = self.definition.resources[resource].fields
        if ID in fields:
            return dict(fields)
        return {ID: generators.get("seq").model_validate({"seq": 1}), **fields}

    def references(self, resource: str) -> Iterator[tuple[str, Reference]]:
        """The fields that refer to other resources."""
        for name, rules in self.fields(resource).items():
            found = reference_of(rules)
            if found is not None:
                yield name, found

    def attribute(self, where: tuple[str, ...], rules: FieldRules) -> Attribute | None:
        """One field, checked; nothing when it can't be used."""
        generator = as_generator(rules)
        before = list(generator.flaws(self.definition.clock))
        for inner, problem, hint in before:
            self.note((*where, *inner), problem, hint)
        try:
            shape = generator.shape(self.fakes)
            check = RuleCheck(shape, rules)
        except GenerationError as error:
            # What is inside is looked at by itself, so that the problem stands where it is.
            steps = where if "list" in type(generator).model_fields else (*where, "object")
            inside = [self.attribute((*steps, name), one) for name, one in generator.inner_fields().items()]
            if None not in inside:
                self.note(where, error.problem, error.hint)
            return None
        except ValueError as error:
            self.note((*where, "pattern"), str(error), "it is matched without look-around, in linear time")
            return None
        self._note_rules(where, rules, shape)
        made = Attribute(
            where[-1], shape, rules, check, reference=reference_of(rules), file=upload_of(rules), picture=size_of(rules)
        )
        return self._with_inside(made, where, generator)

    def _with_inside(self, made: Attribute, where: tuple[str, ...], generator: Generator) -> Attribute:
        inner: dict[str, Attribute] = {}
        for step, rules in generator.inner_fields().items():
            way = (*where, step) if made.shape.type == "array" else (*where, "object", step)
            kinds = type(rules).model_fields
            if reference_of(rules) is not None or "computed" in kinds:
                self.note(way, "references and computed fields stand directly under 'fields'", "for several ids: refs")
                continue
            if "file" in kinds or "image" in kinds:
                self.note(way, "files and pictures stand directly under 'fields'", "for several: one field each")
                continue
            self._note_inside(way, rules, made.shape)
            found = self.attribute(way, rules)
            if found is not None:
                inner[step] = found
        if made.shape.type == "array":
            return replace(made, item=inner.get("list"))
        return replace(made, properties=inner)

    def _note_inside(self, way: tuple[str, ...], rules: FieldRules, outer: Shape) -> None:
        """Rules that hold for whole fields, written inside the values of one."""
        for rule in (*_WHOLE, *(("missing",) if outer.type == "array" else ())):
            if rule in rules.model_fields_set:
                self.note((*way, rule), f"'{rule}' has no meaning inside of values", "it stands under 'fields' itself")

    def _note_rules(self, where: tuple[str, ...], rules: FieldRules, shape: Shape) -> None:
        for rule, types in _APPLIES.items():
            if getattr(rules, rule) is not None and shape.type not in types:
                self.note((*where, rule), f"'{rule}' has no meaning for {shape.type} values", f"for {', '.join(types)}")
        if rules.required and rules.missing:
            self.note((*where, "missing"), "a required field is never missing", "drop one of the two")
        for low, high in (("min", "max"), ("min_length", "max_length")):
            least, most = getattr(rules, low), getattr(rules, high)
            if least is not None and most is not None and least > most:
                self.note((*where, low), f"'{low}' is above '{high}'", "")


def reference_of(rules: FieldRules) -> Reference | None:
    """The reference a field is, if it is one."""
    many = "refs" in type(rules).model_fields
    if not many and "ref" not in type(rules).model_fields:
        return None
    target: str = getattr(rules, "refs" if many else "ref")
    return Reference(target, many, getattr(rules, "on_delete"))  # noqa: B009


def compiled(draft: Draft, resource: str, attribute: Attribute, parents: Collection[str]) -> Attribute:
    """The attribute with its expressions: computed, default and on_update."""
    where = ("resources", resource, "fields", attribute.name)
    fields = set(draft.fields(resource))
    if attribute.picture is not None or attribute.file is not None:
        place = draft.locate(resource, attribute.name)
        computed = place.expression() if attribute.picture is not None else None
        return replace(attribute, place=place, computed=computed)
    source = getattr(attribute.rules, "computed", None)
    if source is None:
        default = _template(draft, (*where, "default"), attribute, fields)
        on_update = _template(draft, (*where, "on_update"), attribute, fields)
        return replace(attribute, default=default, on_update=on_update)
    for rule in _NOT_COMPUTED:
        if rule in attribute.rules.model_fields_set:
            draft.note((*where, rule), f"'{rule}' has no effect on a computed field", "leave it out")
    try:
        expression = compile_expression(bare(source), fields | set(parents))
    except ExpressionError as error:
        draft.note((*where, "computed"), error.problem, error.hint)
        return attribute
    shape = Shape("string") if expression.is_text else attribute.shape
    return replace(attribute, computed=expression, shape=shape)


def _template(draft: Draft, where: tuple[str, ...], attribute: Attribute, fields: set[str]) -> Template | None:
    """What fills a field at a write, by the rule that `where` ends with; nothing where there is none."""
    value: Any = getattr(attribute.rules, where[-1])
    if value is None:
        return None
    try:
        template = compile_value(value, fields | WRITE_NAMES, WRITE_FUNCTIONS)
    except ExpressionError as error:
        draft.note(where, error.problem, error.hint)
        return None
    if "${" not in repr(value):
        for flaw in attribute.flaws(value):
            draft.note((*where, *flaw.where), f"the value {flaw.detail}", "")
    return template
