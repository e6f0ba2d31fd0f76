"""Whose eyes collections are read with: which documents a reader may see. What may not be seen is as if absent."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from mockserver.generation.scope import Find
from mockserver.messages import Document

Sees: TypeAlias = Callable[[str, Document], bool]
"""Whether the reader may see a document of a resource."""


class Eyes(Protocol):
    """What somebody sees, and saw: `find` gives what a document refers to as it was then; it is as now without it."""

    def __call__(self, resource: str, document: Document, find: Find | None = None, /) -> bool:
        """Whether they may see a document of a resource."""
        ...


def sees_all(resource: str, document: Document, find: Find | None = None, /) -> bool:
    """The eyes of a reader from whom nothing is hidden."""
    del resource, document, find
    return True


def sees_nothing(resource: str, document: Document, find: Find | None = None, /) -> bool:
    """The eyes of somebody for whom there is nothing."""
    del resource, document, find
    return False
