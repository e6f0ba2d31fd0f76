"""`GET /api/stream`: everything that happens, as an event stream that goes on until somebody has had enough.

Nothing is kept for those who come back: `hello` says so, and where the numbers are.
"""

import socket
from collections.abc import Iterator, Sequence
from typing import Any, Final

from flask import Response, request

from mockserver.errors import BadRequest, FieldError, suggestion
from mockserver.messages import Json
from mockserver.server.control.hub import FRAME, KINDS, Hub, Reader, write_event
from mockserver.server.control.operation import ANYTHING, NARROWING, TEXT, Answer, Operation, Parameter
from mockserver.server.control.query import given_query
from mockserver.server.control.route import Routes
from mockserver.server.control.target import named_sandbox
from mockserver.server.departure import Departure
from mockserver.server.socket import tcp

BEAT_S: Final = 10.0
_RETRY: Final = b"retry: 1000\n\n"
_BEAT: Final = b": beat\n\n"
_MEDIA: Final = "text/event-stream"
_KNOWN: Final = (*KINDS, FRAME)

_KIND: Final = "|".join(_KNOWN)

_OPERATION: Final = Operation(
    "Follow everything that happens",
    {
        200: Answer(
            f"Events `hello`, {', '.join(f'`{kind}`' for kind in _KNOWN)} and `dropped`.", ANYTHING, media=_MEDIA
        )
    },
    (
        Parameter(
            "events",
            f"Only these, with commas between: {', '.join(_KNOWN)}. Without it all but `{FRAME}`.",
            {"type": "string", "pattern": f"^({_KIND})(,({_KIND}))*$"},
        ),
        Parameter("socket", f"`{FRAME}` of the socket of this id alone.", TEXT),
        NARROWING,
    ),
    problems=(503,),
)


def add_stream(routes: Routes, hub: Hub) -> None:
    """`/api/stream`."""

    @routes.on("GET", "/api/stream", _OPERATION)
    def follow() -> Response:
        reader = Reader(_read_kinds(), named_sandbox(), dict(given_query()).get("socket", ""))
        if request.method == "HEAD":
            return Response(mimetype=_MEDIA)
        hub.join(reader)
        reading = Reading(hub, reader, request.environ["mockserver.socket"])
        response = Response(reading.run(_hello(hub, reader, request.headers.get("Last-Event-ID"))), mimetype=_MEDIA)
        # A stream that is never begun is closed all the same.
        response.call_on_close(reading.end)
        return response


class Reading:
    """One reader at the other end of a connection."""

    def __init__(self, hub: Hub, reader: Reader, sock: Any, beat_s: float = BEAT_S) -> None:
        self._hub = hub
        self._reader = reader
        self._sock = sock
        self._beat_s = beat_s
        self._is_sending = False
        self._departure = Departure(sock, reader.close)
        reader.at_close = self._cut

    def run(self, hello: bytes) -> Iterator[bytes]:
        """The body of the answer."""
        chunk = hello
        while self._reader.is_open:
            if chunk:
                self._is_sending = True
                yield chunk
                self._is_sending = False
            elif not self._reader.wait(self._beat_s):
                chunk = _BEAT
                continue
            chunk = self._reader.take()

    def _cut(self) -> None:
        """Let go of somebody who does not read: what is being sent would keep us until they do."""
        if self._is_sending:
            tcp.shut(self._sock, socket.SHUT_RDWR)

    def end(self) -> None:
        """Read no more."""
        self._departure.stop()
        self._hub.leave(self._reader)


def _hello(hub: Hub, reader: Reader, last: str | None) -> bytes:
    """What comes first: what is told, of which sandbox, and that nothing of before is."""
    data: dict[str, Json] = {
        "sandbox": reader.sandbox or None,
        "events": [kind for kind in _KNOWN if kind in reader.kinds],
        "last_event_id": last,
        "replayed": False,
    }
    return _RETRY + write_event("hello", data, hub.number)


def _read_kinds() -> Sequence[str]:
    """The kinds that are asked for, all where none are named. *Raises* `BadRequest`."""
    given = dict(given_query()).get("events")
    kinds = KINDS if given is None else given.split(",")
    for kind in kinds:
        if kind not in _KNOWN:
            detail = f"must name events with commas between; {suggestion(kind, _KNOWN)}"
            raise BadRequest(f"'events' {detail}", [FieldError(detail, parameter="events")])
    return kinds
