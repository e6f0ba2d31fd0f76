"""An application that is made when it is first called: Flask takes longer to import than most answers take to wait for.

Plain requests are answered without it.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any


class LateApplication:
    """A WSGI application that `make` makes once it is wanted, or before that when somebody has the time."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    @cached_property
    def made(self) -> Any:
        """The application. It is made here at the latest, in one go: no other greenlet comes in between."""
        return self._make()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        found: Iterable[bytes] = self.made(environ, start_response)
        return found
