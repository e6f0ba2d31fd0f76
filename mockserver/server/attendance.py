"""Who comes to the windows of the feed and to channels, and how their connections end: told to whoever records it.

Knows where the windows are by asking the sandbox; nothing else is looked at.
"""

from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Final

from mockserver.definitions.name import is_name
from mockserver.messages import Reply, Request
from mockserver.realtime.session import Stream
from mockserver.realtime.witness import UNHEARD, Told
from mockserver.sandbox.reconnect.visitor import FEED, Visitor
from mockserver.server.fault.delivery import Delivery
from mockserver.server.guest import Guest
from mockserver.server.socket.conversation import Entry
from mockserver.server.socket.ending import Ending
from mockserver.server.socket.register import Sockets
from mockserver.server.visit import Visit

CLIENT: Final = "client"
_FEED_WINDOWS: Final = ("ws", "sse", "poll", "longpoll")
_STATUS: Final = {"websocket": HTTPStatus.SWITCHING_PROTOCOLS, "sse": HTTPStatus.OK}


def follow_ends(sockets: Sockets) -> None:
    """Have the guests of all connections know as these begin and end."""
    sockets.watch(_note)


def guest_at_socket(visit: Visit) -> Guest | None:
    """Who asks for a socket, nobody where there is none."""
    return _guest(visit, visit.instance.socket_at(visit.request))


def guest_at_window(visit: Visit) -> Guest | None:
    """Who makes a request to a window of the feed or an event stream, nobody where it leads elsewhere."""
    window = visit.instance.window_at(visit.request)
    return _guest(visit, "longpoll" if window == "poll" and _waits(visit.request) else window)


def note_answer(guest: Guest | None, reply: Reply, delivery: Delivery | None = None) -> None:
    """Tell a guest how its request was answered; a stream that begins tells of itself."""
    if guest is None or isinstance(reply.live, Stream) or reply.told is UNHEARD:
        return
    is_whole = delivery is None or delivery.cut is None
    if is_whole and isinstance(reply.told, Told) and reply.status == HTTPStatus.OK:
        guest.answer(reply.told, is_sure=delivery is None)
    else:
        guest.refuse(reply.status)


def _guest(visit: Visit, window: str) -> Guest | None:
    if not window:
        return None
    headers = visit.request.headers
    kind = FEED if window in _FEED_WINDOWS else window
    host = str(visit.known.get("REMOTE_ADDR", ""))
    name = _name_in(visit.request.query)
    visitor = Visitor(name, host, headers.get("user-agent", ""), headers.get("origin", ""), kind=kind)
    return Guest(visit.instance.reconnects, visitor, window)


def _name_in(query: Sequence[tuple[str, str]]) -> str:
    """What a client calls itself; what can't be a name is a channel's own business."""
    given = next((value for name, value in query if name == CLIENT), "")
    return given if is_name(given) else ""


def _waits(request: Request) -> bool:
    return any(name.casefold() == "wait" and value not in ("", "0") for name, value in request.query)


def _note(entry: Entry, ending: Ending | None) -> None:
    talk = entry.conversation
    if talk.guest is None:
        return
    if ending is None:
        traffic = talk.traffic
        talk.guest.arrive(
            talk.opening, traffic.flow, partial(getattr, traffic, "messages_out"), _STATUS[talk.transport]
        )
    else:
        talk.guest.leave(ending.by, ending.how, ending.code, ending.reason)
