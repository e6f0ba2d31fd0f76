"""Makes the schema of a definition, and notes everything its fields, rows and relations have wrong."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeAlias

from mockserver.definitions.expression import Expression, ExpressionError, Template, compile_expression, compile_value
from mockserver.definitions.field import FieldRules
from mockserver.definitions.model import CoreDefinition, PerParent, ResourceSection
from mockserver.errors import GenerationError, suggestion
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Generator, as_generator, generators
from mockserver.generation.rules import RuleCheck
from mockserver.generation.schema import ID, Attribute, Reference, Relation, Resource, Schema, relation_name
from mockserver.generation.shape import ANY, Shape

Note: TypeAlias = Callable[[tuple[str | int, ...], str, str], None]
"""Takes a problem: the way to its place in the definition, what it is, and a hint."""

WRITE_NAMES = frozenset(("now",))
WRITE_FUNCTIONS = frozenset(("uuid", "randint"))
"""What `default` and `on_update` may use beside the row's own fields."""

_APPLIES: Mapping[str, tuple[str, ...]] = {
    "min": ("integer", "number"),
    "max": ("integer", "number"),
    "min_length": ("string", "array", "any"),
    "max_length": ("string", "array", "any"),
    "pattern": ("string",),
    "format": ("string",),
}


@dataclass(frozen=True, slots=True)
class _Builder:
    """The definition under way. `declared` are the resources it names, checked or not, so that none is missed twice."""

    definition: CoreDefinition
    fakes: Fakes
    declared: Collection[str]
    note: Note

    def fields(self, resource: str) -> dict[str, FieldRules]:
        """The declared fields, with the id in front where there is none."""
        fields = self.definition.resources[resource].fields
        if ID in fields:
            return dict(fields)
        return {ID: generators.get("seq").model_validate({"seq": 1}), **fields}

    def references(self, resource: str) -> Iterator[tuple[str, Reference]]:
        """The fields that refer to other resources."""
        for name, rules in self.fields(resource).items():
            found = _reference(rules)
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
            self.note(where, error.problem, error.hint)
            return None
        except ValueError as error:
            self.note((*where, "pattern"), str(error), "it is matched without look-around, in linear time")
            return None
        self._note_rules(where, rules, shape)
        made = Attribute(where[-1], shape, rules, check, reference=_reference(rules))
        return self._with_inside(made, where, generator)

    def _with_inside(self, made: Attribute, where: tuple[str, ...], generator: Generator) -> Attribute:
        inner: dict[str, Attribute] = {}
        for step, rules in generator.inner_fields().items():
            way = (*where, "list") if made.shape.type == "array" else (*where, "object", step)
            if _reference(rules) is not None or "computed" in type(rules).model_fields:
                self.note(way, "references and computed fields stand directly under 'fields'", "for several ids: refs")
                continue
            found = self.attribute(way, rules)
            if found is not None:
                inner[step] = found
        if made.shape.type == "array":
            return replace(made, item=inner.get("list"))
        return replace(made, properties=inner)

    def _note_rules(self, where: tuple[str, ...], rules: FieldRules, shape: Shape) -> None:
        for rule, types in _APPLIES.items():
            if getattr(rules, rule) is not None and shape.type not in types:
                self.note((*where, rule), f"'{rule}' has no meaning for {shape.type} values", f"for {', '.join(types)}")
        for low, high in (("min", "max"), ("min_length", "max_length")):
            least, most = getattr(rules, low), getattr(rules, high)
            if least is not None and most is not None and least > most:
                self.note((*where, low), f"'{low}' is above '{high}'", "")


def _reference(rules: FieldRules) -> Reference | None:
    many = "refs" in type(rules).model_fields
    if not many and "ref" not in type(rules).model_fields:
        return None
    return Reference(getattr(rules, "refs" if many else "ref"), many, getattr(rules, "on_delete"))  # noqa: B009


def _id_shapes(attributes: dict[str, dict[str, Attribute]]) -> None:
    """Gives references the type of the ids they hold."""
    for resource, fields in attributes.items():
        for name, attribute in fields.items():
            reference = attribute.reference
            if reference is None or reference.target not in attributes:
                continue
            held = replace(attributes[reference.target][ID].shape, target=reference.target, choices=())
            shape = Shape("array", item=held) if reference.many else held
            check = RuleCheck(shape, attribute.rules)
            item = Attribute(name, held, FieldRules(required=True), RuleCheck(held, FieldRules()))
            fields[name] = replace(attribute, shape=shape, check=check, item=item if reference.many else None)


def _parents(builder: _Builder, resource: str) -> dict[str, Relation]:
    found: dict[str, Relation] = {}
    for name, reference in builder.references(resource):
        where = ("resources", resource, "fields", name, "refs" if reference.many else "ref")
        if reference.target not in builder.declared:
            builder.note(where, f"there is no resource '{reference.target}'", suggestion(reference.target, builder.declared))
        elif reference.target in builder.definition.resources:
            rules = builder.fields(resource)[name]
            if reference.on_delete == "clear" and not reference.many and not rules.accepts_null:
                builder.note((*where[:-1], "on_delete"), "a required reference can't be cleared", "restrict or cascade")
            called = relation_name(name, many=reference.many)
            called = name if called in found else called
            found[called] = Relation(called, name, resource, reference.target, reference.many, reference.on_delete)
    return found


def _children(relations: Mapping[str, dict[str, Relation]], parent: str) -> dict[str, Relation]:
    found: dict[str, Relation] = {}
    for of_child in relations.values():
        for relation in of_child.values():
            if relation.parent == parent:
                found.setdefault(relation.child, relation)
    return found


def _check_id(builder: _Builder, resource: str, attribute: Attribute) -> None:
    if attribute.shape.type not in ("integer", "string", "uuid") or attribute.reference or attribute.shape.choices:
        builder.note(
            ("resources", resource, "fields", ID), f"an id can't be {attribute.shape.type}", "use seq, uuid or a text"
        )
    if attribute.rules.null_share or attribute.rules.missing:
        builder.note(("resources", resource, "fields", ID), "an id is never null or missing", "")


def _compiled(builder: _Builder, resource: str, attribute: Attribute, parents: Collection[str]) -> Attribute:
    """The attribute with its expressions: computed, default and on_update."""
    where = ("resources", resource, "fields", attribute.name)
    fields = set(builder.fields(resource))
    source = getattr(attribute.rules, "computed", None)
    made = attribute
    try:
        if source is not None:
            where = (*where, "computed")
            expression = compile_expression(source, fields | set(parents))
            return replace(made, computed=expression, shape=Shape("string") if expression.is_text else made.shape)
        for rule in ("default", "on_update"):
            value = getattr(attribute.rules, rule)
            if value is None:
                continue
            where = (*where[:4], rule)
            template = compile_value(value, fields | WRITE_NAMES, WRITE_FUNCTIONS)
            _check_constant(builder, where, made, value, template)
            made = replace(made, **{rule: template})
    except ExpressionError as error:
        builder.note(where, error.problem, error.hint)
    return made


def _check_constant(
    builder: _Builder, where: tuple[str, ...], attribute: Attribute, value: Any, template: Template
) -> None:
    if isinstance(value, str) and "${" in value:
        return
    for flaw in attribute.flaws(template({})):
        builder.note((*where, *flaw.where), f"the value {flaw.detail}", "")


def _way_shape(schema: Mapping[str, Resource], resource: str, way: tuple[str, ...]) -> Shape | str:
    """What a dotted way of a computed field leads to, or what is wrong with it."""
    here = schema[resource]
    for place, step in enumerate(way):
        if step in here.attributes and (place == len(way) - 1 or step not in here.parents):
            shape = here.attributes[step].shape
            for inner in way[place + 1 :]:
                if shape.properties and inner not in shape.properties:
                    return f"'{inner}' is not a field of '{step}'"
                shape = shape.properties.get(inner, ANY)
            return shape
        if step not in here.parents:
            return f"'{step}' is not a field of '{here.name}'; {suggestion(step, here.attributes)}"
        here = schema[here.parents[step].parent]
    return ANY


def _check_ways(builder: _Builder, schema: dict[str, Resource]) -> None:
    """Computed fields: every way leads somewhere, and none depends on itself."""
    for resource in schema.values():
        for name, attribute in resource.attributes.items():
            if attribute.computed is None:
                continue
            where = ("resources", resource.name, "fields", name, "computed")
            for way in attribute.computed.paths:
                if isinstance(found := _way_shape(schema, resource.name, way), str):
                    builder.note(where, found, "")
    try:
        computed_order(schema)
    except CycleError as error:
        ring = [f"{resource}.{name}" for resource, name in error.args[1]]
        resource, name = error.args[1][0]
        where = ("resources", resource, "fields", name, "computed")
        builder.note(where, f"computed fields depend on one another: {' → '.join(ring)}", "")


def _typed(schema: dict[str, Resource]) -> dict[str, Resource]:
    """Computed fields that are nothing but a way have the shape of what it leads to."""
    typed: dict[str, Resource] = {}
    for resource in schema.values():
        fields = dict(resource.attributes)
        for name, attribute in fields.items():
            expression: Expression | None = attribute.computed
            if expression is not None and expression.path is not None and attribute.shape == ANY:
                found = _way_shape(schema, resource.name, expression.path)
                fields[name] = replace(attribute, shape=found) if isinstance(found, Shape) else attribute
        typed[resource.name] = replace(resource, attributes=fields)
    return typed


def computed_order(resources: Mapping[str, Resource]) -> list[tuple[str, str]]:
    """All computed fields so that each comes after those it reads. *Raises* `graphlib.CycleError`."""
    graph: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for resource in resources.values():
        for name, attribute in resource.attributes.items():
            if attribute.computed is not None:
                reads = (_read(resources, resource.name, way) for way in attribute.computed.paths)
                graph[resource.name, name] = {read for read in reads if read is not None}
    return [node for node in TopologicalSorter(graph).static_order() if node in graph]


def _read(resources: Mapping[str, Resource], resource: str, way: tuple[str, ...]) -> tuple[str, str] | None:
    here = resources[resource]
    for step in way:
        attribute = here.attributes.get(step)
        if attribute is not None and attribute.computed is not None:
            return here.name, step
        if step not in here.parents:
            return None
        here = resources[here.parents[step].parent]
    return None


def _check_section(builder: _Builder, resource: Resource) -> None:
    """The names a resource mentions beside its fields: count, sort, search."""
    where = ("resources", resource.name)
    section: ResourceSection = resource.section
    known = resource.attributes
    for name in (part.lstrip("-") for part in (section.sort or "").split(",") if part):
        if name.split(".")[0] not in known:
            builder.note((*where, "sort"), f"'{name}' is not a field of '{resource.name}'", suggestion(name, known))
    for place, name in enumerate(section.search or ()):
        if name.split(".")[0] not in known:
            builder.note((*where, "search", place), f"'{name}' is not a field of '{resource.name}'", suggestion(name, known))
    count = section.row_count
    if isinstance(count, PerParent):
        _check_per(builder, resource, count)


def _check_per(builder: _Builder, resource: Resource, count: PerParent) -> None:
    where = ("resources", resource.name, "count")
    if count.per not in builder.declared:
        builder.note((*where, "per"), f"there is no resource '{count.per}'", suggestion(count.per, builder.declared))
    elif count.per == resource.name:
        builder.note((*where, "per"), "rows can't be counted per row of their own resource", "")
    elif count.per in builder.definition.resources and not any(
        relation.parent == count.per and not relation.many for relation in resource.parents.values()
    ):
        builder.note((*where, "per"), f"no field of '{resource.name}' refers to '{count.per}'", f"e.g. {{ref: {count.per}}}")
    if isinstance(count.each, list) and count.each[0] > count.each[1]:
        builder.note((*where, "each"), "the range ends before it begins", "write the smaller number first")
    if isinstance(count.each, dict) and not sum(count.each.values()):
        builder.note((*where, "each"), "has no weight above 0", "")


def _check_counting(builder: _Builder) -> None:
    graph = {
        name: {section.row_count.per} if isinstance(section.row_count, PerParent) else set()
        for name, section in builder.definition.resources.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        ring = error.args[1]
        if len(set(ring)) > 1:
            builder.note(("resources", ring[0], "count"), f"counts depend on one another: {' → '.join(ring)}", "")


def build_schema(
    definition: CoreDefinition, fakes: Fakes, declared: Collection[str], note: Note
) -> Schema:
    """The schema; it may be worked with only when nothing was noted."""
    builder = _Builder(definition, fakes, declared, note)
    attributes: dict[str, dict[str, Attribute]] = {}
    for name in definition.resources:
        found = {
            called: builder.attribute(("resources", name, "fields", called), rules)
            for called, rules in builder.fields(name).items()
        }
        attributes[name] = {called: made for called, made in found.items() if made is not None}
        if ID not in attributes[name]:
            attributes[name] = {ID: Attribute(ID, ANY, FieldRules(), RuleCheck(ANY, FieldRules())), **attributes[name]}
        else:
            _check_id(builder, name, attributes[name][ID])
    _id_shapes(attributes)
    parents = {name: _parents(builder, name) for name in definition.resources}
    resources: dict[str, Resource] = {}
    for name, section in definition.resources.items():
        compiled = {called: _compiled(builder, name, one, parents[name]) for called, one in attributes[name].items()}
        resources[name] = Resource(name, section, compiled, parents[name], _children(parents, name))
        _check_section(builder, resources[name])
    _check_counting(builder)
    _check_ways(builder, resources)
    referring = {
        name: tuple(relation for of_child in parents.values() for relation in of_child.values() if relation.parent == name)
        for name in resources
    }
    return Schema(_typed(resources), referring)
