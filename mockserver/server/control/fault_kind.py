"""The endpoint that tells which kinds of faults there are and what they take, so that a form can be made of it."""

from functools import cache
from inspect import getdoc
from typing import Any, Final

from flask import Response

from mockserver.definitions.source import parse_source
from mockserver.faults.kind import Kind
from mockserver.faults.section import KINDS, keys_of
from mockserver.messages import Document, Json
from mockserver.server.control.exchange import write_json
from mockserver.server.control.operation import FLAG, TEXT, Operation, Rows, Shape, answer
from mockserver.server.control.route import Routes

_KEY: Final = Shape("FaultKey", {"name": TEXT, "describe": TEXT, "required": FLAG})
_OBJECT: Final = {"type": "object"}
_KIND: Final = Shape(
    "FaultKind",
    {
        "name": TEXT,
        "describe": TEXT,
        "scopes": {"type": "array", "items": {"enum": ["request", "handshake", "connection", "frame"]}},
        "is_terminal": {**FLAG, "description": "Whether it decides the end: one of those at most is in a fault."},
        "keys": Rows(_KEY),
        "schema": {**_OBJECT, "description": "A JSON Schema of its keys."},
        "examples": {"type": "array", "items": _OBJECT, "description": "Faults with it, that could be set."},
    },
)


def add_fault_kinds(routes: Routes) -> None:
    """`/api/fault-kinds`."""

    @routes.on(
        "GET",
        "/api/fault-kinds",
        Operation("List the kinds of faults", answer("All, by their names.", Rows(_KIND))),
    )
    def show_kinds() -> Response:
        return write_json(_describe_all())


@cache
def _describe_all() -> list[Json]:
    return [_describe(name, kind) for name, kind in KINDS.items()]


def _describe(name: str, kind: type[Kind]) -> Document:
    keys = zip(keys_of(kind), kind.model_fields.values(), strict=True)
    told: dict[str, Any] = {
        "name": name,
        "describe": (getdoc(kind) or "").partition("\n")[0],
        "scopes": sorted(kind.scopes),
        "is_terminal": kind.is_terminal,
        "keys": [{"name": key, "describe": one.description, "required": one.is_required()} for key, one in keys],
        "schema": kind.model_json_schema(),
        "examples": [parse_source(text, name).data for text in kind.examples],
    }
    return told
