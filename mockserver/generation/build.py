"""Makes the schema of a definition, and notes everything its fields, relations and counts have wrong."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from mockserver.definitions.field import FieldRules
from mockserver.definitions.model import CoreDefinition, PerParent, ResourceSection
from mockserver.errors import suggestion
from mockserver.generation.computing import check_ways, typed
from mockserver.generation.draft import Draft, Note, compiled
from mockserver.generation.fakes import Fakes
from mockserver.generation.rules import RuleCheck
from mockserver.generation.schema import ID, Attribute, Relation, Resource, Schema, leading, relation_name
from mockserver.generation.shape import ANY, Shape
from mockserver.generation.states import check_states
from mockserver.generation.trait import check_mix, check_traits
from mockserver.generation.upload import Locate, below_root


def _id_shapes(attributes: dict[str, dict[str, Attribute]]) -> None:
    """Gives references the type of the ids they hold."""
    for fields in attributes.values():
        for name, attribute in fields.items():
            reference = attribute.reference
            if reference is not None and reference.target in attributes:
                fields[name] = holding(attribute, attributes[reference.target][ID])


def holding(attribute: Attribute, key: Attribute) -> Attribute:
    """A reference with the type of the ids it holds; `key` is the id of its target."""
    reference = attribute.reference
    assert reference is not None  # noqa: S101 - asked of references only
    held = replace(key.shape, target=reference.target, choices=())
    shape = Shape("array", item=held) if reference.many else held
    check = RuleCheck(shape, attribute.rules)
    item = Attribute(attribute.name, held, FieldRules(required=True), RuleCheck(held, FieldRules()))
    return replace(attribute, shape=shape, check=check, item=item if reference.many else None)


def _parents(draft: Draft, resource: str) -> dict[str, Relation]:
    found: dict[str, Relation] = {}
    for name, reference in draft.references(resource):
        where = ("resources", resource, "fields", name, "refs" if reference.many else "ref")
        if reference.target not in draft.declared:
            draft.note(
                where, f"there is no resource '{reference.target}'", suggestion(reference.target, draft.declared)
            )
        elif reference.target in draft.definition.resources:
            rules = draft.fields(resource)[name]
            if reference.on_delete == "clear" and not reference.many and not rules.accepts_null:
                draft.note((*where[:-1], "on_delete"), "a required reference can't be cleared", "restrict or cascade")
            called = relation_name(name, many=reference.many)
            # A name that something else has already stays what it is.
            called = name if called in found or called in draft.fields(resource) else called
            found[called] = Relation(called, name, resource, reference.target, reference.many, reference.on_delete)
    return found


def _referring(relations: Mapping[str, dict[str, Relation]]) -> dict[str, list[Relation]]:
    """The references to each resource, in the order of those that hold them."""
    found: dict[str, list[Relation]] = {name: [] for name in relations}
    for of_child in relations.values():
        for relation in of_child.values():
            found[relation.parent].append(relation)
    return found


def _children(referring: Iterable[Relation]) -> dict[str, Relation]:
    """Of the references to one resource, the one of each child that makes it its child."""
    by_child: dict[str, list[Relation]] = {}
    for relation in referring:
        by_child.setdefault(relation.child, []).append(relation)
    found = {child: leading(relations) for child, relations in by_child.items()}
    return {child: relation for child, relation in found.items() if relation is not None}


def _check_id(draft: Draft, resource: str, attribute: Attribute) -> None:
    # A sequence of `type: any` goes on among ids that are texts.
    kinds = ("integer", "string", "uuid", *(("any",) if "seq" in type(attribute.rules).model_fields else ()))
    if attribute.shape.type not in kinds or attribute.reference or attribute.shape.choices:
        kind = "a reference" if attribute.reference else "an enum" if attribute.shape.choices else attribute.shape.type
        draft.note(("resources", resource, "fields", ID), f"an id can't be {kind}", "use seq, uuid or a text")
    if attribute.rules.null_share or attribute.rules.missing:
        draft.note(("resources", resource, "fields", ID), "an id is never null or missing", "")


def _check_section(draft: Draft, resource: Resource) -> None:
    """The names a resource mentions beside its fields: sort, search."""
    where = ("resources", resource.name)
    section: ResourceSection = resource.section
    known = resource.attributes
    for name in (step.lstrip("-") for step in section.sort_steps):
        if name.split(".")[0] not in known:
            draft.note((*where, "sort"), f"'{name}' is not a field of '{resource.name}'", suggestion(name, known))
    for place, name in enumerate(section.search or ()):
        if name.split(".")[0] not in known:
            draft.note(
                (*where, "search", place), f"'{name}' is not a field of '{resource.name}'", suggestion(name, known)
            )
        elif known[name.split(".")[0]].rules.write_only:
            draft.note((*where, "search", place), f"'{name}' is write_only: a search would tell what is in it", "")


def check_amounts(draft: Draft, resource: Resource) -> None:
    """Note what is wrong in how many rows a resource has, and in which of them have a trait."""
    count = resource.section.row_count
    if isinstance(count, PerParent):
        _check_per(draft, resource, count)
    _check_singleton(draft, resource)
    check_mix(draft.note, resource)


def _check_per(draft: Draft, resource: Resource, count: PerParent) -> None:
    where = ("resources", resource.name, "count")
    if count.per not in draft.declared:
        draft.note((*where, "per"), f"there is no resource '{count.per}'", suggestion(count.per, draft.declared))
    elif count.per == resource.name:
        draft.note((*where, "per"), "rows can't be counted per row of their own resource", "")
    elif count.per in draft.definition.resources and not any(
        relation.parent == count.per and not relation.many for relation in resource.parents.values()
    ):
        draft.note(
            (*where, "per"), f"no field of '{resource.name}' refers to '{count.per}'", f"e.g. {{ref: {count.per}}}"
        )
    if isinstance(count.each, list) and count.each[0] > count.each[1]:
        draft.note((*where, "each"), "the range ends before it begins", "write the smaller number first")
    if isinstance(count.each, dict) and not sum(count.each.values()):
        draft.note((*where, "each"), "has no weight above 0", "")


def _check_singleton(draft: Draft, resource: Resource) -> None:
    where, section = ("resources", resource.name), resource.section
    if not section.singleton:
        return
    if section.count not in (None, 1):
        draft.note((*where, "count"), "a singleton is one document", "leave 'count' out")
    if len(section.rows) > 1:
        draft.note((*where, "rows", 1), "a singleton is one document: its first row", "remove this row")


def _check_contents(draft: Draft, resource: Resource) -> None:
    """Files and pictures: no child resource has the path of one."""
    for name, attribute in resource.attributes.items():
        if name in resource.children and (attribute.file is not None or attribute.picture is not None):
            place = ("resources", resource.name, "fields", name)
            draft.note(place, f"the path of '{name}' is that of the resource '{name}' below a document", "rename one")


def check_counting(draft: Draft) -> None:
    """Note counts that depend on one another."""
    graph = {
        name: {section.row_count.per} if isinstance(section.row_count, PerParent) else set()
        for name, section in draft.definition.resources.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        ring = error.args[1]
        if len(set(ring)) > 1:
            draft.note(("resources", ring[0], "count"), f"counts depend on one another: {' → '.join(ring)}", "")


def stand_in(name: str) -> Attribute:
    """A field that can't be used: its name is known all the same."""
    return Attribute(name, ANY, FieldRules(), RuleCheck(ANY, FieldRules()))


def build_schema(
    definition: CoreDefinition, fakes: Fakes, declared: Collection[str], note: Note, locate: Locate = below_root
) -> Schema:
    """The schema; it may be worked with only when nothing was noted."""
    draft = Draft(definition, fakes, declared, note, locate)
    attributes: dict[str, dict[str, Attribute]] = {}
    for name in definition.resources:
        found = {
            called: draft.attribute(("resources", name, "fields", called), rules)
            for called, rules in draft.fields(name).items()
        }
        # A field that can't be used is one all the same: what names it has nothing wrong with it.
        attributes[name] = {called: made or stand_in(called) for called, made in found.items()}
        if found[ID] is not None:
            _check_id(draft, name, attributes[name][ID])
    _id_shapes(attributes)
    parents = {name: _parents(draft, name) for name in definition.resources}
    referring = _referring(parents)
    resources: dict[str, Resource] = {}
    for name, section in definition.resources.items():
        ready = {called: compiled(draft, name, one, parents[name]) for called, one in attributes[name].items()}
        resources[name] = Resource(name, section, ready, parents[name], _children(referring[name]))
        _check_section(draft, resources[name])
        check_traits(draft, resources[name])
        check_states(draft, resources[name])
        check_amounts(draft, resources[name])
        _check_contents(draft, resources[name])
    check_counting(draft)
    check_ways(resources, note)
    return Schema(typed(resources), {name: tuple(relations) for name, relations in referring.items()})
