"""Functions of the C library that Python has no name for, where the system's has them."""

import ctypes
from collections.abc import Callable
from functools import cache


@cache
def find_function(name: str) -> Callable[..., int] | None:
    """The function of that name, nothing where there is none."""
    try:
        found: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (OSError, TypeError, AttributeError):
        return None
    return found
