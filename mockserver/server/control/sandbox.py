"""The endpoints of the sandboxes: which there are, begun and ended."""

from collections import Counter
from secrets import token_hex
from typing import Final

from flask import Response

from mockserver.errors import NotFound, suggestion
from mockserver.messages import Json
from mockserver.sandbox.address import prefix_of
from mockserver.server.control.exchange import located, read_object, write_json, write_nothing
from mockserver.server.control.operation import (
    COUNT,
    MAYBE_TEXT,
    NOTHING,
    NUMBER,
    TEXT,
    TEXTS,
    Answer,
    Operation,
    Rows,
    Shape,
    answer,
)
from mockserver.server.control.route import Routes
from mockserver.server.control.target import checked_name
from mockserver.server.service import Instance, Service
from mockserver.server.socket.register import Sockets

_PATH: Final = "/api/sandboxes/<name>"
_SANDBOX: Final = Shape(
    "Sandbox",
    {
        "name": TEXT,
        "prefix": {**TEXT, "description": "What stands before every path of the API there."},
        "requests": COUNT,
        "sockets": COUNT,
        "idle_s": NUMBER,
        "faults": TEXTS,
        "scenario": MAYBE_TEXT,
        "changed": {**TEXTS, "description": "The resources that have been written to."},
    },
)
_NEW: Final = {201: Answer("It has begun.", _SANDBOX, {"Location": "Where it is."})}


def add_sandboxes(routes: Routes, service: Service, sockets: Sockets) -> None:
    """`/api/sandboxes`."""

    @routes.on("GET", "/api/sandboxes", Operation("List the sandboxes", answer("The default first.", Rows(_SANDBOX))))
    def show_all() -> Response:
        open_in = _count(sockets)
        return write_json([_describe(service, one, open_in) for one in service.instances()])

    @routes.on("POST", "/api/sandboxes", Operation("Begin one under a new name", _NEW, body=NOTHING))
    def begin() -> Response:
        read_object(())
        return _begun(service, sockets, f"s-{token_hex(6)}")

    @routes.on("GET", _PATH, Operation("Read a sandbox", answer("How it stands.", _SANDBOX), problems=(404,)))
    def show(name: str) -> Response:
        return write_json(_describe(service, _find(service, name), _count(sockets)))

    @routes.on("PUT", _PATH, Operation("Begin one", {**answer("It was there.", _SANDBOX), **_NEW}, body=NOTHING))
    def put(name: str) -> Response:
        read_object(())
        return _begun(service, sockets, checked_name(name))

    @routes.on("DELETE", _PATH, Operation("End a sandbox", answer("It is gone."), problems=(404, 409)))
    def end(name: str) -> Response:
        service.end(name)
        return write_nothing()


def _begun(service: Service, sockets: Sockets, name: str) -> Response:
    """The answer that shows a sandbox, begun now where there was none."""
    was_there = any(one.name == name for one in service.instances())
    response = write_json(_describe(service, service.enter(name), _count(sockets)))
    return response if was_there else located(response, f"/api/sandboxes/{name}")


def _find(service: Service, name: str) -> Instance:
    """The instance of a sandbox that there is. *Raises* `NotFound`."""
    found = {one.name: one for one in service.instances()}
    if name not in found:
        raise NotFound(f"There is no sandbox '{name}'; {suggestion(name, found)}")
    return found[name]


def _count(sockets: Sockets) -> Counter[str]:
    """How many sockets and event streams are open in each sandbox."""
    return Counter(entry.conversation.sandbox for entry in sockets)


def _describe(service: Service, instance: Instance, open_in: Counter[str]) -> dict[str, Json]:
    return {
        "name": instance.name,
        "prefix": prefix_of(instance.name),
        "requests": instance.journal.recorded,
        "sockets": open_in[instance.name],
        "idle_s": round(service.idle_s(instance.name), 3),
        "faults": [state.name for state in instance.faults if state.enabled],
        "scenario": instance.scenario,
        "changed": [*instance.changed],
    }
