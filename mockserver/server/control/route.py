"""Putting routes into the control plane: each with what is said of it, and none that takes what it does not know."""

from collections.abc import Callable
from dataclasses import field
from functools import wraps
from typing import Any, Final, TypeAlias

from flask import Flask, Response

from mockserver.errors import nearest
from mockserver.server.control.operation import Operation
from mockserver.server.control.query import verify_query
from mockserver.server.control.target import verify_sandbox
from mockserver.value import dataclass

View: TypeAlias = Callable[..., Response]
_LONGEST_COMPARED: Final = 200


@dataclass(frozen=True, slots=True)
class Routes:
    """Where endpoints are added; `described` is what there is, by path (as Flask writes it) and method.

    `settle` comes between an effect and its answer; it *raises* `InsufficientStorage`.
    """

    app: Flask
    settle: Callable[[], None]
    described: dict[str, dict[str, Operation]] = field(default_factory=dict)

    def on(self, method: str, path: str, operation: Operation) -> Callable[[View], View]:
        """A decorator that answers a method at a path."""

        def add(view: View) -> View:
            @wraps(view)
            def answer(**steps: Any) -> Response:
                verify_query(operation.names())
                verify_sandbox(operation)
                response = view(**steps)
                if method != "GET":
                    self.settle()
                return response

            self.app.add_url_rule(path, f"{method} {path}", answer, methods=[method])
            self.described.setdefault(path, {})[method] = operation
            return view

        return add

    def near(self, path: str) -> str | None:
        """The path there is that is closest to one there is not; steps that may be anything are taken from that one."""
        if len(path) > _LONGEST_COMPARED:
            return None
        steps = path.rstrip("/").split("/")
        known = (own.split("/") for own in self.described)
        return nearest(path, ("/".join(map(_fill, own, steps)) for own in known if len(own) == len(steps)))


def _fill(own: str, given: str) -> str:
    return given if own.startswith("<") else own
