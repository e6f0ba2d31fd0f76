"""Fields of a request that is no resource's: the shapes and rules that resources' fields have, and no generation."""

from collections.abc import Mapping
from typing import Final

from mockserver.definitions.field import FieldRules
from mockserver.definitions.model import ResourceSection
from mockserver.errors import suggestion
from mockserver.generation.build import holding, stand_in
from mockserver.generation.draft import Draft
from mockserver.generation.schema import Attribute, Resource, Schema

_MEANINGLESS: Final = ("unique", "on_update", "read_only", "write_only", "immutable", "missing")
_KINDS: Final = ("computed", "file", "image")


def build_form(
    draft: Draft, schema: Schema, name: str, where: tuple[str, ...], fields: Mapping[str, FieldRules]
) -> Resource:
    """The fields as if they were those of a resource of that name; it has no documents and no relations."""
    attributes: dict[str, Attribute] = {}
    for called, rules in fields.items():
        kind = next((kind for kind in _KINDS if kind in type(rules).model_fields), None)
        if kind is not None:
            draft.note((*where, called), f"'{kind}' has no meaning in a {name}", "declare what the client sends")
            attributes[called] = stand_in(called)
            continue
        for rule in _MEANINGLESS:
            if rule in rules.model_fields_set:
                draft.note((*where, called, rule), f"'{rule}' has no meaning in a {name}", "leave it out")
        made = draft.attribute((*where, called), rules)
        attributes[called] = (
            stand_in(called) if made is None else _with_reference(draft, schema, made, (*where, called))
        )
    return Resource(name, ResourceSection.model_construct(), attributes, {}, {})


def _with_reference(draft: Draft, schema: Schema, attribute: Attribute, where: tuple[str, ...]) -> Attribute:
    reference = attribute.reference
    if reference is None:
        return attribute
    if reference.target in schema.resources:
        return holding(attribute, schema[reference.target].id)
    if reference.target not in draft.declared:
        place = (*where, "refs" if reference.many else "ref")
        draft.note(place, f"there is no resource '{reference.target}'", suggestion(reference.target, draft.declared))
    return attribute
