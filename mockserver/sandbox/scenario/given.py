"""Changes to rows that come from a file as they are: fewer of them, or others. Nothing is generated."""

from collections.abc import Sequence

from mockserver.generation.draft import Note
from mockserver.generation.schema import ID
from mockserver.messages import Document
from mockserver.sandbox.scenario.change import Change


def given_rows(change: Change, rows: Sequence[Document]) -> list[Document]:
    """The rows with a change."""
    return [*rows[: change.total]] if change.rows is None else [*change.rows]


def check_given(resource: str, change: Change, rows: Sequence[Document], note: Note) -> None:
    """Note what a change to the rows of a file can't be."""
    where = ("resources", resource)
    if change.count is not None and change.total is None:
        note((*where, "count"), f"the rows of '{resource}' come from a file: none are made", "a number of them")
    elif change.total is not None and change.total > len(rows):
        note((*where, "count"), f"there are {len(rows)} rows of '{resource}' in its file", "write the others as 'rows'")
    taken: set[str] = set()
    for place, row in enumerate(change.rows or ()):
        key = row.get(ID)
        if isinstance(key, bool) or not isinstance(key, int | str):
            note((*where, "rows", place), "needs an id: a whole number or a text", "")
        elif str(key) in taken:
            note((*where, "rows", place, ID), f"the id {key} stands in two rows", "give each row its own")
        taken.add(str(key))
