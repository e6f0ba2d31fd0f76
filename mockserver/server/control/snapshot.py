"""The endpoints of a sandbox's snapshots: its data kept under names, and put back."""

from typing import Final

from flask import Response

from mockserver.definitions.quantity import write_instant
from mockserver.messages import Json
from mockserver.sandbox.snapshot import Snapshot
from mockserver.server.control.exchange import located, read_object, write_json, write_nothing, wrong_member
from mockserver.server.control.operation import (
    ANYTHING,
    COUNT,
    INSTANT,
    NAMED,
    NOTHING,
    TEXT,
    Answer,
    Operation,
    Rows,
    Shape,
    answer,
)
from mockserver.server.control.route import Routes
from mockserver.server.control.target import affect, instance_of
from mockserver.server.service import Instance, Service

_PATH: Final = "/api/snapshots/<name>"
_SNAPSHOT: Final = Shape(
    "Snapshot",
    {"name": TEXT, "created": {**INSTANT, "description": "By the sandbox's clock."}, "documents": COUNT},
)
_WHOLE: Final = Shape(
    "SnapshotData",
    {
        "name": TEXT,
        "created": INSTANT,
        "data": {"type": "object", "additionalProperties": {"type": "array", "items": ANYTHING}},
    },
)
_NAME: Final = Shape("SnapshotName", {"name": NAMED})
_SAVED: Final = {201: Answer("It is kept.", _SNAPSHOT, {"Location": "Where it is."})}
_REPLACED: Final = {**answer("It is kept in the place of another.", _SNAPSHOT), **_SAVED}


def add_snapshots(routes: Routes, service: Service) -> None:
    """`/api/snapshots`."""

    @routes.on("GET", "/api/snapshots", Operation("List the snapshots", answer("The oldest first.", Rows(_SNAPSHOT))))
    def show_all() -> Response:
        return write_json([_describe(one) for one in instance_of(service).snapshots])

    @routes.on("POST", "/api/snapshots", Operation("Save a snapshot", _REPLACED, body=_NAME, problems=(409,)))
    def save() -> Response:
        name = read_object(["name"]).get("name")
        if not isinstance(name, str):
            raise wrong_member("name", "must be a text")
        return affect(service, lambda instance: _save(instance, name))

    _add_one(routes, service)


def _add_one(routes: Routes, service: Service) -> None:
    """The endpoints of one snapshot."""

    @routes.on("PUT", _PATH, Operation("Save a snapshot under a name", _REPLACED, body=NOTHING, problems=(409,)))
    def put(name: str) -> Response:
        read_object(())
        return affect(service, lambda instance: _save(instance, name))

    @routes.on("GET", _PATH, Operation("Download a snapshot", answer("All documents.", _WHOLE), problems=(404,)))
    def download(name: str) -> Response:
        return write_json(instance_of(service).snapshots.get(name).to_json())

    @routes.on("DELETE", _PATH, Operation("Delete a snapshot", answer("It is gone."), problems=(404,)))
    def delete(name: str) -> Response:
        affect(service, lambda instance: instance.snapshots.delete(name))
        return write_nothing()

    @routes.on(
        "POST",
        f"{_PATH}/restore",
        Operation("Go back to a snapshot", answer("What was put back.", _SNAPSHOT), body=NOTHING, problems=(404, 409)),
    )
    def restore(name: str) -> Response:
        read_object(())
        return write_json(_describe(affect(service, lambda instance: instance.restore(name))))


def _save(instance: Instance, name: str) -> Response:
    was_there = any(one.name == name for one in instance.snapshots)
    response = write_json(_describe(instance.save(name)))
    return response if was_there else located(response, f"/api/snapshots/{name}")


def _describe(snapshot: Snapshot) -> dict[str, Json]:
    documents = sum(map(len, snapshot.collections.values()))
    return {"name": snapshot.name, "created": write_instant(snapshot.created), "documents": documents}
