"""Checks the explicit rows of a definition: their cells obey the fields' rules, their references lead somewhere.

The plain values of traits are such cells too, as far as references go.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.definitions.field import FieldRules
from mockserver.errors import suggestion
from mockserver.generation.draft import Note
from mockserver.generation.generate import Generation
from mockserver.generation.schema import ID, Resource, Schema
from mockserver.generation.seating import NAMED, TRAITS
from mockserver.messages import Document


def check_rows(schema: Schema, note: Note) -> None:
    """Note everything that is wrong in the `rows` of every resource."""
    names: dict[str, str] = {}
    for resource in schema.resources.values():
        ids: set[object] = set()
        for place, row in enumerate(resource.section.rows):
            where = ("resources", resource.name, "rows", place)
            name = row.get(NAMED)
            if name is not None and (not isinstance(name, str) or not name.isidentifier()):
                note((*where, NAMED), "should be a name: letters, digits and _", "")
            elif name in names:
                note((*where, NAMED), f"the name '{name}' is given twice (also in '{names[name]}')", "")
            elif isinstance(name, str):
                names[name] = resource.name
            _check_row(resource, where, row, note)
            if (key := row.get(ID)) is not None and isinstance(key, int | str):
                if key in ids:
                    note((*where, ID), f"the id {key} stands in two rows", "give each row its own, or leave it out")
                ids.add(key)
        _check_unique(resource, note)


class _Ids:
    """The ids of all rows, those of a resource gathered when somebody asks for one."""

    __slots__ = ("_ids", "_rows")

    def __init__(self, rows: Mapping[str, Sequence[Document]]) -> None:
        self._rows = rows
        self._ids: dict[str, set[object]] = {}

    def has(self, resource: str, key: object) -> bool:
        """Whether there is a row with that id."""
        if resource not in self._ids:
            self._ids[resource] = {row[ID] for row in self._rows[resource]}
        return key in self._ids[resource]


def check_references(generation: Generation, rows: Mapping[str, Sequence[Document]], note: Note) -> None:
    """Note the references of explicit rows and traits that name a row there is not, once all rows are made."""
    schema, known = generation.schema, _Ids(rows)
    for resource in schema.resources.values():
        references = {name: one.reference for name, one in resource.attributes.items() if one.reference is not None}
        explicit = generation.seating[resource.name].said.items()
        said: list[tuple[tuple[str | int, ...], Mapping[str, Any]]] = [
            # A row that there was no room for refers to nothing.
            *((("rows", place), row) for place, (key, row) in enumerate(explicit) if known.has(resource.name, key)),
            *((("traits", trait), cells) for trait, cells in resource.section.traits.items()),
        ]
        for way, cells in said:
            for name in references.keys() & cells.keys():
                target, value = references[name].target, cells[name]
                if isinstance(value, FieldRules):
                    continue
                for key in value if isinstance(value, list) else [value]:
                    if key is not None and not known.has(target, key):
                        where = ("resources", resource.name, *way, name)
                        note(where, f"there is no row {key} in '{target}'", f"give it one: rows: [{{id: {key}}}]")


def _check_unique(resource: Resource, note: Note) -> None:
    for name, attribute in resource.attributes.items():
        if not attribute.rules.unique or name == ID:
            continue
        seen: set[object] = set()
        for place, row in enumerate(resource.section.rows):
            value = row.get(name)
            if value is None or isinstance(value, list | dict):
                continue
            if value in seen:
                note(
                    ("resources", resource.name, "rows", place, name),
                    f"'{name}' is unique, and {value} is there twice",
                    "",
                )
            seen.add(value)


def _check_row(resource: Resource, where: tuple[str | int, ...], row: dict[str, object], note: Note) -> None:
    for name, value in row.items():
        attribute = resource.attributes.get(name)
        if name == NAMED:
            continue
        if name == TRAITS:
            _check_listed(resource, (*where, TRAITS), value, note)
        elif attribute is None:
            known = [*resource.attributes, NAMED, TRAITS]
            note((*where, name), f"'{name}' is not a field of '{resource.name}'", suggestion(name, known), key=True)
        elif attribute.computed is not None:
            note((*where, name), f"'{name}' is computed and can't be given", "")
        elif attribute.file is not None and value is not None:
            note((*where, name), f"'{name}' is uploaded and can't be given", "")
        else:
            for flaw in attribute.flaws(value):  # type: ignore[arg-type]
                note((*where, name, *flaw.where), f"the value {flaw.detail}", "")


def _check_listed(resource: Resource, where: tuple[str | int, ...], listed: object, note: Note) -> None:
    if not isinstance(listed, list):
        note(where, "should be a list of traits", f"e.g. {TRAITS}: [{next(iter(resource.section.traits), 'name')}]")
        return
    for place, trait in enumerate(listed):
        if trait not in resource.section.traits:
            hint = suggestion(str(trait), resource.section.traits) or "declare it under 'traits'"
            note((*where, place), f"there is no trait '{trait}' in '{resource.name}'", hint)
