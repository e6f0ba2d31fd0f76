"""Whose eyes collections are read with: which documents a reader may see. What may not be seen is as if absent."""

from collections.abc import Callable
from typing import TypeAlias

from mockserver.messages import Document

Sees: TypeAlias = Callable[[str, Document], bool]
"""Whether the reader may see a document of a resource."""


def sees_all(resource: str, document: Document) -> bool:
    """The eyes of a reader from whom nothing is hidden."""
    del resource, document
    return True
