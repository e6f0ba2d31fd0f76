"""The endpoints of what is open on the API plane: WebSockets and event streams, and their ends."""

from collections.abc import Iterable, Iterator
from typing import Final

from flask import Response

from mockserver.errors import Conflict, NotFound
from mockserver.messages import Json
from mockserver.realtime.close_code import NAMES, NO_STATUS, REASON_BYTES, may_close
from mockserver.server.control.exchange import read_object, write_json
from mockserver.server.control.message import read_message
from mockserver.server.control.operation import (
    ANYTHING,
    COUNT,
    INSTANT,
    NARROWING,
    NUMBER,
    TEXT,
    TEXTS,
    Operation,
    Rows,
    Schema,
    Shape,
    answer,
)
from mockserver.server.control.route import Routes
from mockserver.server.control.target import named_sandbox
from mockserver.server.disconnection import read_disconnection
from mockserver.server.socket.conversation import Entry
from mockserver.server.socket.register import Sockets

_SOCKET: Final = Shape(
    "Socket",
    {
        "id": TEXT, "transport": {"enum": ["websocket", "sse"]}, "path": TEXT, "session": TEXT, "user": TEXT,
        "sandbox": TEXT, "rooms": TEXTS, "remote": TEXT, "state": TEXT, "since": INSTANT, "age_s": NUMBER,
        "messages_in": COUNT, "messages_out": COUNT, "bytes_in": COUNT, "bytes_out": COUNT, "queue": COUNT,
        "queue_bytes": COUNT,
    },
)  # fmt: skip
_CODE: Final[Schema] = {
    "type": "integer",
    "anyOf": [
        {"enum": [code for code in NAMES if may_close(code) and code != NO_STATUS]},
        {"minimum": 3000, "maximum": 4999},
    ],
}
_REASON: Final[Schema] = {**TEXT, "maxLength": REASON_BYTES, "description": "One line; its bytes in UTF-8 count."}


def _end_of(how: list[str], *required: str, **members: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {"how": {"enum": how}, **members},
        "required": list(required),
        "additionalProperties": False,
    }


_END: Final[Schema] = {
    "anyOf": [
        _end_of(["close"], code=_CODE, reason=_REASON),
        _end_of(["close"], "code", code={"const": NO_STATUS}),
        _end_of(["drop", "reset", "stall"], "how"),
    ],
    "description": "A close code and its reason, or how networks and half-dead peers end a connection.",
}
_CLOSED: Final = Shape("Closed", {"closed": TEXTS})


_BASE64: Final = {"type": "string", "pattern": "^([A-Za-z0-9+/]{4})*$"}
_MESSAGE: Final = Shape(
    "Message",
    {"text": TEXT, "json": ANYTHING, "base64": _BASE64},
    optional=frozenset({"text", "json", "base64"}),
    describe="One of them: a text, a value that is sent as JSON, or bytes.",
    least=1,
    most=1,
)
_SENT: Final = Shape("Sent", {"sent": TEXT})


def add_sockets(routes: Routes, sockets: Sockets) -> None:
    """`/api/sockets`."""

    @routes.on(
        "GET", "/api/sockets", Operation("List what is open", answer("The oldest first.", Rows(_SOCKET)), (NARROWING,))
    )
    def show() -> Response:
        return write_json([entry.describe() for entry in _those(sockets)])

    @routes.on(
        "POST",
        "/api/sockets/close",
        Operation("Close all", answer("The ids of those told.", _CLOSED), (NARROWING,), body=_END),
    )
    def close_all() -> Response:
        return _end(_those(sockets))

    @routes.on(
        "POST",
        "/api/sockets/<socket_id>/close",
        Operation("Close one", answer("Its id.", _CLOSED), (NARROWING,), body=_END, problems=(404,)),
    )
    def close(socket_id: str) -> Response:
        return _end([_find(sockets, socket_id)])

    @routes.on(
        "POST",
        "/api/sockets/<socket_id>/send",
        Operation(
            "Say something to a client", answer("Its id.", _SENT), (NARROWING,), body=_MESSAGE, problems=(404, 409)
        ),
    )
    def send(socket_id: str) -> Response:
        entry = _find(sockets, socket_id)
        talk = entry.conversation
        message = read_message(read_object(), is_text_only=talk.transport == "sse")
        if talk.state != "open":
            raise Conflict(f"The socket '{socket_id}' is {talk.state}: nothing more is said on it.")
        talk.send(message)
        return write_json({"sent": entry.id})


def _find(sockets: Sockets, socket_id: str) -> Entry:
    """The open socket of an id. *Raises* `NotFound`."""
    found = next((entry for entry in _those(sockets) if entry.id == socket_id), None)
    if found is None:
        where = f" in the sandbox '{named_sandbox()}'" if named_sandbox() else ""
        raise NotFound(f"There is no open socket '{socket_id}'{where}.")
    return found


def _those(sockets: Sockets) -> Iterator[Entry]:
    """Those of the sandbox that is named, all where none is."""
    name = named_sandbox()
    return (entry for entry in sockets if not name or entry.conversation.sandbox == name)


def _end(entries: Iterable[Entry]) -> Response:
    """End some sockets as the body says; it is read first, so that one that can't be ends none."""
    wanted = read_disconnection(read_object())
    ended: list[Json] = []
    for entry in entries:
        entry.end(wanted)
        ended.append(entry.id)
    return write_json({"closed": ended})
