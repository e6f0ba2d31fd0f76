"""Checks the explicit rows of a definition: their cells obey the fields' rules, their references lead somewhere."""

from collections.abc import Mapping, Sequence

from mockserver.errors import suggestion
from mockserver.generation.draft import Note
from mockserver.generation.schema import ID, Resource, Schema
from mockserver.generation.seating import NAMED
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


def check_references(schema: Schema, rows: Mapping[str, Sequence[Document]], note: Note) -> None:
    """Note the references of explicit rows that name a row there is not, once all rows are made."""
    ids = {name: {row[ID] for row in made} for name, made in rows.items()}
    for resource in schema.resources.values():
        references = {name: one.reference for name, one in resource.attributes.items() if one.reference is not None}
        for place, row in enumerate(resource.section.rows):
            for name in references.keys() & row.keys():
                target, value = references[name].target, row[name]
                for key in value if isinstance(value, list) else [value]:
                    if key is not None and key not in ids[target]:
                        where = ("resources", resource.name, "rows", place, name)
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
        if attribute is None:
            known = [*resource.attributes, NAMED]
            note((*where, name), f"'{name}' is not a field of '{resource.name}'", suggestion(name, known))
        elif attribute.computed is not None:
            note((*where, name), f"'{name}' is computed and can't be given", "")
        else:
            for flaw in attribute.flaws(value):  # type: ignore[arg-type]
                note((*where, name, *flaw.where), f"the value {flaw.detail}", "")
