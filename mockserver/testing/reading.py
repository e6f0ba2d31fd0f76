"""Making values of what the control plane tells."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def read_as(kind: type[T], told: Mapping[str, Any], **given: Any) -> T:
    """A dataclass of the members that have its fields' names; `given` wins. What a newer server adds is left aside."""
    names = {one.name for one in fields(kind)}  # type: ignore[arg-type] # any dataclass
    return kind(**{**{name: value for name, value in told.items() if name in names}, **given})
