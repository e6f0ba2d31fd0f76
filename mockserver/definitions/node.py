"""The tree a YAML file is read to: nodes with positions, in which an alias shares the node its anchor names."""

from typing import NamedTuple, TypeAlias

from mockserver.definitions.scalar import Scalar, Step
from mockserver.errors import Position
from mockserver.value import dataclass


class Entry(NamedTuple):
    """What a mapping holds under one key, and where that key stands."""

    key_position: Position
    node: "Node"


Content: TypeAlias = Scalar | list["Node"] | dict[Step, Entry]


@dataclass(slots=True)
class Node:
    """A value in a file: `size` counts it and all below it with aliases written out, 0 while it is being read."""

    position: Position
    content: Content
    size: int = 1
    height: int = 0


def merge_bases(bases: list[Node], own: dict[Step, Entry]) -> dict[Step, Entry]:
    """The entries of a mapping with `<<`: its own win, then those of the base named first."""
    merged: dict[Step, Entry] = {}
    for base in reversed(bases):
        if isinstance(base.content, dict):
            merged.update(base.content)
    return {**merged, **own}
