"""Making values of what the control plane tells."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from mockserver import __version__
from mockserver.testing.error import MockServerError

T = TypeVar("T")


def read_as(kind: type[T], told: Mapping[str, Any], **given: Any) -> T:
    """A dataclass of the members that have its fields' names; `given` wins. What a newer server adds is left aside.

    *Raises* `MockServerError` where an older one leaves something out.
    """
    names = {one.name for one in fields(kind)}  # type: ignore[arg-type] # any dataclass
    try:
        return kind(**{**{name: value for name, value in told.items() if name in names}, **given})
    except TypeError as error:
        raise MockServerError(f"The server is of another version than {__version__}, which is here: {error}") from None
