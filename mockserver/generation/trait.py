"""Traits: bundles of cells that shares of a resource's rows have, checked and drawn.

A trait's cells come from streams of their own, and so does who has it: adding one changes no cell it does not name.
"""

from copy import deepcopy
from dataclasses import replace
from typing import Any, Final

from mockserver.definitions.field import FieldRules
from mockserver.definitions.model import PerParent
from mockserver.errors import suggestion
from mockserver.generation.draft import Draft, Note, reference_of
from mockserver.generation.fitting import obeying
from mockserver.generation.generator import Column, Draw, Generator, generators
from mockserver.generation.schema import ID, Attribute, Resource, counted_by
from mockserver.generation.seating import Seating

_TEXTS: Final = ("string", "date", "datetime", "uuid")


def check_traits(draft: Draft, resource: Resource) -> None:
    """Note everything that is wrong in the `traits` of a resource."""
    where = ("resources", resource.name)
    for trait, cells in resource.section.traits.items():
        for name, cell in cells.items():
            _check_cell(draft, resource, (*where, "traits", trait, name), cell)


def check_mix(note: Note, resource: Resource) -> None:
    """Note the shares of traits that there are not."""
    for trait in resource.section.mix:
        if trait not in resource.section.traits:
            hint = suggestion(trait, resource.section.traits) or "declare it under 'traits'"
            where = ("resources", resource.name, "mix", trait)
            note(where, f"there is no trait '{trait}' in '{resource.name}'", hint, key=True)


def _check_cell(draft: Draft, resource: Resource, where: tuple[str, ...], cell: Any) -> None:
    name = where[-1]
    attribute = resource.attributes.get(name)
    if attribute is None:
        hint = suggestion(name, resource.attributes)
        draft.note(where, f"'{name}' is not a field of '{resource.name}'", hint, key=True)
    elif reason := _refusal(resource, attribute):
        draft.note(where, reason, key=True)
    elif isinstance(cell, Generator):
        _check_drawn(draft, attribute, where, cell)
    elif attribute.rules.unique and cell is not None:
        draft.note(where, f"'{name}' is unique, and a trait is for more rows than one", "draw it: e.g. {seq: 1}")
    else:
        for flaw in attribute.flaws(cell):
            draft.note((*where, *map(str, flaw.where)), f"the value {flaw.detail}", _meant(attribute, cell))


def _refusal(resource: Resource, attribute: Attribute) -> str:
    """Why no trait can give a field, if so."""
    name, count = attribute.name, resource.section.row_count
    if name == ID:
        return "an id is a row's own: no trait gives it"
    if attribute.file is not None:
        return f"'{name}' is uploaded and can't be given"
    if attribute.computed is not None:
        return f"'{name}' is computed and can't be given"
    if isinstance(count, PerParent) and counted_by(resource, count.per) == name:
        return f"rows are counted by '{name}', so no trait can change it"
    return ""


def _meant(attribute: Attribute, cell: Any) -> str:
    """A hint for a mapping that may have been meant as a generator."""
    if not isinstance(cell, dict) or attribute.shape.type in ("object", "any"):
        return ""
    return suggestion(str(next(iter(cell), "")), generators.names())


def _check_drawn(draft: Draft, attribute: Attribute, where: tuple[str, ...], cell: Generator) -> None:
    for rule in FieldRules.model_fields:
        if rule in cell.model_fields_set:
            draft.note((*where, rule), f"'{rule}' has no meaning in a trait", "rules stand with the field itself")
    held, drawn = attribute.reference, reference_of(cell)
    if held is not None or drawn is not None:
        if held is None or drawn is None or (held.target, held.many) != (drawn.target, drawn.many):
            wanted = f"{{{'refs' if held.many else 'ref'}: {held.target}}}" if held else "another generator"
            said = f"refers to '{held.target}'" if held else "is no reference"
            draft.note(where, f"'{attribute.name}' {said}", f"draw it with {wanted}")
        return
    made = draft.attribute(where, cell)
    if made is not None and not _fits(made.shape.type, attribute.shape.type):
        problem = f"draws {made.shape.type} values, and '{attribute.name}' holds {attribute.shape.type} values"
        draft.note(where, problem, "a value is written as it is, without a generator")


def _fits(drawn: str, held: str) -> bool:
    if drawn in _TEXTS and held in _TEXTS:
        return True
    return drawn == held or "any" in (drawn, held) or (drawn, held) == ("integer", "number")


def cell_draws(seating: Seating, resource: Resource, attribute: Attribute) -> dict[bytes, Draw]:
    """What traits put into a column, by the key of the row. *Raises* `GenerationError` where nothing can be drawn."""
    draws: dict[bytes, Draw] = {}
    for trait, cells in resource.section.traits.items():
        if attribute.name in cells:
            draw = _cell_draw(seating.column(resource, attribute), attribute, trait, cells[attribute.name])
            draws.update((row.key, draw) for row in seating[resource.name].having[trait])
    return draws


def _cell_draw(field: Column, attribute: Attribute, trait: str, cell: Any) -> Draw:
    if not isinstance(cell, Generator):
        return lambda _row, _attempt: deepcopy(cell) if isinstance(cell, dict | list) else cell
    place = f"resources.{field.path[0]}.traits.{trait}.{attribute.name}"
    # No name of a field holds a slash.
    column = replace(field, path=(*field.path, "/trait", trait), place=place)
    ruled = cell.model_copy(update={"required": attribute.rules.required})
    return obeying(attribute, column, ruled.draw(column))
